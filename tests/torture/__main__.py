"""python -m tests.torture [--seed 1] [--writes 10000] [--minutes 8] [--only writes,backup,planted,disk,clock]: docs/how-to/torture.md."""

import argparse
import json
import os
import signal
import sys
import time

from tests.torture import brought_back, clock, disk, jobs, planted, standing, writes
from tests.torture.gateway import NAME

PARTS = ("writes", "backup", "planted", "disk", "clock")


def main(arguments=None):
    told = argparse.ArgumentParser(description=__doc__)
    told.add_argument("--seed", type=int, default=int(time.time()), help="of what is killed when")
    told.add_argument("--writes", type=int, default=10_000)
    told.add_argument("--minutes", type=float, default=8, help="after which no more writes are begun")
    told.add_argument("--only", default="", help=f"some of {','.join(PARTS)}")
    asked = told.parse_args(arguments)
    parts = asked.only.split(",") if asked.only else PARTS
    if unknown := set(parts) - set(PARTS):
        told.error(f"there is no {', '.join(unknown)}")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("Stopped."))  # what was started and mounted is taken away again
    began = time.monotonic()
    result = {"seed": asked.seed, "cores": os.cpu_count()} | torture(asked, parts)
    result["took_s"] = round(time.monotonic() - began)
    print(f"RESULT {json.dumps(result)}")
    return 0 if is_good(result) else 1


def torture(asked, parts):
    found = {}
    source, people = standing.kept(say)
    if {"writes", "backup", "planted"} & set(parts):
        with standing.Standing(source, "now", {"ROMSAI_MESSAGES": NAME}) as romsai:
            if "writes" in parts:
                say(f"\n{asked.writes} writes, and kill -9 of every part at random moments (seed {asked.seed}).")
                begun = jobs.begin(romsai, people, asked.seed)
                found |= writes.torture(romsai, people, asked.seed, wanted=asked.writes, most_seconds=asked.minutes * 60, say=say)
                found |= jobs.figures(romsai, begun, say)
            if "backup" in parts:
                say("\nA backup is taken while people write, and brought back elsewhere.")
                found["backup"] = brought_back.torture(romsai, people, asked.seed, say)
                found |= {name: found["backup"][name] for name in ("restore_s", "rpo_s")}
            if "planted" in parts:
                say("\nFaults planted on purpose: the count must see them.")
                found["planted_caught"] = planted.caught(romsai, people, asked.seed, say)
    if "disk" in parts:
        say("\nThe database's disk runs full.")
        found["disk_full"] = disk.torture(source, people, asked.seed, say)
    if "clock" in parts:
        say("\nThe clock is set.")
        found["clock"] = clock.torture(source, people, asked.seed, say)
    return found


NONE_OF = (
    "lost", "doubled", "strange", "half", "unreadable", "jobs_lost", "jobs_doubled",
    "sessions_left_open", "contexts_left_open", "writes_refused", "alarms_doubled",
)  # fmt: skip
ALL_OF = ("same_rows_and_checksums", "wrong_key_refused", "says_why", "periodic_work_goes_on")


def is_good(result):
    """Nothing is lost, doubled, half or left open, each planted fault was seen, and what must be so is so."""
    tables = [result, *(part for part in result.values() if isinstance(part, dict))]
    seen = [*result.get("planted_caught", {}).values(), *(table[name] for table in tables for name in ALL_OF if name in table)]
    return not any(table.get(name) for table in tables for name in NONE_OF) and all(seen)


def say(text):
    print(text, flush=True)


if __name__ == "__main__":
    sys.exit(main())
