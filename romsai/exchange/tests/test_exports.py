"""Exports: what leaves, with whose agreement, to whom; and what is tried to get more out."""

import csv
import io
import json
import signal
import subprocess
import sys
import uuid
from datetime import timedelta

import openpyxl
import pyrage
import pytest
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st
from procrastinate.contrib.django.models import ProcrastinateJob

from romsai.care.models import Share
from romsai.cases import actions as cases
from romsai.core import access, audit, second
from romsai.core.actions import Refused
from romsai.core.models import DataKey, Proposal
from romsai.exchange import tasks
from romsai.exchange.exports import actions, asking, files
from romsai.exchange.models import Export, ExportPart, ExportRows
from romsai.launcher import ROOT
from romsai.people import actions as people
from romsai.places.models import Worker
from tests import world as build

SECRET = pyrage.x25519.Identity.generate()
KEY = str(SECRET.to_public())
WHY = "The ministry counts beds in the district for next year."


@pytest.fixture
def world(world):
    with access.system():
        world.dpo = Worker.objects.create(name="Decha", role="DPO", agency=world.ministry)
        world.other_manager = Worker.objects.create(name="Khamla", role="MANAGER", agency=world.other)
    return world


def ask(by, *, levels=(), client_key=None, **more):
    asked = {"page": "team" if by.role != "WORKER" else "caseload", "query": "", "format": "CSV", "purpose": WHY, "recipient": "Ministry, planning", "recipient_key": ""} | more  # fmt: skip
    with access.acting(by):
        return actions.ask(by=by, client_key=client_key or uuid.uuid4(), levels=list(levels), **asked)


def confirm(proposal, by):
    with access.acting(by):
        return second.confirm(proposal, by=by)


def exported(proposal, by):
    """The finished export that this person's yes brings about."""
    return written(Export(pk=confirm(proposal, by).made_pk))


def written(made, **more):
    tasks.write_on(made.pk, **more)
    with access.system():
        return Export.objects.select_related("by").get(pk=made.pk)


def fetch(made, by):
    with access.acting(by):
        return actions.fetch_export(made, by=by).content


def rows_of(content, secret=None):
    content = pyrage.decrypt(content, [secret]) if secret else content
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))


def kheo(world, **facts):
    """A case whose child has a name that is a formula, a paper, a telephone and two addresses."""
    child = {
        "sex": "F", "birth_year": 2012, "age_basis": "STATED", "names": [{"kind": "LEGAL", "full": "=cmd|' /C calc'!A1"}, {"kind": "NICK", "full": "Keo"}],
        "identifiers": [{"kind": "PASSPORT", "number": "P1234567", "country": "LAO"}], "contacts": [{"kind": "PHONE", "value": "+85620555123"}],
        "addresses": [{"text": "@ the blue house", "area": world.town}],
    }  # fmt: skip
    return build.case(world, child=child, **facts)


# what one person may take out


def test_a_few_cases_without_names_leave_at_once_and_stand_on_the_record_of_each_child(world):
    case = build.case(world)
    made = written(ask(world.kham))
    (row,) = rows_of(fetch(made, world.kham))
    assert (row["Case"], row["Sex"], row["Year of birth"], row["Risk"], row["Area"], row["Concerns"]) == (
        case.number, "Female", "2012", "Medium", "Town", "Work below the minimum age"
    )  # fmt: skip
    assert "Keo" not in str(row) and "Name" not in row
    with access.acting(world.kham):
        lines = {line.action: line for line in audit.who_looked(case)}
    assert {"exchange.export", "exchange.fetch_export"} <= set(lines)
    assert lines["exchange.export"].purpose == f"export {made.pk}" and WHY not in str(lines)


