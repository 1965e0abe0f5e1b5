"""Forms of reports and cases: they clean what was typed and decide nothing."""

import re
from datetime import datetime, time

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils import timezone, translation
from django.utils.html import format_html
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __

from romsai.cases.actions import ORDER, least_risk
from romsai.cases.models import CallResult, ExclusionReason, Verdict
from romsai.core.dates import AgeEstimate, DayField, PartialDayField, digits, read_year
from romsai.places import codes
from romsai.places.models import Agency, Area
from romsai.places.profile import profile

YES_NO = [("yes", __("Yes")), ("no", __("No"))]
DANGER = [("yes", __("Yes")), ("no", __("No")), ("unknown", __("Not known"))]


def coded(name, label, *, only=None, empty=None, many=False, radios=False, inline=False, **options):
    """A field for a code of a list, in the words of the reader."""

    def choices():
        return codes.get(name).choices(only=only, empty=None if radios or many else (empty or _("Choose")))

    steering = {"data-inline": True} if inline else {}
    options.setdefault("error_messages", {"required": __("Choose an answer.")})
    if many:
        return forms.MultipleChoiceField(
            label=label, choices=choices, widget=forms.CheckboxSelectMultiple(attrs={"data-small": True}), **options
        )
    if radios:
        return forms.ChoiceField(label=label, choices=choices, widget=forms.RadioSelect(attrs=steering | {"data-small": True}), **options)
    return forms.ChoiceField(label=label, choices=choices, **options)


def words(label, *, rows=4, **options):
    options.setdefault("error_messages", {"required": __("Write something here.")})
    return forms.CharField(label=label, widget=forms.Textarea(attrs={"rows": rows}), **options)


def yes_no(label, **options):
    options.setdefault("error_messages", {"required": __("Choose an answer.")})
    return forms.TypedChoiceField(
        label=label,
        choices=YES_NO,
        coerce=lambda v: v == "yes",
        empty_value=None,
        widget=forms.RadioSelect(attrs={"data-inline": True, "data-small": True}),
        **options,
    )


class TimeOfDayField(forms.CharField):
    """A time typed as 14:30, 14.30 or 1430, in any digits; cleans to a `time` or None."""

    def __init__(self, **options):
        options.setdefault("widget", forms.TextInput(attrs={"data-width": "5", "inputmode": "numeric", "autocomplete": "off"}))
        super().__init__(**options)

    def clean(self, value):
        text = digits(super().clean(value) or "").strip()
        if not text:
            return None
        found = re.fullmatch(r"(\d{1,2})[:.\s]?(\d{2})?", text)
        if not found or int(found[1]) > 23 or int(found[2] or 0) > 59:
            raise ValidationError(_("Write the time like 14:30."), "time")
        return time(int(found[1]), int(found[2] or 0))


def moment(day, clock, *, whole_day=time(12, 0)):
    """Day and time typed apart as one moment: now if neither was typed, `whole_day` if only the day was; never after now."""
    now = timezone.localtime()
    if day is None:
        if clock is None:
            return now
        day = now.date()
    if day == now.date() and clock in (None, now.time().replace(second=0, microsecond=0)):
        return now
    return timezone.make_aware(datetime.combine(day, clock or whole_day))


class AreaWidget(forms.Widget):
    """A box to type a place into; what it may mean is offered below, by script while typing and by the server on sending."""

    template_name = "cases/area_widget.html"

    def value_from_datadict(self, data, files, name):
        return data.get(name, ""), data.get(f"{name}_code", "")

    def get_context(self, name, value, attrs):
        context = super().get_context(name, value, attrs)
        text, code, found = "", "", []
        if isinstance(value, Area):
            text, code = value.name_in(get_language()), value.pcode
        elif isinstance(value, tuple):
            text, code = value
            found = areas_named(text) if text else []
        context["widget"].update(text=text, code=code, found=[(area.pcode, area_text(area)) for area in found])
        return context


class AreaField(forms.Field):
    """An area, typed by name or P-code and chosen where the name is not enough."""

    widget = AreaWidget

    def __init__(self, **options):
        options.setdefault("help_text", __("Province or district. Type the first letters."))
        super().__init__(**options)

    def clean(self, value):
        text, code = value if isinstance(value, tuple) else ("", "")
        text = (text or "").strip()
        if not text and not code:
            if self.required:
                raise ValidationError(_("Enter the area."), "required")
            return None
        found = areas_named(text) if text else []
        if code:
            chosen = Area.objects.filter(pcode=code).first()
            if chosen and (not text or chosen in found or text == chosen.name_in(get_language())):
                return chosen
        if len(found) == 1:
            return found[0]
        same = [area for area in found if text.casefold() in (area.name.casefold(), area.native_name, area.pcode.casefold())]
        if len(same) == 1:
            return same[0]
        if not found:
            raise ValidationError(_("No area has this name. Check the spelling, or type the province."), "unknown")
        raise ValidationError(_("Several areas have this name. Choose one."), "several")

    def has_changed(self, initial, data):
        return bool(data and data[0])


