"""A case goes for good, in a real browser: proposed by one officer, confirmed by another, gone for everyone, found in the ledger by its number."""

import pytest
from django.utils import timezone

from romsai.core import access
from romsai.places.models import Account
from romsai.retention import tasks
from romsai.retention.models import Round
from romsai.retention.tests import arrange
from tests import world as build
from tests.baddays.insiders import PASSWORD
from tests.journeys.someone import Someone


@pytest.mark.journey
def test_two_officers_erase_a_case(live_world, chromium):
    live, world = live_world
    two = arrange.officers(world)
    case, held = (arrange.closed(build.case(world), reason="NOT_SUBSTANTIATED") for _n in range(2))
    tasks.note_due()
    with access.accounts():
        for worker in (*two, world.kham):
            Account.objects.create_user(f"w{worker.pk}@example.org", PASSWORD, worker=worker)
    one, other, kham = (Someone(chromium, live.url, name=worker.name) for worker in (*two, world.kham))
    for someone, worker in zip((one, other, kham), (*two, world.kham), strict=True):
        someone.signs_in(f"w{worker.pk}@example.org", PASSWORD)

    kham.opens(f"/cases/{held.uuid}/").reads("How long it is kept").follows("Place a legal hold")
    kham.chooses("Why must it stay?", "Court proceedings or a police investigation").fills("Reason", "Trial in May.").presses("Place the hold")
    one.follows("Keeping and erasing").reads(case.number, held.number, "legal hold")
    one.opens("/retention/?class=R8").follows("Propose to erase all of this class").fills("Reason", "Looked through the list.")
    one.presses("Propose it to a second person").reads("Waits for a second person")
    other.opens("/second/").follows("Erase 1 record for good").fills("Password", PASSWORD).presses("Confirm")
    other.chooses("Your answer", "Yes, do this").presses("Send").reads("Decided: waits for its day")
    kham.opens(f"/cases/{case.uuid}/").reads("Two people decided to erase this case")
    with access.system():
        Round.objects.update(not_before=timezone.now())
        made = Round.objects.get()
    tasks.work(made.pk)
    one.opens(f"/retention/rounds/{made.uuid}/").reads("Done")
    for path in ("", "holds/", "holds/new/", "rounds/", "erase/"):
        one.opens(f"/retention/{path}")
    one.opens("/retention/ledger/").fills("Number of a case", case.number).presses("Find").reads("The time of keeping is over")
    assert [fault for someone in (one, other, kham) for fault in someone.faults + someone.complaints] == []
