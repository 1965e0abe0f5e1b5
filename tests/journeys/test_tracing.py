"""A grandmother asks in Lao; a girl was registered in Thai letters under a nickname. Two agencies, neither shown the other before both agree.

The girl's worker goes about with a finger, the family's with script off, whoever compares the accounts by keyboard.
"""

import psycopg

from tests import plugin
from tests.journeys.someone import MANNERS
from tests.journeys.work import TODAY, act, answers_form, decides, finds, opens_case, takes_report, to_case

ANSWERS = {
    "What was the child called at home": "Noy. Grandmother called her little moon.",
    "Who are the brothers and sisters": "Two brothers, then she.",
    "What did the house look like": "On posts, beside a kapok tree.",
    "Which animals were there": "A grey buffalo.",
}
_FINGER, KEYBOARD, NO_SCRIPT = MANNERS
SCHEDULE = ("Within 3 days", "2 weeks", "1 month", "3 months", "6 months", "12 months")


def test_a_grandmother_finds_her_granddaughter_and_she_is_home_after_twelve_months(people, romsai):
    worker, number = a_girl_is_found(people)
    family = a_grandmother_asks(people)
    is_proposed(romsai)
    neither_side_is_shown_before_both_agree(worker, family, number)
    it_is_verified_blind(people, worker, family, number)
    it_is_decided(people, worker, family)
    she_comes_home(worker, romsai)


def a_girl_is_found(people):
    desk = people("operator")
    takes_report(desk, "A girl sleeps at the bus station and cries.", names="น้อย")
    number = opens_case(
        desk, "น้อย", nickname="น้อย", age=12, concerns=[("Family separation", "Separated child")], worker="Kanda Phairote",
        giver="Child", people=[("Family member", "Mother", "คำหล้า")],
    )  # fmt: skip
    worker = finds(people("worker"), number)
    worker.follows("Tracing").reads("Nobody is being looked for now").follows("Look for the family")
    worker.presses("Save and go on").reads("There is no consent to use data for family tracing")
    act(worker, "Record a consent")
    worker.picks("What was asked", "To use data for family tracing")
    worker.picks("Who was asked", "Child")
    worker.chooses("Answer", "Consent given")
    worker.presses("Save the answer")
    to_case(worker).follows("Tracing")
    worker.follows("Look for the family").presses("Save and go on").reads("Step 2 of 4")
    worker.follows("Cancel").reads("Step 3 of 4")
    worker.fills("Year", TODAY.year - 1)
    worker.picks("Why were they separated?", "Conflict")
    worker.presses("Save and go on").reads("Step 4 of 4")
    worker.fills("The village or street of the family", "บ้านโพนทอง")
    worker.fills("How many brothers and sisters", 2)
    worker.fills("Which of the children is this one?", 3)
    worker.presses("Save").reads("being compared", "Nobody who fits is known yet")
    return worker, number


def a_grandmother_asks(people):
    family = people("worker_tha_dao", manner=NO_SCRIPT)
    family.follows("A family looks for a child").reads("Step 1 of 4")
    family.presses("Save and go on").reads("There is a problem")
    family.fills("Name of who asks", "ບົວຈັນ")
    family.picks("Is to the child", "Grandparent")
    family.fills("Name of the child", "ນ້ອຍ ວົງສາ")
    family.chooses("Sex", "Female")
    family.fills("Or age in years", 11)
    family.fills("Where the family lives", "Pak Than")
    family.fills("What happened?", "ຫລານສາວຫາຍໄປຈາກຕະຫລາດ")
    family.chooses("Who answers for the search", "Nilar Hlaing")
    family.presses("Save and go on").reads("The search has begun", "Step 2 of 4")
    family.fills("Name of the mother", "ຄຳຫລ້າ ວົງສາ")
    family.presses("Save and go on").reads("Step 3 of 4")
    family.fills("Year", TODAY.year - 1)
    family.presses("Save and go on").reads("Step 4 of 4")
    family.fills("The village or street of the family", "ບ້ານໂພນທອງ")
    family.fills("How many brothers and sisters", 2)
    family.presses("Save").reads("being compared")
    return family


def is_proposed(romsai, tries=150):
    """The job that compares has seen all that was told: until then the page has less to show."""
    for _try in range(tries):
        if romsai.asks("select count(*), pg_sleep(0.2)::text from tracing_proposal where 'HOME' = any(reasons)")[0][0]:
            return
    raise AssertionError("nothing was proposed")


def neither_side_is_shown_before_both_agree(worker, family, number):
    to_case(worker).follows("Tracing")
    family.opens(family.page.url).reads("Nobody who fits is known yet").does_not_read(number, "Dok Fa Welfare Office")
    worker.reads("The name of the child is alike", "The mother’s name is alike", "The village or street of the family is alike")
    worker.does_not_read("ບົວຈັນ", "ນ້ອຍ ວົງສາ", "Tha Dao", "Nilar Hlaing")
    worker.opens("/workforce/notices/").follows("A search for a family has a possible match")
    worker.does_not_read("ນ້ອຍ ວົງສາ", "Tha Dao", "Nilar Hlaing")
    worker.chooses("Could it be this child?", "Yes, it may be").presses("Send the answer")
    worker.reads("Waits for the other side").does_not_read("ນ້ອຍ ວົງສາ", "Tha Dao", "Nilar Hlaing")

    family.opens("/workforce/notices/").follows("A search for a family has a possible match")
    family.does_not_read("น้อย", "Dok Fa", "Kanda Phairote", number)
    family.chooses("Could it be this child?", "Yes, it may be").presses("Send the answer")
    family.reads("Both sides agree", "Dok Fa Welfare Office", "Kanda Phairote", "น้อย").does_not_read(number)
    worker.opens(worker.page.url).reads("Both sides agree", "Tha Dao Welfare Office", "Nilar Hlaing", "ນ້ອຍ ວົງສາ", "Grandparent")


