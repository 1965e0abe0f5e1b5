"""Every component on one page with invented people, for the eye, the screenshots and the accessibility check. Not in production."""

from django import forms
from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from romsai.core.dates import DayField
from romsai.people.family_graph import Family, Person, Tie

KANYA = Family(
    "Kanya’s family",
    [
        Person("boonmee", "Boonmee", "62", "F", 0, in_household=True, note="grandmother"),
        Person("malee", "Malee", "31", "F", 1, note="in Bangkok"),
        Person("anan", "Anan", "34", "M", 1, note="no contact", note_is_warning=True),
        Person("ton", "Ton", "5", "M", 2, in_household=True),
        Person("kanya", "Kanya", "9", "F", 2, is_child=True, in_household=True),
    ],
    [
        Tie("boonmee", "malee", "parent"),
        Tie("malee", "anan", "separated"),
        Tie("malee", "ton", "parent"),
        Tie("anan", "ton", "parent"),
        Tie("malee", "kanya", "parent"),
        Tie("anan", "kanya", "parent"),
        Tie("boonmee", "kanya", "cares_for"),
        Tie("anan", "kanya", "alleged_harm"),
    ],
)
ALONE = Family(
    "Who is with the child",
    [
        Person("child", "Child of unknown name", "about 1", "U", 1, is_child=True, in_household=True),
        Person("carer", "สมหญิง ใจดี", "40", "F", 1, in_household=True, note="foster carer", lang="th"),
    ],
    [Tie("carer", "child", "cares_for")],
)
LARGE = Family(
    "A family of twelve in four generations",
    [
        Person("g1", "ဒေါ်ခင်", "81", "F", 0, lang="my"),
        Person("g2", "ဦးလှ", "", "M", 0, deceased=True, lang="my"),
        Person("p1", "សុខា", "48", "F", 1, lang="km"),
        Person("p2", "មករា", "52", "M", 1, lang="km"),
        Person("p3", "Daw Thida", "45", "F", 1, note="aunt"),
        Person("m1", "Maung Maung", "27", "M", 2, note="away at sea"),
        Person("m2", "วิภา", "25", "F", 2, in_household=True, lang="th"),
        Person("m3", "Zaw", "22", "M", 2, note="uncle"),
        Person("c1", "Noi", "8", "F", 3, is_child=True, in_household=True),
        Person("c2", "ปลา", "6", "M", 3, in_household=True, lang="th"),
        Person("c3", "Baby", "0", "U", 3, in_household=True),
        Person("m4", "Htun", "30", "M", 2, note="in prison", note_is_warning=True),
    ],
    [
        Tie("g1", "g2", "partner"),
        Tie("g1", "p1", "parent"),
        Tie("g2", "p1", "parent"),
        Tie("g1", "p3", "parent"),
        Tie("g2", "p3", "parent"),
        Tie("p1", "p2", "partner"),
        Tie("p1", "m1", "parent"),
        Tie("p2", "m1", "parent"),
        Tie("p1", "m3", "parent"),
        Tie("p2", "m3", "parent"),
        Tie("m1", "m2", "partner"),
        Tie("m2", "m4", "separated"),
        *(Tie(parent, child, "parent") for parent in ("m1", "m2") for child in ("c1", "c2")),
        Tie("m2", "c3", "parent"),
        Tie("m4", "c3", "parent"),
        Tie("m2", "c1", "cares_for"),
        Tie("m4", "c1", "alleged_harm"),
    ],
)
YES_NO = [("yes", _("Yes")), ("no", _("No")), ("unknown", _("Not known"))]
CONCERNS = [("V1", _("Physical violence")), ("V2", _("Neglect")), ("V3", _("Child labour"))]


class SampleForm(forms.Form):
    name = forms.CharField(label=_("Name of the child"), help_text=_("As the child says it."))
    born_on = DayField(label=_("Date of birth"), required=False, help_text=_("For example 27 3 2015"))
    phone = forms.CharField(label=_("Telephone"), widget=forms.TextInput(attrs={"data-width": "20", "type": "tel"}))
    people = forms.IntegerField(
        label=_("People in the household"),
        widget=forms.NumberInput(attrs={"data-width": "3", "data-suffix": _("people")}),
    )
    safe = forms.ChoiceField(
        label=_("Is the child safe today?"),
        choices=YES_NO,
        widget=forms.RadioSelect(attrs={"data-inline": True}),
    )
    concerns = forms.MultipleChoiceField(
        label=_("What is the concern?"),
        help_text=_("Choose all that apply."),
        choices=CONCERNS,
        widget=forms.CheckboxSelectMultiple,
    )
    place = forms.ChoiceField(label=_("District"), choices=[("", ""), ("1", "Warin Chamrap"), ("2", "Det Udom")], required=False)
    words = forms.CharField(
        label=_("In the child’s own words"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "maxlength": 400}),
    )
    photo = forms.FileField(label=_("Photo of the document"), required=False)
    password = forms.CharField(label=_("Password"), widget=forms.PasswordInput)
    agreed = forms.BooleanField(label=_("The child agrees"), help_text=_("Asked in words the child understands."))


