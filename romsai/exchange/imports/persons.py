"""People of a programme's list: who they are, so that a child who is known is found. They are in no case."""

from django.utils.translation import gettext as __
from django.utils.translation import gettext_lazy as _

from romsai.cases.models import Participant
from romsai.core.keys import client as keys
from romsai.exchange.imports import values
from romsai.exchange.imports.kinds import Kind, register
from romsai.exchange.imports.mapping import Field, Option
from romsai.exchange.imports.wrong import Wrong
from romsai.exchange.models import ImportRow, Listing
from romsai.people import actions as people
from romsai.people import search
from romsai.places import codes

ORDERS = [("DMY", _("day, month, year: 27/03/2012")), ("MDY", _("month, day, year: 03/27/2012"))]
UNREADABLE = [
    ("mend", _("Keep the row back to be mended")),
    ("leave", _("Take the row without that value, and list it")),
]
IDENTIFIERS = ("NATIONAL_ID", "BIRTH_CERT", "PASSPORT", "FAMILY_BOOK", "REFUGEE", "MIGRANT", "SCHOOL")
MARGIN = 1  # years: an age tells the year of birth to within one

order = Option("order", _("In which order are days written?"), lambda worker: ORDERS, "DMY")
unreadable = Option("unreadable", _("If a value that may be missing cannot be read"), lambda worker: UNREADABLE, "mend")


def born(cell, context):
    oldest = None if context.options.get("archive") == "yes" else values.OLDEST
    return list(values.day(cell, order=context.options.get("order", "DMY"), oldest=oldest))


def area(cell, context):
    return context.areas.find(cell).pk


def sex(cell, context):
    known = context.words.get("sex", {})
    return known.get(cell.strip().casefold()) or values.sex(cell)


def language(cell, context):
    return values.coded("language", cell, context.words.get("language"))


def text(cell, context):
    return cell


def names(cell, context):
    return values.name(cell)