def test_every_kind_of_file_holds_the_same_and_no_formula(world):
    kheo(world)
    made = exported(ask(world.kham, levels=["identity", "location"], recipient_key=KEY), world.manager)
    (row,) = rows_of(fetch(made, world.kham), SECRET)
    assert (row["Name"], row["Address"], row["Telephones"], row["Other names"]) == ("'=cmd|' /C calc'!A1", "'@ the blue house", "'+85620555123", "Keo")
    assert row["Numbers of papers"] == "PASSPORT P1234567"
    book = exported(ask(world.kham, levels=["identity"], format="XLSX", recipient_key=KEY), world.manager)
    sheet, about = openpyxl.load_workbook(io.BytesIO(pyrage.decrypt(fetch(book, world.kham), [SECRET]))).worksheets
    heading, line = ([cell.value for cell in row] for row in sheet.iter_rows())
    assert dict(zip(heading, line, strict=True))["Name"] == "'=cmd|' /C calc'!A1"
    assert {cell.data_type for sheet in (sheet, about) for row in sheet.iter_rows() for cell in row if cell.value is not None} == {"s"}
    assert WHY in {cell.value for row in about.iter_rows() for cell in row}
    plain = exported(ask(world.kham, levels=["identity"], format="JSON", recipient_key=KEY), world.manager)
    told = json.loads(pyrage.decrypt(fetch(plain, world.kham), [SECRET]))
    assert told["cases"][0]["name"] == "=cmd|' /C calc'!A1" and told["cases"][0]["risk"] == "MEDIUM"
    assert told["about"]["What for"] == WHY


@given(st.one_of(st.text(st.characters(exclude_categories=["Cs"]), max_size=20), st.from_regex(r"\A'{0,2}[=+@\t\r\n＝＋-][a-z(]{0,5}")))
@settings(max_examples=200, deadline=None)
def test_what_a_spreadsheet_would_run_is_text_and_can_be_had_back(text):
    ((cell,),) = csv.reader(io.StringIO(files.as_csv([[text]]).decode("utf-8-sig"), newline=""))
    assert not cell or cell[0] not in "=+-@\t\r\n＝＋－＠"
    assert (cell[1:] if cell.startswith("'") and files.FORMULA.match(cell[1:]) else cell) == text


def test_an_address_kept_secret_and_what_was_erased_do_not_leave(world):
    case = kheo(world)
    with access.acting(world.kham):
        people.add_address(case.child, by=world.kham, text="Banyan House, behind the temple", area=world.town, is_confidential=True)
    with access.system():
        name = case.child.names.get(is_main=True)
        from romsai.core import crypto

        crypto.shred(name.key)
    made = exported(ask(world.kham, levels=["identity", "location"], recipient_key=KEY), world.manager)
    (row,) = rows_of(fetch(made, world.kham), SECRET)
    assert (row["Name"], row["Address"]) == ("erased", "")


def test_htcds_leaves_for_who_leads_the_case_under_a_pseudonym(world):
    from tests.life import answer

    case = kheo(world)
    build.case(world)
    with pytest.raises(Refused, match="None of these cases has a finished HTCDS form"):
        ask(world.kham, format="HTCDS")
    with access.acting(world.kham):
        answer(world, case, "HTCDS", lambda name: "Words that stay")
    made = written(ask(world.kham, format="HTCDS"))
    content = fetch(made, world.kham).decode("utf-8-sig")
    assert len(content.splitlines()) == 2 and "cmd|" not in content and "Words that stay" not in content
    with access.acting(world.kham):
        assert case.events.filter(kind="HTCDS_TAKEN_OUT").count() == 1
        assert actions.taken_out(world.kham) == 1  # once, by the event it left on the case
    with pytest.raises(Refused, match="None of these cases"):
        ask(world.supervisor, format="HTCDS")


# who may not


