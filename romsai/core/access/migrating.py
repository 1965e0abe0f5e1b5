"""While tables are changed, their owner is not kept from the rows in them.

Row security is forced on the owner too, so a migration would be shown no row: what it should carry over would stay behind in
silence, and a new foreign key to a table of children would be refused, because PostgreSQL looks for the children as the owner.
`migrate` therefore steps out of it first and back in at the end. Stopped half-way, the next start does both again. The owner
is known to the launcher alone, and web and worker stay as bound as ever.
"""

from django.db import connections

_lifted = []

FORCED = """
select quote_ident(n.nspname) || '.' || quote_ident(c.relname) from pg_class c join pg_namespace n on n.oid = c.relnamespace
where c.relforcerowsecurity and pg_has_role(c.relowner, 'member') order by 1
"""


def step_out(using, **_signal):
    """Before the first migration: remember and lift what is forced."""
    with connections[using].cursor() as cursor:
        cursor.execute(FORCED)
        _lifted[:] = [name for (name,) in cursor.fetchall()]
        for name in _lifted:
            cursor.execute(f"alter table {name} no force row level security")


def step_in(using, **_signal):
    """After the last one: force it again where the table is still there."""
    with connections[using].cursor() as cursor:
        for name in _lifted:
            cursor.execute(f"alter table if exists {name} force row level security")
    _lifted.clear()
