"""The work of this room that can be done on a case: its name as an order and as a fact, its page, its group."""

from django.utils.translation import gettext_lazy as _

from romsai.cases import lifecycle
from romsai.cases.models import CaseState, Guardian
from romsai.cases.panels import page, register_deed


def leads_to(target, through):
    return lambda case: lifecycle.find(case, target, through) is not None


def _guardians(case):
    return case.asked.get("guardian", ()) if hasattr(case, "asked") else Guardian.objects.filter(case=case)


FITS = {  # where an open case is not what is needed, or not enough
    "cases.write_note": lambda case: True,
    "cases.record_consent": lambda case: True,
    "cases.exclude": lambda case: True,
    "cases.seal": lambda case: not case.sealed,
    "cases.ask_guardian": lambda case: case.is_open and not any(guardian.asked_at for guardian in _guardians(case)),
    "cases.advance": lambda case: any(case.state in line.origin for line in lifecycle.TRANSITIONS if line.through == "advance"),
    "cases.ask_closure": leads_to(CaseState.CLOSURE_REQUESTED, "ask_closure"),
    "cases.suspend": leads_to(CaseState.SUSPENDED_UNREACHABLE, "suspend"),
    "cases.resume": leads_to(CaseState.REVIEW, "resume"),
    "cases.reopen": leads_to(CaseState.REOPENED, "reopen"),
    "cases.propose_merge": lambda case: case.state != CaseState.MERGED,
}

for action, label, done, url_name, group in [
    ("cases.record_visit", _("Record a visit or call"), _("Recorded a visit"), "cases:visit", "child"),
    ("cases.write_note", _("Write a note"), _("Wrote a note"), "cases:note", "child"),
    ("cases.make_safe", _("Write the safety plan"), _("Wrote the safety plan"), "cases:safety_plan", "child"),
    ("cases.set_risk", _("Set the risk"), _("Set the risk"), "cases:risk", "child"),
    ("cases.add_concern", _("Add a concern"), _("Added a concern"), "cases:concern", "child"),
    ("cases.add_person", _("Add a person"), _("Added a person"), "cases:person", "people"),
    ("cases.record_consent", _("Record a consent"), _("Recorded a consent"), "cases:consent", "people"),
    ("cases.ask_guardian", _("Ask for a guardian"), _("Asked for a guardian"), "cases:ask_guardian", "people"),
    ("cases.appoint_guardian", _("Record the guardian"), _("Recorded the guardian"), "cases:guardian", "people"),
    ("cases.advance", _("Go on to the next step"), _("Moved the case on"), "cases:advance", "course"),
    ("cases.ask_closure", _("Ask to close the case"), _("Asked to close the case"), "cases:close", "course"),
    ("cases.suspend", _("Set aside: child not found"), _("Set the case aside"), "cases:suspend", "course"),
    ("cases.resume", _("Go on: child found"), _("Went on with the case"), "cases:resume", "course"),
    ("cases.reopen", _("Reopen the case"), _("Reopened the case"), "cases:reopen", "course"),
    ("cases.propose_merge", _("Same child as another case"), _("Proposed a merge"), "cases:merge", "course"),
    ("cases.look_through", _("I have looked at this case"), _("Looked at the case as supervisor"), "cases:look_through", "team"),
    ("cases.assign", _("Give the case to a worker"), _("Gave the case to a worker"), "cases:assign", "team"),
    ("cases.release", _("Take a worker off the case"), _("Took a worker off the case"), "cases:release", "team"),
    ("cases.seal", _("Seal the case"), _("Sealed the case"), "cases:seal", "team"),
    ("cases.unseal", _("Take the seal off"), _("Took the seal off"), "cases:unseal", "team"),
    ("cases.exclude", _("Keep somebody from this case"), _("Kept somebody from the case"), "cases:exclude", "team"),
    ("cases.note_through_glass", _("Write what you did"), _("Wrote a note in an emergency"), "cases:glass_note", "child"),
    ("cases.pass_to_safeguarding", "", _("Passed a report to the safeguarding officer"), "", ""),
    ("cases.take_up", "", _("Took up a report about staff"), "", ""),
    ("cases.name_accused", "", _("Said whom a report is about"), "", ""),
    ("cases.keep_from_case", "", _("Kept the accused from a case"), "", ""),
    ("cases.close_allegation", "", _("Closed a report about staff"), "", ""),
    ("cases.break_glass", "", _("Opened the case in an emergency"), "", ""),
    ("cases.close_glass", "", _("Closed the case again"), "", ""),
    ("cases.review_glass", "", _("Judged an opening in an emergency"), "", ""),
    ("cases.lift_exclusion", "", _("Let somebody back to the case"), "", ""),
    ("cases.register", "", _("Opened the case"), "", ""),
    ("cases.register_group", "", _("Opened cases for many children"), "", ""),
    ("cases.link_report", "", _("Added a report to the case"), "", ""),
    ("cases.decide_concern", "", _("Decided on a concern"), "", ""),
    ("cases.withdraw_consent", "", _("Recorded that a consent was taken back"), "", ""),
    ("cases.start_assessment", "", _("Began a questionnaire"), "", ""),
    ("cases.answer_assessment", "", _("Answered a questionnaire"), "", ""),
    ("cases.finish_assessment", "", _("Finished a questionnaire"), "", ""),
    ("cases.export_htcds", "", _("Took out the answers as an HTCDS file under a pseudonym"), "", ""),
    ("cases.ask_approval", "", _("Asked for an approval"), "", ""),
    ("cases.decide", "", _("Answered a question"), "", ""),
    ("cases.merge", "", _("Merged two cases"), "", ""),
    ("cases.undo_merge", "", _("Took a merge back"), "", ""),
    ("cases.log_call", "", _("Called a reporter back"), "", ""),
    ("people.add_person", "", _("Added a person"), "", ""),
    ("people.add_name", "", _("Added a name"), "", ""),
    ("people.correct_name", "", _("Corrected a name"), "", ""),
    ("people.add_contact", "", _("Added a way to reach somebody"), "", ""),
    ("cases.report", "", _("Wrote a report down"), "", ""),
    ("cases.add_to_report", "", _("Added to a report"), "", ""),
    ("cases.answer_reporter", "", _("Wrote to the reporter"), "", ""),
    ("cases.start_screening", "", _("Began to screen a report"), "", ""),
    ("cases.screen_out", "", _("Screened a report out"), "", ""),
    ("cases.confirm_screened_out", "", _("Took a second look at a report"), "", ""),
    ("cases.known_child", "", _("Looked whether a child is known"), "", ""),
    ("cases.notice_late", "", _("Noticed that something is late"), "", ""),
    ("cases.notice_late_report", "", _("Noticed that something is late"), "", ""),
    ("cases.escalate", "", _("Told the manager of something long late"), "", ""),
    ("cases.expire", "", _("Passed an unanswered question on"), "", ""),
    ("cases.near_eighteen", "", _("Noticed that the child turns 18"), "", ""),
    ("read", "", _("Read the case outside any page"), "", ""),  # jobs, commands
    ("people.add_listed", "", _("Brought people in from a list"), "", ""),
    ("people.take_back", "", _("Took people of a list back"), "", ""),
    ("people.add_identifier", "", _("Added a number on a paper"), "", ""),
    ("people.correct_contact", "", _("Corrected a way to reach somebody"), "", ""),
    ("people.correct_person", "", _("Corrected what is known of a person"), "", ""),
    ("people.relate", "", _("Noted how two people are related"), "", ""),
    ("people.correct_relation", "", _("Corrected how two people are related"), "", ""),
    ("people.add_address", "", _("Added an address"), "", ""),
]:
    fits = {"fits": FITS[action]} if action in FITS else {}
    register_deed(action, label, done, url_name=url_name, group=group, **fits)