def test_what_is_sealed_shared_excluded_or_anothers_behaves_as_absent(world):
    lent = build.case(world)
    with access.system():  # for one purpose, to this office: not to be passed on by it
        lent.assignments.update(worker=world.stranger)
        cases.Case.objects.update(agency=world.other, team=world.other_team)
        until = timezone.now() + timedelta(days=9)
        levels = ["core", "identity"]
        Share.objects.create(case=lent, agency=world.welfare, levels=levels, purpose="SERVICE", consent=lent.consents.first(), from_at=world.now, until_at=until, by=world.stranger)
    with access.acting(world.supervisor):
        assert [case.pk for case in cases.Case.objects.visible()] == [lent.pk]
    mine, sealed, barred = build.case(world), build.case(world, seal=True), build.case(world)
    with access.acting(world.kham):
        cases.exclude(barred, by=world.kham, worker=world.supervisor, reason="RELATED")
    assert [row["Case"] for row in rows_of(fetch(written(ask(world.supervisor)), world.supervisor))] == [mine.number]
    own = {row["Case"] for row in rows_of(fetch(written(ask(world.kham)), world.kham))}
    assert own == {mine.number, barred.number} and sealed.number not in own
    assert {row["Sex"] for row in rows_of(fetch(written(ask(world.coordinator)), world.coordinator))} == {""}  # sees no child, so neither does the file


@pytest.mark.parametrize("who", ["analyst", "admin", "auditor", "carer", "officer", "operator"])
def test_to_all_others_no_line_of_the_policy_gives_an_export(world, who):
    build.case(world)
    worker = getattr(world, who)
    assert not asking.may_export(worker)
    with access.acting(worker), pytest.raises(access.Forbidden):
        actions.export(by=worker, asked={})
    with access.acting(worker), pytest.raises((access.Forbidden, Refused)):
        second.propose(asking.LEVELS["identity"], by=worker, asked={})


def test_a_coordinator_gets_no_names_and_a_manager_no_addresses_by_any_way(world):
    build.case(world)
    assert (asking.levels_of(world.coordinator), set(asking.levels_of(world.kham))) == ({}, {"identity", "location"})
    with pytest.raises(access.Forbidden):
        ask(world.coordinator, levels=["identity"], recipient_key=KEY)
    with pytest.raises(Refused, match="There is no case"):  # a manager works on none, so none is theirs to take the address of
        ask(world.manager, levels=["location"], recipient_key=KEY)


def test_named_children_of_two_provinces_do_not_leave_in_one_file(world):
    from romsai.places.models import Team, WorkerArea

    build.case(world)
    far = build.case(world)
    with access.system():
        type(far).objects.filter(pk=far.pk).update(area=world.south)
        WorkerArea.objects.create(worker=world.manager, area=world.country)
        assert Team.objects.count()
    with pytest.raises(Refused, match="more than one province"):
        ask(world.manager, levels=["identity"], recipient_key=KEY)
    assert ask(world.manager, levels=["identity"], recipient_key=KEY, query="area=XX0101").state == Proposal.State.WAITING


# two people


def test_a_second_person_reads_exactly_what_will_leave_and_then_it_does(world):
    build.case(world)
    key = uuid.uuid4()
    proposal = ask(world.supervisor, levels=["identity"], query="risk=MEDIUM", recipient_key=KEY, client_key=key)
    assert ask(world.supervisor, levels=["identity"], query="risk=MEDIUM", recipient_key=KEY, client_key=key) == proposal
    assert {worker.name for worker in second.fit_for(proposal)} == {"Vanh", "Khamla", "Decha"}
    title, rows, _who = second.shown(proposal)
    said = {row["label"]: row["value"] for row in rows}
    assert title == "Export: 1 case"
    assert (said["Of the list"], said["Narrowed by"], said["What for"], said["Who receives it"], said["The recipient’s key"]) == (
        "Cases of the team or area", "Risk: Medium", WHY, "Ministry, planning", KEY
    )  # fmt: skip
    assert len(said["Its fingerprint"].replace(" ", "")) == 16
    assert exported(proposal, world.dpo).state == Export.State.DONE


def test_nobody_agrees_to_their_own_nor_somebody_of_their_team_nor_too_late(world):
    build.case(world)
    with access.system():
        colleague = Worker.objects.create(name="Near", role="MANAGER", agency=world.welfare, team=world.team)
    proposal = ask(world.supervisor, levels=["identity"], recipient_key=KEY)
    for who in (world.supervisor, colleague, world.supervisor2, world.other_supervisor, world.admin):
        with access.acting(who), pytest.raises((access.Forbidden, Refused)):
            second.confirm(proposal, by=who)
    with access.system():
        Proposal.objects.filter(pk=proposal.pk).update(lapses_at=timezone.now() - timedelta(seconds=1))
        proposal.refresh_from_db()
    with pytest.raises(Refused, match="lapsed"):
        confirm(proposal, world.manager)
    own = ask(world.manager, levels=["identity"], recipient_key=KEY)
    with access.acting(world.manager), pytest.raises(access.Forbidden):
        second.confirm(own, by=world.manager)
    with access.system():
        assert not Export.objects.exists()


