"""python -m benchmarks [--size small|full] [--minutes 1] [--only caseload,board]: makes the country if it is not there, and measures."""

import argparse
import json
import os
import platform
import sys

from benchmarks import cluster, world

ASKERS, ROUNDS, PAGE_ROUNDS, PEOPLE = 12, 5, 20, 50


def main(arguments=None):
    told = argparse.ArgumentParser(description=__doc__)
    told.add_argument("--size", choices=["full", "small"], default="full")
    told.add_argument("--minutes", type=float, default=1, help="how long fifty people work at once")
    told.add_argument("--think", type=float, default=5, help="seconds that a person reads between two steps, on average")
    told.add_argument("--only", default="", help="names of questions, with commas; the web is left out then")
    asked = told.parse_args(arguments)
    measured = cluster.Measured(asked.size, world.SIZES[asked.size], lambda text: print(text, flush=True))
    with measured.running():
        os.environ.update(measured.without_owner())
        import django

        django.setup()
        from benchmarks import report

        result = report.run(
            measured.admin, measured.without_owner(), measured.var / "log" / "bench-web.log", only=[n for n in asked.only.split(",") if n],
            askers=ASKERS, rounds=ROUNDS, page_rounds=PAGE_ROUNDS, people=PEOPLE, seconds=asked.minutes * 60, think=asked.think,
        )  # fmt: skip
    size = world.SIZES[asked.size]
    result = {
        "size": asked.size,
        "cases": size.cases,
        "children": size.children,
        "users": size.users,
        "cores": os.cpu_count(),
        "python": platform.python_version(),
    } | result
    print(f"RESULT {json.dumps(result)}")
    return 1 if result.get("errors") else 0


if __name__ == "__main__":
    sys.exit(main())
