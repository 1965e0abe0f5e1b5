"""Cases from another system: one row is one child's case. Report and case come about by the same actions as any other."""

from datetime import date, datetime, time

from django.utils import timezone
from django.utils.translation import gettext as __
from django.utils.translation import gettext_lazy as _

from romsai.cases import actions as cases
from romsai.cases import deadlines
from romsai.cases.models import Case, CaseState, Deadline, Event
from romsai.core import access, crypto
from romsai.core.keys import client as keys
from romsai.exchange.imports import values
from romsai.exchange.imports.kinds import Kind, pointing_at, register
from romsai.exchange.imports.mapping import Field, Option
from romsai.exchange.imports.persons import FIELDS, mark_of, name_of, order, person_of, text, told
from romsai.exchange.imports.wrong import Wrong
from romsai.exchange.models import ImportRow, Listing
from romsai.people import actions as people
from romsai.people import search
from romsai.places import codes
from romsai.places.models import Account, Area, Worker

# Where a case may begin here. Beyond planning stands a plan that somebody approved, and no file can bring that along.
STATES = ("REGISTERED", "INITIAL_ASSESSMENT", "FULL_ASSESSMENT", "PLANNING", "CLOSED")
CONSENTS = [
    ("CHILD", _("The child agreed, and the paper is there")),
    ("MOTHER", _("The mother agreed, and the paper is there")),
    ("FATHER", _("The father agreed, and the paper is there")),
    ("GUARDIAN", _("The guardian agreed, and the paper is there")),
    ("MANDATED_LAW", _("None was asked: the law demands the case")),
    ("CAREGIVER_ABSENT", _("None could be asked: nobody cares for the child")),
]
PAST = {
    "REGISTERED": (),
    "INITIAL_ASSESSMENT": ("FIRST_CONTACT",),
    "FULL_ASSESSMENT": ("FIRST_CONTACT", "INITIAL_ASSESSMENT"),
    "PLANNING": ("FIRST_CONTACT", "INITIAL_ASSESSMENT", "GUARDIAN"),
}
PERSON = tuple(field for field in FIELDS if field.name not in ("number",))


def _concerns(cell, context):
    return [values.coded("concern", part, context.words.get("concerns")) for part in values.several(cell)]


def _risk(cell, context):
    return values.coded("risk_level", cell, context.words.get("risk"))


def _state(cell, context):
    return values.coded("case_state", cell, context.words.get("state"), only=STATES)


def _heard(cell, context):
    return values.whole_day(cell, order=context.options.get("order", "DMY"), oldest=20).isoformat()


def _worker(cell, context):
    found = _workers(context.upload.agency_id).filter(name__iexact=cell.strip())
    if not found:
        found = _by_email(cell, context)
    if len(found) != 1:
        raise Wrong("worker", cell)
    return found[0].pk


def _by_email(cell, context):
    with access.accounts():
        ids = list(Account.objects.filter(email__iexact=cell.strip()).values_list("worker_id", flat=True))
    return list(_workers(context.upload.agency_id).filter(pk__in=ids))


def _workers(agency):
    return Worker.objects.active(on=timezone.localdate()).filter(agency=agency, role__in=["WORKER", "SUPERVISOR"], team__isnull=False)


