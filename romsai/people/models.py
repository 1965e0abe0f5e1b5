"""Children and adults: coded facts in the open, everything that could name or find someone sealed with their own key."""

from dataclasses import dataclass
from datetime import date

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import connection, models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from romsai.core.crypto import KeyField, SealedJSONField, SealedTextField
from romsai.core.dates import PartialDate, ages, is_child
from romsai.core.models import Protected, ProtectedManager, ProtectedQuerySet
from romsai.places.models import Area


def code(verbose, listed, **options):
    """A code of the list named."""
    field = models.CharField(verbose, max_length=30, **options)
    field.listed = listed
    return field


@dataclass(frozen=True)
class Birth(PartialDate):
    """What is known of a day of birth; `margin` is by how many years the year may be wrong either way."""

    margin: int = 0

    @property
    def earliest(self):
        return date(self.year - self.margin, 1, 1) if self.margin else super().earliest

    @property
    def latest(self):
        return date(self.year + self.margin, 12, 31) if self.margin else super().latest


class Person(Protected):
    """Someone who has a part in a case: a child, a carer, a reporter, someone said to have harmed.

    Coded facts only; whoever may read them does not thereby learn who it is.
    """

    key = KeyField()
    sex = models.CharField(_("sex"), max_length=1, default="U")
    birth_year = models.PositiveSmallIntegerField(_("year of birth"), null=True, blank=True)
    birth_month = models.PositiveSmallIntegerField(_("month of birth"), null=True, blank=True)
    birth_day = models.PositiveSmallIntegerField(_("day of birth"), null=True, blank=True)
    birth_margin = models.PositiveSmallIntegerField(_("years it may be wrong by"), default=0)
    age_basis = code(_("how the age is known"), "age_basis", blank=True)
    language = models.CharField(_("language spoken"), max_length=10, blank=True)
    nationality = models.CharField(_("nationality"), max_length=3, blank=True)
    is_label_only = models.BooleanField(_("name not known"), default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(birth_day__isnull=True) | Q(birth_month__isnull=False),
                name="birth_day_has_its_month",
            ),
            models.CheckConstraint(
                condition=Q(birth_month__isnull=True) | Q(birth_year__isnull=False),
                name="birth_month_has_its_year",
            ),
            models.CheckConstraint(condition=Q(birth_margin=0) | Q(birth_month__isnull=True), name="uncertain_year_has_no_month"),
        ]

    def __str__(self):
        return f"person {self.pk}"

    @classmethod
    def next_id(cls):
        """The id of a person to be: whoever makes them part of a case needs it before the row exists."""
        with connection.cursor() as cursor:
            cursor.execute("select nextval(pg_get_serial_sequence('people_person', 'id'))")
            return cursor.fetchone()[0]

    @property
    def birth(self):
        """A Birth, or None if not even the year is known."""
        if self.birth_year is None:
            return None
        return Birth(self.birth_year, self.birth_month, self.birth_day, self.birth_margin)

    def ages(self, on):
        """Lowest and highest age in whole years on that day; None if nothing is known."""
        return ages(self.birth, on) if self.birth else None

    def is_child(self, on):
        """True also in doubt, and always while the age is disputed (Palermo guide, presumption of age)."""
        return self.birth is None or self.age_basis == "DISPUTED" or is_child(self.birth, on)


