"""How well and how fast persons are found: an invented million, what a second registrar asks, and other tools beside ours."""
