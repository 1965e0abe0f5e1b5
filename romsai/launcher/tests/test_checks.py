"""What refuses the start, each beside the same start made safe."""

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from romsai.launcher import CannotStart, checks
from romsai.launcher.postgres import Cluster
from romsai.launcher.prepare import prepare


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    cluster = Cluster(tmp_path_factory.mktemp("checks") / "postgres")
    cluster.start()
    yield cluster
    cluster.stop()


@pytest.fixture(scope="module")
def env(cluster, tmp_path_factory):
    return prepare(cluster.admin, "romsai", tmp_path_factory.mktemp("secrets"))


@pytest.fixture
def login(env):
    with psycopg.connect(env["ROMSAI_DB_URL"], autocommit=True) as connection:
        yield connection


@pytest.fixture
def var(tmp_path):
    (tmp_path / "secrets").mkdir(mode=0o700)
    for name, text in (("django_key", "x" * 64), ("mode", "production")):
        (tmp_path / "secrets" / name).touch(mode=0o600)
        (tmp_path / "secrets" / name).write_text(text)
    return tmp_path


def refusal(connection, var, mode="production"):
    with pytest.raises(CannotStart) as caught:
        checks.refuse_unsafe_start(connection, var, mode)
    return str(caught.value)


def test_a_safe_start(login, var):
    checks.refuse_unsafe_start(login, var, "production")


def test_a_superuser_login(cluster, var):
    with psycopg.connect(cluster.admin) as admin:
        assert "as the superuser postgres" in refusal(admin, var)


@pytest.mark.parametrize(
    ("attribute", "sentence"), [("noinherit bypassrls", "passes by row security"), ("inherit", "inherits the rights of all its roles")]
)
def test_a_login_with_an_attribute_too_many(cluster, env, var, attribute, sentence):
    with psycopg.connect(cluster.admin, autocommit=True) as admin:
        admin.execute(f"drop role if exists loose; create role loose login {attribute} password 'loose'")
        admin.execute("grant connect on database romsai to loose")
        with psycopg.connect(make_conninfo(env["ROMSAI_DB_URL"], user="loose", password="loose")) as loose:
            assert sentence in refusal(loose, var)
        admin.execute("revoke connect on database romsai from loose; drop role loose")


@pytest.mark.parametrize("setting", checks.DURABLE)
def test_a_server_that_may_lose_records(cluster, env, var, setting):
    with psycopg.connect(cluster.admin, autocommit=True) as admin:
        admin.execute(f"alter system set {setting} = off")
        admin.execute("select pg_reload_conf()")
        try:
            with psycopg.connect(env["ROMSAI_DB_URL"], autocommit=True) as login:
                while login.execute(f"show {setting}").fetchone() != ("off",):
                    pass
                assert f"{setting}=off" in refusal(login, var)
                checks.refuse_unsafe_start(login, var, "test")
        finally:
            admin.execute(f"alter system reset {setting}")
            admin.execute("select pg_reload_conf()")


def test_secrets_open_to_others(login, var):
    (var / "secrets" / "django_key").chmod(0o644)

    assert f"chmod go-rwx {var}/secrets/django_key" in refusal(login, var)


def test_a_missing_signing_key(login, var):
    (var / "secrets" / "django_key").unlink()

    assert "django_key is missing" in refusal(login, var)


def test_a_guessable_signing_key(login, var):
    (var / "secrets" / "django_key").write_text("changeme")

    assert "could be guessed" in refusal(login, var)


def test_the_demonstrations_secrets_in_production(login, var):
    (var / "secrets" / "mode").write_text("demo")

    assert "were made for mode demo" in refusal(login, var)
    checks.refuse_unsafe_start(login, var, "demo")


def test_debug_in_production(login, var, settings):
    settings.DEBUG = True

    assert "DEBUG is on" in refusal(login, var)


def test_an_old_server(login, var, monkeypatch):
    monkeypatch.setattr(checks, "OLDEST", 99)

    assert "Romsai needs 99 or later" in refusal(login, var)