class SampleFilter(forms.Form):
    risk = forms.MultipleChoiceField(
        label=_("Risk"),
        required=False,
        choices=[("HIGH", _("High (6)")), ("MEDIUM", _("Medium (13)")), ("LOW", _("Low (8)"))],
        widget=forms.CheckboxSelectMultiple(attrs={"data-small": True}),
    )
    concern = forms.ChoiceField(label=_("Concern"), required=False, choices=[("", _("Any concern")), *CONCERNS])


def _row(name, risk, concern, step, due, seen, late=False, lock=False, about="9, girl, Warin Chamrap"):
    return {
        "cells": [
            {"text": name, "url": "#", "note": about, "code": "UBN-2026-00418", "lock": lock},
            {"risk": risk},
            {"text": concern, "note": "Carrying out, week 2 of 12"},
            {"text": step, "note": due, "note_late": late},
            {"text": seen, "late": late},
        ]
    }


SAMPLE = {
    "navigation": [
        {"label": "Today", "url": "#"},
        {"label": "Caseload", "url": "#", "current": True},
        {"label": "Tasks", "url": "#", "count": 7, "alert": True, "count_label": "due or late"},
        {"label": "Reports", "url": "#", "count": 3, "count_label": "new"},
        {"label": "Referrals", "url": "#", "count": 1, "count_label": "new"},
        {"label": "Services", "url": "#"},
    ],
    "back": {"url": "#", "label": "My caseload"},
    "actions": [
        {"label": "Record a contact", "url": "#"},
        {"label": "Add a task", "url": "#", "kind": "secondary"},
        {"label": "Refer", "url": "#", "kind": "secondary"},
    ],
    "facts": [
        {"text": "", "strong": "9 years", "after": "(born 14 March 2017)"},
        {"text": "Girl"},
        {"text": "Case", "strong": "UBN-2026-00418"},
        {"text": "Warin Chamrap, Ubon Ratchathani"},
        {"text": "Lives with grandmother"},
    ],
    "tags": [
        {"text": "Physical violence", "kind": "concern"},
        {"text": "Neglect", "kind": "concern"},
        {"text": "Speaks Isan, Thai", "kind": "brand"},
        {"text": "Restricted record", "kind": "dark", "icon": "lock"},
    ],
    "stages": [
        {"label": "Registration", "note": "31 October", "state": "done"},
        {"label": "Assessment", "note": "2 to 8 November", "state": "done"},
        {"label": "Planning", "note": "approved 9 November", "state": "done"},
        {"label": "Carrying out", "note": "week 2 of 12", "state": "now"},
        {"label": "Review", "note": "due 9 February", "state": ""},
        {"label": "Closure", "note": "", "state": ""},
    ],
    "tabs": [
        {"label": "Overview", "url": "#", "current": True},
        {"label": "Assessments", "url": "#"},
        {"label": "Plan", "url": "#"},
        {"label": "Tasks", "url": "#", "count": 4},
        {"label": "Timeline", "url": "#"},
        {"label": "Family and people", "url": "#"},
        {"label": "Documents", "url": "#", "count": 7},
        {"label": "Who has looked", "url": "#"},
    ],
    "tasks": [
        {
            "title": "Home visit: see Kanya alone",
            "url": "#",
            "note": "You. From the safety plan, every 7 days",
            "due": "2 days late",
            "due_note": "was due 19 November",
            "late": True,
        },
        {
            "title": "Bring Kanya to the child-friendly police interview",
            "url": "#",
            "note": "You and Pol. Capt. Wanida. One-Stop Crisis Centre, 09:30",
            "due": "Tuesday",
            "due_note": "24 November",
        },
        {"title": "Safety plan signed", "note": "9 November", "done": True},
    ],
    "events": [
        {
            "icon": "gavel",
            "tone": "police",
            "title": "Police opened a case file and set the interview",
            "at": "18 November 2026, 10:05",
            "iso": "2026-11-18T10:05",
            "meta": "shared by Pol. Capt. Wanida K. (police liaison)",
            "body": "Interview with a psychologist and a social worker present.",
        },
        {
            "icon": "home",
            "tone": "visit",
            "title": "Home visit: Kanya seen alone, safe today",
            "at": "12 November 2026, 15:40",
            "meta": "Somsri P.",
            "tags": [{"text": "Child seen", "kind": "ok"}],
            "body": "She said she sleeps well at her grandmother’s and wants to go back to school.",
            "detail_label": "In Kanya’s own words",
            "detail": "“หนูอยากไปโรงเรียน หนูคิดถึงเพื่อน แต่กลัวพ่อมารับที่โรงเรียน”",
            "lang": "th",
        },
        {
            "icon": "shield",
            "tone": "plan",
            "title": "Plan and safety plan approved",
            "at": "9 November 2026",
            "meta": "Prasit N. (supervisor)",
            "body": "Goal: safe kinship care and return to school within 12 weeks.",
        },
        {
            "icon": "scale",
            "tone": "risk",
            "title": "Risk assessed: high",
            "at": "2 November 2026",
            "meta": "Somsri P.",
            "body": "Reasons: injury to a child under 10; an earlier report in 2024.",
        },
        {"icon": "phone", "title": "Report received from a teacher", "at": "31 October 2026, 16:22"},
    ],
    "facts_list": [
        {"label": "Carer", "value": "Boonmee Srisuk"},
        {"label": "School", "value": "Ban Nong Phai, grade 3", "note": "absent since 2 November"},
        {"label": "Court", "value": "Protection order to 9 May 2027"},
        {"label": "Worker", "value": "Somsri P.", "note": "supervisor Prasit N."},
    ],
    "rows": [
        {"label": "Name", "value": "กัญญา ศรีสุข", "lang": "th", "url": "#", "action": "Change"},
        {
            "label": "Consent",
            "value": "Given by the grandmother",
            "note": "9 November",
            "url": "#",
            "action": "Change",
        },
    ],
    "tiles": [
        {"value": 28, "label": "All open", "url": "#", "current": True},
        {"value": 5, "label": "Overdue", "url": "#", "alert": True},
        {"value": 6, "label": "High risk", "url": "#"},
        {"value": 4, "label": "Not seen 30 days", "url": "#", "alert": True},
        {"value": 2, "label": "With supervisor", "url": "#"},
    ],
    "chips": [{"label": "Risk: High", "url": "#"}, {"label": "Risk: Medium", "url": "#"}],
    "columns": [
        {"label": "Child"},
        {"label": "Risk"},
        {"label": "Concern and step"},
        {"label": "Next step", "url": "#", "sorted": "ascending"},
        {"label": "Last seen", "url": "#"},
    ],
    "table_rows": [
        _row(
            "Kanya Srisuk",
            "HIGH",
            "Physical violence, neglect",
            "Home visit: see Kanya alone",
            "2 days late",
            "12 November",
            True,
            True,
        ),
        _row(
            "Child of unknown name",
            "IMMEDIATE",
            "Abandoned",
            "First assessment",
            "Tomorrow, 11:00",
            "20 November",
        ),
        _row(
            "Arthit Boonlert",
            "MEDIUM",
            "Out of school, child labour",
            "Start at the vocational centre",
            "26 November",
            "14 November",
        ),
        _row(
            "Mali Inthavong",
            "LOW",
            "Early marriage",
            "Family meeting with the village head",
            "1 December",
            "11 November",
        ),
        _row("Suda Phromma", None, "Not yet known", "Call the school counsellor", "25 November", "17 November"),
    ],
    "menu": [{"label": "Transfer to another worker", "url": "#"}, {"label": "Close the case", "url": "#"}],
    "families": [KANYA, ALONE, LARGE],
    "scripts": [
        ("en", "Every child has the right to be protected from violence."),
        ("th", "เด็กทุกคนมีสิทธิได้รับการคุ้มครองจากความรุนแรง บอกเราหากคุณเป็นห่วงเด็กคนใดคนหนึ่ง"),
        ("lo", "ເດັກນ້ອຍທຸກຄົນມີສິດໄດ້ຮັບການປົກປ້ອງຈາກຄວາມຮຸນແຮງ"),
        ("km", "កុមារគ្រប់រូបមានសិទ្ធិទទួលបានការការពារពីអំពើហិង្សា"),
        ("my", "ကလေးတိုင်းသည် အကြမ်းဖက်မှုမှ ကာကွယ်စောင့်ရှောက်ခံပိုင်ခွင့် ရှိသည်"),
        ("vi", "Mọi trẻ em đều có quyền được bảo vệ khỏi bạo lực."),
    ],
}
SITE = {
    "name": "Romsai",
    "authority": "Ministry of Social Development",
    "home_url": "#",
    "search_url": "#",
    "lock_url": "#",
    "public_title": "Child protection",
    "exit_url": "https://weather.example.org/",
    "who": {"name": "Somsri P.", "role": "Social worker, Ubon Ratchathani"},
    "helplines": [
        {"label": _("In danger now? Call the police"), "number": "191"},
        {"label": _("Talk to someone, day or night:"), "number": "1300"},
    ],
    "languages": [
        {"code": "en", "name": "English", "url": "#", "current": True},
        {"code": "th", "name": "ไทย", "url": "#"},
        {"code": "lo", "name": "ລາວ", "url": "#"},
    ],
    "links": [{"label": "Help and guidance", "url": "#"}, {"label": "Accessibility", "url": "#"}],
}


def styleguide(request, page="components"):
    """`components`, `forms` (filled in wrongly, to show the errors), `list`, `record` or `public`."""
    if settings.MODE == "production" or page not in ("components", "forms", "list", "record", "public"):
        raise Http404
    context = SAMPLE | {
        "site": SITE,
        "frame": SITE,
        "form": SampleForm(),
        "wrong": SampleForm({"born_on_day": "31", "born_on_month": "2", "born_on_year": "2015"}),
        "filter_form": SampleFilter({"risk": ["HIGH", "MEDIUM"]}),
        "page": Paginator(range(240), 10).get_page(request.GET.get("page", 5)),
    }
    return render(request, f"styleguide/{page}.html", context)
