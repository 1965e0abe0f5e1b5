"""Forms of looking for a family: they clean what was typed and decide nothing."""

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __

from romsai.care.forms import Picked, PickedMany
from romsai.cases.forms import AreaField, birth_facts, coded, words, yes_no
from romsai.core.dates import DayField, PartialDayField
from romsai.tracing import gates, photos
from romsai.tracing.models import READY, Wish
from romsai.tracing.questions import COMPARED, QUESTIONS

SMALL = {"data-small": True}
OUTSIDE = ("CHILD_OF", "EMPLOYER_REL", "RECRUITER", "TRAVELLER", "ONLINE_CONTACT", "STRANGER")  # who does not ask for a child as a family


def line(label, **options):
    return forms.CharField(label=label, max_length=200, **options)


def wish_field():
    return forms.ChoiceField(
        label=__("When somebody is found, how may they be told?"), choices=Wish.choices, initial=Wish.YES, widget=forms.RadioSelect(attrs=SMALL)
    )


class AskForChildForm(forms.Form):
    """Step 1: who asks, and for whom. Enough for the search to begin."""

    inquirer = line(__("Name of who asks"), help_text=__("In their own letters."))
    relation = coded("relation_to_child", __("Is to the child"))
    phone = line(__("Telephone of who asks"), required=False, widget=forms.TextInput(attrs={"inputmode": "tel", "data-width": "20"}))
    is_safe = yes_no(__("Is it safe to call this number?"), required=False)
    wish = wish_field()
    name = line(__("Name of the child"), help_text=__("In the letters that the family uses. The search compares all scripts."))
    nickname = line(__("Nickname"), required=False, help_text=__("What the child is called at home. A small child often knows no other name."))
    other_script = line(__("The name in another script"), required=False)
    sex = coded("sex", __("Sex"), radios=True, inline=True)
    born = PartialDayField(label=__("Born"), required=False, past_only=True, help_text=__("As much as is known. The year alone is enough."))
    age = forms.IntegerField(label=__("Or age in years"), required=False, min_value=0, max_value=25, widget=forms.NumberInput(attrs={"data-width": "2"}))
    language = coded("language", __("Language of the family"), required=False, empty=__("Not known"))
    area = AreaField(label=__("Where the family lives"))
    worry = words(__("What happened?"), rows=4, help_text=__("In the words of who asks. One sentence is enough to begin."))
    worker = Picked(__("Who answers for the search"), widget=forms.RadioSelect(attrs=SMALL))

    def __init__(self, *args, workers=(), **options):
        super().__init__(*args, **options)
        self.fields["relation"].choices = [pair for pair in self.fields["relation"].choices if pair[0] not in OUTSIDE]
        self.fields["worker"].offer(workers, lambda worker: worker.name)
        if workers:
            self.fields["worker"].initial = str(workers[0].uuid)

    def facts(self):
        got = self.cleaned_data
        names = [{"full": got["name"], "kind": "LEGAL"}]
        names += [{"full": got["nickname"], "kind": "NICK"}] if got["nickname"] else []
        names += [{"full": got["other_script"], "kind": "SCRIPT"}] if got["other_script"] else []
        child = {"names": names, "sex": got["sex"], "age_basis": "STATED", "language": got["language"], **birth_facts(got["born"], got["age"], 1)}
        asking = {"names": [{"full": got["inquirer"]}]}
        if got["phone"]:
            asking["contacts"] = [{"kind": "PHONE", "value": got["phone"], "safe_to_call": got["is_safe"]}]
        return {name: got[name] for name in ("relation", "wish", "language", "area", "worry", "worker")} | {"child": child, "inquirer": asking}


class AskForFamilyForm(forms.Form):
    wish = wish_field()


