"""The same through the web: the real server with real sessions, one person alone for the pages, fifty at once for the mix."""

import base64
import io
import json
import random
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from statistics import median, quantiles

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.test import Client

from benchmarks import world
from benchmarks.measure import Watch
from benchmarks.mix import Person, code_now
from romsai.core import access
from romsai.launcher import ROOT
from romsai.launcher.children import spawn, stop
from romsai.launcher.supervisor import WEB
from romsai.places.models import Account, Worker

PATIENCE = 60
STAFF = """select w.id, array_agg(c.uuid::text), array_agg(n.name) from places_worker w join bench.lead l on l.worker = w.id join cases_case c on c.id = l.id
  join bench.named n on n.person = c.child_id where c.state <> 'CLOSED' and c.id not in (select case_id from cases_exclusion) and w.id not in (select worker_id from cases_exclusion)
  group by w.id order by md5(w.id::text) limit %s"""


@contextmanager
def serving(env, log):
    """The web server as `make run` starts it, and the job worker; yields (port, its process)."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    env = env | {"ROMSAI_HOSTS": "localhost,127.0.0.1", "ROMSAI_BEHIND_PROXY": "1"}
    with open(log, "ab") as words:
        common = {"cwd": ROOT, "stdin": subprocess.DEVNULL, "stdout": words, "stderr": words}
        web = spawn(
            [sys.executable, "-m", "gunicorn", *WEB, f"--bind=127.0.0.1:{port}", "romsai.wsgi:application"],
            env=env | {"ROMSAI_DB_AS": "web"},
            **common,
        )
        jobs = spawn(
            [sys.executable, ROOT / "manage.py", "procrastinate", "--skip-checks", "worker"], env=env | {"ROMSAI_DB_AS": "worker"}, **common
        )
    try:
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                break
            except OSError:
                if web.poll() is not None or time.monotonic() > deadline:
                    raise RuntimeError("The web server did not start:\n" + Path(log).read_text(errors="replace")[-2000:]) from None
                time.sleep(0.05)
        yield port, web
    finally:
        stop(web)
        stop(jobs)


def staff(bare, count):
    """Accounts for workers with cases, and for a supervisor: what the people of the mix are told."""
    rows = bare.execute(STAFF, [count]).fetchall()
    hashed = make_password(world.PASSWORD)
    with access.system():
        (boss,) = Worker.objects.filter(role="SUPERVISOR", team__workers=rows[0][0])[:1]
    rows.append((boss.pk, rows[0][1], rows[0][2]))
    with access.accounts():
        accounts = Account.objects.bulk_create(
            Account(email=f"worker{pk}@example.org", worker_id=pk, password=hashed) for pk, _cases, _names in rows
        )
        secrets = [_second_factor(account) if settings.MFA_REQUIRED else "" for account in accounts]
    people = [
        {"email": account.email, "password": world.PASSWORD, "secret": secret, "cases": cases, "names": names}
        for account, secret, (_pk, cases, names) in zip(accounts, secrets, rows, strict=True)
    ]
    return people[:-1], people[-1]


def _second_factor(account):
    from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret

    secret = generate_totp_secret()
    TOTP.activate(account, secret)
    return secret


def signed_in(port, told, address="127.0.0.1"):
    person = Person(port, told["email"], told["password"], secret=told["secret"], address=address, secure=settings.MFA_REQUIRED)
    person.sign_in()
    return person


def pages(port, worker, supervisor, rounds):
    """{page: median ms} of a person alone, and the statements of the case page."""
    one, boss = signed_in(port, worker, "127.0.2.1"), signed_in(port, supervisor, "127.0.2.2")
    case, name = worker["cases"][0], worker["names"][0]
    asked = {
        "today": (one, "/"),
        "caseload": (one, "/cases/"),
        "case": (one, f"/cases/{case}/"),
        "search": (one, f"/search/?q={name}"),
        "supervisor today": (boss, "/"),
        "board": (boss, "/cases/team/"),
        "team list": (boss, "/cases/team/list/"),
        "empty page": (one, "/robots.txt"),
    }
    found = {}
    for title, (person, path) in asked.items():
        times = []
        for _round in range(rounds + 2):  # the first two warm two web processes
            status, to, _text = person.ask(
                "GET", path.replace(" ", "%20").encode("ascii", "ignore").decode() if path.isascii() else _quoted(path)
            )
            if status != 200:
                raise RuntimeError(f"{path} answered {status} {to}")
            times.append(person.ms)
        found[title] = median(times[2:] or times)
    return found, statements(worker, f"/cases/{case}/")


def _quoted(path):
    from urllib.parse import quote

    return quote(path, safe="/?=")


def statements(told, path):
    """The statements that a page asks of the database, its audit line and its context included, of somebody who is signed in."""
    browser = Client(headers={"host": "localhost"})
    asked = {"secure": settings.MFA_REQUIRED}
    answer = browser.post("/account/login/", {"login": told["email"], "password": told["password"]}, **asked)
    if "2fa" in answer["Location"]:
        browser.get(answer["Location"], **asked)
        if browser.post(answer["Location"], {"code": code_now(told["secret"])}, **asked).status_code == 200:  # it has opened once
            time.sleep(30 - time.time() % 30)
            browser.post(answer["Location"], {"code": code_now(told["secret"])}, **asked)
    browser.get(path, **asked)
    with Watch() as watch:
        answer = browser.get(path, **asked)
    if answer.status_code != 200:
        raise RuntimeError(f"{path} answered {answer.status_code}")
    return watch.texts


def mixed(port, people, seconds, think):
    """({kind: [ms]}, faults) of everybody at work for so many seconds."""
    common = {
        "port": port,
        "secure": settings.MFA_REQUIRED,
        "seconds": seconds,
        "think": think,
        "people": people,
        "picture": base64.b64encode(_picture()).decode(),
    }
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.mix"], input=json.dumps(common), capture_output=True, text=True, cwd=ROOT, check=True
    )
    told = json.loads(done.stdout)
    took = {}
    for kind, ms in told["took"]:
        took.setdefault(kind, []).append(ms)
    return took, told["faults"]


def p95(times):
    return quantiles(times, n=20)[18] if len(times) > 1 else times[0]


def _picture():
    """A photograph of nothing, of about 60 kB."""
    from PIL import Image

    rng = random.Random(world.SEED)
    image = Image.frombytes("RGB", (240, 180), bytes(rng.randrange(256) for _unused in range(240 * 180 * 3)))
    kept = io.BytesIO()
    image.save(kept, "JPEG", quality=85)
    return kept.getvalue()


def megabytes(web):
    """Resident memory of the largest of the web processes."""
    sizes = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            status = dict(line.split(":", 1) for line in (folder / "status").read_text().splitlines() if ":" in line)
        except OSError:
            continue
        if status.get("PPid", "").strip() == str(web.pid):
            sizes.append(int(status["VmRSS"].split()[0]) / 1024)
    return max(sizes)
