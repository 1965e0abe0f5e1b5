"""Areas and their changes: districts merged, split, renamed. A case keeps the area of its time; who answers for it does not lose it.

Three things move with a change. Teams and workers who answered for the old area answer for the new one as well, so that new
reports reach them. Whoever answers for the new area (or one above it) reaches the old cases, because a merged area counts as lying
in the one it became. And nobody who answered for the old area loses anything: its cases stay in it.
"""

from django.db.models import Q
from django.utils.translation import gettext as __
from django.utils.translation import gettext_lazy as _

from romsai.cases.models import Case
from romsai.exchange.imports import values
from romsai.exchange.imports.kinds import Kind, pointing_at, register
from romsai.exchange.imports.mapping import Field, Option
from romsai.exchange.imports.persons import order, text
from romsai.exchange.imports.wrong import Wrong
from romsai.exchange.models import AreaChange, ImportRow
from romsai.places.models import Area, AreaWithin, TeamArea, WorkerArea

KINDS = AreaChange.Kind
WORDS = {
    "MERGED": {"merged", "merge", "joined", "amalgamated", "yubo", "รวม", "ລວມ", "បញ្ចូល", "sáp nhập", "nhập", "合并", "digabung"},
    "SPLIT": {"split", "divided", "แยก", "ແຍກ", "បំបែក", "chia tách", "tách", "拆分", "dimekarkan"},
    "RENAMED": {"renamed", "rename", "recoded", "code changed", "เปลี่ยนชื่อ", "ປ່ຽນຊື່", "ប្តូរឈ្មោះ", "đổi tên", "更名", "ganti nama"},
    "OPENED": {"opened", "new", "created", "ตั้งใหม่", "ໃໝ່", "ថ្មី", "thành lập", "新设", "baru"},
    "ENDED": {"ended", "abolished", "closed", "dissolved", "ยุบ", "ຍຸບ", "លុប", "bãi bỏ", "撤销", "dihapus"},
}


def _kind(cell, context):
    plain = cell.strip().casefold()
    found = next((code for code, words in WORDS.items() if plain == code.casefold() or plain in words), None) or context.words.get(
        "kind", {}
    ).get(plain)
    if not found:
        raise Wrong("word", cell, some=", ".join(WORDS).lower())
    return found


def _old(cell, context):
    area = context.areas.with_code(cell)
    if area is None:
        raise Wrong("area", cell)
    return area.pk


def _day(cell, context):
    return values.whole_day(cell, order=context.options.get("order", "DMY"), past=False, oldest=150).isoformat()