class FamilyForm(forms.Form):
    """Step 2: the family's names, which find more than the child's own."""

    mother = line(__("Name of the mother"), required=False)
    father = line(__("Name of the father"), required=False)
    siblings = words(__("Names of the brothers and sisters"), rows=3, required=False, help_text=__("One a line, the eldest first. Nicknames count."))
    grandparents = words(__("Names of the grandparents"), rows=2, required=False, help_text=__("One a line."))

    def kin(self):
        got = self.cleaned_data
        named = [("MOTHER", got["mother"]), ("FATHER", got["father"]), ("SIBLING", got["siblings"]), ("GRANDPARENT", got["grandparents"])]
        sex = {"MOTHER": "F", "FATHER": "M"}
        return [
            {"relation": relation, "sex": sex.get(relation, "U"), "names": [{"full": name.strip()}]}
            for relation, text in named
            for name in text.splitlines()
            if name.strip()
        ]


class PartedForm(forms.Form):
    """Step 3: when, where and why they lost each other."""

    on = PartialDayField(label=__("When were they separated?"), required=False, past_only=True, help_text=__("As much as is known. The year alone is enough."))
    cause = coded("separation_cause", __("Why were they separated?"), required=False, empty=__("Not known"))
    area = AreaField(label=__("Where were they separated?"), required=False)
    place = line(__("The same in words"), required=False, help_text=__("A market, a bus station, a river crossing."))
    last_known = words(__("Where else may they be, or were they last?"), rows=2, required=False)
    account = words(__("In their own words"), rows=6, required=False)

    def facts(self):
        got = dict(self.cleaned_data)
        on = got.pop("on")
        got |= {"year": on and on.year, "month": on and on.month, "day": on and on.day}
        return {name: value or None if name not in ("cause",) else value for name, value in got.items()}


class KnownByForm(forms.Form):
    """Step 4: what tells this child and this family from others."""

    home = line(__("The village or street of the family"), required=False, help_text=__("As they say it, in their own letters."))
    birth_area = AreaField(label=__("Where was the child born?"), required=False)
    siblings = forms.IntegerField(
        label=__("How many brothers and sisters has the child?"), required=False, min_value=0, max_value=20, widget=forms.NumberInput(attrs={"data-width": "2"})
    )
    position = forms.IntegerField(
        label=__("Which of the children is this one?"), required=False, min_value=1, max_value=21, widget=forms.NumberInput(attrs={"data-width": "2"}),
        help_text=__("The eldest is 1."),
    )  # fmt: skip
    languages = coded("language", __("Which languages does the family speak?"), many=True, required=False)
    marks = words(__("Marks, clothes, what the child carried"), rows=3, required=False)

    def facts(self):
        got = dict(self.cleaned_data)
        return {name: value if value is not None and value != "" else None for name, value in got.items()} | {"languages": got["languages"]}


class WayForm(forms.Form):
    method = coded("tracing_method", __("How are they sought?"), radios=True)
    on = DayField(label=__("Begun on"), past_only=True)
    result = words(__("What came of it"), rows=3, required=False)


class TogetherForm(forms.Form):
    other = Picked(__("Who was lost together with this child?"), widget=forms.RadioSelect(attrs=SMALL), error_messages={"required": __("Choose a child.")})

    def __init__(self, *args, others=(), **options):
        super().__init__(*args, **options)
        self.fields["other"].offer(others, lambda request: request.called)


class SetAsideForm(forms.Form):
    status = coded("tracing_status", __("Why is the family not looked for?"), only=("NOT_NEEDED", "NOT_SAFE", "EXHAUSTED"), radios=True)
    why = words(__("Why"), rows=3, help_text=__("If the child refused: in the child’s own words. Nobody presses the child to change it."))


class AnswerForm(forms.Form):
    """One side's answer to a proposal."""

    answer = forms.ChoiceField(
        label=__("Could it be this child?"), widget=forms.RadioSelect(attrs=SMALL), error_messages={"required": __("Choose an answer.")},
        choices=[("yes", __("Yes, it may be: ask the other side")), ("no", __("No, it is another child"))],
    )  # fmt: skip


class AccountForm(forms.Form):
    """The questions, asked of one side alone."""

    told_by = line(__("Who answered?"), help_text=__("The child, or who of the family, and who was there."))

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        for code, question in QUESTIONS.items():
            self.fields[f"q_{code}"] = words(question, rows=2, required=False)

    def answers(self):
        return {code: self.cleaned_data[f"q_{code}"] for code in QUESTIONS}


