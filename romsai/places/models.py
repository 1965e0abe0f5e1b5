"""Areas, the agencies and facilities in them, and the people who work there. Nothing here is about a child."""

import uuid

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _


class AreaQuerySet(models.QuerySet):
    def valid(self, *, on):
        """Areas that existed on that day; a case keeps the area of its time."""
        return self.filter(Q(valid_from__isnull=True) | Q(valid_from__lte=on)).filter(Q(valid_until__isnull=True) | Q(valid_until__gt=on))

    def within(self, *areas):
        """The given areas and everything under them."""
        return self.filter(above__ancestor__in=areas).distinct()


class Area(models.Model):
    """A country (level 0) or an administrative unit in it, by its OCHA P-code. Never deleted, only ended."""

    pcode = models.CharField(_("P-code"), max_length=20, unique=True)
    name = models.CharField(_("name in Latin letters"), max_length=200)
    native_name = models.CharField(_("name in the country's own script"), max_length=200, blank=True)
    native_language = models.CharField(_("language of that name"), max_length=10, blank=True)
    level = models.PositiveSmallIntegerField(_("level"))
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    country = models.CharField(_("country"), max_length=3)
    valid_from = models.DateField(_("valid from"), null=True, blank=True)
    valid_until = models.DateField(_("valid until"), null=True, blank=True)

    objects = AreaQuerySet.as_manager()

    class Meta:
        ordering = ["pcode"]
        indexes = [models.Index(fields=["country", "level"])]
        constraints = [
            models.CheckConstraint(
                condition=Q(level=0, parent__isnull=True) | Q(level__gt=0, parent__isnull=False),
                name="area_lies_in_another_unless_country",
            ),
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_from__isnull=True) | Q(valid_until__gt=F("valid_from")),
                name="area_ends_after_it_begins",
            ),
        ]

    def __str__(self):
        return self.name

    def name_in(self, language):
        """Its own script for who reads it, Latin letters for everyone else."""
        return self.native_name if self.native_name and self.native_language == language else self.name


class AreaWithin(models.Model):
    """Every pair of an area and one that it lies in, itself included. Kept by a trigger; row policies read it."""

    ancestor = models.ForeignKey(Area, models.CASCADE, related_name="below")
    descendant = models.ForeignKey(Area, models.CASCADE, related_name="above")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["ancestor", "descendant"], name="area_within_once"),
        ]


class AgencyQuerySet(models.QuerySet):
    def active(self):
        return self.filter(is_active=True)


class Agency(models.Model):
    """An office, police unit, shelter, NGO or committee that touches children."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(_("name"), max_length=200)
    kind = models.CharField(_("kind"), max_length=20, help_text=_("A code of the list agency_type."))
    area = models.ForeignKey(Area, models.PROTECT, null=True, blank=True, related_name="agencies")
    is_active = models.BooleanField(_("active"), default=True)

    objects = AgencyQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        verbose_name_plural = "agencies"

    def __str__(self):
        return self.name


class Team(models.Model):
    """Workers of one agency who share their cases and a supervisor."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="teams")
    name = models.CharField(_("name"), max_length=200)
    areas = models.ManyToManyField(Area, through="TeamArea", related_name="teams")
    is_intake = models.BooleanField(_("takes new reports"), default=False)

    class Meta:
        ordering = ["agency", "name"]
        constraints = [
            models.UniqueConstraint(fields=["agency", "name"], name="team_name_once_in_agency"),
        ]

    def __str__(self):
        return self.name


class TeamArea(models.Model):
    """A team answers for an area and everything under it."""

    team = models.ForeignKey(Team, models.CASCADE)
    area = models.ForeignKey(Area, models.PROTECT)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["team", "area"], name="team_area_once")]


class FacilityQuerySet(models.QuerySet):
    def open(self):
        return self.filter(is_open=True, agency__is_active=True)

    def offering(self, service, *, age=None, sex=None):
        """Facilities with that service for a child of that age and sex; what a facility does not say, it does not exclude."""
        offers = FacilityService.objects.filter(service=service)
        if age is not None:
            offers = offers.filter(Q(from_age__isnull=True) | Q(from_age__lte=age))
            offers = offers.filter(Q(to_age__isnull=True) | Q(to_age__gte=age))
        if sex:
            offers = offers.filter(Q(sex="") | Q(sex=sex))
        return self.filter(pk__in=offers.values("facility"))

    def near(self, area):
        """Those in the same area, in one that contains it, or in one under it, or whose place is not told."""
        return self.filter(
            Q(area__isnull=True)
            | Q(area__in=AreaWithin.objects.filter(ancestor=area).values("descendant"))
            | Q(area__in=AreaWithin.objects.filter(descendant=area).values("ancestor"))
        )


