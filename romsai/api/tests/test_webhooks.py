"""Other systems are told that something happened, once, signed, never to an inner address, and no word about a child."""

import base64
import hashlib
import hmac
import json
import re
import socket
from datetime import timedelta

import pytest
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from romsai.api import actions, addresses, tasks
from romsai.api.models import Delivery, Webhook
from romsai.api.tests.arrange import machine
from romsai.api.tests.receiver import certificate, listening
from romsai.cases import actions as cases
from romsai.core import access, second
from romsai.core.actions import Refused
from romsai.places.models import Worker
from romsai.workforce.models import Notice
from tests import world as build


@pytest.fixture(scope="module")
def pem(tmp_path_factory):
    return certificate(tmp_path_factory.mktemp("receiver"))


@pytest.fixture
def receiver(pem, monkeypatch, settings):
    settings.WEBHOOKS_INSIDE = True
    monkeypatch.setenv("SSL_CERT_FILE", str(pem))
    with listening(pem) as said:
        yield said


def registered(world, desk, address, kinds=("case.risk", "case.seen")):
    with access.acting(world.admin):
        proposed = second.propose("api.add_webhook", by=world.admin, machine=desk, address=address, kinds=list(kinds))
    with access.acting(world.admin2):
        made = second.confirm(proposed, by=world.admin2)
        hook = Webhook.objects.get(pk=made.made_pk)
        return hook, actions.show_secret(hook, by=world.admin2).shown


@pytest.fixture
def told(world, receiver):
    """A case on which a machine works beside Kham, and where its system listens."""
    world.case = build.case(world)
    world.desk, _token = machine(world, "WORKER", team=world.team, name="Ministry")
    with access.acting(world.supervisor):
        cases.assign(world.case, by=world.supervisor, worker=world.desk, is_lead=False)
    world.hook, world.secret = registered(world, world.desk, receiver.address)
    world.receiver = receiver
    return world


def happens(w):
    """Something that is told: Kham sets the risk. Returns the delivery."""
    with access.acting(w.kham):
        cases.set_risk(w.case, by=w.kham, risk="HIGH", reasons=["The bar owner came to the school."])
    return newest()


def newest():
    with access.system():
        return Delivery.objects.order_by("-pk").first()


def now_due(delivery):
    with access.system():
        Delivery.objects.filter(pk=delivery.pk).update(next_at=timezone.now() - timedelta(seconds=1))


def test_an_event_arrives_once_signed_and_says_kind_case_and_moment_only(told):
    delivery = happens(told)
    with access.system():
        jobs = [job.args for job in ProcrastinateJob.objects.filter(task_name="api.send")]
    assert jobs == [{"delivery": delivery.pk}]
    tasks.deliver(delivery.pk)
    tasks.deliver(delivery.pk)  # the job of a worker that was killed after sending
    ((path, headers, body),) = told.receiver.heard
    assert path == "/events?from=romsai"
    key = base64.b64decode(told.secret.removeprefix("whsec_"))
    signature = hmac.new(key, f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body, hashlib.sha256).digest()
    assert headers["webhook-signature"] == "v1," + base64.b64encode(signature).decode()
    assert headers["webhook-id"] == str(delivery.uuid)
    assert json.loads(body) == {"type": "case.risk", "timestamp": delivery.at.isoformat(), "data": {"case": str(told.case.uuid)}}
    assert (newest().state, newest().tries) == ("ARRIVED", 1)


def test_an_action_that_is_undone_tells_nobody(told):
    with pytest.raises(Refused), access.acting(told.kham):
        cases.set_risk(told.case, by=told.kham, risk="HIGH", reasons=["A reason."])
        raise Refused("undone")
    assert newest() is None


