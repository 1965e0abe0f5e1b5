#!/usr/bin/env python3
"""Makes the Python environment and the built files, then starts Romsai, the tests or another task.

    python3 bootstrap.py run | test | test-spark | bench | bench-matching | torture | backup | restore | shots | nightly | setup | lock | clean

Standard library only: this runs before anything is installed. The second run finds everything in place.
"""

import hashlib
import inspect
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
RUN, DEV, UV, SPARK = (ROOT / f"requirements{kind}.lock" for kind in ("", "-dev", "-uv", "-spark"))
BYTECODE = ROOT / "var" / "bytecode"  # beside no source, whoever reads the folder
OLDEST_PYTHON = (3, 11)
PARALLEL = ("-n", "3", "--dist", "loadfile", "--no-loadscope-reorder")  # what goes together, and in which order: conftest.py


def main(tasks):
    if sys.version_info < OLDEST_PYTHON:
        sys.exit(f"Romsai needs Python 3.11 or later; this is {sys.version.split()[0]}. Try: make PYTHON=python3.11")
    task, *options = tasks or [None]
    if task not in TASKS or (options and not inspect.signature(TASKS[task]).parameters):
        sys.exit(__doc__)
    os.chdir(ROOT)
    # Every process would compile 1,500 files for itself, two seconds of processor time each, where bytecode is not kept at all.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    os.environ.setdefault("PYTHONPYCACHEPREFIX", str(BYTECODE))
    TASKS[task](*options)


def run():
    install(RUN)
    build()
    # In our place, so that Ctrl-C and the exit code are the supervisor's own.
    os.execv(PYTHON, [PYTHON, "-m", "romsai.launcher", "run"])


def setup():
    install(RUN)
    build()


def test():
    """Everything that continuous integration runs; a fault of style does not hide a failing test."""
    install(DEV)
    build()
    codes = [
        call("-m", "ruff", "check", "."),
        call(VENV / "bin" / "lint-imports", "--no-logo"),
        call("-m", "pytest", *PARALLEL),
    ]
    sys.exit(max(codes))


def bench(*options):
    """What a country's worth of cases costs: docs/how-to/measure.md. Never a test: the figures depend on the machine."""
    install(RUN)
    build()
    os.execv(PYTHON, [PYTHON, "-m", "benchmarks", *options])


def bench_matching(*options):
    """How well and how fast persons are found, beside other tools: docs/how-to/matching.md. Its other tools come with the tests' packages."""
    install(DEV)
    build()
    os.execv(PYTHON, [PYTHON, "-m", "benchmarks.matching", *options])


def torture(*options):
    """Ten thousand writes while everything is killed: docs/how-to/torture.md. Never a test: it takes minutes and the whole machine."""
    install(RUN)
    build()
    os.execv(PYTHON, [PYTHON, "-m", "tests.torture", *options])


def backup(*options):
    """FILE and public key: docs/how-to/backup.md."""
    install(RUN)
    os.execv(PYTHON, [PYTHON, "-m", "romsai.launcher", "backup", *options])


def restore(*options):
    """FILE and secret key, into an empty folder: docs/how-to/backup.md."""
    install(RUN)
    build()
    os.execv(PYTHON, [PYTHON, "-m", "romsai.launcher", "restore", *options])


def nightly():
    install(DEV)
    build()
    check("-m", "pytest", *PARALLEL, "-m", "nightly")


def test_spark():
    """The linkage of the whole register on Spark gives the pairs that it gives here: docs/how-to/link-on-spark.md. Needs Java 17."""
    if not shutil.which("java"):
        sys.exit("Java is missing. On Debian or Ubuntu: apt-get install openjdk-17-jre-headless. Then try again.")
    install(SPARK)
    check("-m", "pytest", "-m", "spark", "-s", "romsai/people/tests/test_linkage_on_spark.py")


def shots():
    install(DEV)
    build()
    check("-m", "pytest", "-m", "shots")


def lock():
    """Write the lock files anew from pyproject.toml. They hold hashes and no address of any index."""
    if not PYTHON.exists():
        make_venv()
    install_uv()
    for target, source in (
        (RUN, ["pyproject.toml"]),
        (DEV, ["--group", "dev", "pyproject.toml"]),
        (UV, ["--group", "installer"]),
        (SPARK, ["--group", "dev", "--group", "spark", "pyproject.toml"]),
    ):
        check(
            "-m", "uv", "pip", "compile", "--quiet", "--universal", "--python-version", "3.11",
            "--generate-hashes", "--no-header", "--no-annotate", *source, "--output-file", target.name,
        )  # fmt: skip


def clean():
    """Everything that can be made again. Data and secrets (var) stay."""
    for name in (".venv", "node_modules", "romsai/web/static/built", "var/static", "var/bytecode", "var/test-cluster"):
        shutil.rmtree(ROOT / name, ignore_errors=True)


TASKS = {task.__name__.replace("_", "-"): task for task in (run, test, test_spark, bench, bench_matching, torture, backup, restore, shots, nightly, setup, lock, clean)}


def install(lock):
    """The environment in .venv holds exactly what the lock file says, or more if the tests' packages are there."""
    wanted = digest(lock)
    stamp = VENV / "installed"
    installed = stamp.read_text() if stamp.exists() else ""
    if wanted in installed.split():
        return
    if not PYTHON.exists():
        print("Python: making the environment in .venv.", flush=True)
        make_venv()
    print(f"Python: installing the packages of {lock.name}.", flush=True)
    stamp.unlink(missing_ok=True)
    if install_uv() and call("-m", "uv", "pip", "sync", "--quiet", "--python", PYTHON, "--require-hashes", lock) == 0:
        pass
    elif call("-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes", "-r", lock):
        sys.exit("The packages could not be installed; the reason stands above. Is the Python package index reachable?")
    # The development lock contains the other one: with it in place, both are satisfied.
    stamp.write_text("\n".join({RUN: [wanted], DEV: [wanted, digest(RUN)], SPARK: [wanted, digest(DEV), digest(RUN)]}[lock]))


def make_venv():
    try:
        import ensurepip  # noqa: F401 - Debian splits it off, and then venv fails half-way
        import venv  # noqa: F401
    except ImportError:
        sys.exit("Python's modules venv and ensurepip are missing. On Debian or Ubuntu: apt-get install python3-venv. Then try again.")
    shutil.rmtree(VENV, ignore_errors=True)
    if subprocess.call([sys.executable, "-m", "venv", VENV]):
        sys.exit("The Python environment could not be made in .venv; the reason stands above.")


def install_uv():
    """uv installs five times quicker than pip. Where there is no uv for the machine, pip does it."""
    return call("-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes", "-r", UV) == 0


def build():
    """Front end and translations, each only if its sources changed."""
    check("-m", "romsai.launcher.assets")
    check("-m", "romsai.launcher.translations")


def digest(path):
    return hashlib.sha256(path.read_bytes() + sys.version.encode()).hexdigest()


def call(*arguments):
    return subprocess.call([PYTHON, *arguments])


def check(*arguments):
    if code := call(*arguments):
        sys.exit(code)


if __name__ == "__main__":
    main(sys.argv[1:])
