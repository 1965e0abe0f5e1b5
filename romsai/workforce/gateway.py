"""The way out for messages: a gateway has two methods, and the environment says which one is used (`ROMSAI_MESSAGES`).

`none`: nothing is written or sent. `mail` (the default where ROMSAI_MAIL_URL names a mail server): e-mails leave by that server, SMS do not. `file`
(the default in the demonstration): each message is a file under `var/outbox`. Anything else is `package.module:Class` of one's own. Every message carries an id. A worker that is killed after handing a message
over hands it over again under the same id: a gateway must deliver an id once, as SMS providers do with an idempotency key.
"""

import json
import os
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Protocol

from django.conf import settings
from django.core.mail import EmailMessage


class Gateway(Protocol):
    """With `channels` where it sends only one of EMAIL and SMS. Raises whatever it likes when it cannot deliver now; the message is tried again later."""

    def send_email(self, *, id, to, subject, text): ...

    def send_sms(self, *, id, to, text): ...


class Mail:
    """E-mails by the office's mail server. One that is handed over again carries the same Message-ID, by which mail programs show it once."""

    channels = ("EMAIL",)

    def send_email(self, *, id, to, subject, text):
        sender = settings.DEFAULT_FROM_EMAIL
        EmailMessage(subject, text, sender, [to], headers={"Message-ID": f"<{id}@{sender.rpartition('@')[2].rstrip('>') or 'romsai'}>"}).send()


class Outbox:
    """Writes each message into a file of its own: for demonstrations, tests, and offices without a provider."""

    def __init__(self, folder=None):
        self.folder = Path(folder or settings.VAR / "outbox")

    def send_email(self, *, id, to, subject, text):
        self._write(id, {"to": to, "subject": subject, "text": text})

    def send_sms(self, *, id, to, text):
        self._write(id, {"to": to, "text": text})

    def _write(self, id, letter):
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            # Whole or not at all, and never twice: the file gets its name only when it is written.
            new = self.folder / f".{id}.{os.getpid()}"
            new.write_text(json.dumps(letter, ensure_ascii=False, indent=1), encoding="utf-8")
            os.link(new, self.folder / f"{id}.json")
        except FileExistsError:
            pass
        finally:
            new.unlink(missing_ok=True)


@cache
def _made(name):
    if name == "none":
        return None
    if name == "file":
        return Outbox()
    if name == "mail":
        return Mail()
    module, _colon, made = name.partition(":")
    return getattr(import_module(module), made)()


def takes(channel):
    """Does the gateway send this kind of message? One that does not say so sends both."""
    return gateway() is not None and channel in getattr(gateway(), "channels", (channel,))


def gateway():
    """The gateway in use; None where messages do not leave the house."""
    return _made(settings.MESSAGES)
