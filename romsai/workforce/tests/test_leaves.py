"""A deputy for the time of a leave; all cases of a worker who leaves, exactly once."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from romsai.care.models import PlanAction
from romsai.care.tests import arrange as care
from romsai.cases import actions as cases
from romsai.cases.models import Assignment, Case, Exclusion
from romsai.core import access
from romsai.core.actions import Refused
from romsai.launcher import ROOT
from romsai.places import actions as places
from romsai.places.models import Worker
from romsai.workforce import actions, queries, tasks
from romsai.workforce.models import HandedCase, Handing, Kind, Notice
from tests import life
from tests import world as build

DAY = timedelta(days=1)


def running(case):
    with access.system():
        return {line.worker.name: line.is_lead for line in Assignment.objects.running().filter(case=case).select_related("worker")}


def sees(worker, case):
    with access.acting(worker):
        return Case.objects.visible().filter(pk=case.pk).exists()


def away(w, *, by=None, deputy=None, days=3, begin=0, **facts):
    by, today = by or w.kham, timezone.localdate()
    with access.acting(by):
        return actions.take_leave(
            by=by, worker=w.kham, deputy=deputy or w.bua, from_on=today + begin * DAY, until_on=today + (begin + days) * DAY, **facts
        )


def heard(worker):
    with access.acting(worker):
        return [Kind(notice.kind) for notice in queries.notices(worker)]


def test_a_deputy_works_on_the_cases_for_the_time_of_the_leave_and_no_longer(world):
    w = world
    case, twin = build.case(w), build.case(w)
    assert not sees(w.bua, case)
    away(w)
    assert running(case) == running(twin) == {"Kham": True, "Bua": False}
    build.seen(w, case, by=w.bua)  # the rights of who works on it
    assert heard(w.bua) == [Kind.DEPUTY]
    with time_machine.travel(timezone.now() + 4 * DAY, tick=False):
        assert tasks.keep_leaves() == 1
        assert tasks.keep_leaves() == 0
        assert running(case) == running(twin) == {"Kham": True}
        assert not sees(w.bua, case)
    assert heard(w.bua).count(Kind.DEPUTY_ENDS) == 1


def test_a_leave_to_come_begins_by_itself_and_once_and_new_cases_follow(world):
    w = world
    case = build.case(w)
    away(w, begin=2)
    assert running(case) == {"Kham": True}
    with time_machine.travel(timezone.now() + 2 * DAY, tick=False):
        tasks.keep_leaves()
        tasks.keep_leaves()
        assert running(case) == {"Kham": True, "Bua": False}
        assert heard(w.bua).count(Kind.DEPUTY) == 1
        new = build.case(w)
        tasks.keep_leaves()
        assert running(new) == {"Kham": True, "Bua": False}
    with time_machine.travel(timezone.now() + 30 * DAY, tick=False):  # the worker process was down for weeks
        tasks.keep_leaves()
        assert running(case) == running(new) == {"Kham": True}


def test_a_deputy_never_comes_to_a_child_from_whom_they_are_barred_nor_unnamed_to_a_sealed_case(world):
    w = world
    barred, sealed, named = build.case(w), build.case(w, seal=True), build.case(w, seal=True)
    with access.system():
        Exclusion.objects.create(case=barred, worker=w.bua, reason="RELATED")
    away(w, sealed=[named])
    assert running(barred) == running(sealed) == {"Kham": True}
    assert running(named) == {"Kham": True, "Bua": False}
    assert [sees(w.bua, case) for case in (barred, sealed, named)] == [False, False, True]


def test_a_supervisor_names_a_deputy_for_their_worker_but_on_no_sealed_case_and_another_does_not(world):
    w = world
    case, sealed = build.case(w), build.case(w, seal=True)
    for stranger in (w.other_supervisor, w.bua):
        with access.acting(stranger), pytest.raises(access.Forbidden):
            actions.take_leave(by=stranger, worker=w.kham, deputy=w.bua, from_on=timezone.localdate(), until_on=timezone.localdate())
    with pytest.raises(access.Forbidden):
        away(w, by=w.supervisor, sealed=[sealed])
    away(w, by=w.supervisor)
    assert running(case) == {"Kham": True, "Bua": False}
    assert running(sealed) == {"Kham": True}


def test_what_the_leave_did_not_give_its_end_does_not_take(world):
    w = world
    helped, given, taken_off = build.case(w), build.case(w), build.case(w)
    with access.acting(w.supervisor):
        cases.assign(helped, by=w.supervisor, worker=w.bua, is_lead=False)
    leave = away(w)
    with access.acting(w.supervisor):
        cases.assign(given, by=w.supervisor, worker=w.bua)
        cases.release(taken_off, by=w.supervisor, worker=w.bua)
    tasks.keep_leaves()
    assert running(taken_off) == {"Kham": True}  # not put back behind the supervisor's back
    with access.acting(w.kham):
        actions.end_leave(leave, by=w.kham)
    assert running(helped) == {"Kham": True, "Bua": False}
    assert running(given) == {"Bua": True}


def test_while_the_worker_is_away_notices_go_to_the_deputy(world):
    w = world
    case = build.case(w)
    away(w)
    with access.acting(w.bua):
        consent = cases.record_consent(case, by=w.bua, kind="SHARE_NAMED", giver="CHILD", decision="CONSENT")
    with access.acting(w.supervisor):
        actions.note_on_case(case, by=w.supervisor, about=w.kham, text="When you are back.")
    with access.system():
        from romsai.workforce.notices import tell

        tell(Kind.LATE, [w.kham], path="/cases/", once="x", case=case)
    assert heard(w.bua)[0] == Kind.LATE
    assert consent.pk and heard(w.kham)[:1] == [Kind.LATE]


def test_two_leaves_in_the_same_days_a_deputy_who_is_away_and_days_that_are_over_are_refused(world):
    w = world
    away(w)
    with pytest.raises(Refused, match="already"):
        away(w, begin=3)
    with access.acting(w.bua), pytest.raises(Refused, match="is away"):
        actions.take_leave(by=w.bua, worker=w.bua, deputy=w.kham, from_on=timezone.localdate(), until_on=timezone.localdate())
    with pytest.raises(Refused, match="past"):
        away(w, begin=-9, days=3)
    with access.acting(w.bua), pytest.raises(Refused, match="cannot stand in"):
        actions.take_leave(by=w.bua, worker=w.bua, deputy=w.stranger, from_on=timezone.localdate(), until_on=timezone.localdate())


def test_a_deputy_who_goes_away_or_leaves_does_not_leave_the_cases_to_nobody_unsaid(world):
    w = world
    case = build.case(w)
    away(w)
    with access.acting(w.bua), pytest.raises(Refused, match="Bua stands in for Kham in these days"):
        actions.take_leave(by=w.bua, worker=w.bua, deputy=w.supervisor2, from_on=timezone.localdate() + DAY, until_on=timezone.localdate() + 9 * DAY)
    assert Kind.NO_DEPUTY not in heard(w.supervisor)
    with access.system():
        Worker.objects.filter(pk=w.bua.pk).update(is_active=False)
    tasks.keep_leaves()
    tasks.keep_leaves()
    assert running(case) == {"Kham": True}
    assert [heard(who).count(Kind.NO_DEPUTY) for who in (w.supervisor, w.supervisor2, w.other_supervisor, w.bua)] == [1, 1, 0, 0]


def test_what_the_deputy_began_on_a_case_is_the_leads_when_the_leave_is_over(world):
    w = world
    case = care.in_force(w)
    leave = away(w)
    with access.system():
        case.plan_actions.update(owner=w.bua)
    with access.acting(w.kham):
        actions.end_leave(leave, by=w.kham)
    with access.system():
        assert case.plan_actions.get().owner == w.kham


# handing over


def hand_over(w, *to, by=None):
    by = by or w.supervisor
    with access.acting(by):
        return actions.hand_over(by=by, worker=w.kham, to=to or [w.bua])


def test_all_open_cases_go_to_colleagues_by_load_with_plans_and_referrals_and_then_the_worker_may_go(world):
    w = world
    noy = life.live(w, lambda name: f"Invented {name}", number=lambda name: f"80491735{len(name):08d}")
    more = [build.case(w, risk=risk) for risk in ("HIGH", "MEDIUM", "MEDIUM", "LOW")]
    with access.acting(w.admin), pytest.raises(Refused, match="still works on open cases"):
        places.deactivate_worker(w.kham, by=w.admin)
    handing = hand_over(w, w.bua, w.supervisor2)
    tasks.go_on(handing.pk)
    tasks.go_on(handing.pk)
    with access.system():
        assert not Assignment.objects.running().filter(worker=w.kham, case__in=Case.objects.open()).exists()
        lines = list(HandedCase.objects.filter(handing=handing).select_related("to"))
        assert all(line.done_at and not line.is_refused for line in lines)
        shares = {name: sum(queries.caseloads.WEIGHT[line.case.risk] for line in lines if line.to.name == name) for name in ("Bua", "Dara")}
        assert abs(shares["Bua"] - shares["Dara"]) <= 2
        to = next(line.to for line in lines if line.case_id == noy.case.pk)
        assert PlanAction.objects.get(pk=noy.action.pk).owner == to
        noy.referral.refresh_from_db()
        assert noy.referral.owner == to
        assert Notice.objects.filter(kind=Kind.HANDED_OVER).count() == 2
        assert Handing.objects.get().finished_at
    assert len(more) == 4
    with access.acting(w.admin):
        places.deactivate_worker(w.kham, by=w.admin)


def test_a_barred_colleague_gets_nothing_and_a_sealed_case_stays_with_its_lead(world):
    w = world
    barred, sealed, plain = build.case(w), build.case(w, seal=True), build.case(w)
    with access.system():
        Exclusion.objects.create(case=barred, worker=w.bua, reason="RELATED")
    tasks.go_on(hand_over(w).pk)
    assert running(barred) == running(sealed) == {"Kham": True}
    assert running(plain) == {"Bua": True}
    with access.system():
        assert set(HandedCase.objects.values_list("case_id", "is_refused")) == {(barred.pk, True), (plain.pk, False)}
    with access.acting(w.admin), pytest.raises(Refused):
        places.deactivate_worker(w.kham, by=w.admin)


def test_only_who_leads_the_worker_hands_over_and_only_within_the_agency(world):
    w = world
    build.case(w)
    for who in (w.other_supervisor, w.kham, w.bua):
        with pytest.raises(access.Forbidden):
            hand_over(w, by=who)
    with pytest.raises(Refused, match="cannot take cases over"):
        hand_over(w, w.stranger)
    assert hand_over(w, by=w.manager)


# One process starts Django, and each of its children hands over until it is killed.
KILLED = """
import django; django.setup()
import contextlib
import os
from romsai.workforce import tasks
give = tasks._give_next
def slowly(pk):
    os.write(1, b"x\\n")
    return give(pk)
