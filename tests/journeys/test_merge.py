"""One girl was opened twice: in one team, and with two offices. Two supervisors say so, and one of them finds that it was not so after all."""

import time

from tests.journeys.work import finds, opens_case, takes_report, to_case

MOTHER = [("Family member", "Mother", "Bualai Invented")]


def searched(supervisor, pair=".rs-table a"):
    """The whole register is compared now; whoever asked reads the queue when it is done."""
    supervisor.opens("/cases/pairs/").reads("Perhaps registered twice").follows("Search now").presses("Search now")
    for _try in range(90):
        if "Last search" in supervisor.opens("/cases/pairs/").text() and supervisor.page.locator(pair).count():
            return supervisor
        time.sleep(0.5)
    raise AssertionError(supervisor.text())


def test_two_supervisors_merge_a_duplicate_that_was_found_and_undo_it(people, romsai):
    desk = people("operator")
    numbers = []
    for name, concern in (("Lamai Invented", "Work below the minimum age"), ("Lamay Invented", "Hazardous work")):
        takes_report(desk, "A girl carries bricks at the kiln.", names=name)
        numbers.append(opens_case(desk, name, age=12, concerns=[("Child labour", concern)], worker="Bounmy Saelee", people=MOTHER))
    kept, double = numbers
    clocks = "select kind, due_at from cases_deadline d join cases_case c on c.id = d.case_id where c.number = %s and done_at is null order by 1"
    due = romsai.asks(clocks, double)
    assert due

    first = searched(people("supervisor"))
    first.reads("Lamai Invented and Lamay Invented", "Mother’s name: the same").follows("Lamai Invented and Lamay Invented")
    first.reads("Is this one child?", kept, double, "Mother’s name: the same").presses("Yes, one child: propose to merge")
    first.reads("Lamai Invented", "Lamay Invented", "A second supervisor decides: whoever proposed it cannot.")

    second = people("supervisor2")
    second.opens("/cases/team/").follows(f"Same child? {kept} and {double}")
    second.reads("Are these two cases of one child?", "Lamai Invented", "Lamay Invented", "Hazardous work")
    second.presses("Yes, merge them").reads(f"{kept} is kept, {double} is marked as its duplicate")
    second.reads(kept, "Hazardous work")
    assert romsai.asks(clocks, double) == []

    # Whoever looks for the other case is led to the one that is kept; nothing more is written on it.
    worker = finds(people("worker2"), double)
    worker.reads("This case was merged into another.", kept).does_not_read("Record a contact")
    worker.follows("Open the case that is kept").reads(kept, "Lamai Invented")

    # Two sisters: the birth certificates say so. The supervisor finds the merge by the case and takes it back.
    finds(first, double).follows("see both side by side")
    first.reads("Merged on").presses("Take the merge back").reads(f"{kept} and {double} are two cases again")
    assert romsai.asks(clocks, double) == due  # nothing that was due is forgotten
    to_case(finds(worker, double)).reads("Lamay Invented", "Record a contact").does_not_read("This case was merged")
    assert romsai.asks("select state, merged_into_id from cases_case where number = %s", double) == [("REGISTERED", None)]


def test_a_duplicate_is_found_while_it_is_typed(people):
    lead = people("intake_lead")
    takes_report(lead, "A boy sleeps under the bridge.", names="Khamsing")
    number = opens_case(lead, "Khamsing Invented", sex="Male", age=9, concerns=[("Child labour", "Work below the minimum age")], worker="Chanda Rungfa")
    lead.opens("/")
    takes_report(lead, "A boy was seen under the bridge again.", names="ຄຳສິງ")
    types(lead, "ຄຳສິງ Invented", age=9).reads("Khamsing Invented", number).does_not_read("A desk officer")
    lead.follows("It is this child: add the report to the case").reads("Add this report to the case of Khamsing Invented?").presses("Yes, add it")
    lead.reads(number, "Khamsing Invented")


def types(someone, name, *, age):
    """Begins to open a case; what is known of such a child stands below the name before anything is sent."""
    someone.follows("Open a case").fills("Or age in years", age).fills("Name of the child", name)
    someone.page.locator("#known .rs-note").first.wait_for()
    return someone


