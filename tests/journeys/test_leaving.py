"""A worker leaves. Twenty-five children each have somebody the same hour, and whoever left sees none of them any more."""

import subprocess
import sys

from romsai.launcher import ROOT
from tests.journeys.conftest import PASSWORD
from tests.journeys.test_import import waits_for

CASES = 25
# Twenty-five times the desk's long form is no journey: the team and its cases are there when it begins.
BEFORE = f"""
import django; django.setup()
from romsai.cases import actions as cases
from romsai.core import access
from romsai.places.models import Account, Area, Worker
with access.system():
    desk = Worker.objects.get(name="Malai Sornchai")
    lead = Worker.objects.get(name="Rattana Mekdee")
    town = Area.objects.get(pcode="DM0101")
    made = [Worker.objects.create(name=name, role="WORKER", agency=lead.agency, team=lead.team) for name in ("Somsak Leaving", "Arisa Taker", "Boun Taker")]
with access.accounts():
    for worker in made:
        Account.objects.create_user(worker.name.split()[0].lower() + "@rivermark.example", {PASSWORD!r}, worker=worker)
for number in range({CASES}):
    with access.acting(desk):
        report = cases.report(by=desk, worry="Picks onions at night.", danger="no", channel="HELPLINE", area=town)
        child = {{"sex": "FM"[number % 2], "birth_year": 2013, "age_basis": "STATED", "names": [{{"kind": "LEGAL", "full": f"Child {{number:02d}} Invented"}}]}}
        case = cases.register(report, by=desk, child=child, concerns=["LAB-UAG"], risk="HIGH" if number < 5 else "LOW", worker=made[0], consent={{"giver": "CHILD", "decision": "CONSENT", "how": "spoken"}}, language="lo")
with access.acting(lead):
    cases.exclude(cases.Case.objects.visible().get(pk=case.pk), by=lead, worker=made[1], reason="RELATED")
"""


def test_a_worker_leaves_and_25_cases_are_handed_over(people, romsai):
    done = subprocess.run([sys.executable, "-c", BEFORE], env=romsai.env, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    leaving = people("somsak")
    leaving.opens("/cases/").reads("25 open cases.")
    case = leaving.page.locator("main tbody a").first.get_attribute("href")

    # Nobody is switched off while children hang on them.
    admin = people("admin")
    switches_off(admin).reads("This worker still works on open cases.")

    lead = people("supervisor_west")
    lead.opens("/").follows("Workload of the team").reads("Somsak Leaving")
    row = lead.page.get_by_role("row").filter(has_text="Somsak Leaving")
    lead.follows("Hand over all", within=row).reads("Hand over the cases of Somsak Leaving", "25", "Child 07 Invented")
    lead.presses("Hand over all of these cases").reads("Choose at least one colleague who takes cases over.")
    lead.ticks("Arisa Taker", "Boun Taker").presses("Hand over all of these cases")
    waits_for(lead, "All 25 cases are done").reads("Arisa Taker", "Boun Taker").does_not_read("could not be handed over")

    led = dict(
        romsai.asks(
            """select w.name, count(*) from cases_assignment a join places_worker w on w.id = a.worker_id
            where a.until_at is null and a.is_lead and w.name in ('Somsak Leaving', 'Arisa Taker', 'Boun Taker') group by 1"""
        )
    )
    assert set(led) == {"Arisa Taker", "Boun Taker"} and sum(led.values()) == CASES and min(led.values()) >= 11, led
    arisa, boun = people("arisa"), people("boun")
    arisa.opens("/cases/").reads(f"{led['Arisa Taker']} open cases.").does_not_read("Child 24 Invented")  # she is related to that child
    boun.opens("/cases/").reads(f"{led['Boun Taker']} open cases.", "Child 24 Invented")
    arisa.opens("/workforce/notices/").reads("cases")

    leaving.opens("/cases/").reads("0 open cases.")
    leaving.opens(case)
    assert leaving.status == 404
    switches_off(admin).reads("The worker can no longer sign in.")
    leaving.opens("/cases/")
    assert "/login/" in leaving.page.url


def switches_off(admin):
    admin.opens("/").follows("Workers").follows("Somsak Leaving")
    return admin.follows("Deactivate").presses("Deactivate")