tasks._give_next = slowly
ready, go = os.pipe()
while input():
    if child := os.fork():
        os.write(1, b"%d\\n" % child)
        os.write(go, b".")
        os.waitpid(child, 0)
        os.write(1, b"over\\n")
    else:
        os.read(ready, 1)
        tasks.go_on({pk})
        os._exit(0)
"""


def test_killed_at_any_moment_a_handing_over_goes_on_and_gives_each_case_once(committed):
    from tests.running import as_copy

    w = build.build()
    made = [build.case(w) for _number in range(12)]
    handing = hand_over(w, w.bua, w.supervisor2)
    env, kills = as_copy(committed).env, 0
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True, "bufsize": 1}
    with subprocess.Popen([sys.executable, "-c", KILLED.format(pk=handing.pk)], env=env, cwd=ROOT, **pipes) as nurse:
        for lines in (1, 3, 5):
            nurse.stdin.write("go\n")
            worker, said = int(nurse.stdout.readline()), ""
            for _line in range(lines):
                said = nurse.stdout.readline().strip()
                if said == "over":
                    break
            time.sleep(0.01 * lines)
            if said != "over":
                with contextlib.suppress(ProcessLookupError):  # it was done meanwhile
                    os.kill(worker, signal.SIGKILL)
                    kills += 1
                while nurse.stdout.readline().strip() != "over":
                    pass
        nurse.stdin.write("\n")
    with access.system():
        half = HandedCase.objects.filter(done_at__isnull=True).count()
    tasks.go_on(handing.pk)
    with access.system():
        leads = {line.case_id: [] for line in HandedCase.objects.all()}
        for line in Assignment.objects.filter(case__in=made, is_lead=True).exclude(worker=w.kham):
            leads[line.case_id].append(line.worker_id)
        events = [case.events.filter(kind="ASSIGNED").count() for case in made]
        told = Notice.objects.filter(kind=Kind.HANDED_OVER).count()
    print(
        f"\nhanding over of 12 cases: {kills} kills, {half} left after them; given once: {sum(len(given) == 1 for given in leads.values())}; notices {told}"
    )
    assert kills >= 2
    assert [len(given) for given in leads.values()] == [1] * 12
    assert events == [1] * 12
    assert told == 2


SENDERS = """
import django; django.setup()
import contextlib
import os
from romsai.workforce import gateway, tasks
box = gateway.Outbox({folder!r})
class Dies:
    def __init__(self, dies):
        self.dies = dies
    def send_email(self, **letter):
        box.send_email(**letter)
        if self.dies:
            os.kill(os.getpid(), 9)
    send_sms = send_email
for dies in {dying}:
    if child := os.fork():
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
    else:
        gateway._made = lambda name: Dies(dies)
        tasks.send_due()
        os._exit(0)
"""


def test_a_sender_killed_after_handing_a_message_over_delivers_it_once(committed, tmp_path, settings):
    from romsai.places.models import Account
    from romsai.workforce.models import Message
    from tests.running import as_copy

    settings.MESSAGES = "file"
    w = build.build()
    with access.accounts():
        Account.objects.create_user("kham@example.org", None, worker=w.kham)
    for _number in range(3):
        build.case(w)
    env = as_copy(committed).env | {"ROMSAI_MESSAGES": "file"}
    folder = str(tmp_path / "outbox")
    senders = SENDERS.format(folder=folder, dying=[True, True, False, False])
    died = subprocess.run([sys.executable, "-c", senders], env=env, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True).stdout.split()
    with access.system():
        states = list(Message.objects.filter(channel="EMAIL").values_list("state", flat=True))
    files = list((tmp_path / "outbox").glob("*.json"))
    print(f"\n3 messages, 2 senders killed between gateway and commit: {len(files)} delivered, states {states}")
    assert died == ["-9", "-9", "0", "0"]
    assert states == ["SENT"] * 3
    assert len(files) == 3