class CompareForm(forms.Form):
    """Two accounts side by side, question by question."""

    evidence = coded("verification_evidence", __("What proves that they belong together?"), many=True, required=False)
    is_verified = yes_no(__("Do they belong together?"))
    why = words(__("Why do you judge so?"), rows=3)

    def __init__(self, *args, asked=(), **options):
        super().__init__(*args, **options)
        self.asked = list(asked)
        for code in self.asked:
            self.fields[f"c_{code}"] = forms.ChoiceField(
                label=QUESTIONS[code], choices=list(COMPARED.items()), widget=forms.RadioSelect(attrs=SMALL | {"data-inline": True}),
                error_messages={"required": __("Choose an answer.")},
            )  # fmt: skip
        self.order_fields([f"c_{code}" for code in self.asked])

    def compared(self):
        return {code: self.cleaned_data[f"c_{code}"] for code in self.asked}


class DetermineForm(forms.Form):
    child_view = words(__("What does the child want?"), rows=3, help_text=__("In the child’s own words."))
    options = words(__("Which options are there, with what speaks for and against each?"), rows=5)
    factors = coded("best_interest_factor", __("Which factors have you weighed?"), many=True)
    solution = coded("durable_solution", __("What is best for the child?"), radios=True)
    reasons = words(__("Why is this best for the child?"), rows=4)
    panel = words(__("Who sat on the panel?"), rows=3, required=False, help_text=__("One person a line, with the agency. Needed where a formal decision is."))
    agencies = PickedMany(__("Agencies on the panel"), required=False)
    objection = words(__("Who objects, and why?"), rows=2, required=False)
    on = DayField(label=__("Decided on"), past_only=True)
    review_on = DayField(label=__("Looked at again on"))

    def __init__(self, *args, agencies=(), **options):
        super().__init__(*args, **options)
        self.fields["agencies"].offer(agencies, lambda agency: agency.name)

    def facts(self):
        got = dict(self.cleaned_data)
        return got | {"panel": got["panel"].splitlines()}


class PrepareForm(forms.Form):
    ready = forms.MultipleChoiceField(label=__("What is ready?"), required=False, widget=forms.CheckboxSelectMultiple(attrs=SMALL))
    words = words(__("How were the child and the family prepared?"), rows=3, required=False)

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        self.fields["ready"].choices = [(name, _capital(gates.words(name))) for name in READY]


def _capital(text):
    return text[:1].upper() + text[1:]


class ReuniteForm(forms.Form):
    on = DayField(label=__("Day of the reunion"), past_only=True)
    area = AreaField(label=__("Area"), required=False)
    place = line(__("Where was it?"))
    escort = line(__("Who brought the child?"))
    received_by = line(__("Who received the child?"))
    care_kind = coded("care_arrangement", __("Who does the child live with now?"))
    is_signed = forms.BooleanField(label=__("Whoever brought and whoever received the child both signed. No photo was taken for the media."), required=False)


class JudgeForm(forms.Form):
    is_sustained = forms.TypedChoiceField(
        label=__("Has it lasted?"), coerce=lambda value: value == "yes", widget=forms.RadioSelect(attrs=SMALL), error_messages={"required": __("Choose an answer.")},
        choices=[("yes", __("Yes: the child lives there and was not harmed again")), ("no", __("No: it broke down"))],
    )  # fmt: skip
    why = words(__("Why do you judge so?"), rows=3)


class PhotoForm(forms.Form):
    photo = forms.FileField(
        label=__("The photo"), help_text=__("The face alone, nothing that shows the place. Where and when it was taken is removed."),
        error_messages={"required": __("Choose the photo.")}, widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
    )  # fmt: skip
    until_on = DayField(label=__("Shown until"))

    def clean_photo(self):
        try:
            return photos.small(self.cleaned_data["photo"].read())
        except photos.Unfit:
            raise forms.ValidationError(_("This is no photo that can be shown. Choose a JPEG, PNG or WebP picture.")) from None


class PointForm(forms.Form):
    number = forms.CharField(label=__("Number under the photo"), max_length=10, widget=forms.TextInput(attrs={"data-width": "5"}))


class ReopenForm(forms.Form):
    why = words(__("What has changed?"), rows=3)