def areas_named(text, most=8):
    """Areas whose name, in any script, begins with or contains the text; the country's own first."""
    text = digits(text or "").strip()
    if not text:
        return []
    valid = Area.objects.valid(on=timezone.localdate()).filter(level__gt=0).select_related("parent")
    begins = Q(name__istartswith=text) | Q(native_name__startswith=text) | Q(pcode__iexact=text)
    own = profile().country
    found = list(valid.filter(begins, country=own).order_by("level", "name")[:most])
    if len(found) < most:
        seen = [area.pk for area in found]
        more = valid.filter(begins | Q(name__icontains=text) | Q(native_name__contains=text)).exclude(pk__in=seen)
        found += sorted(more[: 4 * most], key=lambda a: (a.country != own, a.level, a.name))[: most - len(found)]
    return found


def area_text(area):
    """`Warin Chamrap, Ubon Ratchathani`: the area and the one it lies in, in the reader's script."""
    language = get_language()
    parts = [area.name_in(language)] + ([area.parent.name_in(language)] if area.parent_id and area.level > 1 else [])
    return ", ".join(parts)


# reports


class ReportForm(forms.Form):
    """A report as it is told. Only the danger question and one sentence are asked for."""

    danger = forms.ChoiceField(
        label=__("Is a child in danger right now?"),
        choices=DANGER,
        widget=forms.RadioSelect(attrs={"data-inline": True, "data-label-size": "m"}),
    )
    worry = words(
        __("What worries you?"),
        rows=4,
        help_text=__("One sentence is enough to save."),
        error_messages={"required": __("Write at least one sentence about what worries you.")},
    )

    danger_signs = coded("medical_window", __("Signs that cannot wait"), many=True, required=False)
    channel = coded("report_channel", __("How it reached us"), initial="HELPLINE", required=False)
    reporter_type = coded("reporter_type", __("Who tells us"), required=False, empty=__("Not said"))
    area = AreaField(label=__("Where the child is"), required=False)
    where = words(__("How to find the child"), rows=2, required=False)
    child_names = forms.CharField(label=__("Names or nicknames of the child"), required=False)
    child_about = forms.CharField(label=__("Age, sex, how to recognise the child"), required=False)
    children = forms.IntegerField(
        label=__("How many children"), initial=1, min_value=1, max_value=500, required=False,
        widget=forms.NumberInput(attrs={"data-width": "3"}), help_text=__("For a raid or a rescue, write how many; each is registered later without typing twice."),
    )  # fmt: skip
    language = coded("language", __("Language the child speaks"), required=False, empty=__("Not known"))
    heard_on = DayField(
        label=__("Day when an authority first heard"),
        required=False,
        past_only=True,
        help_text=__("Leave empty if it is now. The clock starts then."),
    )
    heard_time = TimeOfDayField(label=__("Time when an authority first heard"), required=False)
    reporter_name = forms.CharField(label=__("Name of who tells us"), required=False, help_text=__("Nobody has to give a name."))
    reporter_phone = forms.CharField(
        label=__("Telephone of who tells us"), required=False, widget=forms.TextInput(attrs={"inputmode": "tel", "data-width": "20"})
    )
    is_safe_to_call = yes_no(__("Is it safe to call this number?"), required=False)
    reporter_is_alleged = forms.BooleanField(label=__("This person is said to have harmed the child"), required=False)
    is_about_staff = forms.BooleanField(
        label=__("The worry is about somebody of our own staff or a partner’s"),
        required=False,
        help_text=__("Only a safeguarding officer reads it. Your own office does not see it, and you keep only the code."),
    )
    about_agency = forms.ModelChoiceField(
        label=__("Where that person works"), queryset=Agency.objects.none(), required=False, empty_label=__("Not known")
    )

    urgent = ("danger", "worry")
    first = ("danger_signs", "area", "where", "child_names", "child_about", "children", "language")
    caller = ("reporter_type", "reporter_name", "reporter_phone", "is_safe_to_call", "reporter_is_alleged")
    office = ("channel", "heard_on", "heard_time", "is_about_staff", "about_agency")

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        self.fields["about_agency"].queryset = Agency.objects.active().order_by("name")

    def facts(self):
        """What the action takes."""
        facts = dict(self.cleaned_data)
        day, clock = facts.pop("heard_on"), facts.pop("heard_time")
        facts["heard_at"] = moment(day, clock, whole_day=time(0, 0))
        facts["channel"] = facts["channel"] or "HELPLINE"
        facts["children"] = facts["children"] or 1
        return facts


class ScreenOutForm(forms.Form):
    disposition = coded(
        "report_disposition",
        __("Why it is not a case"),
        only=("INFO_ONLY", "PASSED_ON", "NOT_CHILD", "DUPLICATE_REPORT", "INSUFFICIENT"),
        radios=True,
    )
    under_five = forms.ChoiceField(
        label=__("Is a child in this report under 5?"),
        choices=[("yes", __("Yes")), ("no", __("No")), ("unknown", __("Not known"))],
        widget=forms.RadioSelect(attrs={"data-inline": True}),
    )
    advice = words(__("Which advice was given?"), rows=3)


class SecondLookForm(forms.Form):
    agrees = forms.ChoiceField(
        label=__("Is it right not to open a case?"), widget=forms.RadioSelect(attrs={"data-small": True}),
        choices=[("yes", __("Yes, it ends here")), ("no", __("No, send it back to be registered"))],
    )  # fmt: skip


