"""Who hears of what, and that nobody else does; what leaves the house, and that it says nothing."""

import itertools
import json
import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from romsai.care import actions as care
from romsai.cases import actions as cases
from romsai.cases import tasks as clock
from romsai.cases.models import Exclusion
from romsai.core import access
from romsai.places.models import Account, Worker
from romsai.workforce import actions, gateway, messages, queries, tasks
from romsai.workforce.models import Channel, Kind, Message, Notice, Wish
from tests import life
from tests import world as build

LANGUAGES = ("en", "th", "lo")


def heard(worker):
    with access.acting(worker):
        return [Kind(notice.kind) for notice in queries.notices(worker)]


def test_who_gets_a_case_and_who_is_asked_hear_of_it_once_and_nobody_else(world):
    w = world
    case = build.case(w)
    with access.acting(w.kham):
        cases.set_risk(case, by=w.kham, risk="LOW", reasons=["better"])
    assert heard(w.kham) == [Kind.ASSIGNED]
    assert heard(w.supervisor) == heard(w.supervisor2) == [Kind.ASKED]
    assert [heard(who) for who in (w.bua, w.stranger, w.other_supervisor, w.manager, w.coordinator, w.operator, w.admin)] == [[]] * 7
    with access.acting(w.supervisor):
        cases.decide(case.approvals.get(), by=w.supervisor, status="RETURNED", answer="Say more.")
    assert heard(w.kham) == [Kind.ANSWERED, Kind.ASSIGNED]


def test_a_notice_is_reached_by_its_worker_alone_also_by_plain_sql(world):
    w = world
    build.case(w)
    for who, number in ((w.kham, 1), (w.bua, 0), (w.supervisor, 0), (w.admin, 0), (w.coordinator, 0)):
        with access.acting(who), connection.cursor() as cursor:
            cursor.execute("select count(*) from workforce_notice")
            assert cursor.fetchone() == (number,), who
    with pytest.raises(Exception, match="permission denied"), access.acting(w.kham), connection.cursor() as cursor:
        cursor.execute("update workforce_notice set read_at = now()")


def test_a_worker_opens_their_own_notice_and_not_anothers(world):
    w = world
    build.case(w)
    with access.system():
        notice = Notice.objects.get()
    with access.acting(w.bua), pytest.raises(access.Forbidden):
        actions.read_notice(notice, by=w.bua)
    with access.acting(w.kham):
        assert queries.count_unread(w.kham) == 1
        actions.read_notice(notice, by=w.kham)
        assert queries.count_unread(w.kham) == 0


def test_an_exclusion_takes_the_notice_away_and_lets_no_new_one_come(world):
    w = world
    case = build.case(w)
    with access.acting(w.kham):
        cases.set_risk(case, by=w.kham, risk="LOW", reasons=["better"])
    assert heard(w.supervisor) == [Kind.ASKED]
    with access.system():
        Exclusion.objects.create(case=case, worker=w.supervisor, reason="ACCUSED")
    assert heard(w.supervisor) == []
    with access.acting(w.kham):
        consent = cases.record_consent(case, by=w.kham, kind="SHARE_NAMED", giver="CHILD", decision="CONSENT")
        cases.withdraw_consent(consent, by=w.kham, giver="CHILD")
    assert heard(w.supervisor) == []
    assert heard(w.supervisor2) == [Kind.WITHDRAWN, Kind.ASKED]
    with access.system():  # none is even written, of which an e-mail or SMS would go
        assert Notice.objects.filter(worker=w.supervisor).count() == 1


def test_of_a_sealed_case_rank_hears_nothing(world):
    w = world
    case = build.case(w, seal=True)
    with access.acting(w.kham):
        consent = cases.record_consent(case, by=w.kham, kind="SHARE_NAMED", giver="CHILD", decision="CONSENT")
        cases.withdraw_consent(consent, by=w.kham, giver="CHILD")
    assert heard(w.supervisor) == heard(w.manager) == []