class Belonging(Protected):
    """A row about one person, sealed with that person's key."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="%(class)ss")
    key = KeyField()

    class Meta(Protected.Meta):
        abstract = True


class Name(Belonging):
    """What a person is called. The full name as given comes first; parts are optional, and one name is normal."""

    class Kind(models.TextChoices):
        LEGAL = "LEGAL", _("legal name")
        NICK = "NICK", _("nickname")
        ALIAS = "ALIAS", _("also known as")
        SCRIPT = "SCRIPT", _("the name in another script")
        LABEL = "LABEL", _("description, because the name is not known")

    kind = models.CharField(_("kind of name"), max_length=10, choices=Kind, default=Kind.LEGAL)
    script = models.CharField(_("script"), max_length=4, blank=True)  # ISO 15924, found from the text
    pattern = code(_("how the name works"), "name_pattern", blank=True)
    full = SealedTextField(_("full name"), max_length=200)
    given = SealedTextField(_("given name"), max_length=200, null=True, blank=True)
    family = SealedTextField(_("family name"), max_length=200, null=True, blank=True)
    is_main = models.BooleanField(_("shown first"), default=False)

    class Meta(Belonging.Meta):
        abstract = False
        constraints = [
            models.UniqueConstraint(fields=["person"], condition=Q(is_main=True), name="one_main_name"),
        ]


class Identifier(Belonging):
    """A number on a paper. A wrong check digit warns and never blocks: children without registration hold such numbers."""

    class Kind(models.TextChoices):
        NATIONAL_ID = "NATIONAL_ID", _("national identity number")
        BIRTH_CERTIFICATE = "BIRTH_CERT", _("birth certificate")
        PASSPORT = "PASSPORT", _("passport")
        FAMILY_BOOK = "FAMILY_BOOK", _("family or house book")
        REFUGEE = "REFUGEE", _("refugee or asylum card")
        MIGRANT = "MIGRANT", _("migrant worker's card")
        SCHOOL = "SCHOOL", _("school number")
        OTHER_REGISTER = "OTHER", _("number in another register")

    kind = models.CharField(_("kind of number"), max_length=12, choices=Kind)
    number = SealedTextField(_("number"), max_length=60)
    country = models.CharField(_("country"), max_length=3, blank=True)


class Contact(Belonging):
    """A way to reach someone, and whether it is safe to use."""

    class Kind(models.TextChoices):
        PHONE = "PHONE", _("telephone")
        EMAIL = "EMAIL", _("e-mail")
        CHAT = "CHAT", _("messaging account")
        THROUGH = "THROUGH", _("through another person")

    kind = models.CharField(_("kind of contact"), max_length=10, choices=Kind, default=Kind.PHONE)
    value = SealedTextField(_("number or address"), max_length=200)
    safe_to_call = models.BooleanField(_("safe to use"), null=True, blank=True)
    hours = SealedTextField(_("when it is safe"), max_length=200, null=True, blank=True)
    code_word = SealedTextField(_("code word"), max_length=100, null=True, blank=True)
    is_current = models.BooleanField(_("still in use"), default=True)


class Address(Belonging):
    """Where somebody is or was. The most dangerous fact in the system: a level of its own."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="addresses")
    area = models.ForeignKey(Area, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("area"))
    text = SealedTextField(_("address or how to find it"), max_length=1000, null=True, blank=True)
    from_on = models.DateField(_("from"), null=True, blank=True)
    until_on = models.DateField(_("until"), null=True, blank=True)
    is_current = models.BooleanField(_("lives there now"), default=True)
    is_confidential = models.BooleanField(_("to be kept secret even within the case"), default=False)

    class Meta(Belonging.Meta):
        abstract = False
        verbose_name_plural = "addresses"
        constraints = [
            models.UniqueConstraint(fields=["person"], condition=Q(is_current=True), name="one_current_address"),
            models.CheckConstraint(
                condition=Q(until_on__isnull=True) | Q(from_on__isnull=True) | Q(until_on__gte=models.F("from_on")),
                name="address_ends_after_it_begins",
            ),
        ]


class Relation(Belonging):
    """What somebody is to the person, normally the child: mother, guardian, employer, recruiter."""

    relative = models.ForeignKey(Person, models.PROTECT, related_name="relations_to")
    kind = code(_("is to the child"), "relation_to_child")
    from_on = models.DateField(_("from"), null=True, blank=True)
    until_on = models.DateField(_("until"), null=True, blank=True)
    lives_together = models.BooleanField(_("lives with the child"), null=True, blank=True)
    is_carer = models.BooleanField(_("looks after the child"), default=False)
    no_contact = models.BooleanField(_("must have no contact with the child"), default=False)
    note = SealedTextField(_("note"), max_length=1000, null=True, blank=True)

    class Meta(Belonging.Meta):
        abstract = False
        constraints = [
            models.UniqueConstraint(fields=["person", "relative", "kind"], name="related_once"),
            models.CheckConstraint(condition=~Q(person=models.F("relative")), name="nobody_is_their_own_relative"),
        ]


class Entry(models.Model):
    """What a person is found by: keyed bytes as whole numbers, meaningless without the key, and the years they may be born in.

    own: their names, as written and as heard, telephone and numbers. slips: their names with one letter left out. other: their parents'
    names, the places they are from, and the years themselves. Emptied, nobody finds them.
    """

    person = models.OneToOneField(Person, models.PROTECT, related_name="entry")
    own = ArrayField(models.BigIntegerField(), default=list)
    slips = ArrayField(models.BigIntegerField(), default=list)
    other = ArrayField(models.BigIntegerField(), default=list)
    sex = models.CharField(max_length=1, default="U")
    born_from = models.SmallIntegerField(null=True)
    born_until = models.SmallIntegerField(null=True)
    version = models.SmallIntegerField(default=0)  # of the rules these were made by; see `manage.py rebuild_tokens`

    objects = ProtectedManager.from_queryset(ProtectedQuerySet)()

    class Meta:
        base_manager_name = "objects"
        verbose_name_plural = "entries"
        indexes = [GinIndex(fields=["own", "slips", "other"], name="entry_search")]


class Card(Belonging):
    """What a person is compared by, once found: names, parents' names, places, numbers, each with how it sounds. Sealed as a whole."""

    person = models.OneToOneField(Person, models.PROTECT, related_name="card")
    facts = SealedJSONField(default=dict)

    class Meta(Belonging.Meta):
        abstract = False


class Frequency(models.Model):
    """How many persons have a token that many have: what is rare says more. Token 0 counts everybody. Made anew by a nightly job."""

    token = models.BigIntegerField(primary_key=True)
    persons = models.IntegerField()


class Weights(models.Model):
    """What agreements were found to be worth on this country's register, as `weights.yaml` has them: {field: {level: {m, u}}}. Never changed."""

    at = models.DateTimeField(default=timezone.now)
    persons = models.IntegerField()
    fields = models.JSONField(default=dict)

    class Meta:
        verbose_name_plural = "weights"
