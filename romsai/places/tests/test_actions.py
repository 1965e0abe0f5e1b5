"""What an administrator may change, what nobody may, and what stays impossible."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from romsai.core import access, second
from romsai.core.actions import Refused
from romsai.places import actions, codes, sign_in, tasks
from romsai.places.models import Account, Agency, Area, Facility, Label, Team, Worker, WorkerArea

pytestmark = pytest.mark.django_db


@pytest.fixture
def office():
    """An agency with a team, an administrator, a second one, and a social worker."""
    with access.system():
        agency = Agency.objects.create(name="Test welfare office", kind="SW_LOCAL")
        other = Agency.objects.create(name="Test police", kind="POLICE")
        team = Team.objects.create(name="Casework", agency=agency)
        people = {"agency": agency, "other": other, "team": team, "area": Area.objects.get(pcode="DM01")}
        for name, role in (("admin", "ADMIN"), ("second", "ADMIN"), ("worker", "WORKER")):
            in_team = team if role == "WORKER" else None
            people[name] = Worker.objects.create(name=name, role=role, agency=agency, team=in_team)
    codes.forget()
    yield type("Office", (), people)
    codes.forget()


def facts(office, **changes):
    return {
        "name": "Somchit",
        "email": "Somchit@example.org ",
        "role": "WORKER",
        "agency": office.agency,
        "team": office.team,
        "language": "lo",
    } | changes


def added(office, **changes):
    """A worker as two administrators add one: the first proposes, the second confirms."""
    with access.acting(office.admin):
        proposal = second.propose("places.add_worker", by=office.admin, **facts(office, **changes))
    with access.acting(office.second):
        made = second.confirm(proposal, by=office.second)
    with access.system():
        return Worker.objects.get(pk=made.made_pk)


def test_two_administrators_add_a_worker_who_sets_a_password_by_a_link_used_once(office):
    with access.acting(office.worker), pytest.raises(access.Forbidden):
        second.propose("places.add_worker", by=office.worker, **facts(office))
    worker = added(office)
    with access.acting(office.admin):
        assert sign_in.invitation(worker, to=office.admin) is None  # who proposed never gets the link
    with access.acting(office.second):
        link = sign_in.invitation(worker, to=office.second)
        assert link.startswith("/account/password/reset/key/")
        assert sign_in.email_of(worker) == "somchit@example.org"
        with access.accounts():
            account = Account.objects.get(worker=worker)
            assert not account.has_usable_password()
            account.set_password("a long enough password")
            account.save()
        # An account in use: no administrator can become this worker.
        assert sign_in.invitation(worker, to=office.second) is None
    with pytest.raises(Refused, match="already signs in with this e-mail"):
        added(office, email="SOMCHIT@example.org")


def test_no_administrator_gives_a_role_alone_by_any_door(office):
    grant = {"role": "SUPERVISOR", "agency": office.agency, "team": office.team, "areas": []}
    with access.acting(office.admin):
        for act, record, given in ((actions.add_worker, None, facts(office)), (actions.grant_role, office.worker, grant)):
            with pytest.raises(access.Forbidden):
                act(*([record] if record else []), by=office.admin, **given)
        for change in (
            lambda: Worker.objects.filter(pk=office.worker.pk).update(role="SUPERVISOR"),
            lambda: Worker.objects.create(name="Nobody", role="SUPERVISOR", agency=office.agency),
            lambda: WorkerArea.objects.create(worker=office.worker, area=office.area),
        ):
            with pytest.raises(DatabaseError, match=r"permission denied|row-level security"), transaction.atomic():
                change()
        own = second.propose("places.grant_role", office.second, by=office.admin, **grant)
        with pytest.raises(access.Forbidden):
            second.confirm(own, by=office.admin)
    with access.acting(office.second):
        assert own not in second.waiting_for(office.second)
        with pytest.raises(access.Forbidden):  # nobody confirms their own promotion
            second.confirm(own, by=office.second)
    with access.system():
        assert set(Worker.objects.filter(pk__in=[office.worker.pk, office.second.pk]).values_list("role", flat=True)) == {"WORKER", "ADMIN"}


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"role": "EMPEROR"}, "Choose a role"),
        ({"role": "PUBLIC"}, "Choose a role"),
        ({"team": None}, "belongs to a team"),
        ({"role": "MANAGER"}, "Name the area"),
        ({"agency": "other"}, "another agency"),
        ({"until_on": timezone.localdate()}, "must lie in the future"),
    ],
)
def test_a_worker_without_what_the_role_needs_is_refused(office, changes, sentence):
    if "agency" in changes:
        changes = {"agency": office.other}
    with pytest.raises(Refused, match=sentence):
        added(office, **changes)


def test_a_worker_who_leaves_can_neither_act_nor_sign_in(office):
    worker = added(office)
    with access.acting(office.admin):
        with pytest.raises(Refused, match="deactivate yourself"):
            actions.deactivate_worker(office.admin, by=office.admin)
        actions.deactivate_worker(worker, by=office.admin)
        assert not Worker.objects.active().filter(pk=worker.pk).exists()
        with access.accounts():
            assert not Account.objects.get(worker=worker).is_active
        with pytest.raises(Refused, match="already deactivated"):
            actions.deactivate_worker(worker, by=office.admin)
    with access.acting(office.worker), pytest.raises(access.Forbidden):
        actions.deactivate_worker(office.second, by=office.worker)


def test_a_worker_changes_place_but_no_administrator_the_own_role(office):
    grant = {"role": "MANAGER", "agency": office.agency, "team": None, "areas": [office.area], "until_on": None}
    with access.acting(office.admin):
        proposal = second.propose("places.grant_role", office.worker, by=office.admin, **grant)
        own = second.propose("places.grant_role", office.admin, by=office.admin, **grant)
    with access.acting(office.second):
        second.confirm(proposal, by=office.second)
        with pytest.raises(Refused, match="what you may do yourself"):
            second.confirm(own, by=office.second)
    with access.system():
        changed = Worker.objects.get(pk=office.worker.pk)
        assert (changed.role, changed.team, list(changed.areas.all())) == ("MANAGER", None, [office.area])


def test_who_was_deactivated_comes_back_with_a_new_grant(office):
    worker = added(office)
    grant = {"role": "WORKER", "agency": office.agency, "team": office.team, "areas": [], "until_on": None}
    with access.acting(office.admin):
        actions.deactivate_worker(worker, by=office.admin)
        proposal = second.propose("places.grant_role", worker, by=office.admin, **grant)
    with access.acting(office.second):
        second.confirm(proposal, by=office.second)
        with access.accounts():
            assert Account.objects.get(worker=worker).is_active


def test_a_time_limited_role_ends_by_itself(office):
    today = timezone.localdate()
    last_day = today + timedelta(days=30)
    added(office, role="PANEL", team=None, until_on=last_day)
    with access.acting(office.admin):
        panel = Worker.objects.filter(role="PANEL", agency=office.agency)
        assert panel.active(on=today).count() == 1
        assert panel.active(on=last_day).count() == 0
    with access.system():
        panel.update(until_on=today)
    tasks.end_roles(0)
    with access.acting(office.admin):
        assert panel.active().count() == 0
        assert Worker.objects.active().filter(pk=office.worker.pk).exists()


def test_a_new_office_gets_a_team_that_reports_can_reach(office):
    with access.acting(office.admin):
        agency = actions.add_agency(by=office.admin, name="Test office two", kind="SW_LOCAL", area=office.area)
        with pytest.raises(Refused, match="already an agency"):
            actions.add_agency(by=office.admin, name="TEST OFFICE TWO", kind="SW_LOCAL")
        with pytest.raises(Refused, match="Name the area"):
            actions.add_team(by=office.admin, agency=agency, name="Intake", areas=[])
        team = actions.add_team(by=office.admin, agency=agency, name="Intake", areas=[office.area], is_intake=True)
        assert list(team.areas.all()) == [office.area]
    with access.acting(office.worker), pytest.raises(access.Forbidden):
        actions.add_agency(by=office.worker, name="Test office three", kind="SW_LOCAL")


def test_words_change_as_a_draft_and_are_approved(office, django_capture_on_commit_callbacks):
    word = {"list": "risk_level", "code": "HIGH", "language": "th"}
    with django_capture_on_commit_callbacks(execute=True), access.acting(office.admin):
        actions.change_label(by=office.admin, text=" สูงมาก ", **word)
    with access.acting(office.worker):
        assert codes.shown("risk_level", "HIGH", "th") == ("สูงมาก", "th", True)
        with pytest.raises(access.Forbidden):
            actions.approve_label(by=office.worker, **word)
    with django_capture_on_commit_callbacks(execute=True), access.acting(office.admin):
        actions.approve_label(by=office.admin, **word)
    with access.acting(office.worker):
        assert codes.shown("risk_level", "HIGH", "th") == ("สูงมาก", "th", False)


def test_words_on_consent_need_a_second_person(office, django_capture_on_commit_callbacks):
    word = {"list": "consent_type", "code": "PHOTO", "language": "lo"}
    with access.acting(office.admin):
        actions.change_label(by=office.admin, text="ຖ່າຍຮູບເດັກ", **word)
        with pytest.raises(Refused, match="Somebody else must approve"):
            actions.approve_label(by=office.admin, **word)
    with django_capture_on_commit_callbacks(execute=True), access.acting(office.second):
        assert codes.label("consent_type", "PHOTO", "lo") == "To take a photo"
        actions.approve_label(by=office.second, **word)
    with access.acting(office.worker):
        assert codes.label("consent_type", "PHOTO", "lo") == "ຖ່າຍຮູບເດັກ"


def test_a_shipped_draft_is_approved_as_it_is(office):
    with access.acting(office.admin):
        label = actions.approve_label(by=office.admin, list="consent_type", code="PHOTO", language="th")
        assert (label.text, label.state) == ("ถ่ายภาพ", Label.State.REVIEWED)
        with pytest.raises(Refused, match="no words to approve"):
            actions.approve_label(by=office.admin, list="adamm_area", code=codes.get("adamm_area").codes[0], language="th")
        with pytest.raises(Refused, match="no such word"):
            actions.change_label(by=office.admin, list="risk_level", code="HIGH", language="xx", text="?")


def test_the_directory_tells_who_offers_what_to_whom_but_no_secret_address(office):
    services = [{"service": "SHELTER", "from_age": 10, "to_age": 17, "sex": "F"}]
    entry = {"agency": office.agency, "name": "Test house", "services": services, "area": office.area}
    with access.acting(office.worker), pytest.raises(access.Forbidden):
        actions.add_facility(by=office.worker, **entry)
    with access.acting(office.admin):
        with pytest.raises(Refused, match="address empty"):
            actions.add_facility(by=office.admin, **entry, address="Hill 3", is_confidential_address=True)
        house = actions.add_facility(by=office.admin, **entry, is_confidential_address=True)
        assert house.checked_on == timezone.localdate()
        girls = [
            ("SHELTER", 12, "F", 1),
            ("SHELTER", 12, "M", 0),
            ("SHELTER", 18, "F", 0),
            ("HEALTH", 12, "F", 0),
        ]
        for service, age, sex, count in girls:
            found = Facility.objects.open().offering(service, age=age, sex=sex).filter(pk=house.pk)
            assert found.count() == count, (service, age, sex)
        district, abroad = Area.objects.get(pcode="DM0103"), Area.objects.get(pcode="HM0101")
        assert house in Facility.objects.near(district)
        assert house not in Facility.objects.near(abroad)
        actions.change_facility(house, by=office.admin, name="Test house", services=services, is_open=False)
        assert house not in Facility.objects.open()
        with pytest.raises(Refused, match="at least one service"):
            actions.change_facility(house, by=office.admin, name="Test house", services=[])