class MessageForm(forms.Form):
    text = words(
        __("Message to the reporter"),
        rows=3,
        help_text=__("Never write anything of the case here: whoever holds the receipt code reads it."),
    )


class CallForm(forms.Form):
    result = forms.ChoiceField(label=__("What came of the call?"), choices=CallResult, widget=forms.RadioSelect(attrs={"data-small": True}))
    said = words(
        __("What was said"),
        rows=3,
        required=False,
        help_text=__("Leave no message: a voice message would tell others that somebody reported."),
    )


# registration


class ConcernWidget(forms.CheckboxSelectMultiple):
    """All concerns in their groups, each group folded; with a box to find one by a word."""

    template_name = "cases/concerns_widget.html"

    def __init__(self, attrs=None):
        super().__init__(attrs)
        self.search = ""

    def get_context(self, name, value, attrs):
        context = super().get_context(name, value, attrs)
        chosen = set(map(str, value or ()))
        context["widget"].update(
            groups=concern_groups(chosen), search=self.search, chosen=concern_options(sorted(chosen), chosen),
            found=concern_options(concerns_named(self.search), chosen) if self.search else [],
        )  # fmt: skip
        return context


def concern_groups(chosen=()):
    """[(words of the group, options, how many are chosen)] for the eight groups."""
    listed = codes.get("concern")
    groups = []
    for silo in codes.get("silo"):
        members = [code for code in listed if listed.item(code)["silo"] == silo]
        groups.append((codes.label("silo", silo), concern_options(members, chosen), sum(code in chosen for code in members)))
    return groups


def concern_options(members, chosen=()):
    listed = codes.get("concern")
    return [
        {"code": code, "label": listed.label(code), "description": listed.item(code).get("description", ""),
         "least": codes.label("risk_level", listed.item(code).get("minimum_risk", "LOW")), "checked": code in chosen}
        for code in members if code in listed
    ]  # fmt: skip


def concerns_named(text, most=12):
    """Codes of concerns whose words, in the reader's language or in the list's own, contain every word typed."""
    listed, wanted = codes.get("concern"), (text or "").casefold().split()
    if not wanted:
        return []

    def told(code):
        item = listed.item(code)
        return " ".join([listed.label(code), item["label"], item.get("description", ""), codes.label("silo", item["silo"])]).casefold()

    return [code for code in listed if all(word in told(code) for word in wanted)][:most]


class ConcernsField(forms.MultipleChoiceField):
    """Codes of concerns, each once: the page may offer one both among those found and in its group."""

    def to_python(self, value):
        return list(dict.fromkeys(super().to_python(value)))


def concerns_field(**options):
    return ConcernsField(
        label=__("Concerns"), choices=lambda: codes.get("concern").choices(), widget=ConcernWidget(),
        error_messages={"required": __("Choose at least one concern.")}, **options,
    )  # fmt: skip


# What each level says, in the words of the code list: a level is chosen with its reasons, never counted together.
RISK_MEANS = {
    "IMMEDIATE": __("life or serious harm is at stake now, or a medical window is open; act before paperwork"),
    "HIGH": __("significant harm done or likely, or death, if nothing changes"),
    "MEDIUM": __("some harm likely without help; no sign of significant harm"),
    "LOW": __("risk of harm without help"),
    "NONE": __("no case: inform, refer, screen out"),
}


def risk_choices():
    return [(code, risk_text(code)) for code in reversed(ORDER)]


def risk_text(code):
    """The level on one line and what it says on the next, which stays in the reviewed language until a translation is reviewed."""
    means, reviewed = str(RISK_MEANS[code]), RISK_MEANS[code]
    with translation.override(codes.REVIEWED):
        reviewed = str(reviewed)
    tongue = codes.REVIEWED if means == reviewed else translation.get_language()
    means = means[:1].upper() + means[1:] + "."
    return format_html(
        '<strong>{}</strong><span class="rs-option-means" lang="{}">{}</span>', codes.label("risk_level", code), tongue, means
    )


def risk_field(**options):
    options.setdefault("error_messages", {"required": __("Choose a level of risk.")})
    return forms.ChoiceField(label=__("Risk"), choices=risk_choices, widget=forms.RadioSelect(attrs={"data-small": True}), **options)


def reasons_of(text):
    """One reason a line, as the record keeps them."""
    return [line.strip()[:60] for line in (text or "").splitlines() if line.strip()]


class ConsentFields(forms.Form):
    """Who was asked for the service itself, and what they said."""

    giver = coded("consent_giver", __("Who was asked"))
    decision = coded("consent_decision", __("Answer"), only=("CONSENT", "ASSENT", "OVERRIDDEN"), radios=True)
    override_reason = coded(
        "consent_override_reason", __("If overridden: why the case goes on without consent"), required=False, empty=__("Not overridden")
    )
    consent_how = forms.CharField(
        label=__("How it was given"), required=False, max_length=30, help_text=__("For example: in words, signed, by nodding.")
    )
    consent_note = words(__("In their own words"), rows=2, required=False)

    consent_names = ("giver", "decision", "override_reason", "consent_how", "consent_note")

    def consent(self):
        got = self.cleaned_data
        return {
            "giver": got["giver"], "decision": got["decision"], "how": got["consent_how"], "note": got["consent_note"],
            "override_reason": got["override_reason"] if got["decision"] == "OVERRIDDEN" else "",
        }  # fmt: skip


