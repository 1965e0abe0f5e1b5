"""Prints the signed string of the system, as the tortured Romsai makes it now: `python -m tests.torture.signed`."""

import json

import django

django.setup()

from romsai.core.access.context import sign

print(json.dumps(sign(0, 0)))
