"""The forms that ship with Romsai: what they ask, what they work out, and what they never ask."""

import datetime as dt
from pathlib import Path

import pytest

from romsai.questionnaires.compile import compile_form, walk
from romsai.questionnaires.evaluate import Run
from romsai.questionnaires.forms import write
from romsai.questionnaires.pages import pages_of

DAY = dt.date(2026, 11, 21)
FOLDER = Path(write.__file__).parent
SHIPPED = {path.stem: compile_form(path.read_bytes())[0] for path in sorted(FOLDER.glob("*.xlsx"))}


def run(form, language="", **answers):
    return Run(SHIPPED[form], answers, today=DAY, language=language)


def test_the_workbooks_are_what_the_script_writes(tmp_path):
    written = {path.stem: compile_form(path.read_bytes())[0] for path in write.write(tmp_path)}
    assert written == SHIPPED
    assert sorted(SHIPPED) == ["BIA", "CLOSURE", "COMMUNITY", "FAMILY", "FOLLOW_UP", "FULL", "INITIAL", "SAFETY", "TIP_SCREEN"]


@pytest.mark.parametrize("form", SHIPPED)
def test_every_text_is_in_three_languages_of_which_two_are_drafts(form):
    compiled = SHIPPED[form]
    assert (compiled["languages"], compiled["drafts"]) == (["en", "th", "lo"], ["th", "lo"])
    assert set(compiled["title"]) == {"en", "th", "lo"}
    for node in walk(compiled["nodes"]):
        for key in ("label", "hint", "constraint_message", "required_message"):
            assert not node.get(key) or set(node[key]) == {"en", "th", "lo"}, (node["name"], key)
    for choices in compiled["lists"].values():
        assert all(set(choice["label"]) == {"en", "th", "lo"} for choice in choices)


@pytest.mark.parametrize("form", SHIPPED)
def test_a_page_is_short_enough_for_a_phone(form):
    for page in pages_of(SHIPPED[form]):
        asked = [node for node in walk(page.nodes) if node["kind"] not in ("note", "calculation", "group", "repeat")]
        assert len(asked) <= 12, page.name


@pytest.mark.parametrize("form", SHIPPED)
def test_danger_and_consent_are_marked_as_needing_a_reviewed_translation(form):
    for node in walk(SHIPPED[form]["nodes"]):
        if node["name"] in (
            "danger",
            "safe_now",
            "told",
            "family_contact",
            "care_now",
            "contact",
            "self_harm",
        ):
            assert node.get("reviewed") or node["kind"] == "group", node["name"]


@pytest.mark.parametrize("form", SHIPPED)
def test_words_are_sealed_and_codes_are_open(form):
    for node in walk(SHIPPED[form]["nodes"]):
        if node["kind"] == "text":
            assert node["sensitivity"] != "core", node["name"]


# the rule of domain notes 2.5, with its own test cases


@pytest.mark.parametrize(
    ("age", "means", "is_tip"),
    [(15, None, True), (19, ["DECEPTION"], True), (19, ["NONE_SHOWN"], False), (17, None, True)],
)
def test_for_a_child_acts_and_purpose_suffice(age, means, is_tip):
    answers = {
        "age": age,
        "age_sure": "yes",
        "act": ["RECRUIT"],
        "purpose": ["SEXUAL"],
        "indicators": ["ONLINE_REC"],
    }
    result = run("TIP_SCREEN", **answers, **({"means": means} if means else {}))
    assert result.values["is_tip"] is is_tip


def test_means_are_never_asked_of_a_child():
    for answers in ({"age": 15}, {"age": 19, "age_sure": "no"}):
        result = run("TIP_SCREEN", means=["FRAUD"], **answers)
        assert result.root.relevant["means"] is False
        assert "means" not in result.values
    assert "means" in run("TIP_SCREEN", age=30).missing


def test_noy_is_a_presumed_victim_and_her_detention_a_breach():
    noy = run(
        "TIP_SCREEN",
        age="໑໕",
        act=["RECRUIT", "TRANSPORT", "HARBOUR"],
        purpose=["SEXUAL"],
        indicators=["SEX_VENUE", "ONLINE_REC", "NO_MOVE"],
        others="unknown",
        punished=["DETAINED"],
    )
    assert (noy.values["age"], noy.values["status"], noy.values["breach"]) == (15, "PRESUMED", True)
    assert (noy.errors, noy.missing) == ({}, {})
    assert noy.root.relevant["breach_note"]


def test_signs_without_a_purpose_are_possible_and_none_stands_alone():
    assert run("TIP_SCREEN", age=12, act=["NONE"], purpose=["UNKNOWN"], indicators=["COACHED"]).values["status"] == "POSSIBLE"
    assert run("TIP_SCREEN", age=12, act=["NONE"], purpose=["NONE"], indicators=["NONE"]).values["status"] == "NOT_TIP"
    assert "indicators" in run("TIP_SCREEN", indicators=["NONE", "COACHED"]).errors