class RiskByConcern(ConsentFields):
    """What opening a case asks besides: concerns and a risk, which is never lower than a concern allows. The reason is named."""

    concerns = concerns_field()
    risk = risk_field()

    def clean(self):
        got = super().clean()
        least, why = why_at_least(got.get("concerns") or [])
        if got.get("risk") and ORDER.index(got["risk"]) < ORDER.index(least):
            words = {"concern": why, "level": codes.label("risk_level", least)}
            self.add_error("risk", _("With “%(concern)s” the risk is at least “%(level)s”. Choose that or higher.") % words)
        return got

    def propose_risk(self):
        """While concerns are still being looked up: choose the least risk that they allow, and say why, where none or less is chosen."""
        chosen = [code for code in self.data.getlist("concerns") if code in codes.get("concern")]
        least, why = why_at_least(chosen)
        if not chosen or ORDER.index(self.data.get("risk") if self.data.get("risk") in ORDER else "NONE") >= ORDER.index(least):
            return
        self.data = self.data.copy()
        self.data["risk"] = least
        words = {"concern": why, "level": codes.label("risk_level", least)}
        self.fields["risk"].help_text = _("“%(level)s” is chosen because of “%(concern)s”. Choose higher if you see more.") % words


def why_at_least(concerns):
    """(the lowest risk that these concerns allow, words of the concern that asks for it)."""
    least = least_risk(concerns)
    listed = codes.get("concern")
    asking = (code for code in concerns if listed.item(code).get("minimum_risk", "LOW") == least)
    return least, listed.label(next(asking, ""))


class WorkerChoice(forms.RadioSelect):
    """Workers with the cases they have already."""


def load_text(load):
    """`Somsri P. (Intake Ubon), 12 open cases`, with a word of warning near the ceiling."""
    team = f" ({load.worker.team})" if load.worker.team else ""
    text = _("%(name)s%(team)s, %(cases)d open cases") % {"name": load.worker.name, "team": team, "cases": load.cases}
    if load.state == "warn":
        return text + " – " + _("nearly full")
    if load.state == "full":
        return text + " – " + _("full: the agreed ceiling is %(most)d") % {"most": profile().caseload["full"]}
    return text + " – " + _("far too many") if load.state == "red" else text


class RegisterForm(RiskByConcern):
    """Opens a case for one child."""

    name = forms.CharField(
        label=__("Name of the child"),
        max_length=200,
        error_messages={"required": __("Write a name, or describe the child.")},
        help_text=__("As the child says it. If nobody knows it, describe the child: girl, about 3, red dress."),
    )
    is_label = forms.BooleanField(label=__("This describes the child; the name is not known"), required=False)
    other_script = forms.CharField(label=__("The name in another script"), max_length=200, required=False)
    nickname = forms.CharField(label=__("Nickname"), max_length=200, required=False)
    sex = coded("sex", __("Sex"), radios=True, inline=True)
    born = PartialDayField(label=__("Born"), required=False, past_only=True, help_text=__("As much as is known. The year alone is enough."))
    age = forms.IntegerField(
        label=__("Or age in years"), required=False, min_value=0, max_value=30, widget=forms.NumberInput(attrs={"data-width": "2"})
    )
    margin = forms.IntegerField(
        label=__("Give or take how many years"),
        required=False,
        min_value=0,
        max_value=9,
        widget=forms.NumberInput(attrs={"data-width": "2"}),
    )
    age_basis = coded("age_basis", __("How the age is known"))
    language = coded("language", __("Language the child speaks"), required=False, empty=__("Not known"))
    area = AreaField(label=__("Area where the child is"))
    care = coded("care_arrangement", __("Who the child lives with"), required=False, empty=__("Not known"))
    risk_reasons = words(__("Reasons for the risk"), rows=3, required=False, help_text=__("One reason a line, in a few words."))
    worker = forms.ChoiceField(
        label=__("Who answers for the child"),
        error_messages={"required": __("Choose the worker who will answer for the child.")},
        widget=WorkerChoice(attrs={"data-small": True}),
    )
    seal = forms.BooleanField(
        label=__("Seal this case"), required=False, help_text=__("Only the people named on the case reach it, whatever their rank.")
    )

    child_names = ("name", "is_label", "other_script", "nickname", "sex", "born", "age", "margin", "age_basis", "language", "area", "care")
    risk_names = ("risk", "risk_reasons")
    field_order = (*child_names, "concerns", *risk_names, *ConsentFields.consent_names, "worker", "seal")  # as on the page

    def __init__(self, *args, loads=(), **options):
        super().__init__(*args, **options)
        self.workers = {str(load.worker.uuid): load.worker for load in loads}
        self.fields["worker"].choices = [(str(load.worker.uuid), load_text(load)) for load in loads]
        self.fields["concerns"].widget.search = self.data.get("find_concern", "") if self.is_bound else ""

    def clean(self):
        got = super().clean()
        if not got.get("born") and got.get("age") is None and got.get("age_basis") not in ("ESTIMATED", "DISPUTED", None, ""):
            self.add_error("born", _("Write the year of birth or the age, or choose that the age is estimated."))
        return got

    def child(self):
        """The child as people.add_person takes it."""
        got = self.cleaned_data
        names = [{"full": got["name"], "kind": "LABEL" if got["is_label"] else "LEGAL"}]
        names += [{"full": got["other_script"], "kind": "SCRIPT"}] if got["other_script"] else []
        names += [{"full": got["nickname"], "kind": "NICK"}] if got["nickname"] else []
        birth = birth_facts(got["born"], got["age"], got["margin"], traditional=got["age_basis"] == "EAST_ASIAN")
        return {"names": names, "sex": got["sex"], "age_basis": got["age_basis"], "language": got["language"], **birth}