def test_what_was_approved_cannot_be_changed_before_or_after(world):
    build.case(world)
    with access.acting(world.kham), pytest.raises(access.Forbidden):
        actions.begun[asking.MANY](by=world.kham, asked={})  # past the second person
    proposal = ask(world.kham, levels=["identity"], recipient_key=KEY)
    with access.system():
        changed = Proposal.objects.get(pk=proposal.pk)
        changed.facts["asked"]["recipient_key"] = str(pyrage.x25519.Identity.generate().to_public())
        changed.save()
    with pytest.raises(Refused, match="not what was proposed"):
        confirm(changed, world.manager)
    # After the yes it is sealed: whoever can write to the table can put one approval in another's place no more than change it.
    other = ask(world.kham)
    made = Export(pk=confirm(ask(world.kham, levels=["identity"], recipient_key=KEY), world.manager).made_pk)
    from django.db import connection

    from romsai.core.crypto import Unreadable

    with access.system(), connection.cursor() as cursor:
        cursor.execute("update exchange_export set asked = (select asked from exchange_export where id = %s) where id = %s", [made.pk, other.pk])
    with pytest.raises(Unreadable):
        tasks.write_on(other.pk)


def test_a_list_that_moved_on_is_asked_for_anew_and_never_grows(world):
    build.case(world)
    proposal = ask(world.supervisor, levels=["identity"], recipient_key=KEY)
    build.case(world)
    with pytest.raises(Refused, match="cases asked for: 1, found now: 2"):
        confirm(proposal, world.manager)
    # A filter that fits no longer is not left out, which would let out more than was asked.
    narrowed = ask(world.supervisor, levels=["identity"], query="risk=MEDIUM", recipient_key=KEY)
    with access.system():
        cases.Case.objects.update(risk="LOW")
    with pytest.raises(Refused, match="does not fit any more"):
        confirm(narrowed, world.manager)


def test_after_the_yes_only_what_is_still_the_askers_is_written(world):
    first, gone = build.case(world), build.case(world)
    confirmed = confirm(ask(world.kham, levels=["identity"], recipient_key=KEY), world.manager)
    with access.acting(world.supervisor):
        cases.assign(gone, by=world.supervisor, worker=world.bua)
    made = written(Export(pk=confirmed.made_pk))
    assert (made.rows, made.written) == (2, 1)
    assert [row["Case"] for row in rows_of(fetch(made, world.kham), SECRET)] == [first.number]
    with access.acting(world.bua):
        assert "exchange.export_identity" not in {line.action for line in audit.who_looked(gone)}
    another = confirm(ask(world.kham, levels=["identity"], recipient_key=KEY), world.manager)
    with access.system():
        Worker.objects.filter(pk=world.kham.pk).update(is_active=False)
    made = written(Export(pk=another.made_pk))
    with access.system():
        assert (made.state, made.why_stopped, ExportRows.objects.count()) == (Export.State.STOPPED, Export.Why.RIGHTS, 0)


def test_twenty_six_in_a_day_need_a_second_person_however_they_are_cut(world, monkeypatch):
    monkeypatch.setattr(asking, "ALONE", 3)
    for risk in ("LOW", "LOW", "MEDIUM", "MEDIUM"):
        build.case(world, risk=risk)
    key = uuid.uuid4()
    first = ask(world.kham, query="risk=LOW", client_key=key)
    assert isinstance(first, Export)
    assert ask(world.kham, query="risk=LOW", client_key=key) == first  # sent twice is one
    with pytest.raises(Refused, match="leaves encrypted only"):
        ask(world.kham, query="risk=MEDIUM")
    asked = ask(world.kham, query="risk=MEDIUM", recipient_key=KEY)
    assert asked.action == asking.MANY
    with access.acting(world.kham), pytest.raises(Refused, match="A second person must agree"):
        actions.export(by=world.kham, asked={"levels": [], "cases": [1, 2]})  # straight at the action
    with access.system():
        Export.objects.update(asked_at=timezone.now() - timedelta(hours=25))
    assert isinstance(ask(world.kham, query="risk=MEDIUM"), Export)