class Facility(models.Model):
    """An entry of the directory: a place or line where children are sent for a service."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="facilities")
    name = models.CharField(_("name"), max_length=200)
    kind = models.CharField(_("kind"), max_length=20, blank=True, help_text=_("A code of the list agency_type."))
    area = models.ForeignKey(Area, models.PROTECT, null=True, blank=True, related_name="facilities")
    address = models.TextField(_("address"), blank=True)
    is_confidential_address = models.BooleanField(_("the address is secret"), default=False)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    is_open = models.BooleanField(_("open"), default=True)
    checked_on = models.DateField(_("checked on"), null=True, blank=True)

    objects = FacilityQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        verbose_name_plural = "facilities"
        constraints = [
            # Addresses of shelters are never in search, map, log or export (domain 8.3-9): so they are not kept here at all.
            models.CheckConstraint(
                condition=Q(is_confidential_address=False) | Q(address=""),
                name="secret_address_is_not_kept",
                violation_error_message=_("Leave the address empty when it is secret. Keep it on paper at the shelter."),
            ),
        ]

    def __str__(self):
        return self.name


class FacilityService(models.Model):
    """What a facility offers, to whom, and how much of it."""

    facility = models.ForeignKey(Facility, models.CASCADE, related_name="services")
    service = models.CharField(_("service"), max_length=20, help_text=_("A code of the list service_type."))
    from_age = models.PositiveSmallIntegerField(_("from age"), null=True, blank=True)
    to_age = models.PositiveSmallIntegerField(_("to age"), null=True, blank=True)
    sex = models.CharField(_("only for"), max_length=10, blank=True, help_text=_("Empty: everyone."))
    capacity = models.PositiveIntegerField(_("places"), null=True, blank=True)
    open_hours = models.CharField(_("open hours"), max_length=200, blank=True)

    class Meta:
        ordering = ["facility", "service"]
        constraints = [
            models.UniqueConstraint(fields=["facility", "service"], name="service_once_in_facility"),
            models.CheckConstraint(
                condition=Q(from_age__isnull=True) | Q(to_age__isnull=True) | Q(to_age__gte=F("from_age")),
                name="service_ages_in_order",
                violation_error_message=_("The highest age must not be below the lowest."),
            ),
        ]


class WorkerQuerySet(models.QuerySet):
    def active(self, *, on=None):
        """Those who may act; with a day, without those whose time-limited role has ended by then."""
        active = self.filter(is_active=True, agency__is_active=True)
        return active if on is None else active.filter(Q(until_on__isnull=True) | Q(until_on__gt=on))


class Worker(models.Model):
    """A person of the workforce in one role. Acts, is assigned, is audited; how they sign in is the account's matter."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(_("name"), max_length=200)
    role = models.CharField(_("role"), max_length=20, help_text=_("A code of the list user_role."))
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="workers")
    team = models.ForeignKey(Team, models.PROTECT, null=True, blank=True, related_name="workers")
    areas = models.ManyToManyField(Area, through="WorkerArea", related_name="workers")
    language = models.CharField(_("language"), max_length=10, default="en")
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    is_active = models.BooleanField(_("active"), default=True)
    until_on = models.DateField(_("until"), null=True, blank=True, help_text=_("For roles limited in time."))
    is_machine = models.BooleanField(_("another system"), default=False, db_default=False)  # it asks by a token (romsai/api) and answers for no child

    objects = WorkerQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        indexes = [models.Index(fields=["agency", "role"])]
        constraints = [models.CheckConstraint(condition=Q(is_machine=False) | Q(until_on__isnull=False), name="machine_has_a_last_day")]

    def __str__(self):
        return self.name

    def leads(self, other):
        """A supervisor leads the social workers of the team; a manager those of the agency, and its supervisors."""
        if self.pk == other.pk:
            return False
        if self.role == "SUPERVISOR":
            return self.team_id is not None and self.team_id == other.team_id and other.role == "WORKER"
        return self.role == "MANAGER" and self.agency_id == other.agency_id and other.role in ("WORKER", "SUPERVISOR")


class WorkerArea(models.Model):
    """A manager or coordinator answers for an area and everything under it."""

    worker = models.ForeignKey(Worker, models.CASCADE)
    area = models.ForeignKey(Area, models.PROTECT)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["worker", "area"], name="worker_area_once")]


class Accounts(BaseUserManager):
    def get_queryset(self):
        """With the worker, team and agency: every page asks who is signed in."""
        return super().get_queryset().select_related("worker__team", "worker__agency")

    def create_user(self, email, password=None, **fields):
        """An account that signs in with the e-mail; without a password it cannot sign in until one is set."""
        account = self.model(email=email.strip().lower(), **fields)
        account.set_password(password)
        account.save(using=self._db)
        return account

    def get_by_natural_key(self, email):
        return self.get(email__iexact=email)


class Account(AbstractBaseUser):
    """How one worker signs in. There is no superuser: rights come from the worker's role and relations alone."""

    email = models.EmailField(_("e-mail"), unique=True)
    worker = models.OneToOneField(Worker, models.PROTECT, related_name="account")
    is_active = models.BooleanField(_("active"), default=True)
    is_demo = models.BooleanField(_("demonstration only"), default=False)

    objects = Accounts()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"

    is_staff = False
    is_superuser = False

    class Meta:
        constraints = [models.UniqueConstraint(Lower("email"), name="account_email_once")]

    def __str__(self):
        return self.email


class Label(models.Model):
    """The words shown for a code in a language, where an administrator has changed or approved what was shipped."""

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        REVIEWED = "reviewed", _("Reviewed")

    list = models.CharField(_("list"), max_length=60)
    code = models.CharField(_("code"), max_length=60)
    language = models.CharField(_("language"), max_length=10)
    text = models.CharField(_("text"), max_length=300)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.DRAFT)
    changed_by = models.ForeignKey(Worker, models.PROTECT, null=True, blank=True, related_name="+")
    changed_at = models.DateTimeField(_("changed at"), auto_now=True)

    class Meta:
        ordering = ["list", "code", "language"]
        constraints = [models.UniqueConstraint(fields=["list", "code", "language"], name="label_once")]

    def __str__(self):
        return self.text
