"""What an office kept in a table comes in by file; and a district is merged while a case in it is open."""

import time

import pytest

from tests.journeys.work import finds, opens_case, takes_report

ROWS, BAD = 600, 12


def a_list(tmp_path, manner, name="list.csv", *, mended=False):
    lines = ["รหัส,ชื่อ-นามสกุล,เพศ,วันเกิด"]
    for number in range(1, ROWS + 1):
        is_bad = number % (ROWS // BAD) == 0
        if mended and not is_bad:
            continue
        lines.append(
            f"{manner[-6:]}-{number},{'' if is_bad and not mended else f'ลิสต์ สมมุติ{number}'},{'หญิง' if number % 2 else 'ชาย'},{1 + number % 28}/3/{2553 + number % 8}"
        )
    path = tmp_path / name
    path.write_text("\n".join(lines), encoding="cp874")
    return path


def sends(someone, kind, path, **fields):
    someone.follows(kind)
    for label, text in fields.items():
        someone.fills(label.replace("_", " "), text)
    someone.page.set_input_files("input[type=file]", path)
    someone.presses("Send and read")
    return someone


def fragment(someone, path):
    """What a page asks for while somebody types."""
    return someone.page.request.get(someone.url + path).text()


def waits_for(someone, words, patience=90):
    """The page goes on by itself; without script it is asked for again."""
    if someone.manner != "with script off":
        someone.page.locator("main").get_by_text(words).first.wait_for(timeout=patience * 1000)
        someone.page.wait_for_load_state("load")
        return someone
    deadline = time.monotonic() + patience
    while words.casefold() not in someone.text().casefold():
        assert time.monotonic() < deadline, someone.text()
        time.sleep(0.5)
        someone.opens(someone.page.url)
    return someone


# With script on these pages are gone in test_killed_import.
@pytest.mark.parametrize("people", [pytest.param("with a finger", marks=pytest.mark.nightly), "with script off"], indirect=True)
def test_a_list_with_bad_rows_comes_in_is_mended_and_taken_back(people, tmp_path):
    head = people("manager")
    programme = f"School meals {head.manner}"
    head.follows("Bring in")
    told = {
        "Name_of_the_programme,_list_or_system_it_comes_from": programme,
        "What_may_other_agencies_be_told_of_it?": "Welfare Dok Fa, schools",
    }
    sends(head, "People of a programme", a_list(tmp_path, head.manner), **told)
    head.reads("ลิสต์ สมมุติ1", "What the columns mean")
    assert head.page.get_by_label("ชื่อ-นามสกุล").input_value() == "full_name"
    head.presses("Check the rows")
    waits_for(head, "Bring in 588 rows").reads("12", "There is no name.", "The first rows as they will come in")
    head.presses("Bring in 588 rows")
    waits_for(head, "were here already").reads("588", "12", "to be mended", "Take the whole import back")
    with head.page.expect_download() as saved:
        head.page.get_by_role("link", name="as CSV").click()
    assert len(saved.value.path().read_text(encoding="utf-8-sig").splitlines()) == 1 + BAD
    first = head.page.url
    head.follows("‹ What came in").reads("list.csv", "588")
    sends(head, "People of a programme", a_list(tmp_path, head.manner, "mended.csv", mended=True), **told)
    head.presses("Check the rows")
    waits_for(head, "Bring in 12 rows").presses("Bring in 12 rows")
    waits_for(head, "were here already").reads("12")
    desk = people("operator")
    assert "School meals" in fragment(desk, "/cases/known-child/?name=ลิสต์ สมมุติ51&born_2=2556")
    head.opens(first).follows("Take the whole import back")
    head.reads("Every row that nobody has worked with").presses("Take it back")
    waits_for(head, "could not be taken back").reads("588")


def test_a_district_is_merged_mid_case(people, romsai, tmp_path):
    desk = people("operator")
    takes_report(desk, "A boy of ten sorts rubbish in Khao Luek.", names="Tin", where="Khao Luek")
    number = opens_case(
        desk,
        "Tin Invented",
        sex="Male",
        age=10,
        concerns=[("Child labour", "Work below the minimum age")],
        worker="Kanda Phairote",
        area="Khao Luek",
    )
    path = tmp_path / "areas.csv"
    path.write_text("old code,new code,change,valid from,new name,parent code\nDM0105,DM0199,merged,2026-01-01,Great Hill,DM02\n")
    admin = people("admin")
    admin.opens("/").follows("Bring in")
    sends(admin, "Areas that changed", path)
    admin.presses("Check the rows")
    waits_for(admin, "Bring in 1 row").reads("What it touches", "Teams that answer for the new areas as well: 1")
    admin.presses("Bring in 1 row")
    waits_for(admin, "were here already")
    # Nobody has lost the boy: not his worker, not the manager of the old province, not who looks over all.
    for who in ("worker", "supervisor", "manager"):
        finds(people(who), number).reads("Tin Invented", "Khao Luek")
    # New reports are made for the area as it is now called.
    assert "Great Hill" in fragment(desk, "/cases/areas/?q=Great")
    assert "DM0105" not in fragment(desk, "/cases/areas/?q=Khao Luek")
    assert romsai.asks("select a.pcode from cases_case c join places_area a on a.id = c.area_id where c.number = %s", number) == [
        ("DM0105",)
    ]
    admin.follows("Take the whole import back").presses("Take it back")
    waits_for(admin, "could not be taken back")
    assert "DM0105" in fragment(desk, "/cases/areas/?q=Khao Luek")