def birth_facts(born, age, margin=None, *, traditional=False, on=None):
    """Year, month, day and margin of a birth from what was typed: a date as far as known, or an age."""
    if born:
        return {"birth_year": born.year, "birth_month": born.month, "birth_day": born.day, "birth_margin": 0 if born.month else margin or 0}
    if age is None:
        return {}
    guess = AgeEstimate(age, on or timezone.localdate(), margin or 0, traditional)
    first, last = guess.earliest.year, guess.latest.year
    return {"birth_year": (first + last + 1) // 2, "birth_margin": max(1, (last - first + 1) // 2)}


SEX_OF = {"MOTHER": "F", "FATHER": "M"}  # what the word says already


class PersonForm(forms.Form):
    """Somebody else in the case: a parent, a trusted person, someone said to have harmed."""

    role = coded("person_role", __("Part in the case"), only=("CAREGIVER", "FAMILY", "GUARDIAN", "SUPPORT", "ALLEGED", "WITNESS"))
    relation = coded("relation_to_child", __("Is to the child"), empty=__("Not known"), required=False)
    full_name = forms.CharField(label=__("Name"), max_length=200, required=False, help_text=__("Or a few words if the name is not known."))
    person_sex = coded("sex", __("Sex"), required=False, empty=__("Not known"))
    is_suspected = forms.BooleanField(label=__("Suspected of the harm"), required=False)

    def person(self):
        """The line as add_person takes it, or None where nothing was typed."""
        got = self.cleaned_data
        if not got.get("role"):
            return None
        name = got["full_name"] or codes.label("relation_to_child", got["relation"] or "UNKNOWN_REL")
        kind = "LEGAL" if got["full_name"] else "LABEL"
        return {
            "role": got["role"], "relation": got["relation"], "is_suspected": got["is_suspected"] or got["role"] == "ALLEGED",
            "names": [{"full": name, "kind": kind}], "sex": got["person_sex"] or SEX_OF.get(got["relation"], "U"),
        }  # fmt: skip


PeopleFormSet = forms.formset_factory(PersonForm, extra=3, max_num=12)


class GroupForm(RiskByConcern):
    """What many children of one event share, typed once."""

    kind = coded("incident_kind", __("What happened"))
    happened_on = DayField(label=__("Day it happened"), past_only=True)
    area = AreaField(label=__("Area where the children are"))
    workers = forms.MultipleChoiceField(
        label=__("Who answers for the children"),
        widget=forms.CheckboxSelectMultiple(attrs={"data-small": True}),
        help_text=__("The children are spread evenly; those who speak one language stay with one worker as far as possible."),
    )
    pasted = words(
        __("Paste the children from a sheet"),
        rows=6,
        required=False,
        help_text=__("One child a line: name or description, sex (F, M), age, language; with tabs or commas between."),
    )

    shared_names = ("kind", "happened_on", "area")

    def __init__(self, *args, loads=(), **options):
        super().__init__(*args, **options)
        self.workers = {str(load.worker.uuid): load.worker for load in loads}
        self.fields["workers"].choices = [(str(load.worker.uuid), load_text(load)) for load in loads]
        self.fields["concerns"].widget.search = self.data.get("find_concern", "") if self.is_bound else ""


class GroupChildForm(forms.Form):
    label = forms.CharField(label=__("Name or description"), max_length=200, required=False)
    sex = coded("sex", __("Sex"), required=False, empty=__("Not known"))
    age = forms.IntegerField(
        label=__("Age"), required=False, min_value=0, max_value=30, widget=forms.NumberInput(attrs={"data-width": "2"})
    )
    language = coded("language", __("Language"), required=False, empty=__("Not known"))

    def clean(self):
        got = super().clean()
        if not got.get("label") and (got.get("sex") or got.get("age") is not None):
            self.add_error("label", _("Write a name or a description for this child."))
        return got

    def child(self):
        got = self.cleaned_data
        return {
            "names": [{"full": got["label"], "kind": "LABEL"}], "sex": got["sex"] or "U", "language": got["language"],
            "age_basis": "ESTIMATED", **birth_facts(None, got["age"]),
        }  # fmt: skip


GroupChildFormSet = forms.formset_factory(GroupChildForm, extra=5, max_num=200, absolute_max=300)


def pasted_children(text):
    """Rows of the table from pasted lines: label, sex, age, language, with tabs, semicolons or commas between."""
    rows = []
    sexes = {
        "f": "F",
        "girl": "F",
        "female": "F",
        "m": "M",
        "boy": "M",
        "male": "M",
        "x": "X",
        "ญ": "F",
        "หญิง": "F",
        "ช": "M",
        "ชาย": "M",
        "ຍິງ": "F",
        "ຊາຍ": "M",
    }
    tongues = codes.get("language")
    by_word = (
        {tongues.label(code).casefold(): code for code in tongues}
        | {tongues.item(code)["label"].casefold(): code for code in tongues}
        | {code.casefold(): code for code in tongues}
    )
    for line in (text or "").splitlines():
        if not line.strip():
            continue
        between = "\t" if "\t" in line else ";" if ";" in line else ","
        parts = [part.strip() for part in line.split(between)] + [""] * 3
        label, rest = parts[0], parts[1:]
        row = {"label": label, "sex": "", "age": None, "language": ""}
        for part in rest:
            plain = digits(part).casefold()
            if not row["sex"] and plain in sexes:
                row["sex"] = sexes[plain]
            elif row["age"] is None and re.fullmatch(r"\d{1,2}", plain):
                row["age"] = int(plain)
            elif not row["language"] and plain in by_word:
                row["language"] = by_word[plain]
            elif part:
                row["label"] = f"{row['label']} {part}".strip()
        rows.append(row)
    return rows


# work on a case


class VisitForm(forms.Form):
    kind = coded("follow_up_type", __("What kind of contact"))
    on = DayField(label=__("Day"), past_only=True)
    clock = TimeOfDayField(label=__("Time"), required=False)
    child_seen = yes_no(__("Did you see the child?"))
    seen_alone = yes_no(__("Was the child seen alone for a part?"), required=False)
    is_safe = forms.TypedChoiceField(
        label=__("Is the child safe today?"), choices=[("yes", __("Yes")), ("no", __("No")), ("", __("Cannot tell"))], required=False,
        coerce=lambda v: {"yes": True, "no": False}.get(v), empty_value=None, widget=forms.RadioSelect(attrs={"data-inline": True, "data-small": True}),
    )  # fmt: skip
    summary = words(__("What happened"), rows=5, required=False)
    outcome = coded("follow_up_outcome", __("Since the last time"), required=False, empty=__("First contact, or cannot tell"))
    words = words(
        __("In the child’s own words"),
        rows=3,
        required=False,
        help_text=__("What the child said, as the child said it. If the child is too young to speak, write that."),
    )

    field_order = ("kind", "on", "clock", "child_seen", "seen_alone", "is_safe", "words", "summary", "outcome")

    def facts(self):
        got = dict(self.cleaned_data)
        got["at"] = min(moment(got.pop("on"), got.pop("clock")), timezone.now())
        got["seen_alone"] = bool(got["seen_alone"])
        return got


class NoteForm(forms.Form):
    text = words(__("Note"), rows=6, help_text=__("Sealed with the case. Write what you saw or heard, and from whom."))


class AskOfficesForm(forms.Form):
    """Whom one looks for beyond the own cases: a name, and one thing more at least."""

    name = forms.CharField(
        label=__("Name of the child"), max_length=200, error_messages={"required": __("Write the name or nickname.")},
        help_text=__("In any script and spelling. One thing more is needed below: the age, a place, the name of a parent or a telephone."),
    )  # fmt: skip
    age = forms.CharField(label=__("Age or year of birth"), max_length=4, required=False, widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "govuk-input--width-4"}))
    place = forms.CharField(label=__("A place the child is from"), max_length=100, required=False)
    mother = forms.CharField(label=__("Name of the mother"), max_length=200, required=False)
    father = forms.CharField(label=__("Name of the father"), max_length=200, required=False)
    phone = forms.CharField(label=__("A telephone number of the family"), max_length=40, required=False)

    def clean_age(self):
        age = digits(self.cleaned_data["age"].strip())
        if age and not age.isdigit():
            raise ValidationError(_("Write the age or the year in digits, like 9 or 2016."))
        return age

    def clean(self):
        told = super().clean()
        if not self.errors and not any(told.get(field) for field in self.fields if field != "name"):
            raise ValidationError(_("A name alone is not enough to ask other offices. Add one thing more that you know: the age, a place, the name of a parent or a telephone."))
        return told