for url_name, words in [
    ("cases:caseload", _("My cases")),
    ("cases:board", _("The board of the team")),
    ("cases:team", _("The list of the team’s cases")),
    ("cases:reassign", _("Cases to give to others")),
    ("cases:approvals", _("Questions that wait for an answer")),
    ("cases:approval", _("A question that waits for an answer")),
    ("cases:merge_decision", _("Two cases side by side")),
    ("cases:known_child", _("Whether a child is known")),
    ("cases:reports", _("Reports waiting")),
    ("cases:new_report", _("A new report")),
    ("cases:report", _("A report")),
    ("cases:log_call", _("A call back to a reporter")),
    ("cases:start_screening", _("The screening of a report")),
    ("cases:screen_out", _("A report without a case")),
    ("cases:second_look", _("The second look at a report")),
    ("cases:answer_reporter", _("A message to the reporter")),
    ("cases:register", _("A report to be registered")),
    ("cases:register_group", _("A report of many children to be registered")),
    ("cases:link_report", _("A report to be added to the case")),
    ("cases:case", _("The case")),
    ("cases:tab", _("The case")),
    ("cases:actions", _("The list of all actions")),
    ("cases:decide_concern", _("What was found of a concern")),
    ("cases:withdraw_consent", _("A consent to be taken back")),
    ("cases:assess", _("A questionnaire to begin")),
    ("cases:answer_assessment", _("A questionnaire to fill in")),
    ("cases:assessment", _("A questionnaire")),
    ("cases:break_glass", _("A case to be opened in an emergency")),
    ("cases:close_glass", _("A case to be closed again")),
    ("cases:glass_requests", _("What was opened in an emergency")),
    ("cases:glass_request", _("A case opened in an emergency")),
    ("cases:allegation", _("A report about staff")),
]:
    page(url_name, words)
