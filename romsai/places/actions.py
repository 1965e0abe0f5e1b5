"""Every change to the people who work here, the directory of services and the words of the lists."""

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from romsai.core import access
from romsai.core.actions import Refused, action

from . import codes
from .models import Account, Agency, Facility, FacilityService, Label, Team, TeamArea, Worker, WorkerArea

WITH_AREA = {"MANAGER", "COORDINATOR"}
WITH_TEAM = {"WORKER", "SUPERVISOR"}


@action("places.add_agency")
def add_agency(*, by, name, kind, area=None):
    """An office or organisation whose workers will use the system."""
    if Agency.objects.filter(name__iexact=name.strip()).exists():
        raise Refused(_("There is already an agency of this name. Use it, or choose another name."))
    return Agency.objects.create(name=name.strip(), kind=kind, area=area)


@action("places.add_team")
def add_team(*, by, agency, name, areas, is_intake=False):
    """Workers who share cases, and the areas whose reports or cases come to them."""
    if not areas:
        raise Refused(_("Name the area that the team works in, or no report will reach it."))
    if Team.objects.filter(agency=agency, name__iexact=name.strip()).exists():
        raise Refused(_("This agency already has a team of this name. Choose another name."))
    team = Team.objects.create(agency=agency, name=name.strip(), is_intake=is_intake)
    TeamArea.objects.bulk_create(TeamArea(team=team, area=area) for area in areas)
    return team


@action("places.add_worker")
def add_worker(*, by, name, email, role, agency, team=None, areas=(), language, phone="", until_on=None):
    """A new worker with an account. They set their own password by the link of `sign_in.invitation`."""
    _check_worker(role, agency, team, areas, until_on)
    check_email(email)
    facts = {"role": role, "agency": agency, "team": team, "language": language, "phone": phone}
    worker = Worker.objects.create(name=name, until_on=until_on, **facts)
    WorkerArea.objects.bulk_create(WorkerArea(worker=worker, area=area) for area in areas)
    with access.accounts():
        Account.objects.create_user(email, worker=worker)
    return worker


def check_email(email):
    """Raises Refused if somebody signs in with it already."""
    with access.accounts():
        if Account.objects.filter(email__iexact=email.strip()).exists():
            raise Refused(_("Somebody already signs in with this e-mail. Use another, or change that worker."))


@action("places.grant_role")
def grant_role(worker, *, by, role, agency, team=None, areas=(), until_on=None):
    """What a worker may do and where; one who was deactivated acts again. Their cases stay with them: who moves away hands them over first."""
    check_grant(worker, by=by, role=role, agency=agency, team=team, areas=areas, until_on=until_on)
    worker.role, worker.agency, worker.team, worker.until_on, worker.is_active = role, agency, team, until_on, True
    worker.save()
    WorkerArea.objects.filter(worker=worker).delete()
    WorkerArea.objects.bulk_create(WorkerArea(worker=worker, area=area) for area in areas)
    with access.accounts():
        Account.objects.filter(worker=worker).update(is_active=True)
    return worker


def check_grant(worker, *, by, role, agency, team=None, areas=(), until_on=None):
    """Raises Refused if the worker, or with None a new one, cannot be given this role there."""
    if worker is not None and worker.pk == by.pk:
        raise Refused(_("You cannot change what you may do yourself. Ask another administrator."))
    if worker is not None and worker.is_machine:
        raise Refused(_("This is another system. Revoke it, and add it anew with the other role."))
    _check_worker(role, agency, team, areas, until_on)


@action("places.change_worker")
def change_worker(worker, *, by, name, language, phone=""):
    """How a worker is called and reached. What they may do is granted by two administrators."""
    worker.name, worker.language, worker.phone = name, language, phone
    worker.save()
    return worker


@action("places.deactivate_worker")
def deactivate_worker(worker, *, by):
    """From now on they can neither sign in nor act. Nothing they did is lost; their open cases must be given to others."""
    if by is not None and worker.pk == by.pk:
        raise Refused(_("You cannot deactivate yourself. Ask another administrator."))
    if not worker.is_active:
        raise Refused(_("This worker is already deactivated."))
    worker.is_active = False
    worker.save()
    with access.accounts():
        Account.objects.filter(worker=worker).update(is_active=False)
    return worker


