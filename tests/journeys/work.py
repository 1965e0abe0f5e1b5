"""Pieces of work that several journeys do, told once."""

import re
from datetime import date, timedelta

TODAY = date.today()


def takes_report(desk, worry, *, danger="No", **more):
    """The desk saves a report and opens it; the code for the reporter is returned. `more`: picks of the folded parts, by name."""
    desk.follows("New report")
    desk.chooses("Is a child in danger right now?", danger)
    desk.fills("What worries you?", worry)
    desk.unfolds("The child: signs of danger")
    desk.fills("Where the child is", more.get("where", "Mueang Dok Fa"))
    desk.fills("Names or nicknames of the child", more.get("names", ""))
    if "children" in more:
        desk.fills("How many children", more["children"])
    if "language" in more:
        desk.picks("Language the child speaks", more["language"])
    desk.unfolds("Who tells us")
    desk.picks("Who tells us", more.get("reporter", "Neighbour"))
    if more.get("reporter_is_alleged"):
        desk.ticks("This person is said to have harmed the child")
    desk.unfolds("How and when it reached us")
    desk.picks("How it reached us", more.get("channel", "Telephone helpline"))
    desk.presses("Save the report")
    desk.reads("The report is saved", "Code for the reporter")
    code = desk.page.locator("[data-receipt]").inner_text()
    desk.follows("Open the report")
    return code


def opens_case(
    desk,
    name,
    *,
    concerns,
    worker,
    risk="Medium",
    sex="Female",
    age=14,
    giver="Mother",
    answer="Consent given",
    why="",
    people=(),
    seal=False,
    **more,
):
    """From the page of a report to a case; its number is returned. `concerns`: (group, concern); `people`: (part, relation, name)."""
    desk.follows("Open a case")
    desk.fills("Name of the child", name)
    if "nickname" in more:
        desk.fills("Nickname", more["nickname"])
    if "other_script" in more:
        desk.fills("The name in another script", more["other_script"])
    desk.chooses("Sex", sex)
    desk.fills("Or age in years", age)
    desk.picks("How the age is known", "Stated by child or family")
    desk.picks("Who the child lives with", more.get("care", "With one parent"))
    for group, concern in concerns:
        desk.unfolds(group)
        desk.ticks(concern)
    desk.chooses("Risk", risk)
    desk.fills("Reasons for the risk", more.get("reasons", ""))
    desk.picks("Who was asked", giver)
    desk.chooses("Answer", answer)
    if why:
        desk.picks("If overridden: why the case goes on without consent", why)
    for number, (part, relation, who) in enumerate(people, 1):
        desk.unfolds(f"Person {number}")
        place = desk.page.locator("details", has=desk.page.locator("summary", has_text=f"Person {number}"))
        desk.picks("Part in the case", part, within=place)
        desk.picks("Is to the child", relation, within=place)
        desk.fills("Name", who, within=place)
    desk.chooses("Who answers for the child", worker)
    if seal:
        desk.ticks("Seal this case")
    desk.presses("Open the case")
    desk.reads("was opened")
    return re.search(r"Case (\S+) was opened", desk.text())[1]


def finds(worker, number):
    """The case of this number, by the box at the top of every page."""
    worker.searches(number)
    worker.arrives_by(worker.page.locator("main .rs-tasks a"))
    return worker.reads(number)


def to_case(worker):
    """Back to the page of the case from any page of it."""
    here = re.search(r"/cases/([0-9a-f-]{36})/", worker.page.url)
    overview = worker.page.locator(f"main a[href='/cases/{here[1]}/']") if here else None
    if here is None or not overview.count():
        worker.arrives_by(worker.page.locator(".rs-back a"))
        return to_case(worker)
    if not worker.page.url.endswith(f"/cases/{here[1]}/"):
        worker.arrives_by(overview)
    return worker


def act(worker, deed):
    """Choose something from all actions of the case."""
    to_case(worker)
    worker.follows("All actions")
    worker.follows(deed)
    return worker


def goes_on(worker, step):
    act(worker, "Go on to the next step")
    worker.reads("Everything for this step is there")
    worker.chooses("Next step", step)
    worker.presses("Go on")
    worker.reads("The case is in its next step")
    return worker


def meets(worker, *, words, summary, kind="Home visit", outcome=""):
    """A contact: the child seen, for a part alone, and safe today."""
    to_case(worker).follows("Record a contact")
    worker.picks("What kind of contact", kind)
    worker.chooses("Did you see the child?", "Yes")
    worker.chooses("Was the child seen alone for a part?", "Yes")
    worker.chooses("Is the child safe today?", "Yes")
    worker.fills("In the child’s own words", words)
    worker.fills("What happened", summary)
    if outcome:
        worker.picks("Since the last time", outcome)
    worker.presses("Save the contact")
    worker.reads("The contact is recorded")
    return worker


def answers_form(worker, title, said, **otherwise):
    """Work through a questionnaire of the case and finish it."""
    to_case(worker).follows("Assessments")
    worker.follows(title)
    worker.presses("Begin")
    worker.answers(said, **otherwise)
    worker.presses("Finish")
    worker.reads("Finished", title)
    return worker


def makes_safe(worker, steps):
    act(worker, "Write the safety plan")
    worker.fills("What keeps the child safe", steps)
    worker.fills_day("Holds until", TODAY + timedelta(days=21))
    worker.presses("Save the safety plan")
    return worker


def decides_concerns(worker, *concerns, found="Substantiated"):
    for concern in concerns:
        to_case(worker).follows(concern)
        worker.chooses("What was found", found)
        worker.presses("Save")
    return worker


def plans(worker, *, goals, view):
    """Write a plan. `goals`: {goal: [(action, who, concerns)]}."""
    act(worker, "Write the care plan")
    worker.presses("Start the plan")
    sets_goals(worker, goals)
    worker.fills("What does the child want", view)
    worker.presses("Save the child's view")
    return worker


def sets_goals(worker, goals):
    for goal, lines in goals.items():
        for number, (action, who, concerns) in enumerate(lines):
            worker.fills("What will be done?", action)
            if number:
                worker.chooses("For which goal?", goal)
            elif worker.has_question("Or a new goal"):
                worker.fills("Or a new goal", goal)
            else:
                worker.fills("For which goal?", goal)
            worker.picks("Who does it?", who)
            worker.fills_day("By which day?", TODAY + timedelta(days=14))
            worker.ticks(*concerns, within="Which concerns does it help with?")
            worker.presses("Add the action")
            worker.reads("The action is in the plan")


def refers(worker, service, provider, *, need, giver="Child", levels=(), words=""):
    """Look for a provider, ask, check what goes along, send."""
    act(worker, "Refer to a service")
    worker.picks("Which service?", service)
    worker.presses("Search")
    worker.follows(f"Refer to {provider}")
    worker.fills("What does the child need?", need)
    worker.picks("Who was asked", giver)
    worker.chooses("Answer", "Consent given")
    worker.fills("In their own words", words)
    worker.ticks(*levels, within="What may they read?")
    worker.presses("Check what will be sent")
    worker.reads("will read this and nothing else")
    worker.presses("Send the referral")
    worker.reads("The referral is sent")
    return worker


def decides(supervisor, question, answer="Approve", *, reads=(), why=""):
    """Open the newest question of this kind, read what is needed to judge it, and answer."""
    supervisor.follows("Approvals")
    supervisor.follows(question)
    supervisor.reads(*reads)
    supervisor.chooses("What do you decide?", answer)
    if why:
        supervisor.fills("Reasons or questions", why)
    supervisor.presses("Send the answer")
    supervisor.reads("Your answer is sent")
    return supervisor
