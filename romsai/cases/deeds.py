"""The work of this room that can be done on a case: its name as an order and as a fact, its page, its group."""

from django.utils.translation import gettext_lazy as _

from romsai.cases.panels import register_deed

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
    ("cases.exclude", _("Keep somebody from this case"), _("Kept somebody from the case"), "cases:exclude", "team"),
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
    ("people.add_person", "", _("Added a person"), "", ""),
    ("people.add_name", "", _("Added a name"), "", ""),
    ("people.correct_name", "", _("Corrected a name"), "", ""),
    ("people.add_contact", "", _("Added a way to reach somebody"), "", ""),
    ("people.add_address", "", _("Added an address"), "", ""),
]:
    register_deed(action, label, done, url_name=url_name, group=group)
