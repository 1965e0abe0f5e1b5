"""Erased is erased: after a child's whole life is gone, nothing planted in it opens, nothing clear names the child, and no table was forgotten."""

from datetime import timedelta

import pytest
from django.apps import apps
from django.utils import timezone

from romsai.cases.history import _opened
from romsai.cases.models import Case, CaseState, Report
from romsai.core import access, second
from romsai.core.access import erasing as sql
from romsai.core.access.policy import policy
from romsai.core.crypto import KeyField, SealedField
from romsai.people.models import Entry
from romsai.places.models import Worker
from romsai.retention import actions as retention
from romsai.retention import erasing, ledger, tasks
from romsai.retention.models import Hold, Round
from tests import life
from tests import world as build
from tests.house.test_planted import MARKS, Planted, dump, sealed_fields

MODELS = {model._meta.db_table: model for model in apps.get_models()}


def test_every_protected_table_and_every_row_that_hangs_on_one_is_in_the_plan():
    """A new table needs a line in the policy table, and with that it is erased; one that nobody protects is reached by its foreign keys."""
    plan = sql.plan()
    assert set(policy().tables) - set(plan.doomed) == set()
    for name, conditions in plan.doomed.items():
        assert conditions, name
    reached = set(plan.doomed)
    wordless = {name for name, _column, _target in plan.wordless}
    for name, model in MODELS.items():
        if any(f.is_relation and f.related_model._meta.db_table in reached for f in model._meta.concrete_fields):
            assert name in reached | wordless, name
    ours = {name for name, model in MODELS.items() if any(isinstance(f, KeyField) for f in model._meta.concrete_fields)}
    assert {name for name, _column in plan.keyed} == ours


# A sealed field that lies on no child's row is erased in another way, said here.
OTHERWISE = {
    "api_webhook": "where another system listens: of no child",
    "core_proposal": "goes with what it is about, and its key when the round is done",
    "cases_glassrequest": "keeps who opened and how it was judged (R9), and loses its key with the case",
    "exchange_export": "what was asked holds numbers; the file's key goes with any child in it",
    "exchange_exportpart": "opened by the file's key",
    "exchange_exportrows": "gone when the file is made, within minutes",
    "exchange_import": "forgotten a week after it came in",
    "exchange_importpart": "forgotten a week after it came in",
    "exchange_importrow": "forgotten a week after it came in",
    "workforce_supervision": "about a worker's work, not about a child",
}


def test_every_sealed_field_is_erased_with_a_child_or_says_how_else():
    tables = {model._meta.db_table for model, _field in sealed_fields().values()}
    assert tables - set(sql.plan().doomed) == set(OTHERWISE)


def readable():
    """Every text that opens anywhere, in rows and in their history."""
    found = []
    for model, field in sealed_fields().values():
        found += [f"{model.__name__}.{field.name} {getattr(row, field.name)}" for row in model.objects.filter(**{f"{field.name}__isnull": False})]
    return found


def readable_in_history(rows):
    """The same of old and new rows of the history, read as the superuser: nobody else sees all of it."""
    found = []
    for table, values in rows:
        model = MODELS[table]
        for column in model._meta.concrete_fields:
            if isinstance(column, SealedField) and values.get(column.column):
                found.append(_opened(model, column, values))
    return found


def history(connection):
    rows = connection.execute("select table_name, old, new from core_history").fetchall()
    return [(table, values) for table, old, new in rows for values in (old, new) if values]


def around(cases):
    """Every row of the protected tables that is about these cases and their children, as it is."""
    found = {}
    people = list(Case.objects.filter(pk__in=cases).values_list("child", flat=True))
    for line in policy().tables.values():
        about = {"case": cases, "person": people}.get(line.subject)
        if about is not None:
            rows = MODELS[line.name].objects.filter(**{f"{line.column}__in": about}).order_by("pk")
            found[line.name] = [{f.attname: repr(row.__dict__[f.attname]) for f in row._meta.concrete_fields} for row in rows]
    return found


@pytest.fixture
def own_ledger(settings, tmp_path):
    settings.LEDGER = tmp_path / "ledger"
    return tmp_path / "ledger"


