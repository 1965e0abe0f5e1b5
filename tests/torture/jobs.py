"""What jobs bring about while their worker is killed: messages, a worker's cases handed over, a list brought in. Each once."""

import json
import random
import time
from collections import Counter

LONGEST_DELAY = 1.5  # seconds between asking for the work and the first kill of the worker
PATIENCE = 180  # seconds after the last kill: a killed job is looked for every minute
STATES = {
    "messages that wait": "select count(*) from workforce_message where state = 'WAITING'",
    "cases not yet handed over": "select count(*) from workforce_handedcase where done_at is null",
    "handings over not finished": "select count(*) from workforce_handing where finished_at is null",
    "imports not done": "select count(*) from exchange_import where state <> 'DONE'",
}
LOST = {
    "a notice without its message": """select count(*) from workforce_notice n join workforce_wish w using (worker_id)
        where n.kind = any(w.email) and not exists (select from workforce_message m where m.notice_id = n.id)""",
    "a message not sent": "select count(*) from workforce_message where state <> 'SENT'",
    "a case that was not given": """select count(*) from workforce_handedcase h where is_refused or (
        select count(*) from cases_assignment a where a.case_id = h.case_id and a.worker_id = h.to_id and a.is_lead and a.until_at is null) = 0""",
    "a row that did not come in": "select count(*) from exchange_importrow where state <> 'DONE'",
}  # fmt: skip
DOUBLED = {
    "a message written twice": "select count(*) from (select from workforce_message group by notice_id, channel having count(*) > 1) x",
    "a notice told twice": "select count(*) from (select from workforce_notice group by worker_id, once having count(*) > 1) x",
    "a case given twice": """select count(*) from (select from workforce_handedcase h join cases_assignment a on a.case_id = h.case_id and a.worker_id = h.to_id
        group by h.id having count(*) > 1) x""",
    "a case with two leads": "select count(*) from (select from cases_assignment where is_lead and until_at is null group by case_id having count(*) > 1) x",
    "a listing that came in twice": "select count(*) from (select from exchange_listing group by programme_id, mark having count(*) > 1) x",
    "a person without a name, or with two": """select count(*) from (select from people_person p join exchange_listing l on l.person_id = p.id
        left join people_name n on n.person_id = p.id group by p.id having count(n.id) <> 1) x""",
}  # fmt: skip


def begin(romsai, people, seed):
    """Ask for the work, and kill the worker in the middle of it; what it had begun is taken up while everything else is killed."""
    asked, rng = {name: people[name] for name in ("supervisor", "manager", "leaver", "takers")}, random.Random(f"jobs {seed}")
    begun = romsai.run("tests.torture.asking", json.dumps(asked))
    time.sleep(rng.uniform(0, LONGEST_DELAY))
    romsai.kill("worker", rng)
    return begun | {"rows_at_the_kill": romsai.ask("select count(*) from exchange_importrow where state = 'DONE'")[0][0]}


def figures(romsai, begun, say):
    """Wait until nothing waits any more, and count what came of it."""
    began = time.monotonic()
    while waits := {what: number for what, number in _counts(romsai, STATES).items() if number}:
        if time.monotonic() - began > PATIENCE:
            break
        time.sleep(1)
    settled = time.monotonic() - began
    lost, doubled = _counts(romsai, LOST), _counts(romsai, DOUBLED)
    lost["a row that is not there"] = begun["rows"] - romsai.ask("select count(*) from exchange_listing")[0][0]
    files = {path.stem for path in (romsai.var / "outbox").glob("*.json")}
    sent = {str(row[0]) for row in romsai.ask("select uuid from workforce_message")}
    lost["a message without its file"] = len(sent - files)
    doubled["a file without its message"] = len(files - sent)
    handed = Counter(line.split()[0] for line in (romsai.var / "outbox" / ".handed").read_text().splitlines())
    for what, number in (lost | doubled | waits).items():
        if number:
            say(f"jobs: {number} times {what}")
    cases = romsai.ask("select count(*) from workforce_handedcase")[0][0]
    taken_up = romsai.ask("select count(*) from procrastinate_jobs where attempts > 1")[0][0]
    again = sum(times > 1 for times in handed.values())
    say(f"jobs: {len(sent)} messages, {cases} cases handed over, {begun['rows']} rows brought in, {begun['rows_at_the_kill']} of them before the worker was killed for the first time; settled {settled:.0f} s after the last write")
    return {
        "jobs": len(sent) + cases + begun["rows"],
        "jobs_lost": sum(lost.values()),
        "jobs_doubled": sum(doubled.values()),
        "jobs_taken_up": taken_up,
        "messages_handed_again": again,
        "jobs_settled_s": round(settled),
    }


def _counts(romsai, queries):
    return {what: romsai.ask(query)[0][0] for what, query in queries.items()}
