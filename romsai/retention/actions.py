"""Every change of this room: a hold placed and lifted, what is due, a decision to erase drawn up, taken by two, stopped, carried out."""

from django.dispatch import receiver
from django.utils import timezone
from django.utils.translation import gettext as _

from romsai.cases.models import Case, Report
from romsai.core import access, crypto, jobs, second
from romsai.core.actions import Refused, action, done
from romsai.core.models import Proposal
from romsai.retention import erasing, schedule
from romsai.retention.models import Due, Erasure, Ground, Hold, Round

MOST = 5000  # records of one round: what two people can answer for


# legal holds


@action("retention.hold")
def hold(case, *, by, kind, reason):
    """From now on nothing erases the case. Whoever works on it may place a hold, and whoever leads them."""
    return _hold(case, by, kind, reason)


@action("retention.hold_by_number")
def hold_by_number(*, by, number, kind, reason):
    """The same by the data protection officer, who knows the number and reads nothing of the case."""
    return _hold(_case(number, by), by, kind, reason)


def _hold(case, by, kind, reason):
    if case.holds.running().exists():
        raise Refused(_("There is a hold on this case already."))
    return Hold.objects.create(case=case, key=case.key, kind=kind, reason=reason, placed_at=timezone.now(), placed_by=by)


@action("retention.lift")
def lift(*, by, hold):
    """End a hold, told by its UUID because who lifts it reads nothing of the case. Two people do it: see romsai.core.second."""
    held = Hold.objects.select_for_update().get(uuid=hold)
    if held.lifted_at:
        raise Refused(_("This hold was lifted already."))
    if any(worker and _kept_from(worker, "case").filter(case_id=held.case_id).exists() for worker in (by, access.current().actor)):
        raise access.Forbidden("Kept from this case.")
    held.lifted_at, held.lifted_by = timezone.now(), by
    held.save(update_fields=["lifted_at", "lifted_by"])
    return held


def _case(number, by):
    """To who is kept from the case it is not there: the accused neither erases nor holds what tells of them."""
    found = Case.objects.filter(number__iexact=number.strip()).exclude(pk__in=_kept_from(by, "case")).first()
    if found is None:
        raise Refused(_("There is no case with this number. Check it, and look in the ledger whether it was erased."))
    return found


def _kept_from(worker, what):
    return access.subjects[what].excluded(worker)


# what is due


@action("retention.note_due")
def note_due(*, by, what, found, first, last):
    """What is due among the records numbered after `first` to `last` (None: to the end), in place of what was noted of them before."""
    noted = Due.objects.filter(**{f"{what}__gt": first}, **({f"{what}__lte": last} if last else {}))
    noted.exclude(**{f"{what}__in": [record.pk for record, _term in found]}).delete()
    for record, term in found:
        facts = {"kind": term.kind, "counted_from": term.counted_from, "started_on": term.started_on, "due_on": term.due_on}
        Due.objects.update_or_create(**{what: record}, defaults=facts)


# decisions


@action("retention.draw_up")
def draw_up(*, by, ground, reason, number="", kind=""):
    """Draw up what two people shall decide: one case by its number, or all that is due in a class. Proposes it to a second person."""
    give_up_lapsed()
    if bool(number) == bool(kind):
        raise Refused(_("Give the number of one case, or choose a class."))
    lines = [_line_of(_case(number, by), ground)] if number else _lines_of(kind, by)
    if not lines:
        raise Refused(_("Nothing of this class is due."))
    made = Round.objects.create(by=by, ground=ground if number else Ground.SCHEDULE, kind=kind)
    Erasure.objects.bulk_create(Erasure(round=made, what=what, about=pk, kind=found) for what, pk, found in lines)
    second.propose("retention.erase", made, by=by, reason=reason)
    return made


def _line_of(case, ground):
    term = schedule.term_of(case)
    if case.merged_into_id:
        raise Refused(_("This case was merged into %(number)s: erase that one, and this one goes with it.") % {"number": case.merged_into})
    if term is None:
        raise Refused(_("This case is open. A case is erased only after it was closed."))
    if case.holds.running().exists():
        raise Refused(_("There is a legal hold on this case. Lift it first, with a second person."))
    if ground == Ground.SCHEDULE and (term.due_on > timezone.localdate() or schedule.is_awaited(case, term)):
        raise Refused(_("The time of keeping is not over. Choose another ground if there is one."))
    _refuse_twice(case.pk)
    return "case", case.pk, term.kind


def _refuse_twice(pk):
    open_ = Erasure.objects.filter(what="case", about=pk, state=Erasure.State.WAITING).exclude(round__state=Round.State.STOPPED)
    if open_.exists():
        raise Refused(_("This case is in a round already."))


def _lines_of(kind, by):
    taken = Erasure.objects.filter(state=Erasure.State.WAITING).exclude(round__state=Round.State.STOPPED).values("about")
    held = Hold.objects.running().values("case")
    due = Due.objects.filter(kind=kind).order_by("due_on", "pk")
    cases = due.filter(case__isnull=False).exclude(case__in=held).exclude(case__in=taken.filter(what="case")).exclude(case__in=_kept_from(by, "case"))
    reports = due.filter(report__isnull=False).exclude(report__in=taken.filter(what="report")).exclude(report__in=_kept_from(by, "report"))
    found = [("case", pk, kind) for pk in cases.values_list("case", flat=True)[:MOST]]
    return found + [("report", pk, kind) for pk in reports.values_list("report", flat=True)[: MOST - len(found)]]