def test_of_a_whole_life_nothing_opens_and_nothing_names_the_child(committed, own_ledger):
    import psycopg

    from tests import plugin

    planted = Planted()
    w = build.build()
    noy = life.live(w, planted.word, number=planted.number)
    sibling = build.case(w, child={"sex": "M", "birth_year": 2014, "age_basis": "STATED", "names": [{"kind": "LEGAL", "full": planted.word("the sibling's name")}]})
    with access.system():
        officers = [Worker.objects.create(name=name, role="DPO", agency=w.ministry) for name in ("One", "Two")]
        sibling.participants.create(person=noy.mother, role="CAREGIVER", relation="MOTHER")
        Hold.objects.update(lifted_at=timezone.now())
        Case.objects.filter(pk=noy.case.pk).update(state=CaseState.CLOSED, closed_at=timezone.now() - timedelta(days=400))
        noy.case.refresh_from_db()
        uuids = [str(record.uuid) for record in (noy.case, noy.child, noy.report)]
        others_too = {number for entry in Entry.objects.exclude(person=noy.child) for number in (*entry.own, *entry.slips, *entry.other)}
        tokens = {str(number) for number in {*noy.child.entry.own, *noy.child.entry.slips} - others_too}
        before = readable()
        counts, others = erasing.counted(), around([sibling.pk, *Case.objects.exclude(pk=noy.case.pk).values_list("pk", flat=True)])
    with psycopg.connect(plugin.admin(committed), autocommit=True) as admin:
        lived = readable_in_system(admin)
        audited = admin.execute("select count(*) from core_auditline").fetchone()[0]
    plain = dump(committed).decode()
    own = {name: text for name, text in planted.by_name.items() if name not in STAYS and not name.startswith("exchange")}
    assert [name for name, text in own.items() if not any(text in told for told in [*before, *lived])] == []
    assert all(token in plain for token in tokens)
    assert noy.case.number in plain

    with access.acting(officers[0]):
        made = retention.draw_up(by=officers[0], ground="REQUEST", number=noy.case.number, reason=planted.word("why she is erased"))
    with access.acting(officers[1]):
        second.confirm(second.waiting_for(officers[1])[-1], by=officers[1])
    with access.system():
        Round.objects.update(not_before=timezone.now())
    assert tasks.work(made.pk)

    with access.system():
        assert [line.state for line in made.lines.all()] == ["DONE"]
        after = readable()
        assert erasing.counted() == counts
        for row in others["cases_inquiry"]:
            row["pair_id"] = "None"  # what tied another office's child to her went with her
        kept = around([sibling.pk, *Case.objects.values_list("pk", flat=True)])
        assert {name: [row for row in rows if row not in kept[name]] for name, rows in others.items()} == {name: [] for name in others}
        assert not Report.objects.filter(pk=noy.report.pk).exists()
        assert str(noy.mother.names.get().full) == planted.by_name["the mother's name"]
    with psycopg.connect(plugin.admin(committed), autocommit=True) as admin:
        left = readable_in_system(admin)
        assert admin.execute("select count(*) from core_auditline").fetchone()[0] >= audited
        gone = {"case": [noy.case.pk], "person": [noy.child.pk], "report": [noy.report.pk]}
        for line in policy().tables.values():
            n = admin.execute(f"select count(*) from {line.name} where {line.column} = any(%s)", [gone[line.subject]]).fetchone()[0]
            assert (line.name, n) == (line.name, 0)
            n = admin.execute("select count(*) from core_history where subject = %s and subject_id = any(%s)", [line.subject, gone[line.subject]])
            assert n.fetchone() == (0,)
    own["reason"] = planted.by_name["why she is erased"]
    hits = [(name, told.split()[0]) for name, text in own.items() for told in [*after, *left] if text in told]
    content = dump(committed).decode() + ledger.path().read_text()
    clear = [text for text in [*own.values(), noy.case.number, *uuids, *tokens, *MARKS[:1]] if text in content]
    print(f"\nerased: {len(own)} planted texts, {len(hits)} readable, {len(clear)} in the clear of {len(content) / 1e6:.1f} MB; {len(kept)} tables of others unchanged")
    assert hits == [], str(hits)
    assert clear == []


# Texts of the invented life that are about somebody else: they stay. So do lists that were brought in: nobody of them is Noy; what a worker
# typed who opened nothing; and what was said of an export as a whole.
STAYS = {
    "the sibling's name", "the mother's name", "care.Departure.body", "care.Departure.handover", "care.Departure.received_by", "core.Proposal.facts",
    "core.Proposal.reason", "workforce.Supervision.text", "workforce.Supervision.agreed", "receipt", "cases.ReportWords.advice", "cases.GlassRequest.number",
    "api.Webhook.address", "api.Webhook.secret", "tracing.Preparation.words", "tracing.Reunion.place", "tracing.Reunion.escort", "tracing.Reunion.received_by",
}  # fmt: skip


def readable_in_system(admin):
    rows = history(admin)
    with access.system():
        return readable_in_history(rows)
