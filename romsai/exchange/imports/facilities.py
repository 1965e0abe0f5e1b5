"""Entries of the directory of services. Nothing in such a file has been checked, so every entry arrives closed."""

from django.utils.translation import gettext as __
from django.utils.translation import gettext_lazy as _

from romsai.exchange.imports import values
from romsai.exchange.imports.kinds import Kind, pointing_at, register
from romsai.exchange.imports.mapping import Field, Option
from romsai.exchange.imports.persons import UNREADABLE, text
from romsai.exchange.imports.wrong import Wrong
from romsai.exchange.models import ImportRow
from romsai.places import actions as places
from romsai.places import codes, directory
from romsai.places.models import Agency, Area, Facility


def _area(cell, context):
    """An area by code or name, or a country by its two letters."""
    listed = codes.get("country")
    country = next((code for code in listed if listed.item(code).get("alpha2", "").casefold() == cell.strip().casefold()), None)
    return context.areas.find(country or cell).pk


def _services(cell, context):
    return [values.coded("service_type", part, context.words.get("services")) for part in values.several(cell)]


def _kind(cell, context):
    return values.coded("agency_type", cell, context.words.get("kind"))


@register
class Facilities(Kind):
    name = "facilities"
    label = _("Places and lines that help children")
    about = _("Every entry comes in closed: somebody calls it, and then opens it.")
    fields = (
        Field("name", _("Name"), lambda cell, context: " ".join(cell.split()), ("facility", "institution", "organisation", "organization", "provider", "ชื่อหน่วยงาน", "หน่วยงาน", "ຊື່ອົງການ", "ឈ្មោះអង្គភាព", "tên cơ sở", "机构名称", "nama lembaga"), required=True),
        Field("number", _("Number of the entry there"), text, ("institution_id", "id", "facility id", "provider id", "รหัส", "ລະຫັດ", "លេខកូដ", "mã", "编号", "kode")),
        Field("agency", _("Agency it belongs to"), text, ("agency", "parent organisation", "สังกัด", "ອົງການ", "cơ quan", "lembaga induk")),
        Field("kind", _("Kind"), _kind, ("type", "category", "ประเภท", "ປະເພດ", "ប្រភេទ", "loại", "类型", "jenis"), choices=lambda: codes.get("agency_type").choices()),
        Field("services", _("Services"), _services, ("service", "services offered", "บริการ", "ບໍລິການ", "សេវា", "dịch vụ", "服务", "layanan"), many=True, choices=lambda: codes.get("service_type").choices()),
        Field("area", _("Area"), _area, ("country", "country_code", "district", "province", "pcode", "จังหวัด", "อำเภอ", "ແຂວງ", "ເມືອງ", "ខេត្ត", "tỉnh", "省", "provinsi")),
        Field("address", _("Address"), text, ("street", "ที่อยู่", "ທີ່ຢູ່", "អាសយដ្ឋាន", "địa chỉ", "地址", "alamat")),
        Field("is_secret", _("The address is secret"), lambda cell, context: values.yes_no(cell), ("confidential", "secret", "ที่อยู่ลับ")),
        Field("phone", _("Telephone"), lambda cell, context: _phone(cell, context), ("contact_value", "telephone", "tel", "mobile", "hotline", "โทรศัพท์", "ໂທລະສັບ", "ទូរស័ព្ទ", "điện thoại", "电话", "telepon")),
        Field("capacity", _("How many places"), lambda cell, context: values.number(cell), ("capacity", "beds", "จำนวนเตียง", "ຈຳນວນ", "sức chứa", "床位", "kapasitas")),
        Field("from_age", _("From age"), lambda cell, context: values.age(cell), ("minimum age", "age from", "อายุตั้งแต่")),
        Field("to_age", _("To age"), lambda cell, context: values.age(cell), ("maximum age", "age to", "ถึงอายุ")),
    )  # fmt: skip
    options = (Option("unreadable", _("If a value that may be missing cannot be read"), lambda worker: UNREADABLE, "mend"),)
    batch = 50

    def also_wrong(self, facts, context):
        if facts.get("is_secret") and facts.get("address"):
            yield "address", Wrong("secret_address")
        if facts.get("agency") and not Agency.objects.filter(name__iexact=facts["agency"]).exists():
            yield "agency", Wrong("no_agency", facts["agency"])

    def shown(self, facts):
        lines = []
        for field in self.fields:
            value = facts.get(field.name)
            if value in (None, "", []):
                continue
            if field.name == "area":
                value = Area.objects.get(pk=value).name
            elif field.name == "services":
                value = ", ".join(codes.label("service_type", code) for part in value for code in part)
            elif field.name == "kind":
                value = codes.label("agency_type", value)
            elif field.name == "is_secret":
                value = __("yes")
            lines.append((field.label, str(value)))
        return lines

    def bring(self, rows, context, *, by):
        for row in rows:
            facts = row.facts
            known = _known(row, context.upload)
            if known:
                # A directory often has one line a telephone number: the first that can be read is kept.
                if not known.phone and facts.get("phone"):
                    known.phone = facts["phone"]
                    known.save(update_fields=["phone"])
                row.state = ImportRow.State.KNOWN
                continue
            made = self._facility(facts, by)
            row.state, row.made_model, row.made_pk = ImportRow.State.DONE, Facility._meta.label, made.pk
            row.save(update_fields=["state", "twin", "made_pk"])  # the next row of the entry looks for it

    def _facility(self, facts, by):
        area = Area.objects.get(pk=facts["area"]) if facts.get("area") else None
        kind = facts.get("kind") or directory.Entry(facts["name"], "").kind
        agency = Agency.objects.filter(name__iexact=facts.get("agency") or facts["name"]).first()
        if agency is None:
            agency = places.add_agency(by=by, name=facts["name"], kind=kind, area=area)
        services = list(dict.fromkeys(code for part in facts.get("services", ()) for code in part))
        limits = {name: facts.get(name) for name in ("from_age", "to_age", "capacity")}
        told = {
            "address": facts.get("address", ""),
            "is_confidential_address": bool(facts.get("is_secret")),
            "phone": facts.get("phone", ""),
        }
        if services:
            made = places.add_facility(
                by=by,
                agency=agency,
                name=facts["name"],
                kind=kind,
                area=area,
                services=[{"service": code, **limits} for code in services],
                **told,
            )
        else:  # nobody can be referred to it until somebody has called and named its services
            made = Facility(agency=agency, name=facts["name"], kind=kind, area=area, **told)
        made.is_open, made.checked_on = False, None
        made.save()
        return made

    def take_back(self, rows, context, *, by):
        found = Facility.objects.select_related("agency").in_bulk([row.made_pk for row in rows])
        for row in rows:
            facility = found.get(row.made_pk)
            if facility is None:
                row.state = ImportRow.State.UNDONE
            elif facility.is_open or facility.checked_on:
                row.state, row.wrong = (
                    ImportRow.State.KEPT,
                    [Wrong("refused", __("Somebody has checked or opened this entry by now.")).kept()],
                )
            elif _is_referred_to(facility):
                row.state, row.wrong = ImportRow.State.KEPT, [Wrong("refused", __("Something refers to this entry by now.")).kept()]
            else:
                agency = facility.agency
                facility.delete()
                if agency.name == facility.name and not _is_used(agency):
                    agency.delete()
                row.state = ImportRow.State.UNDONE


def _known(row, upload):
    """The entry that a row speaks of: the one of its number in this file, else one of its name, place and address."""
    facts = row.facts
    done = upload.rows.filter(state=ImportRow.State.DONE)
    others = Facility.objects.filter(name__iexact=facts["name"], area=facts.get("area"), address=facts.get("address", ""))
    if facts.get("number"):
        row.twin = facts["number"].encode()
        before = done.filter(twin=row.twin).values("made_pk")
        return Facility.objects.filter(pk__in=before).first() or others.exclude(pk__in=done.values("made_pk")).first()
    return others.first()


def _phone(cell, context):
    found = directory.phone(cell, context.options.get("country", "KH").upper()) or values.phone(cell)
    if not found:
        raise Wrong("phone", cell)
    return found


def _is_used(record, but=()):
    """Does any row of the database point at it?"""
    return any(rows.exists() for model, rows in pointing_at(record) if model not in but)


def _is_referred_to(facility):
    from romsai.places.models import FacilityService

    return _is_used(facility, but=(FacilityService,))
