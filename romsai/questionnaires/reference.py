"""Loads the forms that ship with Romsai, when the site's reference data is loaded."""

from .actions import load_shipped


def load(write):
    """Put every new shipped form to use; `write` gets a line of progress."""
    made = load_shipped()
    write(f"forms: {len(made)} new, {', '.join(str(version) for version in made) or 'all there'}")