# safety: medical windows of domain notes 2.1


@pytest.mark.parametrize(("since", "windows"), [("H72", "EC120 PEP72 FOR72"), ("H120", "EC120"), ("EARLIER", None), ("NO", None)])
def test_medical_windows(since, windows):
    result = run("SAFETY", seen="alone", safe_now="yes", since_harm=since, injured="no", self_harm="no")
    assert result.values.get("windows") == windows
    assert result.values["in_danger"] is bool(windows)
    assert result.root.relevant["care_now"] is bool(windows)


def test_a_lower_risk_than_the_signs_needs_a_reason_and_an_early_next_contact():
    answers = {
        "seen": "alone",
        "safe_now": "no",
        "danger": ["ACCESS"],
        "injured": "no",
        "since_harm": "NO",
        "self_harm": "no",
        "steps": ["STAY"],
    }
    low = run("SAFETY", **answers, risk="LOW", next_on="2026-11-28")
    assert list(low.missing) == ["why_lower"]
    top = run("SAFETY", **answers, risk="IMMEDIATE", next_on="2026-11-28")
    assert list(top.errors) == ["next_on"]
    assert not run("SAFETY", **answers, risk="IMMEDIATE", next_on="2026-11-22").errors


def test_the_reviewed_language_is_shown_for_danger():
    result = run("SAFETY", language="th")
    node = result.nodes["safe_now"]
    assert result.say(node["label"], result.root, reviewed=True) == ("Is the child safe right now?", "en")
    assert result.say(result.nodes["child_words"]["label"], result.root)[1] == "th"


# initial, full, BIA, follow-up, closure


def test_only_who_is_at_home_can_be_feared():
    result = run("INITIAL", at_home=["MOTHER", "STEPPARENT"], feared="yes", feared_who=["FATHER"])
    assert "feared_who" in result.errors
    assert not run("INITIAL", at_home=["MOTHER", "STEPPARENT"], feared="yes", feared_who=["STEPPARENT"]).errors


def test_unknown_is_not_absent():
    worries = {
        f"{name}_worry": "NONE"
        for name in [
            "safety_now",
            "harm",
            "health_dev",
            "mental",
            "care",
            "household",
            "schooling",
            "identity",
            "social",
            "digital",
            "legal",
        ]
    }
    assert run("FULL", **worries).values["unknown"] == 0
    four = run(
        "FULL",
        **(worries | dict.fromkeys(["harm_worry", "mental_worry", "legal_worry", "digital_worry"], "UNKNOWN")),
    )
    assert four.values["unknown"] == 4
    assert four.root.relevant["little_known"]
    assert "4 of 11" in four.say(four.nodes["little_known"]["label"], four.root)[0]


def test_the_best_option_is_one_of_those_written():
    options = [{"option_name": "Stay with aunt"}, {"option_name": "Return home"}]
    chosen = run("BIA", triggers=["PERP_HOME"], option=options, best=2)
    assert (chosen.values["needs_bid"], chosen.values["best_name"]) == (True, "Return home")
    assert "best" in run("BIA", option=options, best=3).errors


def test_a_follow_up_that_finds_worse_is_looked_at_within_three_days():
    worse = run("FOLLOW_UP", held_on="2026-11-20", outcome="WORSE", seen="alone", next_on="2026-11-30")
    assert worse.values["needs_review"] is True
    assert "next_on" in worse.errors
    assert not run("FOLLOW_UP", held_on="2026-11-20", outcome="SAME", seen="alone", next_on="2026-11-30").errors
    assert not run("FOLLOW_UP", seen="phone").root.relevant["wellbeing"]


# domain notes 4.3: which criteria apply depends on the reason
APPLY = {
    "GOALS_MET": {"safe", "goals", "followups", "referrals", "justice", "papers", "contact", "feedback"},
    "AGED_OUT": {"safe", "goals", "followups", "referrals", "justice", "papers", "contact", "feedback"},
    "UNREACHABLE_CLOSE": {"referrals", "justice", "searched"},
    "DIED": {"justice", "death_review"},
    "NOT_SUBSTANTIATED": {"contact"},
    "DECLINED_SAFE": {"contact"},
    "LEFT_COUNTRY": {"handed_over"},
    "DUPLICATE": set(),
    "TRANSFERRED_CLOSE": set(),
}


@pytest.mark.parametrize("reason", APPLY)
def test_closing_asks_the_criteria_of_its_reason(reason):
    result = run("CLOSURE", reason=reason)
    criteria = set().union(*APPLY.values())
    assert {name for name in criteria if result.root.relevant[name]} == APPLY[reason]


def test_closing_names_what_is_not_met():
    result = run("CLOSURE", reason="GOALS_MET", papers="no", contact="yes", feedback="no")
    assert result.values["unmet"] == "papers feedback"