def give_up_lapsed():
    """Rounds that nobody confirmed in time, or that somebody declined, are over. As the system."""
    waiting = Proposal.objects.waiting().filter(action="retention.erase").values("pk_of")
    Round.objects.filter(state=Round.State.DRAWN).exclude(pk__in=waiting).update(state=Round.State.STOPPED, finished_at=timezone.now())


@receiver(done)
def _declined(sender, record, **_told):
    if sender == "core.decline" and record.action == "retention.erase":
        Round.objects.filter(pk=record.pk_of, state=Round.State.DRAWN).update(state=Round.State.STOPPED, finished_at=timezone.now())


@action("retention.erase")
def erase(drawn, *, by):
    """The second person's yes. Nothing is gone yet: it waits as long as the country says, so that whoever knows better can stop it."""
    if drawn.state != Round.State.DRAWN:
        raise Refused(_("This round was decided or stopped already."))
    drawn.second, drawn.decided_at = access.current().actor, timezone.now()
    drawn.state, drawn.not_before = Round.State.WAITING, drawn.decided_at + schedule.wait()
    drawn.save()
    _go(drawn, at=drawn.not_before)
    return drawn


@action("retention.stop")
def stop(stopped, *, by):
    """Not after all. What was erased already stays erased; nothing more is."""
    if stopped.state in (Round.State.DONE, Round.State.STOPPED):
        raise Refused(_("This round is over."))
    stopped.state, stopped.stopped_by, stopped.finished_at = Round.State.STOPPED, by, timezone.now()
    stopped.save()
    for proposal in second.proposed_by(stopped.by, name="retention.erase", about=stopped):
        proposal.state, proposal.second_id, proposal.decided_at = Proposal.State.DECLINED, by.pk, stopped.finished_at
        proposal.save()
    return stopped


def _go(waiting, at=None):
    from romsai.retention import tasks

    jobs.later(tasks.move, at=at, once=f"retention-{waiting.pk}-{int(at.timestamp()) if at else 'now'}", round=waiting.pk)


# carried out


@action("retention.begin")
def begin(waiting, *, by):
    """Its day has come."""
    if waiting.state == Round.State.WAITING and waiting.not_before <= timezone.now():
        waiting.state = Round.State.RUNNING
        waiting.save(update_fields=["state"])
    return waiting


@action("retention.carry_out")
def carry_out(line, *, by):
    """Erase one record of a running round, once. One that is held, open again or gone meanwhile is kept and said so."""
    decided = Round.objects.select_related("by", "second").get(pk=line.round_id)
    if line.state != Erasure.State.WAITING or decided.state != Round.State.RUNNING:
        return line
    record = _record(line)
    why_not = _why_not(line, record, decided)
    if why_not is None:
        facts = {"kind": line.kind, "ground": decided.ground, "by": (decided.by, decided.second), "what": line.what}
        if line.what == "case":
            erasing.locked(erasing.scope_of_case(record))
            scope = erasing.scope_of_case(record)  # as it is now that nobody can be added to another case
            erasing.carry_out(scope, called=record.number, remnants=erasing.remnants_of(scope), **facts)
        else:
            remnants = [erasing.remnant_of_report(record)]
            erasing.carry_out(erasing.scope_of_report(record), called=str(record.uuid), remnants=remnants, **facts)
    line.state, line.done_at = why_not or Erasure.State.DONE, timezone.now()
    line.about = line.about if why_not else None
    line.save()
    return line


def _record(line):
    model = Case if line.what == "case" else Report
    return model.objects.select_for_update().filter(pk=line.about).first()


def _why_not(line, record, decided):
    if record is None:
        return Erasure.State.KEPT
    if line.what == "report":
        is_ready = schedule.term_of_report(record) and not record.links.exists()
        return None if is_ready else Erasure.State.KEPT
    if Hold.objects.running().filter(case__in=erasing.scope_of_case(record).cases).exists():
        return Erasure.State.HELD
    term = schedule.term_of(record)
    still = term is not None and (decided.ground != Ground.SCHEDULE or (term.due_on <= timezone.localdate() and not schedule.is_awaited(record, term)))
    return None if still else Erasure.State.KEPT


@action("retention.keep")
def keep(line, *, by):
    """It cannot be erased as things are: something else that stays needs it. The others of the round go on."""
    if line.state == Erasure.State.WAITING:
        line.state, line.done_at = Erasure.State.KEPT, timezone.now()
        line.save()
    return line


@action("retention.finish")
def finish(running, *, by):
    """Nothing of the round waits any more. Who proposed it and why was about these records: that goes too."""
    if running.state != Round.State.RUNNING or running.lines.filter(state=Erasure.State.WAITING).exists():
        return running
    running.state, running.finished_at = Round.State.DONE, timezone.now()
    running.save()
    for proposal in Proposal.objects.filter(model=running._meta.label, pk_of=running.pk).select_related("key"):
        crypto.shred(proposal.key)
    return running
