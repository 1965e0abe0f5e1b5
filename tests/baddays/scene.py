"""Run in a database of its own before a bad day: plans that wait for one supervisor's answer.

python -m tests.baddays.scene 8     # prints {"login", "password", "approvals": [uuid, …]}
"""

import json
import sys

import django

django.setup()

from romsai.care import actions as care
from romsai.care.tests.arrange import at, draft
from romsai.core import access
from romsai.places.models import Account
from romsai.web.demo import country
from tests import world as invented

PASSWORD = "a long enough pass phrase"


def plans_waiting(number):
    country.load(lambda text: None)  # a demonstration does not start without its accounts
    world = invented.build()
    approvals = []
    for _unused in range(number):
        case = at(world, "PLANNING")
        plan = draft(world, case)
        with access.acting(world.kham):
            care.submit_plan(plan, by=world.kham)
            approvals.append(str(case.approvals.waiting().get(kind="PLAN").uuid))
    with access.accounts():
        account = Account.objects.create_user("supervisor@example.org", PASSWORD, worker=world.supervisor)
    return {"login": account.email, "password": PASSWORD, "approvals": approvals}


if __name__ == "__main__":
    print(json.dumps(plans_waiting(int(sys.argv[1]))))
