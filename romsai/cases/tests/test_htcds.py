"""IOM's HTCDS 2.0 form, as shipped, answered for a child and taken out under a pseudonym."""

import pytest

from romsai.cases import actions as cases
from romsai.core import access
from romsai.core.actions import Refused
from romsai.questionnaires import htcds
from romsai.questionnaires.models import Form
from tests import world as build

ANSWERS = {
    "prs_Gender": "Feminine",
    "vic_TraffickingStatus": "PossibleVictimOfTrafficking",
    "vic_TypeOfExploitation": ["SexualExploitation"],
}


def begun(world):
    case = build.case(world)
    with access.acting(world.kham):
        version = Form.objects.get(kind="HTCDS").published
        return case, cases.start_assessment(case, by=world.kham, version=version, language="en")


def test_the_lead_takes_out_codes_under_a_pseudonym_and_nobody_else_may(world):
    case, assessment = begun(world)
    with access.acting(world.kham):
        cases.answer_assessment(assessment, by=world.kham, answers=ANSWERS | {"prs_First_Name": "Keo"}, page="", language="en")
        with pytest.raises(Refused, match="Finish it first"):
            cases.export_htcds(assessment, by=world.kham)
        cases.finish_assessment(assessment, by=world.kham)
        line = cases.export_htcds(assessment, by=world.kham)
        (read,) = htcds.read_csv(htcds.as_csv([line]))
        kinds = set(case.events.values_list("kind", flat=True))
    assert read[htcds.PSEUDONYM] not in ("", case.number)
    assert "Keo" not in str(read)
    assert {name: read[name] for name in ANSWERS} == ANSWERS | {"vic_TypeOfExploitation": "SexualExploitation"}
    assert "HTCDS_TAKEN_OUT" in kinds
    with access.acting(world.bua), pytest.raises(access.Forbidden):
        cases.export_htcds(assessment, by=world.bua)