FIELDS = (
    Field("full_name", _("Full name"), names, ("name", "fullname", "child name", "childs name", "name of child", "ชื่อ", "ชื่อ-นามสกุล", "ชื่อสกุล", "ชื่อเด็ก", "ຊື່", "ຊື່ ແລະ ນາມສະກຸນ", "ឈ្មោះ", "គោត្តនាម និងនាម", "အမည်", "နာမည်", "họ và tên", "họ tên", "tên", "姓名", "名字", "nama", "nama lengkap", "pangalan"), is_vital=True),
    Field("given", _("Given name"), names, ("first name", "firstname", "given name", "forename", "first_name", "ชื่อตัว", "ชื่อจริง", "tên gọi", "名", "nama depan"), is_vital=True),
    Field("family", _("Family name"), names, ("surname", "last name", "lastname", "family name", "นามสกุล", "ນາມສະກຸນ", "គោត្តនាម", "họ", "姓", "nama belakang", "apelyido"), is_vital=True),
    Field("nickname", _("Nickname"), names, ("nick", "nick name", "called", "ชื่อเล่น", "ຊື່ຫຼິ້ນ", "ឈ្មោះហៅក្រៅ", "小名", "panggilan", "palayaw")),
    Field("other_names", _("Other names or spellings"), names, ("alias", "also known as", "aka", "other name", "name in english", "name_en", "name in latin", "first_and_surname", "ชื่อภาษาอังกฤษ", "ຊື່ພາສາອັງກິດ"), many=True),
    Field("sex", _("Sex"), sex, ("gender", "เพศ", "ເພດ", "ភេទ", "ကျား/မ", "လိင်", "giới tính", "性别", "jenis kelamin", "kasarian"), choices=lambda: codes.get("sex").choices()),
    Field("born", _("Date or year of birth"), born, ("dob", "date of birth", "birth date", "birthdate", "birthday", "year of birth", "yob", "วันเกิด", "วันเดือนปีเกิด", "ปีเกิด", "ວັນເດືອນປີເກີດ", "ວັນເກີດ", "ថ្ងៃខែឆ្នាំកំណើត", "မွေးသက္ကရာဇ်", "မွေးနေ့", "ngày sinh", "năm sinh", "出生日期", "tanggal lahir", "petsa ng kapanganakan")),
    Field("age", _("Age in years"), lambda cell, context: values.age(cell), ("age", "อายุ", "ອາຍຸ", "អាយុ", "အသက်", "tuổi", "年龄", "umur", "usia", "edad")),
    Field("area", _("Area"), area, ("district", "province", "p-code", "pcode", "adm1", "adm2", "admin area", "location", "อำเภอ", "จังหวัด", "ເມືອງ", "ແຂວງ", "ស្រុក", "ខេត្ត", "မြို့နယ်", "tỉnh", "huyện", "县", "省", "kabupaten", "provinsi")),
    Field("address", _("Address or how to find it"), text, ("village", "address", "ที่อยู่", "ບ້ານ", "ທີ່ຢູ່", "អាសយដ្ឋាន", "ភូមិ", "လိပ်စာ", "địa chỉ", "地址", "alamat", "tirahan")),
    Field("mother", _("Mother’s name"), names, ("mother", "mothers name", "name of mother", "มารดา", "ชื่อมารดา", "ชื่อแม่", "ແມ່", "ຊື່ແມ່", "ម្តាយ", "ឈ្មោះម្តាយ", "အမိအမည်", "tên mẹ", "họ tên mẹ", "母亲", "nama ibu")),
    Field("father", _("Father’s name"), names, ("father", "fathers name", "name of father", "บิดา", "ชื่อบิดา", "ชื่อพ่อ", "ພໍ່", "ຊື່ພໍ່", "ឪពុក", "ឈ្មោះឪពុក", "အဘအမည်", "tên cha", "tên bố", "父亲", "nama ayah")),
    Field("phones", _("Telephone"), lambda cell, context: values.phone(cell), ("phone", "telephone", "mobile", "tel", "phone number", "contact number", "โทรศัพท์", "เบอร์โทร", "ໂທລະສັບ", "ເບີໂທ", "ទូរស័ព្ទ", "ဖုန်း", "điện thoại", "电话", "手机", "telepon", "hp"), many=True),
    Field("number", _("Number in the programme"), text, ("unique_id", "id", "no", "case number", "beneficiary id", "client id", "registration number", "rec_id", "child id", "รหัส", "เลขที่", "ລະຫັດ", "លេខកូដ", "အမှတ်", "mã số", "编号", "nomor", "kode"), is_vital=True),
    Field("NATIONAL_ID", _("National identity number"), text, ("national id", "citizen id", "id card", "nin", "เลขบัตรประชาชน", "เลขประจำตัวประชาชน", "ບັດປະຈຳຕົວ", "អត្តសញ្ញាណប័ណ្ណ", "မှတ်ပုံတင်", "cccd", "cmnd", "身份证", "nik", "philsys")),
    Field("BIRTH_CERT", _("Number of the birth certificate"), text, ("birth certificate", "birth certificate number", "สูติบัตร", "ໃບເກີດ", "សំបុត្រកំណើត", "giấy khai sinh", "出生证", "akta kelahiran")),
    Field("PASSPORT", _("Number of the passport"), text, ("passport", "passport number", "หนังสือเดินทาง", "ພາສປອດ", "លិខិតឆ្លងដែន", "hộ chiếu", "护照", "paspor")),
    Field("FAMILY_BOOK", _("Number of the family or house book"), text, ("family book", "house registration", "ทะเบียนบ้าน", "ສຳມະໂນຄົວ", "សៀវភៅគ្រួសារ", "sổ hộ khẩu", "户口", "kartu keluarga", "kk")),
    Field("SCHOOL", _("School number"), text, ("school id", "student id", "student number", "รหัสนักเรียน", "ລະຫັດນັກຮຽນ", "学号", "nisn", "lrn")),
    Field("language", _("Language"), language, ("mother tongue", "ภาษา", "ພາສາ", "ភាសា", "ဘာသာစကား", "ngôn ngữ", "语言", "bahasa"), choices=lambda: codes.get("language").choices()),
)  # fmt: skip


def name_of(facts):
    """The name that is shown first: as a whole if it was given so, else given and family name."""
    return (
        facts.get("full_name") or " ".join(part for part in (facts.get("given"), facts.get("family")) if part) or facts.get("nickname", "")
    )


def person_of(facts, today):
    """What people.add_listed and cases.register take for a person, from the facts of a row."""
    full = name_of(facts)
    listed = [{"full": full, "given": facts.get("given"), "family": facts.get("family")}]
    if facts.get("nickname") and facts["nickname"] != full:
        listed.append({"full": facts["nickname"], "kind": "NICK"})
    listed += [{"full": other, "kind": "ALIAS"} for other in facts.get("other_names", ()) if other != full]
    coded = {"sex": facts.get("sex", "U"), "language": facts.get("language", "")}
    if facts.get("born"):
        year, month, on = facts["born"]
        coded |= {"birth_year": year, "birth_month": month, "birth_day": on, "age_basis": "STATED"}
    elif facts.get("age") is not None:
        coded |= {"birth_year": today.year - facts["age"], "birth_margin": MARGIN, "age_basis": "STATED"}
    papers = [{"kind": kind, "number": facts[kind]} for kind in IDENTIFIERS if facts.get(kind)]
    if facts.get("number"):
        papers.append({"kind": "OTHER", "number": facts["number"]})
    found = coded | {
        "names": listed,
        "identifiers": papers,
        "contacts": [{"kind": "PHONE", "value": value} for value in facts.get("phones", ())],
    }
    if facts.get("area") or facts.get("address"):
        found["addresses"] = [{"area_id": facts.get("area"), "text": facts.get("address") or None}]
    return found