def test_a_referral_is_heard_of_at_the_agency_asked_and_its_answer_by_the_worker(world):
    noy = life.live(world, lambda name: f"Invented {name}", number=lambda name: f"80491735{len(name):08d}")
    assert heard(world.carer).count(Kind.REFERRED) == 2
    assert Kind.REFERRED not in heard(world.nurse) + heard(world.officer)
    assert {Kind.REFERRAL_ANSWERED, Kind.REFERRAL_DONE, Kind.ASSIGNED} <= set(heard(world.kham))
    assert heard(world.supervisor).count(Kind.OFFER_ANSWERED) == 1
    with access.acting(world.carer):
        care.answer_referral(noy.referral, by=world.carer, answer="DECLINED", reason="NO_CAPACITY")
    assert heard(world.kham)[0] == Kind.REFERRAL_DECLINED


def test_what_is_late_is_told_once_to_the_lead_and_long_late_to_rank(world):
    w = world
    case = build.case(w)
    later = case.registered_at + 30 * clock.USUAL
    for _run in range(2):
        clock.notice_late(later)
        clock.escalate(later)
    with access.system():
        late = case.deadlines.running().exclude(kind="SUPERVISOR_SEES").count()
    assert heard(w.kham).count(Kind.LATE) == late > 0
    assert heard(w.manager).count(Kind.LONG_LATE) == heard(w.supervisor).count(Kind.LONG_LATE) > 0


def test_what_is_late_on_a_case_whose_lead_may_act_no_more_is_heard_by_the_supervisors(world):
    build.case(world)
    with access.system():
        Worker.objects.filter(pk=world.kham.pk).update(until_on=timezone.localdate())
    clock.notice_late(world.now + 30 * clock.USUAL)
    assert heard(world.supervisor).count(Kind.LATE) == heard(world.supervisor2).count(Kind.LATE) > 1  # SUPERVISOR_SEES is theirs anyway


def test_a_second_person_is_called_and_the_first_hears_the_answer(world):
    from romsai.core import second

    w = world
    with access.acting(w.admin):
        facts = {"role": "MANAGER", "agency": w.welfare, "team": None, "areas": [w.north], "until_on": None}
        proposal = second.propose("places.grant_role", w.bua, by=w.admin, **facts)
    assert heard(w.admin2) == [Kind.SECOND]
    assert heard(w.admin) == heard(w.bua) == []
    with access.acting(w.admin2):
        second.decline(proposal, by=w.admin2)
    assert heard(w.admin) == [Kind.SECOND_ANSWERED]


# what leaves the house


@pytest.fixture
def outbox(settings, tmp_path, monkeypatch):
    settings.MESSAGES = "file"
    box = gateway.Outbox(tmp_path / "outbox")
    monkeypatch.setattr(gateway, "_made", lambda name: None if name == "none" else box)
    return box


def letters(box):
    return [json.loads(path.read_text()) for path in sorted(box.folder.glob("*.json"))] if box.folder.exists() else []


def with_addresses(w):
    with access.system():
        for worker in Worker.objects.all():
            worker.phone = f"000 {worker.pk}"
            worker.save()
            setattr(w, next((name for name, known in vars(w).items() if known == worker), f"w{worker.pk}"), worker)
    with access.accounts():
        for worker in (w.kham, w.supervisor, w.supervisor2, w.manager, w.carer, w.admin, w.admin2):
            Account.objects.create_user(f"{worker.pk}@example.org", None, worker=worker)


