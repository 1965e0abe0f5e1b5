"""The database roles of Romsai and how a worker's role maps to one of them.

`romsai_login` (web and worker process) has no rights of its own and inherits none: it takes exactly one of `SCOPES` per
transaction. `romsai_definer` owns the relation functions and nothing else; it never logs in. `romsai_eraser` owns the one function that
erases, and nothing else; it never logs in either.
"""

OWNER = "romsai_owner"
LOGIN = "romsai_login"
DEFINER = "romsai_definer"
ERASER = "romsai_eraser"

AUTH = "romsai_auth"  # accounts, sessions, MFA, rate limits, only under a context signed for it: nothing of any child
PUBLIC = "romsai_public"  # a visitor without an account: files a report, opens a receipt
SCOPE = "romsai_scope"  # narrow: reaches rows by relation
WIDE = "romsai_wide"  # area coordinator: unsealed core rows of an area, over all agencies
DESK = "romsai_desk"  # no case rows at all: analysts, auditors, administrators, trainers
SYSTEM = "romsai_system"  # the system's own steps, only under a context signed for it
LOG = "romsai_log"  # refused attempts, written on a connection of their own

SCOPES = (AUTH, PUBLIC, SCOPE, WIDE, DESK, SYSTEM, LOG)

# PostgreSQL attributes of each role. NOINHERIT matters: policies of roles one is a member of would apply at once (security notes 3.4-2).
ATTRIBUTES = {
    OWNER: "login noinherit nosuperuser nobypassrls nocreaterole nocreatedb",
    LOGIN: "login noinherit nosuperuser nobypassrls nocreaterole nocreatedb",
    DEFINER: "nologin bypassrls nosuperuser",
    ERASER: "nologin bypassrls nosuperuser",
    **{name: "nologin nosuperuser nobypassrls" for name in SCOPES},
}

DATABASE_ROLE = {
    "WORKER": SCOPE,
    "SUPERVISOR": SCOPE,
    "MANAGER": SCOPE,
    "OPERATOR": SCOPE,
    "PROVIDER": SCOPE,
    "SHELTER_STAFF": SCOPE,
    "POLICE_LIAISON": SCOPE,
    "BORDER_CONSULAR": SCOPE,
    "PANEL": SCOPE,
    "SAFEGUARD": SCOPE,  # reports about staff, and no case
    "COORDINATOR": WIDE,
}


def database_role(role):
    """The scope role for a code of the list user_role; whoever is not named gets no case rows at all."""
    return DATABASE_ROLE.get(role, DESK)
