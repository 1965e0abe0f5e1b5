"""The people of a bad day: one for each way to stand to Noy's case, most of them not at all, signed in each in a browser."""

from types import SimpleNamespace

from django.test import Client

from romsai.core import access
from romsai.places.models import Account, Worker
from tests import life

MARK = "zqxjkvw"  # begins every word that is written about Noy
PASSWORD = "a long enough pass phrase"

# who -> (role, agency, team) beside those of tests/world.py
NEW = {
    "operator2": ("OPERATOR", "welfare", "team"),
    "legal": ("LEGAL", "ministry", None),
    "border": ("BORDER_CONSULAR", "police", None),
    "volunteer": ("VOLUNTEER", "welfare", None),
    "other_manager": ("MANAGER", "other", None),
    "safeguard": ("SAFEGUARD", "ministry", None),
}
# Nothing of Noy is theirs to read.
STRANGERS = (
    "bua", "operator2", "stranger", "other_supervisor", "other_manager", "officer", "border", "nurse", "volunteer", "admin", "auditor", "analyst", "legal", "safeguard",
)  # fmt: skip
NEAR = ("kham", "supervisor", "manager", "coordinator", "carer", "operator")


def noys_world(w):
    """The invented world with Noy's whole life in it: (w, noy, words). Every word about her begins with MARK."""
    words = {}

    def word(name):
        if name.startswith(("workforce.Supervision.", "core.Proposal.", "exchange.Export.", "api.")):
            return "You look tired."  # about a worker, an office or another system, not about Noy
        return words.setdefault(name, f"{MARK}{len(words):03d}" + "abcdefgh")

    def number(name):
        return words.setdefault(name, f"80491735{len(words):08d}")

    with access.system():
        for name, (role, agency, team) in NEW.items():
            setattr(w, name, Worker.objects.create(name=name, role=role, agency=getattr(w, agency), team=team and getattr(w, team)))
    noy = life.live(w, word, number=number)
    return SimpleNamespace(w=w, noy=noy, words=words)


def sign_in(worker):
    with access.accounts():
        account = Account.objects.create_user(f"{worker.role.lower()}{worker.pk}@example.org", PASSWORD, worker=worker)
    browser = Client(raise_request_exception=False)
    answer = browser.post("/account/login/", {"login": account.email, "password": PASSWORD})
    assert answer.status_code == 302, worker
    return browser


def same(one, other):
    """Are two answers the same to whoever gets them: status, bytes and headers?"""
    return (one.status_code, one.content, dict(one.headers)) == (other.status_code, other.content, dict(other.headers))


def speaks_of_noy(noy, answer, *, by_number=True):
    """Does the page say a word of her, or, with `by_number`, the number of her case?"""
    text = answer.content.decode(errors="replace")
    return MARK in text or "80491735" in text or (by_number and noy.case.number in text)
