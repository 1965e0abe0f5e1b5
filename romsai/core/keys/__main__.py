"""python -m romsai.core.keys init | serve | rotate | retire | status"""

import argparse
import logging
import os
import signal
import sys
import threading
from datetime import date
from pathlib import Path

from romsai.core.keys import client, server
from romsai.core.keys.ring import TOKEN, WRAP, Refused, Ring, changing


def init(path, mode, country):
    """Make the key file, or complete it; an existing key is never touched."""
    with changing(path):
        if path.exists():
            ring = Ring.load(path, mode)
            whole = ring.completed(date.today())
            if len(whole.keys) > len(ring.keys):
                whole.save(path)
            print(f"The keys of {whole.country} are in place.")
            return
        Ring.made(country, date.today(), fixed=mode == "test").save(path)
    print(f"Made the keys of {country}. Keep a copy of the key file offline: without it no name can ever be read again.")


def rotate(path, mode, purpose):
    with changing(path):
        ring = Ring.load(path, mode).rotated(purpose, date.today())
        ring.save(path)
    if purpose == WRAP:
        print(f"New data keys are now wrapped by {ring.wrapping.name}. Re-wrap the old ones: manage.py rewrap_keys")
    else:
        print("New token keys. Until every token is made anew the search finds nobody: manage.py rebuild_tokens")


def retire(path, mode, name):
    with changing(path):
        Ring.load(path, mode).without(name).save(path)
    print(f"{name} is gone.")


def status(path, mode):
    ring, today = Ring.load(path, mode), date.today().isoformat()
    for key in ring.inventory():
        due = "rotate now" if key["state"] == "current" and key["rotate_by"] <= today else ""
        print(
            "  ".join(
                [
                    f"{key['name']:<22}",
                    *(key[c] for c in ("purpose", "algorithm", "created", "rotate_by", "state")),
                    due,
                ]
            )
        )


def serve(path, mode, socket_path):
    server.harden()
    door = server.KeyServer(socket_path, server.KeyFile(path, mode))

    def stop(*_):  # shutdown() waits for serve_forever, which this signal has interrupted
        threading.Thread(target=door.shutdown, daemon=True).start()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    print("The key process is ready.", flush=True)
    try:
        door.serve_forever(poll_interval=0.2)
    finally:
        door.server_close()


def main(argv=None):
    var = Path(os.environ.get("ROMSAI_VAR", "var"))
    mode = os.environ.get("ROMSAI_MODE", "demo")
    parser = argparse.ArgumentParser(prog="python -m romsai.core.keys", description=__doc__)
    parser.add_argument("--file", type=Path, default=var / "secrets" / "keys.json", help="the key file")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("init").add_argument("--country", default=os.environ.get("ROMSAI_COUNTRY", "demo"))
    commands.add_parser("serve").add_argument("--socket", default=str(client.socket_path()))
    commands.add_parser("rotate").add_argument(
        "purpose", nargs="?", default=WRAP, choices=[WRAP, TOKEN], help="the context key is renewed by manage.py access renew"
    )
    commands.add_parser("retire").add_argument("name")
    commands.add_parser("status")
    asked = parser.parse_args(argv)
    logging.basicConfig(level=logging.INFO, format="%(levelname)s keys: %(message)s")
    try:
        match asked.command:
            case "init":
                init(asked.file, mode, asked.country)
            case "rotate":
                rotate(asked.file, mode, asked.purpose)
            case "retire":
                retire(asked.file, mode, asked.name)
            case "status":
                status(asked.file, mode)
            case "serve":
                serve(asked.file, mode, asked.socket)
    except Refused as refusal:
        print(refusal, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