# the file


@pytest.mark.parametrize("what", ["excluded", "sealed", "released"])
def test_a_file_is_fetched_no_more_and_deleted_once_a_child_in_it_is_out_of_reach(world, what):
    case, _other = build.case(world), build.case(world)
    made = written(ask(world.supervisor))
    of_another = written(ask(world.manager))
    assert fetch(made, world.supervisor)
    with access.acting(world.kham):
        if what == "excluded":
            cases.exclude(case, by=world.kham, worker=world.supervisor, reason="ACCUSED")
        if what == "sealed":
            cases.seal(case, by=world.kham)
    if what == "released":
        with access.system():
            cases.Case.objects.filter(pk=case.pk).update(team=world.other_team, agency=world.other)
    with access.acting(world.supervisor), pytest.raises(access.Forbidden):
        actions.fetch_export(made, by=world.supervisor)
    with access.system():
        waiting = ProcrastinateJob.objects.filter(task_name="exchange.let_go").count()
    assert waiting == (what != "released")
    tasks.let_go_of_lost()
    with access.system():
        assert not ExportPart.objects.filter(export=made).exists()
        assert ExportPart.objects.filter(export=of_another).exists() == (what == "excluded")  # the manager is not kept from it
        assert bytes(DataKey.objects.get(pk=made.file_key_id).wrapped) == b""


def test_the_file_is_its_askers_alone_for_a_week_and_then_nobodys(world):
    build.case(world)
    made = written(ask(world.kham))
    for who in (world.supervisor, world.manager, world.bua):
        with access.acting(who), pytest.raises(access.Forbidden):
            actions.fetch_export(made, by=who)
    assert fetch(made, world.kham)
    with access.system():
        Export.objects.filter(pk=made.pk).update(expires_at=timezone.now())
    with access.acting(world.kham), pytest.raises(access.Forbidden):
        actions.fetch_export(made, by=world.kham)
    tasks.take_up(0)
    with access.system():
        made.refresh_from_db()
        assert (made.state, ExportPart.objects.count(), bytes(DataKey.objects.get(pk=made.file_key_id).wrapped)) == (Export.State.EXPIRED, 0, b"")
        assert made.asked["purpose"] == WHY  # why it left stays known


KILLED = """
import django; django.setup()
import os, signal
from romsai.exchange import tasks
from romsai.exchange.exports import actions
step, calls = actions.{step}, []
def killed(*facts):
    made = step(*facts)
    calls.append(1)
    if len(calls) == {call}:
        os.kill(os.getpid(), signal.SIGKILL)
    return made
actions.{step} = killed
tasks.write_on({pk}, most=1)
"""


def test_a_job_killed_in_the_middle_goes_on_where_it_was_and_writes_no_case_twice(committed):
    from tests.running import as_copy

    world = build.build()
    made_of = [build.case(world) for _unused in range(3)]
    made = ask(world.kham)
    for step, call, pieces in (("_lines", 2, 1), ("_finish", 1, 3)):  # each before its transaction is over
        code = KILLED.format(step=step, call=call, pk=made.pk)
        done = subprocess.run([sys.executable, "-c", code], env=as_copy(committed).env, cwd=ROOT, capture_output=True, text=True, check=False)
        assert done.returncode == -signal.SIGKILL, done.stderr[-2000:]
        with access.system():
            assert (ExportRows.objects.count(), ExportPart.objects.count()) == (pieces, 0)
    with access.system():
        Export.objects.update(worked_at=timezone.now() - timedelta(minutes=2))
    tasks.take_up(0)
    made = written(made)
    rows = [row["Case"] for row in rows_of(fetch(made, world.kham))]
    assert rows == [case.number for case in made_of]
    with access.acting(world.kham):
        assert [[line.action for line in audit.who_looked(case)].count("exchange.export") for case in made_of] == [1, 1, 1]
    with access.system():
        assert ExportRows.objects.count() == 0
    assert written(made).digest == made.digest


