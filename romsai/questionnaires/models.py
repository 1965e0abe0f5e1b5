"""Forms, their versions, and what every set of answers holds. A version that was published is never changed."""

import hashlib

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from romsai.core.actions import Refused
from romsai.core.crypto import KeyField, SealedJSONField
from romsai.places.models import Worker

from .compile import dictionary, walk
from .evaluate import Run


class Stale(Refused):
    """Somebody saved these answers since they were read: read them again, then save."""


class FormQuerySet(models.QuerySet):
    def in_use(self):
        """Forms that can be filled in: those with a published version."""
        return self.filter(versions__state=FormVersion.State.PUBLISHED)


class Form(models.Model):
    """A questionnaire through all its versions."""

    code = models.CharField(gettext_lazy("code"), max_length=60, unique=True)
    kind = models.CharField(
        gettext_lazy("used for"),
        max_length=30,
        db_index=True,
        help_text=gettext_lazy("A code of the list assessment_type, or FOLLOW_UP, CLOSURE, HTCDS."),  # or its own code: asked by itself
    )
    title = models.JSONField(gettext_lazy("title"), default=dict)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = FormQuerySet.as_manager()

    class Meta:
        ordering = ["code"]

    def __str__(self):
        return self.code

    def title_in(self, language):
        return self.title.get(language) or self.title.get("en") or next(iter(self.title.values()), self.code)

    @property
    def published(self):
        """The version in use, or None."""
        return self.versions.filter(state=FormVersion.State.PUBLISHED).first()


class FormVersion(models.Model):
    """One uploaded workbook and what it compiled to. Its content is fixed from the first; so says a trigger as well."""

    class State(models.TextChoices):
        DRAFT = "draft", gettext_lazy("waiting for a second person")
        PUBLISHED = "published", gettext_lazy("in use")
        RETIRED = "retired", gettext_lazy("no longer used")

    form = models.ForeignKey(Form, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField(gettext_lazy("version"))
    xlsx = models.BinaryField(gettext_lazy("workbook"))
    sha256 = models.CharField(max_length=64)
    compiled = models.JSONField()
    languages = ArrayField(models.CharField(max_length=20))
    state = models.CharField(gettext_lazy("state"), max_length=10, choices=State, default=State.DRAFT)
    uploaded_by = models.ForeignKey(Worker, models.PROTECT, null=True, related_name="+")  # null: ships with Romsai
    uploaded_at = models.DateTimeField(default=timezone.now)
    published_by = models.ForeignKey(Worker, models.PROTECT, null=True, related_name="+")
    published_at = models.DateTimeField(null=True)
    retired_by = models.ForeignKey(Worker, models.PROTECT, null=True, related_name="+")
    retired_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["form", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["form", "number"], name="form_version_number_once"),
            models.UniqueConstraint(fields=["form", "sha256"], name="form_version_file_once"),
            models.UniqueConstraint(fields=["form"], condition=Q(state="published"), name="form_has_one_version_in_use"),
            models.CheckConstraint(
                condition=Q(published_by__isnull=True) | Q(uploaded_by__isnull=True) | ~Q(published_by=F("uploaded_by")),
                name="form_version_published_by_another",
                violation_error_message=gettext_lazy("A second person publishes a form, not the one who uploaded it."),
            ),
            models.CheckConstraint(
                condition=Q(state="draft", published_at__isnull=True) | Q(~Q(state="draft"), published_at__isnull=False),
                name="form_version_published_at_a_time",
            ),
        ]

    def __str__(self):
        return f"{self.form} {self.number}"

    @staticmethod
    def fingerprint(content):
        return hashlib.sha256(content).hexdigest()

    @property
    def dictionary(self):
        """The data dictionary: path, type, label, list, sensitivity and export of each answer."""
        return dictionary(self.compiled)


