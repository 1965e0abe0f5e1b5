"""Forty-two children are brought out of one house at once. They speak three languages; two workers share them."""

from tests.journeys.work import takes_report

# As the police typed them into a sheet: name or description, sex, age, language.
SHEET = "\n".join(
    f"child {number}, {'FM'[number % 2]}, {9 + number % 8}, {['Lao', 'Khmer', 'Burmese'][number % 3]}" for number in range(1, 43)
)


def test_forty_two_children_of_one_raid_are_typed_once(people, romsai):
    desk = people("operator")
    takes_report(
        desk, "Raid on a packing house: forty-two children worked and slept there.",
        danger="Yes", children=42, reporter="Police", channel="Police or joint operation", where="Ban Saeng",
    )  # fmt: skip
    desk.presses("Start screening")
    desk.follows("Open cases for 42 children")

    # What they share is written once; the children come from the sheet.
    desk.picks("What happened", "Raid or inspection")
    desk.fills("Paste the children from a sheet", SHEET)
    desk.presses("Put the lines into the table")
    assert desk.value("Name or description of child 42") == "child 42"
    assert desk.value("Age of child 42") == "11"
    desk.unfolds("Child labour")
    desk.ticks("Hazardous work")
    desk.chooses("Risk", "High")
    desk.picks("Who was asked", "Authority with legal power")
    desk.chooses("Answer", "Overridden")
    desk.picks("If overridden: why the case goes on without consent", "No caregiver can be found")
    desk.ticks("Kanda Phairote", "Bounmy Saelee", within="Who answers for the children")
    desk.presses("Open all cases")
    desk.reads("42 cases were opened and given to their workers")

    # Each worker has half, and whoever speaks one language stays together as far as that goes.
    shares = dict(romsai.asks(SHARES))
    assert sum(shares.values()) == 42
    assert max(shares.values()) - min(shares.values()) <= 1
    split = [language for language, workers in romsai.asks(TONGUES) if workers > 1]
    print(f"42 children, 2 workers: {shares}; languages that both must speak: {split}")
    assert len(split) <= 1

    worker = people("worker")
    worker.follows("My cases")
    worker.reads("child 3", "Hazardous work")
    supervisor = people("supervisor")
    supervisor.follows("Team")
    supervisor.reads("Kanda Phairote", "Bounmy Saelee")


OF_THE_RAID = "cases_case c join cases_reportcase l on l.case_id = c.id join cases_report r on r.id = l.report_id and r.children = 42 join cases_assignment a on a.case_id = c.id"
SHARES = f"select a.worker_id, count(*) from {OF_THE_RAID} group by 1"
TONGUES = f"select c.language, count(distinct a.worker_id) from {OF_THE_RAID} group by 1"
