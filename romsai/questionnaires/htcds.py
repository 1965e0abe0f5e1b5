"""Answers to IOM's HTCDS 2.0 form as an HTCDS file: the standard's own columns, under a pseudonym.

The form and the standard spell three names differently, and the form asks some picklists as text: values outside a picklist
are left out and counted, never guessed. What names or finds a person stays behind; a day of birth becomes its year.
HTCDS 2.0 is by the International Organization for Migration, CC BY 4.0; IOM endorses nothing here.
"""

import csv
import io
import re
from dataclasses import dataclass, field

from romsai.places import codes

SPELLED = {
    "prs_First_Name": "prs_FirstName",
    "prs_Second_Name": "prs_SecondName",
    "vic_Methods_of_Control": "vic_MethodsOfControl",
}
PICKLIST = {
    "prs_Gender": "htcds_gender",
    "vic_MethodOfRecruitment": "htcds_method_of_recruitment",
    "vic_TraffickingStatus": "htcds_trafficking_status",
    "vic_TraffickingStatusDecisionMakingOrg": "htcds_trafficking_status_decision_making_org",
    "vic_MethodsOfControl": "htcds_methods_of_control",
    "vic_TypeOfExploitation": "htcds_type_of_exploitation",
    "vic_ForcedLabourIndustry": "htcds_forced_labour_industry",
    "vic_TypeOfSexExploitation": "htcds_type_of_sex_exploitation",
    "cas_Status": "htcds_status",
    "cas_ReasonForIncomingReferral": "htcds_reason_for_incoming_referral",
}
PSEUDONYM = "prs_FirstName"  # a core column, and the only name in the file
KEPT = {
    *PICKLIST,
    "con_Consent",
    "prs_Citizenship",
    "prs_MailingCountry",
    "prs_Birthdate",
    "cas_IncomingReferralDate",
}
COUNTRY = re.compile(r"[A-Z]{2}")
BETWEEN = ";"
FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass
class Record:
    """One line of an HTCDS file, and the columns whose answer was left out because the standard has no such value."""

    values: dict
    lost: list = field(default_factory=list)


def columns():
    """The columns of the standard, in its order."""
    return list(codes.get("htcds_field").codes)


def record(answers, pseudonym):
    """The answers of the HTCDS form (as `evaluate.Run.values`) as one line under a pseudonym."""
    made = Record({PSEUDONYM: pseudonym})
    for name, value in answers.items():
        column = SPELLED.get(name, name)
        if column not in KEPT or value in (None, "", []):
            continue
        values = value if isinstance(value, list) else [str(value)]
        standing = [one for one in map(_coded(column), values) if one]
        if len(standing) < len(values):
            made.lost.append(column)
        if standing:
            made.values[column] = BETWEEN.join(standing)
    return made


def _coded(column):
    """How one value of a column is written; empty if the standard does not have it."""
    if column in PICKLIST:
        known = codes.get(PICKLIST[column])
        return lambda value: value if value in known else ""
    if column == "prs_Birthdate":
        return lambda value: f"{value[:4]}-01-01"  # the year alone, in the standard's type
    if column in ("prs_Citizenship", "prs_MailingCountry"):
        return lambda value: value if COUNTRY.fullmatch(value) else ""
    return lambda value: value


def answers(values):
    """The answers of the form that a line of an HTCDS file stands for: the reverse of `record`, as far as it was kept."""
    spelled = {standard: own for own, standard in SPELLED.items()}
    many = {
        "vic_MethodOfRecruitment",
        "vic_MethodsOfControl",
        "vic_TypeOfExploitation",
        "vic_ForcedLabourIndustry",
        "vic_TypeOfSexExploitation",
    }
    return {spelled.get(column, column): value.split(BETWEEN) if column in many else value for column, value in values.items() if value}


def as_csv(records):
    """An HTCDS file as CSV (UTF-8 with mark, all quoted). A text that a spreadsheet would run is made text by an apostrophe."""
    out = io.StringIO()
    writer = csv.writer(out, quoting=csv.QUOTE_ALL)
    writer.writerow(columns())
    writer.writerows([_harmless(one.values.get(column, "")) for column in columns()] for one in records)
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def _harmless(value):
    return f"'{value}" if value.startswith(FORMULA) else value


def read_csv(content):
    """The lines of an HTCDS file made by `as_csv`, as dicts without empty columns."""
    rows = csv.DictReader(io.StringIO(content.decode("utf-8-sig")))
    return [{key: value.removeprefix("'") for key, value in row.items() if value} for row in rows]


def as_xlsx(records):
    """An HTCDS file as a workbook; every cell is text."""
    import xlsxwriter

    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    sheet = book.add_worksheet("Case Sheet")
    for at, row in enumerate([columns(), *([one.values.get(column, "") for column in columns()] for one in records)]):
        for across, value in enumerate(row):
            sheet.write_string(at, across, value)
    book.close()
    return out.getvalue()
