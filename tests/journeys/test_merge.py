"""One girl was opened twice. Two supervisors say so, and one of them finds that it was not so after all."""

from tests.journeys.work import act, finds, opens_case, takes_report, to_case


def test_two_supervisors_merge_a_duplicate_case_and_undo_it(people, romsai):
    desk = people("operator")
    numbers = []
    for name, concern in (("Lamai Invented", "Work below the minimum age"), ("Lamay Invented", "Hazardous work")):
        takes_report(desk, "A girl carries bricks at the kiln.", names=name)
        numbers.append(opens_case(desk, name, age=12, concerns=[("Child labour", concern)], worker="Bounmy Saelee"))
    kept, double = numbers
    clocks = "select kind, due_at from cases_deadline d join cases_case c on c.id = d.case_id where c.number = %s and done_at is null order by 1"
    due = romsai.asks(clocks, double)
    assert due

    first = people("supervisor")
    finds(first, kept)
    act(first, "Same child as another case")
    first.fills("Number of the other case", "DOK-2020-99999").presses("Propose to merge").reads("There is no case with this number")
    first.fills("Number of the other case", double).presses("Propose to merge")
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
