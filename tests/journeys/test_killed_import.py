"""A large list comes in while its job is killed half-way: the manager's page goes on, and no row is half in, lost or doubled."""

import signal
import subprocess
import sys
import time

import psycopg
import pytest

from romsai.launcher import ROOT
from tests import plugin, running
from tests.journeys.test_import import sends, waits_for

PATIENCE = 300  # seconds
TAKE_UP = "import django; django.setup(); from romsai.exchange import tasks; tasks.take_up(0)"
TOLD = {
    "Name_of_the_programme,_list_or_system_it_comes_from": "Clinic cards",
    "What_may_other_agencies_be_told_of_it?": "Welfare Dok Fa, schools",
}


def a_list(tmp_path, rows, bad):
    lines = ["number,name,sex,date of birth"]
    for number in range(1, rows + 1):
        name = "" if number % (rows // bad) == 0 else f"Invented {number:05d}"
        lines.append(f"C-{number},{name},{'FM'[number % 2]},{2008 + number % 10}-0{1 + number % 9}-1{number % 9}")
    path = tmp_path / "list.csv"
    path.write_text("\n".join(lines))
    return path


@pytest.mark.parametrize(("rows", "bad"), [(600, 12), pytest.param(5000, 40, marks=pytest.mark.nightly)])
def test_an_import_killed_half_way_is_taken_up_again_on_the_same_page(people, romsai, tmp_path, rows, bad):
    head = people("manager")
    head.follows("Bring in")
    sends(head, "People of a programme", a_list(tmp_path, rows, bad), **TOLD)
    upload = head.page.url.rstrip("/").split("/")[-2]
    head.presses("Check the rows")
    waits_for(head, f"Bring in {rows - bad} rows").reads(str(bad), "There is no name.")

    def rows_in():
        rows = "select count(*) from exchange_importrow r join exchange_import i on i.id = r.upload_id where i.uuid = %s and r.state = 'DONE'"
        return romsai.asks(rows, upload)[0][0]

    def wait_until(is_so):
        deadline = time.monotonic() + PATIENCE
        while not is_so():
            assert time.monotonic() < deadline, f"{rows_in()} rows are in, and no more come"
            time.sleep(0.02)

    head.presses(f"Bring in {rows - bad} rows")
    wait_until(lambda: rows_in() > 0)
    killed = romsai.live.workers[-1]
    killed.send_signal(signal.SIGKILL)
    killed.wait()
    seen = rows_in()
    assert 0 < seen < rows - bad, "it was killed too early or too late to show anything"
    head.opens(head.page.url).reads("Coming in", f"of {rows - bad} rows")
    with psycopg.connect(plugin.admin(romsai.database)) as connection:  # as if the minute had passed after which one that stands still is looked for
        connection.execute("update exchange_import set worked_at = worked_at - interval '1 hour' where uuid = %s", [upload])
    subprocess.run([sys.executable, "-c", TAKE_UP], env=romsai.live.env, cwd=ROOT, check=True)
    running.works_on(romsai.live)
    waits_for(head, "were here already", patience=PATIENCE).reads(str(rows - bad), str(bad), "to be mended")
    assert rows_in() == rows - bad
    ((listed, marks, people_in, named),) = romsai.asks(
        "select count(*), count(distinct l.mark), count(distinct l.person_id), count(distinct n.person_id)"
        " from exchange_listing l join exchange_programme p on p.id = l.programme_id left join people_name n on n.person_id = l.person_id"
        " where p.name = 'Clinic cards'"
    )
    assert (listed, marks, people_in, named) == (rows - bad,) * 4, "none half in, none doubled"
