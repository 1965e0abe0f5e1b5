"""The key process: the one place that holds keys, outside the web process and outside the database.

Standard library and `cryptography` only, so that it can be read in one go. Start, rotation and loss: docs/how-to/keys.md.
"""