def mark_of(programme, facts):
    """The text by which the same row is known again: the programme's own number, or all that the row says."""
    number = facts.get("number")
    told = search.number_key(number) if number else "|".join(f"{name}={facts[name]}" for name in sorted(facts) if name != "left_out")
    return f"list {programme.pk} {told}"


def marks_of(programme, several):
    """Marks of many rows with one question to the key process."""
    return keys.tokens("receipt", [mark_of(programme, facts) for facts in several])


@register
class Persons(Kind):
    name = "persons"
    label = _("People of a programme’s list")
    about = _("They are found when somebody asks whether a child is known. Nobody but your agency sees more than that.")
    fields = FIELDS
    options = (
        order,
        unreadable,
        Option("archive", _("Is this a historical list?"), lambda worker: [("no", _("No: people who may be living")), ("yes", _("Yes: years of birth may lie any time back"))], "no"),
    )  # fmt: skip
    batch = 250
    has_programme = True

    def also_wrong(self, facts, context):
        if not name_of(facts):
            yield "full_name", Wrong("no_name")

    def same(self, facts):
        return ("number", search.number_key(facts["number"])) if facts.get("number") else None

    def shown(self, facts):
        return told(facts, self.fields)

    def bring(self, rows, context, *, by):
        programme = context.upload.programme
        marks = marks_of(programme, [row.facts for row in rows])
        known = {bytes(mark) for mark in Listing.objects.filter(programme=programme, mark__in=marks).values_list("mark", flat=True)}
        new = []
        for row, mark in zip(rows, marks, strict=True):
            if mark in known:
                row.state = ImportRow.State.KNOWN
            else:
                known.add(mark)
                new.append((row, mark))
        folk = [person_of(row.facts, context.today) | {"relatives": list(_parents(row.facts))} for row, _mark in new]
        made = people.add_listed(by=by, people=folk, is_archive=context.options.get("archive") == "yes")
        listings = [
            Listing(person=person, programme=programme, key_id=person.key_id, number=row.facts.get("number"), mark=mark)
            for (row, mark), person in zip(new, made, strict=True)
        ]
        Listing.objects.bulk_create(listings)
        for (row, _mark), listing in zip(new, listings, strict=True):
            row.state, row.made_model, row.made_pk = ImportRow.State.DONE, Listing._meta.label, listing.pk

    def take_back(self, rows, context, *, by):
        listings = Listing.objects.select_related("person__key").in_bulk([row.made_pk for row in rows])
        persons = {listing.person_id for listing in listings.values()}
        in_cases = set(Participant.objects.filter(person__in=persons).values_list("person_id", flat=True))
        gone = []
        for row in rows:
            listing = listings[row.made_pk]
            if listing.person_id in in_cases:
                row.state, row.wrong = ImportRow.State.KEPT, [Wrong("refused", __("This person is part of a case by now.")).kept()]
            else:
                row.state = ImportRow.State.UNDONE
                gone.append(listing)
        people.take_back(by=by, people=[listing.person for listing in gone])
        Listing.objects.filter(pk__in=[listing.pk for listing in gone]).update(mark=None, number=None, taken_back_at=context.now)


def _parents(facts):
    for name, kind, code in (("mother", "MOTHER", "F"), ("father", "FATHER", "M")):
        if facts.get(name):
            yield {"kind": kind, "sex": code, "names": [{"full": facts[name]}]}


def told(facts, fields):
    """[(label, text)] of a row of a person, codes in words."""
    from romsai.core.dates import PartialDate, day_text
    from romsai.places.models import Area

    lines = []
    for field in fields:
        value = facts.get(field.name)
        if value in (None, "", []):
            continue
        if field.name == "born":
            value = day_text(PartialDate(*value))
        elif field.name == "sex":
            value = codes.label("sex", value)
        elif field.name == "area":
            value = Area.objects.get(pk=value).name
        elif field.name == "language":
            value = codes.label("language", value)
        lines.append((field.label, ", ".join(map(str, value)) if isinstance(value, list) else str(value)))
    return lines