def test_a_receiver_that_fails_is_asked_again_ever_later_then_given_up_with_a_notice(told):
    told.receiver.answer = 500
    delivery, waits = happens(told), []
    for _again in range(len(tasks.WAITS) + 1):
        tasks.deliver(delivery.pk)
        tasks.deliver(delivery.pk)  # not yet due: nothing is sent
        after = newest()
        waits.append(after.next_at - timezone.now())
        now_due(delivery)
    assert len(told.receiver.heard) == len(tasks.WAITS) + 1
    assert len({headers["webhook-id"] for _path, headers, _body in told.receiver.heard}) == 1
    assert waits[: len(tasks.WAITS)] == sorted(waits[: len(tasks.WAITS)]) and waits[6] > timedelta(hours=23)
    assert (after.state, after.fault) == ("DEAD", "HTTP 500")
    with access.system():
        assert {notice.worker.name for notice in Notice.objects.filter(kind="NOT_TOLD")} == {"Admin", "Admin two"}
    told.receiver.answer = 200
    with access.acting(told.admin):
        actions.send_again(after, by=told.admin)
    tasks.deliver(delivery.pk)
    assert newest().state == "ARRIVED"
    with access.acting(told.admin), pytest.raises(Refused, match="given up"):
        actions.send_again(newest(), by=told.admin)


def test_a_redirect_is_not_followed_and_a_certificate_of_nobody_not_believed(told, monkeypatch):
    told.receiver.answer = 302
    tasks.deliver(happens(told).pk)
    assert (newest().fault, len(told.receiver.heard)) == ("HTTP 302", 1)
    monkeypatch.delenv("SSL_CERT_FILE")
    now_due(newest())
    tasks.deliver(newest().pk)
    assert (newest().fault, len(told.receiver.heard)) == ("SSLCertVerificationError", 1)


