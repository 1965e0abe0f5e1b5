"""How many persons have a token: a name that many have says little, and its token is never looked up alone."""

from django.db import connection

LEAST = 50  # persons; of what fewer have, no count is kept
WHOLE = 100_000  # entries up to which all are counted; of more, a part that is about as large


def count():
    """Count anew, from a sample where there are many persons. As the system; takes seconds."""
    with connection.cursor() as cursor:
        cursor.execute("set local statement_timeout = 0; set local work_mem = '128MB'")  # it is nobody's request, and adds up millions
        cursor.execute("select greatest(reltuples, 0) from pg_class where relname = 'people_entry'")
        about = cursor.fetchone()[0]
        percent = min(100.0, 100.0 * WHOLE / max(about, 1))
        sample = "" if percent == 100 else f"tablesample system ({percent:.4f}) repeatable (1)"
        factor = 100.0 / percent
        cursor.execute("delete from people_frequency")
        cursor.execute(
            f"""insert into people_frequency (token, persons)
            select token, round(count(*) * %(factor)s) from people_entry {sample}, unnest(own || slips || other) token
            group by 1 having count(*) * %(factor)s >= %(least)s and count(*) > 2
            union all select 0, round(count(*) * %(factor)s) from people_entry {sample}""",
            {"factor": factor, "least": LEAST},
        )