@register
class Areas(Kind):
    name = "areas"
    label = _("Areas that changed")
    about = _(
        "Old areas end, new ones begin, cases keep the area of their time. Teams and workers who answered for the old area answer for the new one."
    )
    fields = (
        Field("old", _("P-code of the old area"), _old, ("old code", "old_code", "old pcode", "former code", "from code", "รหัสเดิม", "ລະຫັດເກົ່າ", "mã cũ", "旧代码", "kode lama")),
        Field("new", _("P-code of the new area"), text, ("new code", "new_code", "new pcode", "to code", "successor", "รหัสใหม่", "ລະຫັດໃໝ່", "mã mới", "新代码", "kode baru")),
        Field("kind", _("What happened"), _kind, ("change", "kind", "event", "type", "การเปลี่ยนแปลง", "ການປ່ຽນແປງ", "loại", "类型", "jenis"), required=True, choices=lambda: KINDS.choices),
        Field("on", _("From which day"), _day, ("valid from", "valid_from", "date", "effective", "effective date", "วันที่มีผล", "ວັນທີ", "ngày hiệu lực", "生效日期", "berlaku"), required=True),
        Field("name", _("Name of the new area in Latin letters"), text, ("new name", "new_name", "name", "name_en", "ชื่อใหม่", "tên mới", "nama baru")),
        Field("native_name", _("Its name in the country’s own script"), text, ("native name", "local name", "name_local", "ชื่อภาษาไทย", "ຊື່", "新名称")),
        Field("native_language", _("Language of that name"), text, ("language of name",)),
        Field("parent", _("P-code of the area that the new one lies in"), _old, ("parent", "parent code", "parent_code", "province code", "รหัสจังหวัด", "mã tỉnh")),
    )  # fmt: skip
    options = (
        order,
        Option("below", _("What becomes of the areas under an old one?"), lambda worker: [("END", _("They end with it")), ("MOVE", _("They go on, in the new area"))], "END"),
    )  # fmt: skip
    batch = 1
    tells_touched = True

    def also_wrong(self, facts, context):
        if not facts.get("kind") or not facts.get("on"):
            return
        kind, old = facts["kind"], Area.objects.filter(pk=facts.get("old")).first()
        if kind != "OPENED" and old is None:
            yield "old", Wrong("missing")
            return
        if kind in ("MERGED", "SPLIT", "RENAMED", "OPENED") and not facts.get("new"):
            yield "new", Wrong("missing")
            return
        if old and facts.get("new", "").upper() == old.pcode.upper():
            yield "new", Wrong("same_area")
        if old and old.valid_from and old.valid_from.isoformat() >= facts["on"]:
            yield "on", Wrong("area_before")
        if not facts.get("new"):
            return
        new = context.areas.with_code(facts["new"])
        if new is None and not facts.get("name"):
            facts["name"] = old.name if old and kind == "RENAMED" else ""
            if not facts["name"] and facts["new"] not in context.named:
                yield "name", Wrong("missing")
        elif new is not None and new.valid_until and new.valid_until.isoformat() <= facts["on"]:
            yield "new", Wrong("area_code_taken", facts["new"])
        if new is None and old is None and not facts.get("parent"):
            yield "parent", Wrong("area_parent", facts["new"])
        context.named.add(facts["new"])

    def context(self, upload):
        context = super().context(upload)
        context.named = set()  # new codes that an earlier row of the file has given a name
        return context

    def shown(self, facts):
        codes = dict(Area.objects.filter(pk__in=[facts.get("old"), facts.get("parent")]).values_list("pk", "pcode"))
        told = (
            dict(facts) | {name: codes[facts[name]] for name in ("old", "parent") if facts.get(name)} | {"kind": KINDS(facts["kind"]).label}
        )
        return [(field.label, str(told[field.name])) for field in self.fields if told.get(field.name)]

    def touched(self, upload, facts):
        """How many open cases, teams and workers stand in the areas that end."""
        old = [line["old"] for line in facts if line.get("old")]
        below = AreaWithin.objects.filter(ancestor__in=old).values("descendant")
        return [
            (
                __("Areas that end"),
                Area.objects.filter(pk__in=below).count() if upload.mapping["options"].get("below") != "MOVE" else len(set(old)),
            ),
            (__("Open cases, which keep the area of their time"), Case.objects.open().filter(area__in=below).count()),
            (__("Teams that answer for the new areas as well"), TeamArea.objects.filter(area__in=old).values("team").distinct().count()),
            (
                __("Workers who answer for the new areas as well"),
                WorkerArea.objects.filter(area__in=old).values("worker").distinct().count(),
            ),
            (__("Teams and workers of areas under them, to be given new ones"), _below_only(old)),
        ]

    def bring(self, rows, context, *, by):
        for row in rows:
            facts = row.facts
            old = Area.objects.filter(pk=facts.get("old")).first()
            new = Area.objects.filter(pcode__iexact=facts["new"]).first() if facts.get("new") else None
            if AreaChange.objects.filter(old=old, new=new, kind=facts["kind"], undone_at=None).exists() and (
                new or facts["kind"] == "ENDED"
            ):
                row.state = ImportRow.State.KNOWN
                continue
            change = _change(facts, old, new, context)
            row.state, row.made_model, row.made_pk = ImportRow.State.DONE, AreaChange._meta.label, change.pk

    def take_back(self, rows, context, *, by):
        for row in sorted(rows, key=lambda row: -row.number):  # the last change first
            change = AreaChange.objects.select_related("old", "new").get(pk=row.made_pk)
            reason = _undo(change, context.now)
            if reason:
                row.state, row.wrong = ImportRow.State.KEPT, [Wrong("refused", reason).kept()]
            else:
                row.state = ImportRow.State.UNDONE


def _below_only(old):
    under = AreaWithin.objects.filter(ancestor__in=old).exclude(descendant__in=old).values("descendant")
    return TeamArea.objects.filter(area__in=under).count() + WorkerArea.objects.filter(area__in=under).count()


