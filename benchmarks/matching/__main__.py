"""python -m benchmarks.matching [--size full|small] [--queries 400] [--only search,scripts,batch]: how well and how fast persons are found."""

import argparse
import json
import os
import sys


def main(arguments=None):
    told = argparse.ArgumentParser(description=__doc__)
    told.add_argument("--size", choices=["full", "middle", "small", "tiny"], default="full")
    told.add_argument("--queries", type=int, default=400)
    told.add_argument("--only", default="", help="parts, with commas: search, gaps, baselines, scripts, batch, tracing")
    asked = told.parse_args(arguments)
    from benchmarks.matching import registry

    kept = registry.Registry(asked.size, lambda text: print(text, flush=True))
    with kept.running():
        os.environ.update(kept.without_owner())
        import django

        django.setup()
        from benchmarks.matching import report

        only = [part for part in asked.only.split(",") if part] or ["search", "gaps", "baselines", "scripts", "batch", "tracing"]
        result = report.run(kept, asked.queries, only)
    print(f"RESULT {json.dumps({'size': asked.size, 'persons': kept.count, 'queries': asked.queries} | result)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