@register
class Cases(Kind):
    name = "cases"
    label = _("Cases from another system")
    about = _(
        "Each row becomes a report and a case of one child. A case that was further on begins at planning: its plan is written and approved here."
    )
    fields = (
        Field("number", _("Case number there"), text, FIELDS[13].also, required=True),
        *PERSON,
        Field("worry", _("What the case is about"), text, ("description", "reason", "narrative", "summary", "เหตุผล", "รายละเอียด", "ເຫດຜົນ", "មូលហេតុ", "lý do", "案情", "keterangan")),
        Field("concerns", _("Concerns"), _concerns, ("concern", "protection concern", "protection_concerns", "type of case", "ประเภทปัญหา", "ບັນຫາ", "បញ្ហា", "vấn đề", "问题", "masalah"), many=True, is_vital=True, choices=lambda: codes.get("concern").choices()),
        Field("risk", _("Risk"), _risk, ("risk_level", "priority", "ความเสี่ยง", "ຄວາມສ່ຽງ", "ហានិភ័យ", "mức nguy cơ", "风险", "risiko"), is_vital=True, choices=lambda: codes.get("risk_level").choices()),
        Field("state", _("How far it is"), _state, ("status", "case status", "stage", "สถานะ", "ສະຖານະ", "ស្ថានភាព", "trạng thái", "状态", "status kasus"), is_vital=True, choices=lambda: codes.get("case_state").choices(only=STATES)),
        Field("heard_on", _("Day it was first heard of"), _heard, ("registered", "registration date", "date opened", "opened", "case opened", "วันที่รับแจ้ง", "ວັນທີຮັບ", "ngày tiếp nhận", "登记日期", "tanggal"), is_vital=True),
        Field("worker", _("Worker who answers for the child"), _worker, ("owner", "owned_by", "social worker", "caseworker", "assigned to", "ผู้รับผิดชอบ", "ຜູ້ຮັບຜິດຊອບ", "អ្នកទទួលបន្ទុក", "cán bộ", "负责人", "pekerja sosial"), is_vital=True),
    )  # fmt: skip
    options = (
        order,
        Option("worker", _("Worker for rows that name nobody"), lambda worker: [("", _("Nobody: keep such rows back")), *((str(w.pk), w.name) for w in _workers(worker.agency_id))]),
        Option("concern", _("Concern for rows that name none"), lambda worker: [("", _("None: keep such rows back")), *codes.get("concern").choices()]),
        Option("risk", _("Risk for rows that name none"), lambda worker: codes.get("risk_level").choices(only=["IMMEDIATE", "HIGH", "MEDIUM", "LOW"]), "MEDIUM"),
        Option("consent", _("Who agreed that your agency works on the case?"), lambda worker: CONSENTS, "MANDATED_LAW"),
        Option("area", _("P-code of the area for rows that name none")),
    )  # fmt: skip
    has_programme = True

    def also_wrong(self, facts, context):
        if not name_of(facts):
            yield "full_name", Wrong("no_name")
        options = context.options
        facts["concerns"] = list(dict.fromkeys(code for part in facts.get("concerns", ()) for code in part)) or [
            c for c in [options.get("concern")] if c
        ]
        if not facts["concerns"]:
            yield "concerns", Wrong("missing")
        if not facts.get("risk"):
            least = cases.least_risk(facts["concerns"]) if facts["concerns"] else "LOW"
            facts["risk"] = max(least, options.get("risk") or "MEDIUM", key=cases.ORDER.index)
        elif facts["concerns"] and cases.ORDER.index(facts["risk"]) < cases.ORDER.index(least := cases.least_risk(facts["concerns"])):
            yield "risk", Wrong("least_risk", codes.label("risk_level", facts["risk"]), least=codes.label("risk_level", least))
        if not facts.get("worker") and options.get("worker"):
            facts["worker"] = int(options["worker"])
        if not facts.get("worker"):
            yield "worker", Wrong("no_worker")
        if not facts.get("area"):
            try:
                facts["area"] = context.areas.find(options.get("area") or "").pk if options.get("area") else None
            except Wrong as wrong:
                yield "area", wrong
            if not facts["area"]:
                yield "area", Wrong("missing")

    def same(self, facts):
        return ("number", search.number_key(facts["number"]))

    def shown(self, facts):
        lines = told(facts, PERSON)
        lines.append((__("Concerns"), ", ".join(codes.label("concern", code) for code in facts["concerns"])))
        lines.append((__("Risk"), codes.label("risk_level", facts["risk"])))
        lines.append((__("Worker"), Worker.objects.get(pk=facts["worker"]).name))
        return lines

    def bring(self, rows, context, *, by):
        for row in rows:
            self._bring(row, context, by)

    def _bring(self, row, context, by):
        facts, programme = row.facts, context.upload.programme
        (mark,) = keys.tokens("receipt", [mark_of(programme, facts)])
        if Listing.objects.filter(programme=programme, mark=mark).exists():
            row.state = ImportRow.State.KNOWN
            return
        now = timezone.now()
        area = Area.objects.get(pk=facts["area"])
        heard = timezone.make_aware(datetime.combine(date.fromisoformat(facts["heard_on"]), time(12))) if facts.get("heard_on") else now
        report = cases.report(
            by=by, worry=facts.get("worry") or __("The case came from another system: %(name)s.") % {"name": programme.name},
            danger="unknown", channel="AGENCY", area=area, heard_at=min(heard, now), received_at=now, language=facts.get("language", ""),
            client_key=context.key(row, "report"),
        )  # fmt: skip
        child = person_of(facts, context.today) | {"addresses": [{"area": area, "text": facts.get("address") or None}]}
        parents = [
            {"role": "CAREGIVER", "relation": kind, "sex": sex, "names": [{"full": facts[name]}]}
            for name, kind, sex in (("mother", "MOTHER", "F"), ("father", "FATHER", "M"))
            if facts.get(name)
        ]
        case = cases.register(
            report, by=by, child=child, concerns=facts["concerns"], risk=facts["risk"], worker=Worker.objects.select_related("team__agency").get(pk=facts["worker"]),
            consent=_consent(context.options.get("consent") or "MANDATED_LAW"), area=area, participants=parents, client_key=context.key(row, "case"),
        )  # fmt: skip
        self._go_on(case, facts.get("state") or "REGISTERED", by, programme, now)
        Listing.objects.create(person=case.child, programme=programme, key_id=case.child.key_id, number=facts["number"], mark=mark)
        row.state, row.made_model, row.made_pk = ImportRow.State.DONE, Case._meta.label, case.pk

    def _go_on(self, case, state, by, programme, now):
        """The state it had there, as far as a file can vouch for it; said once on the timeline."""
        if state == "CLOSED":
            cases.move(case, CaseState.CLOSED, by=by, kind="IMPORTED", programme=programme.pk)
            _close(case, now)
            return
        cases.move(case, state, by=by, kind="IMPORTED", programme=programme.pk)
        deadlines.done(case, *PAST[state], at=now)

    def take_back(self, rows, context, *, by):
        found = Case.objects.select_related("child__key", "key").in_bulk([row.made_pk for row in rows])
        for row in rows:
            case = found[row.made_pk]
            if _is_built_on(case, row.done_at):
                row.state, row.wrong = ImportRow.State.KEPT, [Wrong("refused", __("Somebody has worked on this case by now.")).kept()]
                continue
            cases.move(case, CaseState.CLOSED, by=by, kind="IMPORT_UNDONE")
            _close(case, context.now)
            case.assignments.running().update(until_at=context.now)
            report_keys = [link.report.key for link in case.report_links.select_related("report__key")]
            others = [part.person for part in case.participants.select_related("person__key").exclude(person=case.child)]
            people.take_back(by=by, people=[case.child, *others])
            for key in (case.key, *report_keys):
                crypto.shred(key)
            Listing.objects.filter(person=case.child).update(mark=None, number=None, taken_back_at=context.now)
            row.state = ImportRow.State.UNDONE


def _consent(answer):
    if answer in ("MANDATED_LAW", "CAREGIVER_ABSENT"):
        return {"giver": "AUTHORITY", "decision": "OVERRIDDEN", "override_reason": answer}
    return {"giver": answer, "decision": "CONSENT", "how": "paper"}


def _close(case, at):
    """A case that ended elsewhere, or came in by mistake: no clock runs, nothing is live."""
    case.closed_at = at
    case.save(update_fields=["closed_at"])
    case.episodes.filter(closed_at__isnull=True).update(closed_at=at, reason="TRANSFERRED_CLOSE")
    case.concerns.live().update(state="REFERRED_OUT", decided_at=at)
    deadlines.stop_all(case, at=at)


def _is_built_on(case, since):
    """Has anybody written to the case since it came in? What the clock says by itself does not count."""
    for model, rows in pointing_at(case):
        if model is not Deadline and hasattr(model, "created_at"):
            rows = rows.filter(created_at__gt=since)
            if (rows.filter(by__isnull=False) if model is Event else rows).exists():
                return True
    return False
