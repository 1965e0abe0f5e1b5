"""Bringing in what others keep in tables."""

from romsai.exchange.imports import areas, cases, facilities, forms, persons  # noqa: F401  the kinds register themselves
