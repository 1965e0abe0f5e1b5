"""The two-person rule: what one person proposes, another confirms within a day, exactly as it was proposed (security notes 3.1).

An action whose line in the policy table has `second:` is never carried out at once: a page calls `propose`, another worker
`confirm`. A room says with `describes` what the second person reads, and with `still` whether the facts have moved since.
"""

import hashlib
import json
from contextlib import contextmanager
from datetime import date, timedelta

from django.apps import apps
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from romsai.core import access, actions
from romsai.core.access.policy import policy
from romsai.core.actions import Refused, action
from romsai.core.crypto import new_key
from romsai.core.models import Proposal

LAPSES = timedelta(hours=24)

_descriptions = {}
_pages = {}
_checks = {}
_bars = {}


def describes(name, *, page=None):
    """Register `describe(record, facts)`: what is proposed, as (title, rows); rows are dicts of label and value.

    `page(made)` is the address of what came of it, shown to who confirmed.
    """

    def register(describe):
        _descriptions[name] = describe
        _pages[name] = page
        return describe

    return register


def still(name):
    """Register `check(record, facts)`, asked before confirming: raises Refused when what was proposed is no longer so."""

    def register(check):
        _checks[name] = check
        return check

    return register


def bars(name):
    """Register `barred(worker, record, facts)`: is this worker unfit to read and confirm it, whatever their role?"""

    def register(barred):
        _bars[name] = barred
        return barred

    return register


def candidates(name, record, *, by):
    """Workers whom `by` may ask to confirm the action about the record, by name."""
    workers = apps.get_model("places", "Worker").objects.active(on=timezone.localdate()).filter(role__in=policy().action(name).second)
    with access.system(purpose="second person"):
        fit = [worker for worker in workers.select_related("agency", "team").order_by("name") if _is_fit(worker, name, by, record)]
    return fit


def needs(name):
    """Must a second person confirm this action?"""
    return bool(policy().action(name).second)


def propose(name, record=None, /, *, by, reason="", to=None, client_key=None, **facts):
    """Ask for a second person to confirm the action `name`. `to`: only this worker may; else any who is fit to.

    Raises Forbidden if `by` may not do it, Refused if nobody else could confirm it.
    """
    return _propose(by=by, client_key=client_key, name=name, about=record, reason=reason, to=to, facts=facts)


@action("core.propose")
def _propose(*, by, name, about, reason, to, facts):
    access.require(name, about, worker=by)
    if not needs(name):
        raise LookupError(f"{name} needs no second person.")
    if to is not None and not _is_fit(to, name, by, about):
        raise Refused(_("This person cannot confirm it: the second person works in another team and is not led by the first."))
    key = new_key("proposal")
    stored = _stored(facts)
    return Proposal.objects.create(
        key=key,
        action=name,
        model=about._meta.label if about is not None else "",
        pk_of=about.pk if about is not None else None,
        facts=stored,
        digest=_digest(name, about, stored),
        reason=reason,
        proposer_id=by.pk,
        to_id=to.pk if to is not None else None,
        lapses_at=timezone.now() + LAPSES,
    )


@action("core.confirm")
def confirm(proposal, *, by):
    """Carry the action out as it was proposed. Returns the proposal; its `made` is what came of it."""
    _waits(proposal)
    proposer = _worker(proposal.proposer_id)
    about = record_of(proposal)
    if not _is_fit(by, proposal.action, proposer, about, proposal) or (proposal.to_id not in (None, by.pk)) or about == by:
        raise access.Forbidden(_("Somebody else must confirm this."))
    if not access.may(proposer, proposal.action, about):
        raise Refused(_("Who proposed this may not do it any more. Decline it, and let somebody else propose it."))
    if _digest(proposal.action, about, proposal.facts) != proposal.digest:
        raise Refused(_("This is not what was proposed. Decline it, and tell the data protection officer."))
    facts = facts_of(proposal)
    if check := _checks.get(proposal.action):
        check(about, facts)
    with _second_person(proposal):
        act = actions.names[proposal.action]
        result = act(about, by=proposer, **facts) if about is not None else act(by=proposer, **facts)
    proposal.made_model, proposal.made_pk = (result._meta.label, result.pk) if isinstance(result, models.Model) else ("", None)
    return _settle(proposal, Proposal.State.CONFIRMED, by)


@action("core.decline")
def decline(proposal, *, by):
    """No: nothing is done. Who proposed it may take it back in the same way."""
    _waits(proposal)
    if by.pk != proposal.proposer_id and proposal not in waiting_for(by):
        raise access.Forbidden(_("Somebody else must decide this."))
    return _settle(proposal, Proposal.State.DECLINED, by)


