"""A small configuration in the shape that Primero exports; every word of it is invented."""

import io
import json
import zipfile


def form(called, *fields, **more):
    return {"unique_id": called, "parent_form": "case", "name": {"en": called.replace("_", " ").title()}, "fields": list(fields), **more}


def field(name, kind="text_field", label="", **more):
    return {"name": name, "type": kind, "display_name": {"en": label or name.replace("_", " ").capitalize()}, **more}


LOOKUPS = [
    {
        "unique_id": "lookup-water",
        "name": {"en": "Water", "fr": "Eau"},
        "values": [
            {"id": "well", "display_text": {"en": "Well", "fr": "Puits", "km": "អណ្តូង"}},
            {"id": "river", "display_text": {"en": "River", "fr": "Rivière"}},
            {"id": "old tank", "display_text": {"en": "Old tank"}, "disabled": True},
        ],
    },
    {"unique_id": "lookup-unused", "name": {"en": "Unused"}, "values": [{"id": "x", "display_text": {"en": "X"}}]},
]
HOUSE = form(
    "house",
    field("system_number", disabled=True),
    field("seen_on", "date_field", "Day of the visit", date_validation="not_future_date", selected_value="today", required=True),
    field("water", "select_box", "Where does the water come from?", option_strings_source="lookup lookup-water"),
    field("well_depth", "numeric_field", "How deep is the well?", display_conditions_record={"eq": {"water": "well"}}),
    field("district", "select_box", option_strings_source="Location"),
    field("about_school", "separator", "School"),
    field("at_school", "tick_box", "All children go to school", tick_box_label={"en": "Yes"}),
    field("why_not", "textarea", "Why not?", display_conditions_record={"not": {"eq": {"at_school": True}}}),
    field("children", "subform", "Children of the house", subform_section_unique_id="house_children"),
    field("counted", "tally_field", "Animals", option_strings_text={"en": [{"id": "cow", "display_text": "Cows"}, {"id": "pig", "display_text": "Pigs"}]}, autosum_total=True),
    field("photo", "photo_upload_box"),
    name={"en": "The house", "fr": "La maison"},
)  # fmt: skip
CHILDREN = form(
    "house_children",
    field("called", label="Name"),
    field("age", "numeric_field"),
    field("works", "radio_button", "Works?", option_strings_text={"en": [{"id": "true", "display_text": "Yes"}, {"id": "false", "display_text": "No"}]}),
    field("hours", "numeric_field", "Hours a day", display_conditions_subform={"eq": {"works": True}}),
    is_nested=True,
    visible=False,
)  # fmt: skip
ROAD = form("road", field("surface", label="What is the road like?"), field("secret", visible=False))
EMPTY = form("change_log")
FORMS = [HOUSE, CHILDREN, ROAD, EMPTY]


def as_json(forms=FORMS, lookups=LOOKUPS, **more):
    return json.dumps({"forms": forms, "lookups": lookups, **more}).encode()


def as_zip(**files):
    """Files by name, `__` for the dot."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name.replace("__", "."), content)
    return packed.getvalue()
