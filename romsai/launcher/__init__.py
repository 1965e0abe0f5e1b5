"""Starts and stops everything Romsai consists of; knows nothing of children or cases."""

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


class CannotStart(Exception):
    """Why Romsai does not start and what to do, in words for whoever started it."""


def var_folder():
    """Where this instance keeps data, secrets and sockets."""
    return Path(os.environ.get("ROMSAI_VAR") or ROOT / "var").resolve()
