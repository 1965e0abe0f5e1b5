"""Work that jobs do, asked for in the tortured Romsai by whoever may ask: a worker leaves, and a list is brought in.

    python -m tests.torture.asking '{"supervisor": 3, …}'     # prints {"handing", "upload", "rows"}
"""

import json
import sys

import django

django.setup()

from romsai.core import access
from romsai.exchange import actions as exchange
from romsai.exchange.tests import arrange
from romsai.places.models import Worker
from romsai.workforce import actions as workforce

ROWS = 1000


def begin(people):
    with access.system():
        found = Worker.objects.in_bulk([people["supervisor"], people["manager"], people["leaver"], *people["takers"]])
    supervisor, manager = found[people["supervisor"]], found[people["manager"]]
    lines = ["number,name,sex,date of birth"]
    lines += [f"T-{n},Tortured {n:05d},{'FM'[n % 2]},{2008 + n % 10}-0{1 + n % 9}-1{n % 9}" for n in range(ROWS)]
    upload = arrange.checked("persons", "\n".join(lines).encode(), manager)
    with access.acting(supervisor):
        handing = workforce.hand_over(by=supervisor, worker=found[people["leaver"]], to=[found[pk] for pk in people["takers"]])
    with access.acting(manager):
        exchange.start_import(upload, by=manager)
    return {"handing": handing.pk, "upload": upload.pk, "rows": ROWS}


if __name__ == "__main__":
    print(json.dumps(begin(json.loads(sys.argv[1]))))
