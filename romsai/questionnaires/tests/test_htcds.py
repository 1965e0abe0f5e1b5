"""Noy's answers leave as an HTCDS file under a pseudonym, and come back the same."""

import csv
import datetime as dt
import io
from pathlib import Path

import openpyxl
from hypothesis import given
from hypothesis import strategies as st

from romsai.places import codes
from romsai.questionnaires import htcds
from romsai.questionnaires.compile import compile_form
from romsai.questionnaires.evaluate import Run

FORM = Path(htcds.__file__).parent / "forms" / "htcds" / "htcds_xlsform.xlsx"
COMPILED = compile_form(FORM.read_bytes())[0]
NOY = {
    "con_Consent": "TRUE",
    "prs_First_Name": "Noy",
    "prs_Second_Name": "Invented",
    "prs_Birthdate": "2011-03-27",
    "prs_Gender": "Feminine",
    "prs_Citizenship": "LA",
    "prs_MobilePhone": "020 5555 0000",
    "prs_MailingStreet": "Ban Invented 7",
    "prs_MailingCountry": "Laos",
    "vic_MethodOfRecruitment": "ThroughOnlineSocialNetworks",
    "vic_TraffickingStatus": "ActualVictimOfTrafficking",
    "vic_TraffickingStatusDecisionMakingOrg": "Police",
    "vic_Methods_of_Control": "DebtBondage WithholdsDocuments",
    "vic_TypeOfExploitation": "SexualExploitation",
    "vic_LocationOfExploitation": "a karaoke venue",
    "cas_Status": "Active",
    "cas_ReasonForIncomingReferral": "she was found there",
    "cas_IncomingReferralDetails": "Noy said =1+1",
}


def noy():
    run = Run(COMPILED, NOY, today=dt.date(2026, 11, 21))
    assert (run.errors, run.missing) == ({}, {})
    return run.values


def test_the_form_is_answered_and_leaves_without_a_name():
    made = htcds.record(noy(), "TH-7F3A")
    assert made.values == {
        "prs_FirstName": "TH-7F3A",
        "prs_Birthdate": "2011-01-01",
        "prs_Gender": "Feminine",
        "prs_Citizenship": "LA",
        "vic_MethodOfRecruitment": "ThroughOnlineSocialNetworks",
        "vic_TraffickingStatus": "ActualVictimOfTrafficking",
        "vic_TraffickingStatusDecisionMakingOrg": "Police",
        "vic_MethodsOfControl": "DebtBondage;WithholdsDocuments",
        "vic_TypeOfExploitation": "SexualExploitation",
        "cas_Status": "Active",
        "con_Consent": "TRUE",
    }
    assert made.lost == ["prs_MailingCountry", "cas_ReasonForIncomingReferral"]
    whole = htcds.as_csv([made]) + htcds.as_xlsx([made])
    for planted in ("Noy", "Invented", "5555", "karaoke", "03-27", "=1+1"):
        assert planted.encode() not in whole


def test_the_columns_are_the_standards_in_its_order():
    header = htcds.as_csv([]).decode("utf-8-sig").splitlines()[0].replace('"', "").split(",")
    assert header == list(codes.get("htcds_field").codes)
    assert (header[0], header[-1]) == ("org_Name", "con_Consent")
    sheet = openpyxl.load_workbook(io.BytesIO(htcds.as_xlsx([htcds.record(noy(), "P1")]))).active
    rows = list(sheet.iter_rows(values_only=True))
    assert list(rows[0]) == header
    assert rows[1][header.index("prs_FirstName")] == "P1"


def test_what_was_exported_comes_back_as_the_same_answers():
    made = htcds.record(noy(), "TH-7F3A")
    (line,) = htcds.read_csv(htcds.as_csv([made]))
    assert line == made.values
    again = Run(COMPILED, htcds.answers(line), today=dt.date(2026, 11, 21))
    assert again.errors == {}
    assert htcds.record(again.values, "TH-7F3A").values == made.values


def test_every_coded_question_of_the_form_fits_the_standard():
    for name, choices in COMPILED["lists"].items():
        column = next(htcds.SPELLED.get(n["name"], n["name"]) for n in COMPILED["nodes"] if n.get("list") == name)
        assert column in htcds.columns()
        if column in htcds.PICKLIST:
            assert {choice["name"] for choice in choices} <= set(codes.get(htcds.PICKLIST[column]).codes), name


@given(st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=30).filter(lambda t: not t.startswith("'")))
def test_any_pseudonym_is_text_in_a_spreadsheet_and_reads_back(pseudonym):
    made = htcds.Record({"prs_FirstName": pseudonym})
    content = htcds.as_csv([made])
    assert htcds.read_csv(content) == [made.values]
    row = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))[1]
    assert not row[htcds.columns().index("prs_FirstName")].startswith(htcds.FORMULA)