def test_no_message_of_any_kind_names_anything(world, outbox):
    """Everything that happens in a whole life, and every template that there is: none holds a word of a record."""
    w = world
    with_addresses(w)
    with access.system():
        for worker, language in zip(Worker.objects.order_by("pk"), itertools.cycle(LANGUAGES)):
            Worker.objects.filter(pk=worker.pk).update(language=language)
            Wish.objects.create(worker=worker, email=list(Kind.values), sms=list(Kind.values), from_hour=0, until_hour=24, time_zone="UTC")
    planted = {}
    noy = life.live(
        w,
        lambda name: planted.setdefault(name, f"zqxjkvw{len(planted):03d}"),
        number=lambda name: planted.setdefault(name, f"80491735{len(planted):08d}"),
    )
    clock.notice_late(w.now + 30 * clock.USUAL)
    tasks.send_due()
    sent = json.dumps(letters(outbox), ensure_ascii=False)
    every = json.dumps(
        [[*messages.email(kind, language), messages.sms(kind, language)] for kind in Kind for language in LANGUAGES], ensure_ascii=False
    )
    with access.system():
        names = [
            noy.case.number,
            str(noy.case.uuid),
            *(a.name for a in (w.welfare, w.shelter, w.team, w.town, w.safe_house)),
            "Kham",
            "Phet",
            "SHELTER",
        ]
    hits = [text for text in (*planted.values(), *names) if text.casefold() in (sent + every).casefold()]
    print(
        f"\nmessages in {len(LANGUAGES)} languages: {len(letters(outbox))} sent, {len(Kind)} kinds, {len(planted) + len(names)} planted texts, {len(hits)} hits"
    )
    assert len(letters(outbox)) > 10
    assert hits == []


def test_a_message_goes_once_for_each_notice_and_channel_and_not_when_it_was_read(world, outbox):
    w = world
    with_addresses(w)
    case = build.case(w)
    with access.acting(w.kham):
        cases.set_risk(case, by=w.kham, risk="LOW", reasons=["better"])
        for notice in queries.notices(w.kham):
            actions.read_notice(notice, by=w.kham)
    noon = messages.allowed_from(Wish(from_hour=12, until_hour=13, time_zone="Asia/Bangkok"), Channel.SMS, w.now + timedelta(days=1))
    for _run in range(3):
        tasks.send_due(noon)
    to = sorted(letter["to"] for letter in letters(outbox))
    assert to == sorted(
        [f"{w.supervisor.pk}@example.org", f"{w.supervisor2.pk}@example.org", f"000 {w.supervisor.pk}", f"000 {w.supervisor2.pk}"]
    )
    with access.system():
        assert Message.objects.filter(notice__worker=w.kham).values_list("state", flat=True).distinct().get() == Message.State.DROPPED


def test_at_night_no_sms_goes_where_the_worker_is(world):
    from datetime import datetime
    from zoneinfo import ZoneInfo

    wish = Wish(from_hour=8, until_hour=20, time_zone="Asia/Yangon")
    here = ZoneInfo("Asia/Yangon")
    for hour, day, allowed in ((7, 3, (3, 8)), (8, 3, (3, 8)), (19, 3, (3, 19)), (20, 3, (4, 8)), (23, 3, (4, 8))):
        at = datetime(2026, 5, day, hour, 0, tzinfo=here)
        found = messages.allowed_from(wish, Channel.SMS, at).astimezone(here)
        assert (found.day, found.hour) == allowed
        assert messages.allowed_from(wish, Channel.EMAIL, at) == at


def test_who_wants_no_messages_gets_none_and_keeps_the_notices(world, outbox):
    w = world
    with_addresses(w)
    with access.acting(w.kham):
        actions.wish(by=w.kham, email=[], sms=[], from_hour=8, until_hour=20, time_zone="Asia/Bangkok")
    build.case(w)
    tasks.send_due()
    assert heard(w.kham) == [Kind.ASSIGNED]
    assert letters(outbox) == []


class Deaf:
    """A provider that is away."""

    tried = 0

    def send_email(self, **letter):
        Deaf.tried += 1
        raise ConnectionError("the provider said something about the letter")

    send_sms = send_email


def test_a_provider_that_is_away_is_asked_again_later_and_at_last_the_administrator_is_told(world, settings, monkeypatch):
    w = world
    settings.MESSAGES, Deaf.tried = "deaf", 0
    monkeypatch.setattr(gateway, "_made", lambda name: Deaf())
    with_addresses(w)
    build.case(w)
    at, waits = w.now + clock.USUAL, []
    for _try in range(10):
        tasks.send_due(at)
        tasks.send_due(at)
        with access.system():
            message = Message.objects.get(notice__worker=w.kham, channel=Channel.EMAIL)
        waits.append((message.due_at - at).total_seconds() / 60)
        at = max(at, message.due_at)
    assert waits[:5] == [4, 16, 64, 256, 1024]
    assert (message.state, message.tries, message.fault) == (Message.State.FAILED, 6, "ConnectionError")
    assert Deaf.tried == 6
    assert queries.messages_health() == (0, 1)