def waiting_for(worker):
    """What this worker may confirm now, oldest first."""
    names = [line.name for line in policy().actions.values() if worker.role in line.second]
    with access.system(purpose="second person"):
        found = Proposal.objects.waiting().filter(action__in=names).filter(Q(to_id=None) | Q(to_id=worker.pk))
        found = [p for p in found.exclude(proposer_id=worker.pk) if record_of(p) != worker]
        return [p for p in found if _is_fit(worker, p.action, _worker(p.proposer_id), record_of(p), p)]


def fit_for(proposal):
    """The workers of whom each may confirm it."""
    with access.system(purpose="second person"):
        proposer, about = _worker(proposal.proposer_id), record_of(proposal)
        asked = apps.get_model("places", "Worker").objects.active().filter(role__in=policy().action(proposal.action).second)
        asked = asked.filter(pk=proposal.to_id) if proposal.to_id is not None else asked
        return [worker for worker in asked if worker != about and _is_fit(worker, proposal.action, proposer, about, proposal)]


def proposed_by(worker, *, name=None, about=None):
    """What this worker proposed and nobody has decided yet; with a record, what anybody proposed about it."""
    with access.system(purpose="second person"):
        found = Proposal.objects.waiting()
        if name:
            found = found.filter(action=name)
        found = found.filter(model=about._meta.label, pk_of=about.pk) if about is not None else found.filter(proposer_id=worker.pk)
        return list(found)


def confirmed(worker, *, making):
    """Did this worker confirm, last of all, what made or changed the record?"""
    with access.system(purpose="second person"):
        found = Proposal.objects.filter(state=Proposal.State.CONFIRMED, made_model=making._meta.label, made_pk=making.pk)
        last = found.order_by("-decided_at").first()
        return last is not None and last.second_id == worker.pk


def shown(proposal):
    """What the proposal says to who must decide it: (title, rows, name of who proposed it)."""
    with access.system(purpose="second person"):
        title, rows = _descriptions[proposal.action](record_of(proposal), facts_of(proposal))
        return title, rows, _worker(proposal.proposer_id).name


def page_of(proposal):
    """Where the second person goes on, after confirming; None if nowhere in particular."""
    page = _pages[proposal.action]
    if page is None or proposal.state != Proposal.State.CONFIRMED or not proposal.made_model:
        return None
    with access.system(purpose="second person"):
        made = apps.get_model(proposal.made_model).objects.get(pk=proposal.made_pk)
    return page(made)


def record_of(proposal):
    """The record that the proposed action is about; None if it makes a new one."""
    return apps.get_model(proposal.model).objects.get(pk=proposal.pk_of) if proposal.model else None


def facts_of(proposal):
    """The facts of the proposed action, as it was called."""
    return {name: _value(stored) for name, stored in proposal.facts.items()}


@contextmanager
def _second_person(proposal):
    token = actions.confirming.set(proposal.action)
    try:
        yield
    finally:
        actions.confirming.reset(token)


def _is_fit(worker, name, proposer, record, proposal=None):
    """Another person, in a role named for it, of another team, not led by who proposes and not barred from the record."""
    if worker.pk == proposer.pk or not access.acts(worker) or worker.role not in policy().action(name).second:
        return False
    if name in _bars and _bars[name](worker, record, facts_of(proposal) if proposal else {}):
        return False
    is_of_the_team = worker.team_id is not None and worker.team_id == proposer.team_id
    return not is_of_the_team and not proposer.leads(worker)


def _waits(proposal):
    if proposal.state != Proposal.State.WAITING:
        raise Refused(_("This was decided already. Nothing was changed now."))
    if proposal.lapses_at <= timezone.now():
        raise Refused(_("Nobody confirmed this within a day, so it has lapsed. It can be proposed again."))


def _settle(proposal, state, by):
    proposal.state, proposal.second_id, proposal.decided_at = state, by.pk, timezone.now()
    proposal.save()
    return proposal


def _worker(pk):
    return apps.get_model("places", "Worker").objects.select_related("agency", "team").get(pk=pk)


def _digest(name, about, stored):
    whole = [name, about._meta.label if about is not None else None, about.pk if about is not None else None, stored]
    return hashlib.sha256(json.dumps(whole, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def _stored(value):
    """Facts as JSON: a record by its label and number, a day by its text."""
    if isinstance(value, models.Model):
        return {"record": [value._meta.label, value.pk]}
    if isinstance(value, date):
        return {"day": value.isoformat()}
    if isinstance(value, dict):
        return {name: _stored(inner) for name, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_stored(inner) for inner in value]
    return value


def _value(stored):
    if isinstance(stored, list):
        return [_value(inner) for inner in stored]
    if not isinstance(stored, dict):
        return stored
    if set(stored) == {"record"}:
        label, pk = stored["record"]
        return apps.get_model(label).objects.get(pk=pk)
    if set(stored) == {"day"}:
        return date.fromisoformat(stored["day"])
    return {name: _value(inner) for name, inner in stored.items()}
