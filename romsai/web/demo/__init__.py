"""The invented country: an agency of every kind, an account for every role, and children whose stories are told by the real actions."""
