"""Primero's configuration, read without trusting it, and its forms as our questionnaires. Only the format is known here; none of it ships.

    configuration = opening.opened(content)        # raises Wrong
    form = forms.translated(one, configuration)    # rows of an XLSForm, and every field told that could not be carried over
"""
