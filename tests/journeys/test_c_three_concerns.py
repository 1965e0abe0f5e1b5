"""A girl of fourteen keeps house for a family, has no papers, and is to be married. Three programmes; one worker, one plan."""

import pytest

from tests.journeys.someone import MANNERS
from tests.journeys.work import (
    answers_form,
    decides,
    decides_concerns,
    finds,
    goes_on,
    makes_safe,
    meets,
    opens_case,
    plans,
    sets_goals,
    takes_report,
    to_case,
)

_FINGER, KEYBOARD, _NO_SCRIPT = MANNERS
CONCERNS = {
    "Child labour": "Child domestic work",
    "Legal identity": "No birth registration or identity document",
    "Child violence": "Child, early or forced marriage or union",
}


@pytest.mark.parametrize("people", ["with a finger", pytest.param(KEYBOARD, marks=pytest.mark.nightly)], indirect=True)
def test_three_concerns_of_three_programmes_are_one_case_with_one_worker_and_one_plan(people):
    desk = people("operator", manner=KEYBOARD)
    takes_report(
        desk,
        "A girl of fourteen keeps house for a family in town; her parents were offered money for a marriage.",
        names="Mai",
        language="Hmong",
        reporter="NGO or shelter",
    )
    number = opens_case(
        desk, "Mai Invented", concerns=CONCERNS.items(), people=[("Caregiver", "Mother", "Pa Invented")], care="In an employer's home",
        reasons="Wedding planned for the new year", worker="Kanda Phairote",
    )  # fmt: skip

    worker = finds(people("worker"), number)
    worker.reads(*CONCERNS.values())
    meets(worker, words="I want to learn to sew and I do not want to marry.", summary="Seen at the market.")
    goes_on(worker, "Initial assessment")
    answers_form(
        worker,
        "Initial assessment",
        {
            "Was the child seen?": "Seen, alone",
            "Is the child safe today?": "Yes",
            "How could the child say it?": "In words",
            "Does the child agree": "Yes",
        },
    )
    makes_safe(worker, "Her aunt in town knows the number of the worker.")
    goes_on(worker, "Comprehensive assessment")
    answers_form(worker, "Comprehensive assessment", {"How could the child say it?": "In words"})
    decides_concerns(worker, *CONCERNS.values())
    goes_on(worker, "Case planning")

    # An action may serve several concerns at once; the plan is not whole while one of them is left alone.
    work, papers, marriage = CONCERNS.values()
    plans(
        worker,
        goals={
            "Mai goes to school and works no more than the law allows.": [
                ("Evening class at the foundation", "River Children Foundation", [work, marriage])
            ]
        },
        view="I want the evening class. I want my mother to know that I say no.",
    )
    worker.reads(f"No action serves “{papers}”")
    sets_goals(
        worker,
        {"Mai has a birth paper.": [("Late registration, one visit for all papers", "Civil Registry of Dok Fa", [papers, marriage])]},
    )
    worker.reads("The plan is whole")
    worker.presses("Send the plan")
    decides(people("supervisor"), "Case plan", reads=["Mai goes to school", "Mai has a birth paper", work, papers, marriage])

    to_case(worker).follows("Care plan")
    worker.reads("Plan in force", "Evening class at the foundation", "Late registration")
    to_case(worker).reads("Kanda Phairote")