class ElsewhereForm(forms.Form):
    """One side's answer whether to look together with another office."""

    answer = forms.ChoiceField(
        label=__("Do you agree that both sides see both records?"), widget=forms.RadioSelect(attrs={"data-small": True}), error_messages={"required": __("Choose an answer.")},
        choices=[("yes", __("Yes, if the other side agrees too")), ("no", __("No, our child is known nowhere else"))],
    )  # fmt: skip
    why = words(
        __("What is it for?"), rows=2, required=False, max_length=500,
        help_text=__("One sentence, kept with the case and never shown to the other side. For example: two offices plan for the same girl."),
    )  # fmt: skip

    def clean(self):
        facts = super().clean()
        if facts.get("answer") == "yes" and not facts.get("why", "").strip():
            self.add_error("why", _("Write in one sentence what it is for."))
        return facts


class SafetyPlanForm(forms.Form):
    steps = words(__("What keeps the child safe"), rows=5, help_text=__("One step a line: who does what, when."))
    until_on = DayField(label=__("Holds until"))


class GuardianForm(forms.Form):
    kind = coded("guardian_type", __("Kind of guardian"), only=("PARENT", "RELATIVE", "STATE", "TEMP", "LAWYER"), radios=True)
    person = forms.ChoiceField(label=__("Which person"), required=False)

    def __init__(self, *args, people=(), **options):
        super().__init__(*args, **options)
        self.fields["person"].choices = [("", _("Somebody not yet on the case")), *people]


