"""Asking for a job from any action: it is there when the work is committed, and not otherwise."""

import subprocess
import sys
from datetime import timedelta

import psycopg
import pytest
from django.db import DatabaseError, connection, transaction
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from romsai.cases import actions as cases
from romsai.cases.models import Case
from romsai.core import access, jobs
from romsai.core.actions import Refused, done
from romsai.launcher import ROOT
from tests import plugin
from tests import world as invented
from tests.running import WORKER


@app.task(name="core.tests.look")
def look(worker, case):
    with jobs.acting_as(worker, purpose="a test"):
        return [found.pk for found in Case.objects.visible().filter(pk=case)]


def waiting():
    with access.system():
        return list(ProcrastinateJob.objects.filter(task_name="core.tests.look").order_by("id"))


def run(job):
    """As the worker process does it: with what lies in the queue, and nobody's context."""
    return app.tasks[job.task_name](**job.args)


def test_a_worker_asks_for_a_job_and_it_is_done_within_their_rights(world):
    case = invented.case(world)
    for worker in (world.kham, world.stranger):
        with access.acting(worker):
            jobs.later(look, worker=worker.pk, case=case.pk)
            # The asker themselves neither reads nor changes the queue.
            with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("select count(*) from procrastinate_jobs")
    assert [run(job) for job in waiting()] == [[case.pk], []]


def test_whoever_was_deactivated_meanwhile_gets_nothing(world):
    case = invented.case(world)
    with access.acting(world.kham):
        jobs.later(look, worker=world.kham.pk, case=case.pk)
    with access.system():
        world.kham.is_active = False
        world.kham.save()
    with pytest.raises(access.Forbidden):
        run(waiting()[0])


def test_an_action_that_is_refused_leaves_no_job_and_one_that_is_done_leaves_one(world):
    case = invented.case(world)
    listening = {"refuse": True}

    def listener(sender, record, by, **about):
        if sender != "cases.write_note":
            return
        jobs.later(look, worker=by.pk, case=record.pk)
        if listening["refuse"]:
            raise Refused("Not now.")

    done.connect(listener)
    try:
        with access.acting(world.kham):
            with pytest.raises(Refused):
                cases.write_note(case, by=world.kham, text="A visit")
            assert waiting() == []
            listening["refuse"] = False
            cases.write_note(case, by=world.kham, text="A visit")
    finally:
        done.disconnect(listener)
    assert [job.args for job in waiting()] == [{"worker": world.kham.pk, "case": case.pk}]


def test_one_that_waits_already_is_not_added_again_and_the_work_goes_on(world):
    with access.acting(world.kham):
        first = jobs.later(look, once="look:1", worker=world.kham.pk, case=1)
        assert jobs.later(look, once="look:1", worker=world.kham.pk, case=1) is None
        assert Case.objects.visible().count() == 0
        jobs.later(look, once="look:2", at=world.now + timedelta(days=1), worker=world.kham.pk, case=2)
    assert [(job.args["case"], job.scheduled_at) for job in waiting()] == [(1, None), (2, world.now + timedelta(days=1))]
    assert waiting()[0].id == first


@pytest.mark.parametrize("said", ["Noy lives here", "ນ້ອຍ", "", {"name": "Noy"}, object(), 1.5])
def test_what_is_no_id_does_not_go_into_the_queue(world, said):
    with access.acting(world.kham), pytest.raises(TypeError, match="ids only"):
        jobs.later(look, worker=world.kham.pk, case=said)
    assert waiting() == []


def test_a_job_whose_worker_was_killed_is_done_by_the_next_one_that_kills_each_worker_is_given_up_and_old_ones_go(database_copy):
    """The worker process itself does it: the queue is reached by its own connection, as the system."""
    left = "insert into procrastinate_jobs (queue_name, task_name, args, status, worker_id, attempts, queueing_lock) values ('default', 'workforce.send', '{}', 'doing', %s, %s, %s) returning id"
    with psycopg.connect(plugin.admin(database_copy.name), autocommit=True) as admin:
        dead, alive = (
            admin.execute("insert into procrastinate_workers (last_heartbeat) values (now() - %s) returning id", [timedelta(seconds=ago)]).fetchone()[0]
            for ago in (60, 1)
        )
        ask = lambda worker, attempts=0, lock=None: admin.execute(left, [worker, attempts, lock]).fetchone()[0]
        killed, killing, working, doubled = ask(dead), ask(dead, 4), ask(alive), ask(dead, 0, "one of them")
        admin.execute("insert into procrastinate_jobs (queue_name, task_name, args, queueing_lock, scheduled_at) values ('default', 'workforce.send', '{}', 'one of them', now() + '1 hour')")
        done = "insert into procrastinate_jobs (queue_name, task_name, args, status) values ('default', 'workforce.send', '{}', %s) returning id"
        old, new, failed = (admin.execute(done, [status]).fetchone()[0] for status in ("succeeded", "succeeded", "failed"))
        ended = "insert into procrastinate_events (job_id, type, at) values (%s, %s, now() - %s)"
        for job, status, ago in ((old, "succeeded", 15), (new, "succeeded", 13), (failed, "failed", 15)):
            admin.execute(ended, [job, status, timedelta(days=ago)])
        for name in ("core.take_up", "core.tidy"):
            admin.execute("insert into procrastinate_jobs (queue_name, task_name, args) values ('default', %s, '{\"timestamp\": 0}')", [name])

        command = [sys.executable, ROOT / "manage.py", "procrastinate", "--skip-checks", "worker", "--one-shot"]
        subprocess.run(command, env=database_copy.env | WORKER, cwd=ROOT, check=True, capture_output=True)

        found = dict(admin.execute("select id, status from procrastinate_jobs where task_name = 'workforce.send'").fetchall())
    assert (found[killed], found[killing], found[working]) == ("succeeded", "failed", "doing")
    assert doubled not in found
    assert old not in found and {new, failed} <= found.keys()