def it_is_verified_blind(people, worker, family, number):
    for someone, who in ((worker, "The girl, alone with Kanda"), (family, "Her grandmother, in her house")):
        someone.follows("Write down the answers of our side")
        someone.fills("Who answered?", who)
        for question, answer in ANSWERS.items():
            someone.fills(question, answer)
        someone.presses("Save the answers").reads("The answers are kept")
    family.reads("Somebody who took neither account compares").does_not_read("kapok")
    worker.opens(worker.page.url).does_not_read("kapok", "Compare the two accounts")

    supervisor = finds(people("supervisor", manner=KEYBOARD), number)
    supervisor.follows("Tracing")
    supervisor.arrives_by(supervisor.page.locator("section[aria-labelledby=matches] a"))
    supervisor.follows("Compare the two accounts").reads("kapok", "One account", "The other account").does_not_read("alone with Kanda")
    for question in ANSWERS:
        supervisor.chooses(question, "Alike")
    supervisor.ticks("Separate accounts by child and family match")
    supervisor.chooses("Do they belong together?", "Yes")
    supervisor.fills("Why do you judge so?", "Nobody else knows of the little moon.")
    supervisor.presses("Save the judgement").reads("both sides are told", "Relationship verified", "The way home")


def it_is_decided(people, worker, family):
    answers_form(family, "Family assessment before reunification", {"How was the family assessed?": "By a visit", "Does anybody suspected": "No"})
    answers_form(family, "Community assessment before return", {"Who there helps": "The village committee"})
    to_case(worker).follows("Tracing")
    worker.follows("Decide what is best for the child").reads("formal best-interests decision", "Durable solution for an unaccompanied or separated child")
    worker.fills("What does the child want?", "I want to go to grandmother.")
    worker.fills("Which options are there", "Home, or the foster family.")
    worker.ticks(
        "Child's views", "Family and close relations", "Safety and protection", "Identity incl. culture and language", "Health", "Education",
        "Development and continuity", "Special vulnerability", within="Which factors have you weighed?",
    )  # fmt: skip
    worker.chooses("What is best for the child?", "Reunification in country or place of origin")
    worker.fills("Why is this best for the child?", "She wants it and it is safe.")
    worker.fills("Who sat on the panel?", "Phet, welfare\nDr Sommai, hospital\nNoi, shelter")
    worker.fills_day("Decided on", TODAY)
    worker.fills_day("Looked at again on", TODAY.replace(year=TODAY.year + 1, day=1))
    worker.presses("Send to the supervisor").reads("at least three agencies")
    worker.ticks("Dok Fa Welfare Office", "Dok Fa Hospital", "Banyan House", within="Agencies on the panel")
    worker.presses("Send to the supervisor").reads("The supervisor is asked", "Waits for the supervisor")
    decides(people("supervisor"), "Reunification", reads=["I want to go to grandmother.", "Noi, shelter"])


def she_comes_home(worker, romsai):
    to_case(worker).follows("Tracing")
    worker.follows("Prepare the child and the family")
    worker.ticks(
        "The child knows what", "The child is fit", "The papers", "A school place", "The family has what", "The child has a card", "The family agreed"
    )
    worker.presses("Save").reads("What is ready is saved")
    worker.follows("Reunite")
    worker.fills_day("Day of the reunion", TODAY)
    for question, answer in {"Where was it?": "Village hall", "Who brought": "Kanda", "Who received": "Her grandmother"}.items():
        worker.fills(question, answer)
    worker.picks("Who does the child live with now?", "Kinship care")
    worker.ticks("Whoever brought and whoever received")
    worker.presses("Save the reunion").reads("The child is with the family")

    a_year_goes_by(romsai)
    for when in SCHEDULE:
        to_case(worker).follows("Follow-ups").follows(when)
        worker.chooses("Did you see the child?", "Yes")
        worker.chooses("Was the child seen alone for a part?", "Yes")
        worker.chooses("How is the child since the last time?", "Better")
        worker.presses("Save the follow-up")
    to_case(worker).follows("Tracing").follows("Say whether it has lasted")
    worker.chooses("Has it lasted?", "Yes")
    worker.fills("Why do you judge so?", "She goes to school and laughs.")
    worker.presses("Save").reads("The way home: Sustained at 12 months")


def a_year_goes_by(romsai):
    """What lies a year ahead is due: every day of the reunion and its visits moves back by as much."""
    with psycopg.connect(plugin.admin(romsai.database)) as admin:
        admin.execute("update care_followup set due_on = due_on - 365")
        admin.execute("update tracing_reunification set reunited_on = reunited_on - 365")
        admin.execute('update tracing_reunion set "on" = "on" - 365')