def test_the_offices_mail_server_takes_e_mails_and_no_sms_waits_for_ever(world, settings, mailoutbox):
    settings.MESSAGES, settings.DEFAULT_FROM_EMAIL = "mail", "Romsai <romsai@office.example>"
    with_addresses(world)
    build.case(world)
    with access.system():
        sent = Message.objects.filter(channel=Channel.EMAIL).get(notice__worker=world.kham)
        assert not Message.objects.filter(channel=Channel.SMS).exists()
    assert tasks.send_due(world.now + clock.USUAL) == 1
    (letter,) = mailoutbox
    assert (letter.to, letter.from_email, letter.body.startswith(letter.subject)) == ([f"{world.kham.pk}@example.org"], settings.DEFAULT_FROM_EMAIL, True)
    assert letter.message()["Message-ID"] == f"<{sent.uuid}@office.example>"


def test_a_client_key_twice_is_one_wish(world):
    key = uuid.uuid4()
    facts = {"email": ["ASKED"], "sms": [], "from_hour": 8, "until_hour": 20, "time_zone": "UTC"}
    with access.acting(world.kham):
        first = actions.wish(by=world.kham, client_key=key, **facts)
        assert actions.wish(by=world.kham, client_key=key, **facts).pk == first.pk


def test_administrators_hear_once_a_day_that_the_newest_backup_is_too_old(world, settings, tmp_path):
    settings.VAR = tmp_path
    now = timezone.now()
    told = tmp_path / "backups.json"

    def look(at):
        tasks.say_without_backup(at)
        return heard(world.admin).count(Kind.NO_BACKUP)

    assert look(now) == 0  # nothing is backed up by itself: the page of today says so
    told.write_text(json.dumps({"last": (now - timedelta(hours=20)).isoformat(), "kept": 3, "trouble": ""}))
    assert look(now) == 0
    assert (look(now + timedelta(hours=7)), look(now + timedelta(hours=7, minutes=1)), look(now + timedelta(hours=31))) == (1, 1, 2)
    assert heard(world.kham) == heard(world.manager) == []


def test_an_opening_that_nobody_judges_in_time_is_told_once_more_and_another_officer_may_judge_it(world):
    from romsai.cases import glass
    from romsai.cases.tests.test_glass import FACTS, officers

    officers(world)
    case = build.case(world)
    with access.system():
        another = Worker.objects.create(name="Another officer", role="DPO", agency=world.ministry)
    with access.acting(world.stranger):
        request = glass.break_glass(by=world.stranger, number=case.number, **FACTS)
    told = [heard(who).count(Kind.EMERGENCY) for who in (world.dpo, another, world.third)]
    assert sorted(told) == [0, 1, 1]
    tasks.say_unjudged(world.now + timedelta(hours=1))
    assert [heard(who).count(Kind.EMERGENCY) for who in (world.dpo, another, world.third)] == told
    for _hour in range(2):
        tasks.say_unjudged(request.review_by + timedelta(hours=1))
    assert sorted(heard(who).count(Kind.EMERGENCY) for who in (world.dpo, another, world.third)) == [1, 2, 2]
    late = another if told[1] == 0 else world.dpo
    with access.acting(late):
        glass.review_glass(request, by=late, verdict="NEEDED")


def test_a_report_about_staff_that_waits_too_long_is_told_to_its_officers_once_more_and_to_nobodys_line(world):
    with access.system():
        officer, accused = (Worker.objects.create(name=name, role="SAFEGUARD", agency=agency) for name, agency in (("Safe", world.ministry), ("Of the shelter", world.shelter)))
    report = build.report(world, by=world.bua, is_about_staff=True)
    from romsai.cases import allegations

    with access.acting(officer):
        allegations.name_accused(report, by=officer, worker=world.carer)
    clock.notice_late_reports(world.now + timedelta(days=2))
    assert [heard(who).count(Kind.REPORT_LATE) for who in (officer, accused, world.supervisor, world.operator, world.manager)] == [1, 0, 0, 0, 0]
