"""What is kept after the torture, held against what was acknowledged. Run in the tortured Romsai, whose keys open what is sealed.

    python -m tests.torture.counting     # prints {"kept": {words: times}, "unreadable": n, "half": {what: n}}
"""

import json
from collections import Counter

PIECE = 500

# What must go with each record, in the same transaction. Counted as the superuser, who sees past every rule.
DONE = "select unnest(subjects) from core_auditline where action = '{}'"
BEGUN = "select row_id from core_history where table_name = '{}' and old is null"
HALF = {
    "a report without its words": "select count(*) from cases_report where id not in (select report_id from cases_reportwords)",
    "a report without its line in the audit": f"select count(*) from cases_report where 'report:' || id not in ({DONE.format('cases.report')})",
    "a line in the audit without its report": f"select count(*) from ({DONE.format('cases.report')}) as l (subject) where subject not in (select 'report:' || id from cases_report)",
    "a report without its history": f"select count(*) from cases_report where id not in ({BEGUN.format('cases_report')})",
    "a history without its report": f"select count(*) from ({BEGUN.format('cases_report')}) as h (id) where id not in (select id from cases_report)",
    "words without their history": f"select count(*) from cases_reportwords where id not in ({BEGUN.format('cases_reportwords')})",
    "a note without its event on the case": "select count(*) from cases_note where uuid::text not in (select facts->>'note' from cases_event where kind = 'NOTE')",
    "an event without its note": "select count(*) from cases_event where kind = 'NOTE' and facts->>'note' not in (select uuid::text from cases_note)",
    "a note without its line in the audit, or a line without its note": f"""select coalesce(sum(abs(coalesce(n.times, 0) - coalesce(l.times, 0))), 0) from
        (select 'case:' || case_id as subject, count(*) as times from cases_note group by 1) n full join
        (select subject, count(*) as times from ({DONE.format('cases.write_note')}) as l (subject) where subject like 'case:%' group by 1) l using (subject)""",
    "a note without its history": f"select count(*) from cases_note where id not in ({BEGUN.format('cases_note')})",
    "a history without its note": f"select count(*) from ({BEGUN.format('cases_note')}) as h (id) where id not in (select id from cases_note)",
    "a letter without a notice to each of two supervisors": """select count(*) from workforce_supervision s
        where (select count(*) from workforce_notice n where n.once = 'supervision:' || s.id) <> 2""",
    "a client key without its record": """select count(*) from core_clientkey where pk is null
        or model = 'cases.Report' and pk not in (select id from cases_report) or model = 'cases.Note' and pk not in (select id from cases_note)""",
}  # fmt: skip


def half(romsai):
    """{what: how many} of the records that are not whole; nothing if all are."""
    found = {what: int(romsai.ask(query)[0][0]) for what, query in HALF.items()}
    return {what: number for what, number in found.items() if number}


def compare(acknowledged, unsure, kept, name):
    """(lost, doubled, never sent): lists of words. `kept`: {words: times}; of other runs, too.

    What was sent and never answered may be there or not, but not twice.
    """
    kept = {words: times for words, times in kept.items() if words.startswith(f"torture {name} ")}
    lost = [words for words in acknowledged if not kept.get(words)]
    doubled = [words for words, times in kept.items() if times > 1]
    strange = [words for words in kept if words not in acknowledged and words not in unsure]
    return lost, doubled, strange


def opened():
    """({words: times}, how many could not be opened) of everything that was written in the torture."""
    import django

    django.setup()
    from romsai.cases.models import Note, ReportWords
    from romsai.core import access, crypto
    from romsai.workforce.models import Supervision

    kept, unreadable = Counter(), 0
    for model, name in ((ReportWords, "worry"), (Note, "text"), (Supervision, "text")):
        last, more = 0, True
        while more:
            with access.system(purpose="counting"):
                records = list(model.objects.filter(pk__gt=last).select_related("key").order_by("pk")[:PIECE])
                more, last = len(records) == PIECE, records[-1].pk if records else 0
                crypto.preload(records)
                for record in records:
                    try:
                        kept[str(getattr(record, name).strip())] += 1
                    except (crypto.Unreadable, crypto.KeysUnavailable):
                        unreadable += 1
    return {words: times for words, times in kept.items() if words.startswith("torture ")}, unreadable


if __name__ == "__main__":
    words, closed = opened()
    print(json.dumps({"kept": words, "unreadable": closed}))
