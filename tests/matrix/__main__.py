"""python -m tests.matrix [--sample N] [--kept FILE]      prints each mutant of the policy that survives, and the score

All mutants take a quarter of an hour. With --kept every answer is written to the file as soon as it is known, and the same call goes on after the last one: begin
with another file when the policy or the matrix has changed.
"""

import argparse
import os
import sys
from pathlib import Path

import django
import psycopg

from tests import plugin


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--sample", type=int)
    parser.add_argument("--kept", type=Path)
    asked = parser.parse_args()
    plugin.choose_folder()
    plugin.start()
    os.environ.update(plugin.environment(plugin.DATABASE))
    django.setup()
    from tests.matrix import facts, score  # which read the models

    with psycopg.connect(plugin.admin(plugin.DATABASE)) as connection:
        cursor = connection.cursor()
        *_, alive = score.score(cursor, facts.world(cursor, facts.EVERY), asked.sample, kept_in=asked.kept)
        connection.rollback()
    sys.exit(bool(alive))


if __name__ == "__main__":
    main()