def test_a_receiver_that_never_answers_does_not_hold_the_worker(told, monkeypatch):
    monkeypatch.setattr(addresses, "WAIT", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as mute:
        delivery = happens(told)
        with access.system():
            hook = Webhook.objects.get(pk=told.hook.pk)
            hook.address = f"https://localhost:{mute.getsockname()[1]}/"
            hook.save()
        tasks.deliver(delivery.pk)
    assert (newest().state, newest().fault) == ("WAITING", "TimeoutError")


def test_what_the_machine_may_not_see_when_it_is_sent_is_withheld(told):
    hidden, released, stopped = happens(told), None, None
    with access.acting(told.kham):
        cases.seal(told.case, by=told.kham)
        cases.release(told.case, by=told.kham, worker=told.desk)
    tasks.deliver(hidden.pk)
    assert newest().state == "WITHHELD"
    other = build.case(told, worker=told.bua)
    with access.acting(told.bua):
        cases.set_risk(other, by=told.bua, risk="HIGH", reasons=["A reason."])
    released = newest()
    tasks.deliver(released.pk)
    assert (newest().pk, newest().state) == (released.pk, "WITHHELD")
    with access.acting(told.bua):
        cases.set_risk(other, by=told.bua, risk="IMMEDIATE", reasons=["A reason."])
    stopped = newest()
    with access.acting(told.admin):
        actions.revoke_machine(told.desk, by=told.admin)
    tasks.deliver(stopped.pk)
    assert (newest().pk, newest().state) == (stopped.pk, "WITHHELD")
    assert told.receiver.heard == []
    with access.system():
        assert Webhook.objects.get(pk=told.hook.pk).stopped_at is not None


@pytest.mark.parametrize(("role", "arrives"), [("WORKER", "ARRIVED"), ("COORDINATOR", "WITHHELD")])
def test_of_consents_only_a_machine_hears_that_reads_such_things_of_the_case(told, role, arrives):
    w = told
    if role == "COORDINATOR":
        with access.system():
            Worker.objects.filter(pk=w.desk.pk).update(role=role, team=None)
            w.desk.refresh_from_db()
            w.desk.areas.add(w.town)
        with access.acting(w.desk):
            assert access.sees(w.desk, w.case)  # its core
    registered(w, w.desk, w.receiver.address, kinds=["case.consent"])
    with access.acting(w.kham):
        cases.record_consent(w.case, by=w.kham, kind="SHARE_NAMED", giver="CHILD", decision="CONSENT")
    made = newest()
    assert (made.kind, made.case) == ("case.consent", w.case.uuid)
    tasks.deliver(made.pk)
    assert newest().state == arrives


def test_what_lost_its_job_with_a_killed_worker_is_taken_up(told):
    delivery = happens(told)
    with access.system():
        Delivery.objects.filter(pk=delivery.pk).update(next_at=timezone.now() - timedelta(hours=1))
    tasks.take_up()
    tasks.take_up()
    with access.system():
        jobs = ProcrastinateJob.objects.filter(task_name="api.send", queueing_lock=f"api.send:{delivery.pk}")
        assert [job.args for job in jobs] == [{"delivery": delivery.pk}]


def test_what_arrived_long_ago_is_forgotten_and_what_was_given_up_is_not(told):
    first = happens(told)
    with access.acting(told.kham):
        cases.set_risk(told.case, by=told.kham, risk="IMMEDIATE", reasons=["A reason."])
    with access.system():
        long_ago = {"settled_at": timezone.now() - timedelta(days=91)}
        Delivery.objects.filter(pk=first.pk).update(state="ARRIVED", **long_ago)
        Delivery.objects.exclude(pk=first.pk).update(state="DEAD", **long_ago)
    tasks.forget(timestamp=0)
    with access.system():
        assert [delivery.state for delivery in Delivery.objects.all()] == ["DEAD"]


INNER = [
    "http://example.org/", "https://localhost/", "https://127.0.0.1/", "https://10.1.2.3/", "https://192.168.1.1/", "https://172.16.0.1/",
    "https://169.254.169.254/latest/meta-data/", "https://[::1]/", "https://[fe80::1]/", "https://[fd00::1]/", "https://[::ffff:127.0.0.1]/",
    "https://[64:ff9b::7f00:1]/", "https://[2002:7f00:1::]/", "https://2130706433/", "https://0x7f.0.0.1/", "https://0177.0.0.1/", "https://127.1/",
    "https://0.0.0.0/", "https://224.0.0.1/", "https://100.64.0.1/", "https://printer/", "https://server.local/", "https://db.internal/",
    "https://name:word@example.org/", "https://example.org\\@127.0.0.1/", "https://example.org/#x", "ftp://example.org/", "https:///events", "https://exa mple.org/",
    "https://example.org:99999/", "https://[::1", "javascript:alert(1)", "",
]  # fmt: skip


@pytest.mark.parametrize("address", INNER)
def test_an_inner_or_odd_address_is_never_registered(address):
    with pytest.raises(addresses.NotAllowed) as told:
        addresses.check_host(addresses.parts(address)[0])
    assert told.value.sentence


@pytest.mark.parametrize("numbers", [["127.0.0.1"], ["8.8.8.8", "10.0.0.1"], ["::1"], ["::ffff:192.168.0.1"], ["169.254.169.254"]], ids=str)
def test_a_name_that_leads_inside_when_it_is_sent_is_not_connected_to(monkeypatch, numbers):
    """DNS rebinding: the name was public when it was registered."""
    asked = []
    monkeypatch.setattr(socket, "getaddrinfo", lambda host, *_rest, **_more: [(0, 0, 0, "", (number, 443)) for number in numbers])
    monkeypatch.setattr(socket, "create_connection", lambda *place, **_more: asked.append(place))
    addresses.check_host(addresses.parts("https://hooks.example.org/x")[0])
    with pytest.raises(addresses.NotAllowed):
        addresses.post("https://hooks.example.org/x", b"{}", {})
    assert asked == []


def test_the_number_that_was_looked_at_is_the_one_connected_to(monkeypatch):
    """Resolved once: a second answer, which leads inside, is never asked for."""
    answers, asked = iter([[(0, 0, 0, "", ("93.184.215.14", 443))], [(0, 0, 0, "", ("127.0.0.1", 443))]]), []

    def connect(place, *_rest, **_more):
        asked.append(place)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "getaddrinfo", lambda *_rest, **_more: next(answers))
    monkeypatch.setattr(socket, "create_connection", connect)
    with pytest.raises(ConnectionRefusedError):
        addresses.post("https://hooks.example.org/x", b"{}", {})
    assert asked == [("93.184.215.14", 443)]


def test_only_a_test_may_send_inside(settings):
    settings.WEBHOOKS_INSIDE, settings.MODE = True, "production"
    assert not addresses.is_inside_allowed()


def test_every_event_is_of_an_action_that_exists():
    from romsai.api.events import KINDS, OF_ACTIONS
    from romsai.core import actions as spine

    assert set(OF_ACTIONS) <= set(spine.names)
    assert set(OF_ACTIONS.values()) == set(KINDS)
    assert all(re.fullmatch(r"case\.[a-z]+", kind) for kind in KINDS)
