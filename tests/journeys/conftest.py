"""One Romsai for all journeys: the invented country with its people and providers, and not one case yet."""

import os

import psycopg
import pytest

from tests import plugin, running
from tests.journeys.someone import MANNERS, Someone

PASSWORD = "banyan-shade-for-every-child"
FURNISH = "import django; django.setup(); from romsai.web.demo import country; country.load(print)"


def pytest_collection_modifyitems(items):
    for item in items:
        if "journeys" in item.path.parts:
            item.add_marker(pytest.mark.journey)


@pytest.fixture(scope="session")
def romsai():
    """`.url` for browsers; `.asks(sql, *params)` for what only the server's superuser may look at."""
    with running.copied(template=running.furnished("country", ["-c", FURNISH])) as copy, running.serving(copy) as live:
        yield Romsai(live)


class Romsai:
    def __init__(self, live):
        self.live = live
        self.url, self.database, self.log, self.env = live.url, live.database, live.log, live.env
        self.cookies = {}  # of whoever signed in, by name and manner: the next journey finds them at work

    def asks(self, query, *params):
        with psycopg.connect(plugin.admin(self.database)) as connection:
            return connection.execute(query, params or None).fetchall()


@pytest.fixture
def people(request, romsai, chromium):
    """`people("worker")` is that worker of the demonstration's country.yaml, signed in; `people()` somebody without an account.

    They go about with a finger, or as the test's parameter says, or as `manner` says of one of them.
    """
    manner = getattr(request, "param", MANNERS[0])
    there = {}

    def person(key="", **options):
        options = {"manner": manner} | options
        who = f"{key}{options}"
        if who not in there:
            there[who] = someone = Someone(chromium, romsai.url, name=key or "somebody", **options)
            if key:
                comes_in(someone, key)
        return there[who]

    def comes_in(someone, key):
        cookies = romsai.cookies.get((key, someone.manner))
        if cookies:
            someone.context.add_cookies(cookies)
            someone.opens("/")
        if not cookies or "/login/" in someone.page.url:
            someone.signs_in(f"{key.replace('_', '.')}@rivermark.example", PASSWORD)
            romsai.cookies[key, someone.manner] = someone.context.cookies()

    yield person
    for someone in there.values():
        someone.leave()
    faults = [fault for someone in there.values() for fault in someone.faults]
    report = getattr(request.node, "rep_call", None)
    if report is not None and report.failed and os.path.exists(romsai.log):
        with open(romsai.log) as log:
            print(log.read()[-3000:])
    assert not faults, "\n".join(faults)


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    outcome = yield
    if call.when == "call":
        item.rep_call = outcome.get_result()