def test_two_offices_learn_that_they_have_one_girl_when_both_agree_to_look(people, romsai):
    ours, number = "Phonsavan Invented", a_girl_in_two_offices(people)
    first = searched(people("supervisor"), "#asked ~ table a, section[aria-labelledby=asked] a")
    second = people("supervisor_tha_dao", manner="by keyboard only")
    first.reads("May be known elsewhere", ours).does_not_read("ພອນສະຫວັນ", "Tha Dao", "Nilar Hlaing")
    first.opens("/workforce/notices/").follows("A child of your team may be known elsewhere")
    first.reads("Name: speaks", "Waits for your answer", ours).does_not_read("ພອນສະຫວັນ", "Tha Dao", "Nilar Hlaing")
    second.opens("/workforce/notices/").follows("A child of your team may be known elsewhere")
    second.reads("ພອນສະຫວັນ").does_not_read(ours, "Dok Fa", "Kanda Phairote", number)

    officer = people("desk")
    officer.opens("/").follows("Very likely").reads("Dok Fa Welfare Office", "Tha Dao Welfare Office", "Both were asked").does_not_read(ours, "ພອນສະຫວັນ", number)

    for someone in (first, second):
        someone.chooses("Do you agree that both sides see both records?", "Yes")
        someone.fills("What is it for?", "Two offices plan for one girl.")
        someone.presses("Send the answer").reads("Your answer is kept")
    second.reads("Is this one child?", ours, "Dok Fa Welfare Office", "Kanda Phairote", "Mother’s name: ").does_not_read(number)
    first.opens("/workforce/notices/").follows("Both sides agreed to look at a possible match")
    first.reads("ພອນສະຫວັນ", "Tha Dao Welfare Office", "Nilar Hlaing").presses("Yes, one child: propose to merge")
    first.reads("The other side decides")
    second.opens(second.page.url).reads("The other side finds that it is one child").presses("Yes, one child: merge the two cases")
    second.reads("one case is kept, the other is marked as its duplicate")
    assert romsai.asks("select state from cases_case where number = %s", number) == [("REGISTERED",)]
    worker = people("worker_tha_dao")
    worker.opens("/cases/?list=all").does_not_read(ours)
    first.opens(first.page.url).presses("Take the merge back").reads("They are two cases again", "Is this one child?")
    assert romsai.asks("select count(*) from cases_case where state = 'MERGED'") == [(0,)]


def a_girl_in_two_offices(people):
    """Registered in the north; while the office in Tha Dao types her name in Lao it reads that a desk officer will call, and no more."""
    desk = people("operator")
    takes_report(desk, "A girl sells flowers at night.", names="Phonsavan")
    facts = {"age": 10, "concerns": [("Child labour", "Work below the minimum age")], "people": MOTHER}
    number = opens_case(desk, "Phonsavan Invented", worker="Kanda Phairote", nickname="Oy", **facts)
    other = people("operator_tha_dao")
    takes_report(other, "A girl begs at the ferry.", names="ພອນສະຫວັນ", where="Pak Than")
    types(other, "Phonsavan Invented", age=10)
    other.reads("A desk officer will contact you about this child").does_not_read(number, "Dok Fa Welfare Office")
    other.follows("Cancel")
    opens_case(other, "ພອນສະຫວັນ Invented", worker="Nilar Hlaing", nickname="Oy", **facts)
    worker = people("worker_tha_dao", manner="with script off").opens("/")
    worker.searches("Phonsavan Invented").follows("Ask whether another office knows this child")
    worker.presses("Ask").reads("A name alone is not enough to ask other offices")
    worker.fills("Age or year of birth", 10).presses("Ask")
    worker.reads("A desk officer will contact you about this child").does_not_read(number, "Dok Fa Welfare Office", "Kanda")
    people("desk").opens("/cases/pairs/").reads("Nilar Hlaing", "Dok Fa Welfare Office").does_not_read(number, "Phonsavan")
    return number