class Answers(models.Model):
    """What the answers to one questionnaire hold, for a higher room to make a table of.

    Coded answers lie open for lists and statistics; words, and whatever the form marks as more than core, are sealed with
    the key of the case. A draft keeps answers that are not asked (any more) and answers of the wrong type, so that
    nothing typed is lost; finishing keeps only what stands.
    """

    version = models.ForeignKey(FormVersion, models.PROTECT, related_name="+")
    key = KeyField()
    coded = models.JSONField(default=dict, blank=True)
    sealed = SealedJSONField(default=dict, blank=True)
    language = models.CharField(gettext_lazy("language of the questions"), max_length=20, blank=True)
    page = models.CharField(max_length=100, blank=True)  # where to go on
    revision = models.PositiveIntegerField(default=0)  # how often it was saved
    touched = models.JSONField(default=dict, blank=True)  # answer -> the open page that changed it last: nobody stands in their own way
    started_by = models.ForeignKey(Worker, models.PROTECT, null=True, related_name="+")
    started_at = models.DateTimeField(default=timezone.now)
    updated_by = models.ForeignKey(Worker, models.PROTECT, null=True, related_name="+")
    updated_at = models.DateTimeField(null=True)
    finished_by = models.ForeignKey(Worker, models.PROTECT, null=True, related_name="+")
    finished_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True

    @property
    def is_finished(self):
        return self.finished_at is not None

    @property
    def answers(self):
        """All answers as one dict by question; a repeat is a list of dicts. Opens the sealed ones, which is a reading."""
        return joined(self.coded or {}, self.sealed or {})

    def run(self, *, today=None, language=""):
        """The form run over the answers."""
        return Run(
            self.version.compiled,
            self.answers,
            today=today or timezone.localdate(),
            now=timezone.localtime(),
            language=language or self.language,
        )

    def keep(self, answers, *, by, page=None, language=None, revision=None, touched=()):
        """Take a draft's answers, typed as far as they can be. The caller saves. Returns the run; refused once finished.

        `revision`: the one over which the answers were laid; raises Stale if there is a newer one. `touched`: path -> key of
        the open page for each answer that this changes.
        """
        if self.is_finished:
            raise Refused(_("This questionnaire is finished and cannot be changed. Start a new one."))
        if revision is not None and revision != self.revision:
            raise Stale(_("Somebody else saved these answers meanwhile. Open the page again."))
        self.revision += 1
        self.touched = {**self.touched, **dict(touched)}
        run = Run(
            self.version.compiled,
            answers,
            today=timezone.localdate(),
            now=timezone.localtime(),
            language=language or self.language,
        )
        self._store(run, run.kept)
        self.page = self.page if page is None else page
        self.language = self.language if language is None else language
        self.updated_by, self.updated_at = by, timezone.now()
        return run

    def finish(self, *, by):
        """Keep only what stands, and close. The caller saves. Refused while an answer is missing or cannot stand."""
        if self.is_finished:
            raise Refused(_("This questionnaire is finished and cannot be changed. Start a new one."))
        run = self.run()
        left = len(run.errors) + len(run.missing)
        if left:
            raise Refused(_("Some questions still need an answer. Open the list of answers to see which."))
        self._store(run, run.values)
        self.finished_by = self.updated_by = by
        self.finished_at = self.updated_at = timezone.now()
        return run

    def _store(self, run, answers):
        self.coded, self.sealed = parted(self.version.compiled, answers, wrong=run.errors)


def parted(compiled, answers, wrong=()):
    """(coded, sealed) answers: core ones open, all others and every answer that is not of its type sealed."""
    nodes = {node["name"]: node for node in walk(compiled["nodes"])}

    def part(answers, prefix):
        coded, sealed = {}, {}
        for name, value in answers.items():
            node = nodes[name]
            if node["kind"] == "repeat":
                rounds = [part(one, f"{prefix}{name}/{at}/") for at, one in enumerate(value)]
                coded[name] = [one for one, _ in rounds]
                if any(hidden for _, hidden in rounds):
                    sealed[name] = [hidden for _, hidden in rounds]
            elif node.get("sensitivity") == "core" and prefix + name not in wrong:
                coded[name] = value
            else:
                sealed[name] = value
        return coded, sealed

    return part(answers, "")


def joined(coded, sealed):
    """The reverse of `parted`."""
    found = dict(coded)
    for name, value in sealed.items():
        if isinstance(value, list) and value and isinstance(value[0], dict):
            open_rounds = found.get(name) or [{}] * len(value)
            found[name] = [joined(one, hidden) for one, hidden in zip(open_rounds, value, strict=True)]
        else:
            found[name] = value
    return found
