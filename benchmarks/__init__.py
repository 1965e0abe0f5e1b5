"""Measures Romsai at the size of a country: `make bench`. How to read it: docs/how-to/measure.md."""
