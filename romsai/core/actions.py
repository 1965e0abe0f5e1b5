"""Actions are the spine: each change is one function that locks, asks the rule, changes and leaves its line."""

from contextvars import ContextVar
from functools import wraps

from django.apps import apps
from django.db import connection, models, transaction
from django.dispatch import Signal

from romsai.core import access, audit
from romsai.core.access.policy import policy

done = Signal()  # sender: the action's name; record, result, by, facts. Higher rooms listen; errors undo the action.
confirming = ContextVar("confirming", default=None)  # the action that a second person confirms just now
names = {}  # every action that exists, for the tests


class Refused(Exception):
    """It cannot be done now. Each argument is a sentence for the user: what is wrong, and what to do."""

    def __str__(self):
        return " ".join(str(sentence) for sentence in self.args)


def action(name):
    """Make a function an action. Its first argument is the record (or absent), then keywords: by=, facts, client_key=.

    Raises access.Forbidden when the policy table says no, Refused when the facts say no. With a client_key (UUID) already
    used by the same worker for the same action, returns the record made then and changes nothing.
    """
    line = policy().action(name)

    def decorate(body):
        @wraps(body)
        def act(record=None, *, by, client_key=None, **facts):
            with transaction.atomic():
                context = access.current()
                if line.second and confirming.get() != name and not _is_the_machine(context):
                    raise access.Forbidden("A second person must confirm this: see romsai.core.second.")
                if not context.is_system:
                    _is_the_asker(name, by, context)
                # First of all: whoever sends a form again may have lost, by the first sending, the right to send it.
                earlier = _earlier(client_key, name) if client_key is not None else None
                if earlier is not None:
                    return earlier
                # A row without any child that only the system may reach is locked below.
                if record is not None and (_is_protected(record) or not line.elevated):
                    record = _locked(record)
                if not context.is_system:
                    _ask(name, record, by, facts)
                if line.elevated and not context.is_system:
                    with access.system(on_behalf=by):
                        # Locked again: who may only read it could not lock it.
                        return _run(body, name, record and _locked(record), by, client_key, facts)
                return _run(body, name, record, by, client_key, facts)

        act.action = name
        names[name] = act
        return act

    return decorate


def _is_the_machine(context):
    """Setting up and jobs: nobody's hand is in it."""
    return context.is_system and context.actor is None


def _is_the_asker(name, by, context):
    if by is None:
        if "PUBLIC" not in policy().action(name).roles:
            raise access.Forbidden("Sign in first.")
        return
    if context.worker is not None and by.pk != context.worker.pk:
        raise access.Forbidden("The worker who acts is not the one who asks.")
    access.require(name, worker=by)  # no role of theirs could: the table may not even be theirs to ask


def _ask(name, record, by, facts):
    if by is not None:
        access.require(name, record, worker=by)
    for other in _protected_in(facts):
        # An elevated body sees everything, so what it is handed must be within the worker's own sight.
        if not access.sees(by, other):
            raise access.Forbidden("It is not there.")


def _protected_in(facts):
    """Every protected record among the facts of an action, however deep in lists and dictionaries."""
    if isinstance(facts, dict):
        facts = facts.values()
    for fact in facts:
        if _is_protected(fact):
            yield fact
        elif isinstance(fact, (dict, list, tuple, set)):
            yield from _protected_in(fact)


def _run(body, name, record, by, client_key, facts):
    result = body(by=by, **facts) if record is None else body(record, by=by, **facts)
    done.send(sender=name, record=record, result=result, by=by, facts=facts)
    about = {
        "{}:{}".format(*access.subject_of(r)) for r in (record, *(result if isinstance(result, list) else [result])) if _is_protected(r)
    }
    audit.write(access.current(), name, sorted(about))
    if client_key is not None:
        _keep(client_key, result if isinstance(result, models.Model) else record)
    return result


def _is_protected(record):
    return isinstance(record, models.Model) and record._meta.db_table in policy().tables and record.pk is not None


def _locked(record):
    """The row as it is now, locked: two people deciding at once decide one after the other."""
    model = type(record)
    context = access.current()
    if record._meta.db_table not in policy().tables:
        return model._default_manager.select_for_update().get(pk=record.pk)
    query = model.objects.all() if context.is_system else model.objects.visible()
    try:
        # Locking needs the right to change; who may only read and decide elsewhere works on the row as read.
        fresh = model.objects.filter(pk=record.pk).select_for_update(of=("self",)).first()
        return fresh or query.get(pk=record.pk)
    except model.DoesNotExist:
        raise access.Forbidden("It is not there.") from None


def _earlier(key, name):
    """The record that this worker's earlier call of the action with this key made; None if this is the first."""
    with connection.cursor() as cursor:
        cursor.execute("select is_new, model, pk, same from sec.take_key(%s, %s)", [key, name])
        is_new, label, pk, same = cursor.fetchone()
    if is_new:
        return None
    if not same or label is None:
        raise Refused("This form was sent before. Open the page again to see what was saved.")
    with access.system():
        return apps.get_model(label).objects.get(pk=pk)


def earlier(key, name):
    """The record that this worker made before with this key by this action; None if there was none. Takes no key."""
    try:
        with transaction.atomic():
            found = _earlier(key, name)
            if found is None:
                raise LookupError
            return found
    except (LookupError, Refused):
        return None


def _keep(key, made):
    if made is not None:
        with connection.cursor() as cursor:
            cursor.execute("select sec.give_key(%s, %s, %s)", [key, made._meta.label, made.pk])