def test_while_the_keys_are_away_nothing_is_written_rather_than_the_word_locked(world, monkeypatch):
    from romsai.core.crypto import KeysUnavailable, Locked
    from romsai.exchange.exports import columns

    def away():
        raise KeysUnavailable

    monkeypatch.setattr(columns.keys, "status", away)
    with pytest.raises(KeysUnavailable):
        columns._text(Locked())


# by the pages


def test_the_whole_way_by_the_pages_and_what_others_get(world):
    from tests.baddays.insiders import PASSWORD, sign_in

    case = build.case(world)
    kham, manager, colleague, analyst = (sign_in(who) for who in (world.kham, world.manager, world.bua, world.analyst))
    link = "/exchange/out/new/?page=caseload&amp;risk=MEDIUM"
    assert link in kham.get("/cases/?risk=MEDIUM&order=seen").content.decode()
    page = kham.get(link.replace("&amp;", "&")).content.decode()
    assert "Risk: Medium" in page and "1 case" in page and "Addresses, but for those kept secret" in page
    form = {"levels": "identity", "format": "CSV", "purpose": WHY, "recipient": "Ministry", "recipient_key": f" {KEY}\n", "client_key": uuid.uuid4()}
    assert kham.post(link.replace("&amp;", "&"), form)["Location"] == "/exchange/out/"
    waits = kham.get("/exchange/out/").content.decode()
    assert "Waits for a second person" in waits and WHY in waits
    with access.system():
        proposal = Proposal.objects.get()
    assert "/reauthenticate/" in manager.get(f"/second/{proposal.uuid}/")["Location"]
    manager.post("/account/reauthenticate/", {"password": PASSWORD})
    asked = manager.get(f"/second/{proposal.uuid}/").content.decode()
    assert all(text in asked for text in (WHY, KEY, "Risk: Medium", "1 case")) and "Keo" not in asked and case.number not in asked
    assert manager.post(f"/second/{proposal.uuid}/", {"answer": "confirm", "client_key": uuid.uuid4()}).status_code == 302
    with access.system():
        made = Export.objects.get()
    place = f"/exchange/out/{made.uuid}/"
    assert "0 of 1 cases" in kham.get(place).content.decode()
    assert "hx-get" in kham.get(place, headers={"HX-Request": "true"}).content.decode()
    assert kham.get(f"{place}file/").status_code == 404
    written(made)
    assert kham.get(place, headers={"HX-Request": "true"})["HX-Refresh"] == "true"
    page = kham.get(place).content.decode()
    assert "Fetch the file" in page and "age --decrypt" in page
    answer = kham.get(f"{place}file/")
    assert answer["Content-Disposition"] == f'attachment; filename="romsai-{str(made.uuid)[:8]}.csv.age"'
    assert rows_of(answer.content, SECRET)[0]["Name"] == "Keo Invented"
    absent = colleague.get(f"/exchange/out/{uuid.uuid4()}/")
    for other in (colleague, manager):
        for door in ("", "file/", "delete/"):
            assert (other.get(place + door).status_code, other.get(place + door).content) == (404, absent.content) or other is manager
    assert manager.get(f"{place}file/").status_code == 404
    for door in ("/exchange/out/", "/exchange/out/new/", place, f"{place}file/"):
        assert analyst.get(door).status_code == 404
    who = kham.get(f"/cases/{case.uuid}/who/").content.decode()
    assert "Wrote an export with the child’s name" in who and "Fetched the file of an export" in who
    assert kham.post(f"{place}delete/", {"client_key": uuid.uuid4()}).status_code == 302
    assert "Over: the file is deleted" in kham.get(place).content.decode() and kham.get(f"{place}file/").status_code == 404
