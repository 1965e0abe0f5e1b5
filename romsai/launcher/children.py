"""Child processes that never outlive the one that started them."""

import ctypes
import fcntl
import os
import signal
import subprocess
import sys
from pathlib import Path

from romsai.launcher import CannotStart

PR_SET_PDEATHSIG = 1


def spawn(arguments, *, on_parent_death=signal.SIGTERM, **popen):
    """Start a process in a session of its own, so that Ctrl-C reaches only us and we choose the order of stopping.

    On Linux the kernel sends `on_parent_death` when we die, however we die. Call from the main thread only: the
    kernel's "parent" is the thread that started the child.
    """
    return subprocess.Popen(
        [str(argument) for argument in arguments],
        start_new_session=True,
        preexec_fn=_follow(os.getpid(), on_parent_death) if sys.platform == "linux" else None,  # noqa: PLW1509
        **popen,
    )


def _follow(parent, number):
    libc = ctypes.CDLL(None, use_errno=True)

    def before_exec():
        libc.prctl(PR_SET_PDEATHSIG, number)
        # A shell's background job starts with SIGINT ignored, and PostgreSQL must hear it.
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        if os.getppid() != parent:  # died before prctl
            os._exit(1)

    return before_exec


def stop(child, number=signal.SIGTERM, patience=10):
    """Ask a child to end, wait, and kill it (with all it started) if it does not."""
    if child.poll() is None:
        child.send_signal(number)
        try:
            child.wait(patience)
        except subprocess.TimeoutExpired:
            os.killpg(child.pid, signal.SIGKILL)
            child.wait()


def hold(path, otherwise):
    """Take the lock file at `path` for as long as this process lives; raises CannotStart with `otherwise` if it is held.

    Returns the open file: closing it gives the lock back. The kernel drops it when we are killed.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    file = path.open("a+")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        raise CannotStart(otherwise) from None
    return file
