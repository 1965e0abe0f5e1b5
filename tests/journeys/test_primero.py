"""An office brings its forms along from Primero: read, made into questionnaires, tried out and published by a second person."""

import json

from romsai.exchange.tests import primero
from tests.journeys.test_import import waits_for


def test_forms_of_primero_are_brought_in_tried_out_and_published_by_a_second(people, tmp_path):
    forms, lookups = tmp_path / "forms.json", tmp_path / "lookups.json"
    forms.write_text(json.dumps(primero.FORMS))
    lookups.write_text(json.dumps(primero.LOOKUPS))
    first, second = people("admin"), people("admin2")
    first.follows("Bring in").follows("Forms of Primero")
    first.page.set_input_files("input[type=file]", [forms, lookups])
    first.presses("Send and read")
    waits_for(first, "Questionnaires that would be made").reads("Forms in the file: 4", "The house", "français")
    first.unfolds("The house").reads("Pictures, recordings and papers are not part of a questionnaire.", "Photo (photo)")
    with first.page.expect_download() as saved:
        first.page.get_by_role("link", name="as CSV").click()
    assert "Primero fills this in by itself." in saved.value.path().read_text(encoding="utf-8-sig")
    first.presses("Make 2 questionnaires")
    waits_for(first, "Look at the questionnaires").reads("2", "came in")
    first.follows("Look at the questionnaires").reads("primero_house")
    first.opens("/forms/primero_house/1/").reads("Ask a second person to read and publish it.")
    second.opens("/forms/primero_house/1/").follows("Try it out")
    second.chooses("Where does the water come from?", "Well")
    second._settles()
    second.fills("How deep is the well?", 12).presses("Continue")
    second.ticks("All children go to school").presses("Continue")
    second.presses("Add").fills("Name", "Wan").fills("Age", 9)
    second.presses("Continue")
    second.fills("Animals: Cows", 2).fills("Animals: Pigs", 3).presses("Continue")
    second.reads("Check your answers", "Well", "12", "Wan", "9").presses("Finish")
    second.presses("Publish")
    first.opens("/").follows("Bring in").follows("forms.json, lookups.json").follows("Take the whole import back").presses("Take it back")
    waits_for(first, "could not be taken back").reads("This version was put to use.")