@action("places.renew_invitation")
def renew_invitation(worker, *, by):
    """Who forgot the password or lost the second factor starts again: both and all sessions end, and a link is shown as for a new worker.

    Two administrators who have the person before them, or know the voice, decide it (security notes 6: no recovery by one alone).
    """
    if worker.pk == by.pk:
        raise Refused(_("You cannot do this for yourself. Ask two other administrators."))
    if not worker.is_active:
        raise Refused(_("This worker is deactivated. Give them a role first."))
    with access.accounts():
        account = Account.objects.select_for_update(of=("self",)).filter(worker=worker, is_active=True).first()
        if account is None:
            raise Refused(_("This worker has no account to sign in with."))
        account.set_unusable_password()  # sessions hold a mark of the password, so they end with it
        account.save()
        Authenticator.objects.filter(user=account).delete()
    return worker


@action("places.change_label")
def change_label(*, by, list, code, language, text):
    """Other words for a code. They count as a draft until approved."""
    _check_label(list, code, language)
    label, _created = Label.objects.update_or_create(
        list=list,
        code=code,
        language=language,
        defaults={"text": text.strip(), "state": Label.State.DRAFT, "changed_by": by},
    )
    transaction.on_commit(codes.forget)
    return label


@action("places.approve_label")
def approve_label(*, by, list, code, language):
    """The words are right and may be shown everywhere. On consent, safety and danger a second person says so."""
    _check_label(list, code, language)
    label = Label.objects.select_for_update().filter(list=list, code=code, language=language).first()
    if label is None:
        shipped, _is_draft = codes.get(list).shipped(code, language)
        if not shipped:
            raise Refused(_("There are no words to approve yet. Write them first."))
        label = Label(list=list, code=code, language=language, text=shipped)
    elif codes.get(list).is_protected and label.changed_by_id == by.pk:
        raise Refused(_("Somebody else must approve words on consent, safety or danger that you wrote."))
    label.state, label.changed_by = Label.State.REVIEWED, by
    label.save()
    transaction.on_commit(codes.forget)
    return label


@action("places.add_facility")
def add_facility(*, by, agency, name, services, kind="", area=None, address="", is_confidential_address=False, phone=""):
    """A new entry of the directory. `services`: dicts with the fields of FacilityService."""
    facility = Facility(agency=agency, kind=kind or agency.kind)
    return _describe(facility, name, services, area, address, is_confidential_address, phone)


@action("places.change_facility")
def change_facility(
    facility,
    *,
    by,
    name,
    services,
    area=None,
    address="",
    is_confidential_address=False,
    phone="",
    is_open=True,
):
    """Correct an entry; whoever does so has checked it today. A closed one is offered to nobody."""
    facility.is_open = is_open
    return _describe(facility, name, services, area, address, is_confidential_address, phone)


def _describe(facility, name, services, area, address, is_confidential_address, phone):
    if is_confidential_address and address:
        raise Refused(_("Leave the address empty when it is secret. Keep it on paper at the shelter."))
    if not services:
        raise Refused(_("Name at least one service, or nobody will find this entry."))
    facility.name, facility.area, facility.phone = name, area, phone
    facility.address, facility.is_confidential_address = address, is_confidential_address
    facility.checked_on = timezone.localdate()
    facility.save()
    facility.services.all().delete()
    FacilityService.objects.bulk_create(FacilityService(facility=facility, **service) for service in services)
    return facility


def _check_worker(role, agency, team, areas, until_on):
    if role not in codes.get("user_role") or role == "PUBLIC":
        raise Refused(_("Choose a role from the list."))
    if team is not None and team.agency_id != agency.pk:
        raise Refused(_("This team belongs to another agency. Choose one of the worker's own agency."))
    if role in WITH_TEAM and team is None:
        raise Refused(_("A social worker or supervisor belongs to a team. Choose the team."))
    if role in WITH_AREA and not areas:
        raise Refused(_("This role answers for an area. Name the area."))
    if until_on is not None and until_on <= timezone.localdate():
        raise Refused(_("The last day must lie in the future."))


def _check_label(list, code, language):
    if code not in codes.get(list) or language not in dict(settings.LANGUAGES):
        raise Refused(_("There is no such word to change. Go back to the list and choose again."))
