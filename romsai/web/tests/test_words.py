"""Pages in Thai and Lao: nothing of them is left in English but names, and what is marked as being in another language."""

import re

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from lxml import html

from romsai.cases import actions as cases
from romsai.core import access
from romsai.places.models import Account
from tests import world as invented

pytestmark = pytest.mark.django_db(databases=["default", "refusals"])

SAID = ("title", "alt", "aria-label", "placeholder")
WORD = re.compile(r"[A-Za-z][A-Za-z’']{2,}")
# What people and places of the invented world are called, and what has no other name.
NAMES = WORD.findall(
    "Keo Invented, Kham, Bua, Phet, Dara, Sao, Line, Welfare North, South, Town, Banyan House, Casework, Outreach, Rivermark, WEL, Romsai, Shift, English, JavaScript, IOM"
)
STANDARD = "Human Trafficking Case Data Standard"


@pytest.fixture
def case(world):
    made = invented.case(world)
    invented.seen(world, made, words="ຂ້ອຍຢາກໄປໂຮງຮຽນ")
    with access.acting(world.kham):
        cases.write_note(made, by=world.kham, text="บันทึก")
    return made


def browser(language, worker=None):
    client = Client()
    client.cookies["language"] = language
    if worker:
        with access.accounts():
            account, _made = Account.objects.get_or_create(email=f"{worker.pk}@example.org", worker=worker)
            client.force_login(account, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def left_in_english(page, language):
    """Latin words that a reader sees or hears on the page and that are not marked as being in another language."""
    tree = html.document_fromstring(page)
    assert tree.get("lang") == language
    said = []
    for node in tree.iter():
        if node.tag in ("script", "style", "textarea") or not isinstance(node.tag, str):
            continue
        if node.tag == "option" and node.getparent().get("name") == "area":
            continue  # places are shown in Latin letters where nobody has their name in the reader's own
        own = [node.text or "", *(child.tail or "" for child in node)]
        own += [node.get(name, "") for name in SAID]
        nearest = next(part.get("lang") for part in [node, *node.iterancestors()] if part.get("lang"))
        if nearest == language:
            said += own
    return {word for text in said for word in WORD.findall(text.replace(STANDARD, ""))} - set(NAMES)


PUBLIC = ["/start/", "/start/child/", "/start/worried/", "/answer/", "/about/", "/account/login/", "/account/password/reset/", "/account/password/reset/key/1-x/", "/nothing-here/"]


@pytest.mark.parametrize("language", ["th", "lo"])
def test_what_the_public_reads_and_signing_in(world, language):
    client = browser(language)
    for address in PUBLIC:
        assert left_in_english(client.get(address).content, language) == set(), address
    for who in ("child", "worried", "work"):
        for danger in ("yes", "no"):
            assert left_in_english(client.post(f"/start/{who}/", {"danger": danger}).content, language) == set(), who
    assert left_in_english(client.post("/account/login/", {"login": "a", "password": ""}).content, language) == set()


@pytest.mark.parametrize("language", ["th", "lo"])
def test_what_is_said_when_signing_in_goes_wrong(world, language, settings):
    settings.MAIL = True
    client = browser(language)
    for path in ("/account/password/reset/", "/account/password/reset/done/", "/account/password/reset/key/done/"):
        assert left_in_english(client.get(path).content, language) == set(), path
    for _unused in range(31):
        answer = client.post("/account/login/", {"login": "a@example.org", "password": "wrong"})
        assert left_in_english(answer.content, language) == set()
    assert answer.status_code == 429


@pytest.mark.parametrize("language", ["th", "lo"])
def test_what_a_worker_reads_about_a_case(world, case, language):
    client = browser(language, world.kham)
    addresses = ["/", reverse("cases:caseload"), reverse("cases:case", args=[case.uuid])]
    page = client.get(addresses[-1]).content
    addresses += sorted(
        {link for link in html.document_fromstring(page).xpath("//a/@href") if f"{case.uuid}/" in link and link not in addresses}
    )
    # Left out: the history, which shows rows with the codes that lie in the tables.
    addresses.remove(reverse("cases:tab", args=[case.uuid, "history"]))
    assert len(addresses) > 12
    found = {address: words for address in addresses if (words := left_in_english(client.get(address).content, language))}
    assert not found, "\n".join(f"{a}: {w}" for a, w in found.items())


def test_years_are_of_the_buddhist_era_in_thai_and_of_the_common_era_in_lao(world, case):
    year = timezone.localdate().year
    address = reverse("cases:case", args=[case.uuid])
    thai, lao = (browser(language, world.kham).get(address).content.decode() for language in ("th", "lo"))
    assert str(year + 543) in thai and not re.search(rf">[^<]*\b{year}\b(?!-)[^<]*<", re.sub(r"WEL-\d+-\d+", "", thai))
    assert str(year) in lao and str(year + 543) not in lao
