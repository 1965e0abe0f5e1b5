"""How the work of this room reads in the list of who did what."""

from django.utils.translation import gettext_lazy as __

from romsai.cases import panels

for action, done in [
    ("workforce.pass_on", __("Passed the case on to a colleague")),
    ("workforce.let_go", __("Took a colleague off the case")),
    ("workforce.note_on_case", __("Wrote a supervision note")),
    ("workforce.calendar", __("A calendar read what is due")),
]:
    panels.register_deed(action, "", done)