class AddConcernForm(forms.Form):
    code = forms.ChoiceField(label=__("Concern"))
    setting = coded("harm_setting", __("Where it happened"), required=False, empty=__("Not known"))

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        listed = codes.get("concern")
        self.fields["code"].choices = [("", _("Choose"))] + [
            (codes.label("silo", silo), [(code, listed.label(code)) for code in listed if listed.item(code)["silo"] == silo])
            for silo in codes.get("silo")
        ]


class DecideConcernForm(forms.Form):
    state = coded(
        "concern_state",
        __("What was found"),
        only=("SUBSTANTIATED", "UNSUBSTANTIATED", "IN_RESPONSE", "RESOLVED", "PERSISTS", "REFERRED_OUT"),
        radios=True,
    )


class RiskForm(forms.Form):
    risk = risk_field()
    reasons = words(
        __("Reasons"),
        rows=3,
        required=False,
        help_text=__("One reason a line, in a few words. To lower the risk a reason is needed, and the supervisor decides."),
    )


class ConsentForm(forms.Form):
    kind = coded(
        "consent_type",
        __("What was asked"),
        only=("SERVICE", "COLLECT", "SHARE_NAMED", "TRACING", "PHOTO", "JUSTICE", "MEDICAL", "RETURN", "STATS", "RESEARCH"),
    )
    giver = coded("consent_giver", __("Who was asked"))
    giver_person = forms.ChoiceField(label=__("Which person"), required=False)
    decision = coded("consent_decision", __("Answer"), only=("CONSENT", "ASSENT", "REFUSED", "NOT_ABLE", "OVERRIDDEN"), radios=True)
    override_reason = coded(
        "consent_override_reason", __("If it goes on without consent: why"), required=False, empty=__("It does not"),
        help_text=__("Only the listed reasons count."),
    )  # fmt: skip
    recipient = forms.ChoiceField(label=__("With whom it may be shared"), required=False)
    levels = forms.MultipleChoiceField(
        label=__("What may be shared"), required=False, widget=forms.CheckboxSelectMultiple(attrs={"data-small": True})
    )
    language = coded("language", __("Language it was explained in"), required=False, empty=__("Not noted"))
    how = forms.CharField(label=__("How it was given"), required=False, max_length=30)
    until_on = DayField(label=__("Until"), required=False)
    note = words(__("In their own words"), rows=2, required=False)

    # The questions in the order in which they are asked, under plain headings; the last only where something is to be shared.
    asked_names = ("kind", "giver", "giver_person", "language")
    answer_names = ("decision", "override_reason", "how", "note")
    sharing_names = ("recipient", "levels", "until_on")

    def __init__(self, *args, people=(), agencies=(), levels=(), **options):
        super().__init__(*args, **options)
        self.fields["giver_person"].choices = [("", _("Not on the case yet")), *people]
        self.fields["recipient"].choices = [("", _("Nobody outside")), *agencies]
        self.fields["levels"].choices = levels

    def clean(self):
        got = super().clean()
        if got.get("kind") == "SHARE_NAMED" and got.get("decision") in ("CONSENT", "ASSENT", "OVERRIDDEN"):
            for name, text in (
                ("recipient", _("Choose with whom it may be shared.")),
                ("levels", _("Choose what may be shared.")),
                ("until_on", _("Write until when.")),
            ):
                if not got.get(name) and name not in self.errors:
                    self.add_error(name, text)
        return got


class WithdrawForm(forms.Form):
    giver = coded("consent_giver", __("Who takes it back"))
    child_wish = words(
        __("The child’s own wish"), rows=3, required=False, help_text=__("Ask the child. Needed unless the child takes it back.")
    )


class AdvanceForm(forms.Form):
    to = forms.ChoiceField(label=__("Next step"), widget=forms.RadioSelect(attrs={"data-small": True}))
    override = words(
        __("If danger leaves no time: why it cannot wait"),
        rows=2,
        required=False,
        help_text=__("A second person looks at this within two working days."),
    )

    def __init__(self, *args, targets=(), can_override=False, **options):
        super().__init__(*args, **options)
        self.fields["to"].choices = targets
        if len(targets) == 1:
            self.fields["to"].initial = targets[0][0]
        if not can_override:
            del self.fields["override"]


class ClosureForm(forms.Form):
    """All reasons but the one that a receipt from outside brings about."""

    reason = forms.ChoiceField(
        label=__("Why the case can be closed"),
        choices=lambda: codes.get("closure_reason").choices(
            only=[code for code in codes.get("closure_reason") if code != "TRANSFERRED_CLOSE"]
        ),
        widget=forms.RadioSelect(attrs={"data-small": True}),
        error_messages={"required": __("Choose an answer.")},
    )


