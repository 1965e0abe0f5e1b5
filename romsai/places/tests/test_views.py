"""The administrator's pages, through the real middleware."""

import uuid

import pytest
from django.urls import reverse

from romsai.core import access, second
from romsai.core.models import Proposal
from romsai.places import codes
from romsai.places.models import Account, Agency, Facility, Label, Team, Worker

pytestmark = pytest.mark.django_db(databases=["default", "refusals"])

PASSWORD = "a long enough password"


@pytest.fixture
def office(client):
    with access.system():
        agency = Agency.objects.create(name="Test welfare office", kind="SW_LOCAL")
        team = Team.objects.create(name="Casework", agency=agency)
        workers = {"WORKER": Worker.objects.create(name="Worker", role="WORKER", agency=agency, team=team)}
        workers |= {name: Worker.objects.create(name=name.title(), role="ADMIN", agency=agency) for name in ("ADMIN", "OTHER_ADMIN")}

    def sign_in(role):
        with access.accounts():
            account = Account.objects.filter(worker=workers[role]).first()
            account = account or Account.objects.create_user(f"{role}@example.org", PASSWORD, worker=workers[role])
            client.force_login(account, backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    codes.forget()
    yield type("Office", (), {"agency": agency, "team": team, "workers": workers, "sign_in": sign_in})
    codes.forget()


PAGES = ["agencies", "add_agency", "add_team", "workers", "add_worker", "add_facility", "lists"]


def test_an_administrator_sees_the_pages_and_a_social_worker_none_of_them(office):
    client = office.sign_in("WORKER")
    own = reverse("places:worker", args=[office.workers["WORKER"].uuid])
    addresses = [reverse(f"places:{name}") for name in PAGES] + [
        own,
        reverse("places:list", args=["risk_level"]),
    ]
    assert {client.get(address).status_code for address in addresses} == {404}
    assert client.get(reverse("places:facilities")).status_code == 200
    client = office.sign_in("ADMIN")
    assert {client.get(address).status_code for address in addresses} == {200}
    assert client.get(reverse("places:list", args=["no_such_list"])).status_code == 404
    assert client.get(reverse("places:worker", args=[uuid.uuid4()])).status_code == 404


def test_adding_a_worker_twice_with_one_form_proposes_one_and_the_second_administrator_gets_the_link(office):
    client = office.sign_in("ADMIN")
    form = {
        "client_key": str(uuid.uuid4()),
        "name": "Somchit",
        "email": "somchit@example.org",
        "role": "WORKER",
        "agency": office.agency.pk,
        "team": office.team.pk,
        "areas": "dm0101, DM02",
        "language": "lo",
        "phone": "081 234 5678",
        "until_on_day": "",
        "until_on_month": "",
        "until_on_year": "",
    }
    answers = [client.post(reverse("places:add_worker"), form) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [302, 302]
    with access.system():
        proposal = Proposal.objects.get()
        assert not Worker.objects.filter(name="Somchit").exists()
    page = reverse("second", args=[proposal.uuid])
    text = signed_in(office, "ADMIN").get(page).content.decode()
    assert "Take it back" in text and "Yes, do this" not in text
    client = signed_in(office, "OTHER_ADMIN")
    assert "Add Somchit as a worker" in client.get("/").content.decode()
    assert "somchit@example.org" in client.get(page).content.decode()
    answer = client.post(page, {"client_key": str(uuid.uuid4()), "answer": "confirm"}, follow=True)
    assert "/account/password/reset/key/" in answer.content.decode()
    with access.system():
        worker = Worker.objects.get(name="Somchit")
        assert sorted(worker.areas.values_list("pcode", flat=True)) == ["DM0101", "DM02"]
        assert worker.phone == "+66812345678"
    shown = signed_in(office, "ADMIN").get(reverse("places:worker", args=[worker.uuid])).content.decode()
    assert "/account/password/reset/key/" not in shown


def signed_in(office, role):
    """A browser of somebody who has typed the password just now: deciding for two asks for it again."""
    client = office.sign_in(role)
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    return client


def test_deciding_for_two_asks_for_the_password_again(office):
    client = office.sign_in("ADMIN")
    with access.acting(office.workers["OTHER_ADMIN"]):
        grant = {"role": "PROVIDER", "agency": office.agency, "team": None, "areas": [], "until_on": None}
        proposal = second.propose("places.grant_role", office.workers["WORKER"], by=office.workers["OTHER_ADMIN"], **grant)
    answer = client.get(reverse("second", args=[proposal.uuid]))
    assert answer.status_code == 302 and "/reauthenticate/" in answer.url


def test_mistakes_come_back_with_what_to_do(office):
    client = office.sign_in("ADMIN")
    form = {
        "name": "X",
        "email": "x@example.org",
        "role": "WORKER",
        "agency": office.agency.pk,
        "language": "en",
    }
    wrong = {
        "areas": "DM99",
        "phone": "call me",
        "until_on_day": "1",
        "until_on_month": "",
        "until_on_year": "2570",
    }
    page = client.post(reverse("places:add_worker"), form | wrong)
    text = page.content.decode()
    assert page.status_code == 422
    for sentence in (
        "There is no area with the code DM99.",
        "This cannot be a phone number.",
        "The date must include a month.",
    ):
        assert sentence in text
    page = client.post(reverse("places:add_worker"), form)
    assert page.status_code == 422
    assert "Choose the team." in page.content.decode()


def test_words_are_changed_and_approved_on_their_page(office):
    client = office.sign_in("ADMIN")
    words = ["risk_level", "HIGH", "th"]
    listed = reverse("places:list", args=["risk_level"]) + "?language=th"
    assert "สูง" in client.get(listed).content.decode()
    assert client.post(reverse("places:change_label", args=words), {"text": "สูงมาก"}).status_code == 302
    assert client.post(reverse("places:approve_label", args=words)).status_code == 302
    with access.system():
        label = Label.objects.get(list="risk_level", code="HIGH")
        assert (label.text, label.state) == ("สูงมาก", "reviewed")
    assert client.get(reverse("places:change_label", args=["risk_level", "NO", "th"])).status_code == 404


def test_an_entry_of_the_directory_is_added_and_shown_without_its_secret_address(office):
    client = office.sign_in("ADMIN")
    entry = {
        "agency": office.agency.pk,
        "name": "Test house",
        "services": ["SHELTER", "FOOD_NFI"],
        "from_age": "10",
        "to_age": "17",
        "sex": "F",
        "area": "DM0101",
        "phone": "",
        "is_confidential_address": "on",
        "address": "Hill 3",
    }
    page = client.post(reverse("places:add_facility"), entry)
    assert page.status_code == 422
    assert "Leave the address empty" in page.content.decode()
    assert client.post(reverse("places:add_facility"), entry | {"address": ""}).status_code == 302
    with access.system():
        house = Facility.objects.get(name="Test house")
        assert house.services.count() == 2
    page = client.get(reverse("places:facilities") + "?service=SHELTER").content.decode()
    assert "Test house" in page
    assert "Mueang Dok Fa" not in page


def test_a_page_of_many_workers_asks_no_more_than_one_of_few(office, django_assert_max_num_queries):
    client = office.sign_in("ADMIN")
    address = reverse("places:workers")
    client.get(address)
    with access.system():
        Worker.objects.bulk_create(Worker(name=f"W{n}", role="WORKER", agency=office.agency, team=office.team) for n in range(40))
    with django_assert_max_num_queries(25):
        client.get(address)
