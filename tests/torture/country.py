"""Who works in a Romsai that is about to be tortured. Run once in its own database, before the first start is kept:

    python -m tests.torture.country     # prints {"writers": [{email, password, secret, uuid, cases}], "supervisor", "manager", "leaver", "takers"}
"""

import json
from datetime import timedelta

import django

django.setup()

from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.contrib.auth.hashers import make_password
from django.utils import timezone

from romsai.core import access
from romsai.places.models import Account, Worker
from romsai.workforce import actions as workforce
from romsai.workforce.models import Kind
from tests import world as invented

PASSWORD = "a long enough pass phrase"
WRITERS, CASES_OF_EACH = 8, 4
HANDED = 40  # cases of the worker who leaves


def made():
    world = invented.build()
    hashed = make_password(PASSWORD)
    with access.system():
        writers, takers = (
            [Worker.objects.create(name=f"{word} {n}", role="WORKER", agency=world.welfare, team=world.team) for n in range(count)]
            for word, count in (("Writer", WRITERS), ("Taker", 3))
        )
        leaver = Worker.objects.create(name="Leaver", role="WORKER", agency=world.welfare, team=world.team)
    later = {"received_at": timezone.now() - timedelta(minutes=5), "heard_at": timezone.now() - timedelta(minutes=5)}
    with access.acting(world.operator):
        cases = {w.pk: [str(_case(world, w, later).uuid) for _unused in range(CASES_OF_EACH)] for w in writers}
        for _unused in range(HANDED):
            _case(world, leaver, later)
    told = []
    with access.accounts():
        for worker in writers:
            account = Account.objects.create(email=f"writer{worker.pk}@example.org", worker=worker, password=hashed)
            secret = generate_totp_secret()
            TOTP.activate(account, secret)
            told.append({"email": account.email, "password": PASSWORD, "secret": secret, "uuid": str(worker.uuid), "cases": cases[worker.pk]})
        told_by_mail = [*takers, world.supervisor, world.supervisor2]
        for worker in told_by_mail:
            Account.objects.create(email=f"reader{worker.pk}@example.org", worker=worker, password=hashed)
    for worker in told_by_mail:
        with access.acting(worker):
            workforce.wish(by=worker, email=[Kind.SUPERVISION, Kind.HANDED_OVER], sms=[], from_hour=8, until_hour=20, time_zone="Asia/Bangkok")
    return {
        "writers": told,
        "supervisor": world.supervisor.pk,
        "manager": world.manager.pk,
        "leaver": leaver.pk,
        "takers": [taker.pk for taker in takers],
    }


def _case(world, worker, later):
    from romsai.cases import actions

    report = actions.report(by=world.operator, worry="A boy sells flowers at night.", danger="no", channel="HELPLINE", area=world.town, **later)
    return actions.register(
        report,
        by=world.operator,
        child={"sex": "M", "birth_year": 2013, "age_basis": "STATED", "names": [{"kind": "LEGAL", "full": "Keo Invented"}]},
        concerns=["LAB-UAG"],
        risk="HIGH",
        worker=worker,
        consent=invented.CONSENT,
        language="lo",
    )


if __name__ == "__main__":
    print(json.dumps(made()))