class WhyForm(forms.Form):
    why = words(__("Why"), rows=3)


class AssignForm(forms.Form):
    worker = forms.ChoiceField(label=__("Worker"), widget=WorkerChoice(attrs={"data-small": True}))
    is_lead = yes_no(__("Does this worker lead the case from now on?"), initial="yes")

    def __init__(self, *args, loads=(), **options):
        super().__init__(*args, **options)
        self.workers = {str(load.worker.uuid): load.worker for load in loads}
        self.fields["worker"].choices = [(str(load.worker.uuid), load_text(load)) for load in loads]


class ReleaseForm(forms.Form):
    worker = forms.ChoiceField(label=__("Who no longer works on the case"), widget=forms.RadioSelect)

    def __init__(self, *args, workers=(), **options):
        super().__init__(*args, **options)
        self.workers = {str(worker.uuid): worker for worker in workers}
        self.fields["worker"].choices = [(str(worker.uuid), worker.name) for worker in workers]


class ExcludeForm(forms.Form):
    who = forms.ChoiceField(label=__("Who must never see this case"))
    reason = forms.ChoiceField(label=__("Why"), choices=ExclusionReason.choices, widget=forms.RadioSelect(attrs={"data-small": True}))

    def __init__(self, *args, whom=(), **options):
        super().__init__(*args, **options)
        self.fields["who"].choices = [("", _("Choose")), *whom]


class SecondForm(forms.Form):
    """Whom to ask, and why."""

    to = forms.ChoiceField(
        label=__("Who shall confirm it?"),
        widget=forms.RadioSelect(attrs={"data-small": True}),
        help_text=__("Somebody of another team, who does not work under you."),
        error_messages={"required": __("Choose a person.")},
    )
    why = words(__("Why"), rows=3, help_text=__("Write no name of a child: whoever confirms it does not work on the case."))

    def __init__(self, *args, people=(), **options):
        super().__init__(*args, **options)
        self.people = {str(worker.uuid): worker for worker in people}
        self.fields["to"].choices = [(key, f"{worker.name}, {worker.agency.name}") for key, worker in self.people.items()]


class AccusedForm(forms.Form):
    """Whom a report about staff is about, among those found by name."""

    who = forms.ChoiceField(
        label=__("Whom is it about?"),
        widget=forms.RadioSelect(attrs={"data-small": True}),
        error_messages={"required": __("Choose who it is.")},
    )

    def __init__(self, *args, whom=(), **options):
        super().__init__(*args, **options)
        self.fields["who"].choices = whom


class KeepFromCaseForm(forms.Form):
    number = forms.CharField(label=__("Number of the case"), max_length=30, widget=forms.TextInput(attrs={"data-width": "20"}))
    lead = forms.CharField(
        label=__("Name of the worker who answers for the child from now on"),
        required=False,
        max_length=200,
        help_text=__("Needed only if whoever leads the case is among those kept from it."),
    )


class OutcomeForm(forms.Form):
    outcome = words(__("What was found, and what was done"), rows=4)


class GlassForm(forms.Form):
    """Number, two facts of the child, and why it cannot wait."""

    number = forms.CharField(
        label=__("Number of the case"), max_length=30, widget=forms.TextInput(attrs={"data-width": "20", "autocomplete": "off"})
    )
    name = forms.CharField(
        label=__("A name of the child"),
        max_length=200,
        help_text=__("The nickname will do. It is not kept."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    birth_year = forms.CharField(
        label=__("Year of birth"), max_length=10, help_text=__("About right is enough."), widget=forms.TextInput(attrs={"data-width": "5", "inputmode": "numeric"})
    )  # fmt: skip
    reason = coded(
        "access_reason", __("Why must you open it now?"), only=["EMERGENCY", "COVER", "COURT_REQ", "SUBJECT_REQ"], radios=True,
        help_text=__("Where the child is, and what was written, open in an emergency only."),
    )  # fmt: skip
    why = words(__("What happened, and what you need from the case"), rows=3)

    def clean_birth_year(self):
        return read_year(self.cleaned_data["birth_year"])


class VerdictForm(forms.Form):
    verdict = forms.ChoiceField(label=__("Was it needed?"), choices=Verdict.choices, widget=forms.RadioSelect(attrs={"data-small": True}))
    remark = words(__("What you found"), rows=3, required=False, help_text=__("Needed unless it was all needed."))


class MergeForm(forms.Form):
    number = forms.CharField(
        label=__("Number of the other case"),
        widget=forms.TextInput(attrs={"data-width": "20"}),
        help_text=__("The case you are on is kept; the other is marked as its duplicate."),
    )


class DecideForm(forms.Form):
    status = forms.ChoiceField(
        label=__("What do you decide?"), widget=forms.RadioSelect(attrs={"data-small": True}), error_messages={"required": __("Choose an answer.")},
        choices=[("APPROVED", __("Approve")), ("RETURNED", __("Return with questions")), ("REJECTED", __("Reject"))],
    )  # fmt: skip
    answer = words(__("Reasons or questions"), rows=3, required=False, help_text=__("Needed unless you approve."))
