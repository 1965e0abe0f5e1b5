"""What must be true before Romsai serves anyone; each refusal says what is wrong and what to do."""

import os
import stat

from romsai.launcher import CannotStart, var_folder
from romsai.launcher.postgres import OLDEST

# Each loses or tears committed records when the machine loses power; kill -9 alone never shows it.
DURABLE = ("fsync", "full_page_writes", "synchronous_commit")
SHORTEST_SECRET = 32


def refuse_unsafe_start(connection, var=None, mode=None):
    """Raise CannotStart if the login, the server, the mode or the secrets are unsafe.

    `connection` is an open connection, of Django or psycopg, as the web process makes it. Also called when the web
    server starts, so that nobody can start it past the supervisor.
    """
    var, mode = var or var_folder(), mode or os.environ.get("ROMSAI_MODE", "demo")
    problems = [
        *login_problems(connection),
        *server_problems(connection, mode),
        *secret_problems(var / "secrets", mode),
        *debug_problems(mode),
    ]
    if problems:
        raise CannotStart("Romsai does not start:\n" + "\n".join(f"- {problem}" for problem in problems))


def login_problems(connection):
    """A login that passes by row security makes every policy void."""
    with connection.cursor() as cursor:
        cursor.execute("select rolname, rolsuper, rolbypassrls, rolinherit from pg_roles where rolname = session_user")
        name, is_superuser, bypasses, inherits = cursor.fetchone()
    if is_superuser:
        yield f"The web server would log in to the database as the superuser {name}. It must log in as romsai_login."
    elif bypasses:
        yield f"The database role {name} passes by row security (BYPASSRLS). Take that away: alter role {name} nobypassrls."
    if inherits:
        yield f"The database role {name} inherits the rights of all its roles. Change it: alter role {name} noinherit."


def server_problems(connection, mode):
    """An old server, or one that may lose what it said it saved."""
    with connection.cursor() as cursor:
        cursor.execute("select current_setting('server_version_num')::int / 10000")
        version = cursor.fetchone()[0]
        if version < OLDEST:
            yield f"The database server is PostgreSQL {version}. Romsai needs {OLDEST} or later."
        if mode == "test":
            return
        for name in DURABLE:
            cursor.execute("select current_setting(%s)", [name])
            if cursor.fetchone()[0] == "off":
                yield f"The database server has {name}=off and would lose records in a power cut. Set {name}=on."


def secret_problems(folder, mode):
    """Secrets that are missing, guessable or open to other users of the machine."""
    if mode == "test":
        return
    if not folder.is_dir():
        yield f"The folder of secrets {folder} is missing. Start Romsai with `make run`, which creates it."
        return
    for path in [folder, *sorted(folder.rglob("*"))]:
        if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
            yield f"Other users of this machine may open {path}. Close it: chmod go-rwx {path}"
    django_key = folder / "django_key"
    if not django_key.exists():
        yield f"The signing key {django_key} is missing. Start Romsai with `make run`, which creates it."
    elif len(django_key.read_text().strip()) < SHORTEST_SECRET:
        yield f"The signing key {django_key} is shorter than {SHORTEST_SECRET} characters and could be guessed."
    made_for = folder / "mode"
    if made_for.exists() and made_for.read_text().strip() != mode:
        yield (
            f"The secrets in {folder} were made for mode {made_for.read_text().strip()}, but this is mode {mode}. The "
            "demonstration's are no secrets. Choose another folder with ROMSAI_VAR: new secrets are made there."
        )


def debug_problems(mode):
    """Debug pages show the variables of a failed request, children's names among them."""
    from django.conf import settings

    if mode == "production" and settings.configured and settings.DEBUG:
        yield "DEBUG is on in production. Take it out of the settings."