def _change(facts, old, new, context):
    """One line of the list: the areas, what lies in what, and who answers."""
    kind, on = facts["kind"], facts["on"]
    made = {"new": new is None and bool(facts.get("new")), "ended": [], "moved": [], "within": [], "teams": [], "workers": []}
    if made["new"]:
        new = _begin(facts, old)
    if old is not None and kind != "OPENED":
        if kind != "ENDED" and context.options.get("below") == "MOVE":
            for child in old.children.filter(Q(valid_until=None) | Q(valid_until__gt=on)):
                made["moved"].append(child.pk)
                child.parent = new
                child.save(update_fields=["parent"])
        ending = Area.objects.filter(above__ancestor=old).filter(Q(valid_until=None) | Q(valid_until__gt=on)).order_by("pk")
        made["ended"] = [[area.pk, area.valid_until and area.valid_until.isoformat()] for area in ending]
        Area.objects.filter(pk__in=[pk for pk, _until in made["ended"]]).update(valid_until=on)
    if old is not None and new is not None:
        made["teams"] = _as_well(TeamArea, "team", old, new)
        made["workers"] = _as_well(WorkerArea, "worker", old, new)
        if kind in ("MERGED", "RENAMED"):  # of a split area nobody can say which part a case lies in
            made["within"] = _lies_in(old, new)
    return AreaChange.objects.create(old=old, new=new, kind=kind, on=on, made=made)


def _begin(facts, old):
    parent = Area.objects.filter(pk=facts.get("parent")).first() or (_now(old.parent) if old else None)
    return Area.objects.create(
        pcode=facts["new"].strip(), name=facts.get("name") or facts["new"], native_name=facts.get("native_name", ""),
        native_language=facts.get("native_language", "")[:10], level=parent.level + 1 if parent else old.level, parent=parent,
        country=parent.country if parent else old.country, valid_from=facts["on"],
    )  # fmt: skip


def _now(area):
    """What an area has become, following merges and new names; itself if it goes on."""
    seen = set()
    while area is not None and area.valid_until and area.pk not in seen:
        seen.add(area.pk)
        change = AreaChange.objects.filter(old=area, kind__in=["MERGED", "RENAMED"], undone_at=None).select_related("new").first()
        if change is None:
            break
        area = change.new
    return area


def _as_well(model, who, old, new):
    """Whoever answers for the old area answers for the new one too. Returns the ids of the lines added."""
    have = model.objects.filter(area=new).values(who)
    lines = model.objects.filter(area=old).exclude(**{f"{who}__in": have})
    return [model.objects.create(area=new, **{f"{who}_id": getattr(line, f"{who}_id")}).pk for line in lines]


def _lies_in(old, new):
    """The old area and all in it count as lying in the new one and in all above it. Returns the pairs that were not there before."""
    above = AreaWithin.objects.filter(descendant=new).values_list("ancestor_id", flat=True)
    below = AreaWithin.objects.filter(ancestor=old).values_list("descendant_id", flat=True)
    wanted = {(a, d) for a in above for d in below}
    there = set(AreaWithin.objects.filter(ancestor__in=list(above), descendant__in=list(below)).values_list("ancestor_id", "descendant_id"))
    fresh = sorted(wanted - there)
    AreaWithin.objects.bulk_create(AreaWithin(ancestor_id=a, descendant_id=d) for a, d in fresh)
    return fresh


def _undo(change, now):
    """Take one change back, or say why not."""
    made = change.made
    if made["new"] and (used := _used(change.new, made)):
        return used
    TeamArea.objects.filter(pk__in=made["teams"]).delete()
    WorkerArea.objects.filter(pk__in=made["workers"]).delete()
    for ancestor, descendant in made["within"]:
        AreaWithin.objects.filter(ancestor=ancestor, descendant=descendant).delete()
    for pk in made["moved"]:
        child = Area.objects.get(pk=pk)
        child.parent = change.old
        child.save(update_fields=["parent"])
    for pk, until in made["ended"]:
        Area.objects.filter(pk=pk).update(valid_until=until)
    new = change.new
    change.undone_at = now
    if made["new"] and not AreaChange.objects.filter(new=new, undone_at=None).exclude(pk=change.pk).exists():
        AreaChange.objects.filter(new=new).update(new=None)
        change.new = None
        change.save()
        new.delete()
    change.save()
    return ""


def _used(new, made):
    """Why the new area must stay, or nothing: somebody has worked with it."""
    added = {TeamArea: made["teams"], WorkerArea: made["workers"]}
    for model, rows in pointing_at(new):
        if model in (AreaChange, AreaWithin):
            continue
        if model is Area:
            rows = rows.exclude(pk__in=made["moved"])
        for line in AreaChange.objects.filter(new=new, undone_at=None) if model in added else ():
            rows = rows.exclude(pk__in=line.made["teams" if model is TeamArea else "workers"])
        if rows.exists():
            return __("Cases, teams or other areas belong to the new area by now.")
    return ""
