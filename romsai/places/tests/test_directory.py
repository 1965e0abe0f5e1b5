"""A directory of contacts from a file: nothing of it may be offered to a child before somebody has called."""

from pathlib import Path

import pytest

from romsai.core import access
from romsai.places import codes, directory
from romsai.places.models import Agency, Facility

REAL = Path(__file__).parents[4] / "shared/data/service-directory/migrant_worker_institutions_2023.csv"
COUNTRIES = {item["alpha2"]: code for code, item in codes.get("country").items.items()}
INVENTED = """institution_id,name,name_km,country_code,address,contact_type,contact_value
1,Invented Child Helpline,,kh,,Facebook,https://example.org/helpline
1,Invented Child Helpline,,kh,,Phone,1280 (free)
2,Consulate of Rivermark,,th,"Road 1, Town",Phone,+66 37 230 204
2,Consulate of Rivermark,,th,"Road 1, Town",Phone,037 230 205
3,Invented Union,,kw,,Phone,+965 2222 2222
"""


@pytest.fixture
def invented(tmp_path):
    path = tmp_path / "directory.csv"
    path.write_text(INVENTED, encoding="utf-8")
    return path


def test_one_entry_an_institution_with_its_first_number(invented):
    entries = directory.read(invented)
    assert [(entry.name, entry.country, entry.kind, entry.phones) for entry in entries] == [
        ("Invented Child Helpline", "KH", "HELPLINE", ["1280"]),
        ("Consulate of Rivermark", "TH", "FOREIGN", ["+6637230204", "+6637230205"]),
        ("Invented Union", "KW", "NGO", ["+96522222222"]),
    ]


@pytest.mark.django_db
def test_entries_arrive_closed_and_once(invented):
    with access.system():
        assert directory.load(directory.read(invented), country_codes=COUNTRIES) == {"new": 2, "elsewhere": 1}
        assert directory.load(directory.read(invented), country_codes=COUNTRIES) == {
            "known": 2,
            "elsewhere": 1,
        }
        facility = Facility.objects.get(name="Invented Child Helpline")
        assert (facility.is_open, facility.checked_on, facility.phone) == (False, None, "1280")
        assert not Facility.objects.open().filter(name="Invented Child Helpline").exists()
        assert Agency.objects.filter(name="Invented Child Helpline", kind="HELPLINE").count() == 1


@pytest.mark.django_db
@pytest.mark.skipif(not REAL.exists(), reason="the real directory states no licence and is not part of this project")
def test_the_real_directory_is_read_whole():
    entries = directory.read(REAL)
    assert len(entries) == 78
    with_phone = [entry for entry in entries if entry.phones]
    print(f"\nreal directory: {len(entries)} institutions, {len(with_phone)} with a number that can be dialled")
    assert len(with_phone) > 50
    with access.system():
        counts = directory.load(entries, country_codes=COUNTRIES)
        assert counts["new"] + counts["known"] + counts["elsewhere"] == 78
        assert counts["new"] > 40
