"""The recipient's age key: read, told apart from what people send instead, and encrypted to. The private half never comes here."""

import hashlib
import re

import pyrage
from django.utils.translation import gettext as _

from romsai.core.actions import Refused

KEY = re.compile(r"age1[a-z0-9]+", re.IGNORECASE)


def read(text):
    """The key as age writes it; "" for nothing. Refused with what to do, where it is none."""
    text = re.sub(r"\s+", "", text.strip())
    if not text:
        return ""
    if "AGE-SECRET-KEY" in text.upper():
        raise Refused(
            _("This is the secret half of a key. Do not send it to anybody. Ask the recipient to make a new key and to send the line that begins with age1.")
        )  # fmt: skip
    if text.startswith(("ssh-", "ecdsa-")):
        raise Refused(_("This is an SSH key. Ask the recipient for an age key: one line that begins with age1."))
    if "PGP" in text:
        raise Refused(_("This is a PGP key. Ask the recipient for an age key: one line that begins with age1."))
    if not KEY.fullmatch(text):
        raise Refused(_("This is not an age key. It is one line of 62 letters and digits that begins with age1."))
    if text.lower().count("age1") > 1 and len(text) > 62:
        raise Refused(_("These are two keys or more. Write the key of one recipient."))
    if text.lower().count("1") > 1:
        raise Refused(_("Keys of this kind, from a plug-in of age, are not taken. Ask the recipient for one made with age-keygen."))
    try:
        return str(pyrage.x25519.Recipient.from_str(text.lower()))
    except pyrage.RecipientError:
        raise Refused(_("The key is not whole: a letter is missing or wrong. Copy the whole line again and paste it.")) from None


def fingerprint(key):
    """Sixteen characters to compare by telephone: the beginning of the key's SHA-256."""
    digest = hashlib.sha256(key.encode()).hexdigest()[:16].upper()
    return " ".join(digest[at : at + 4] for at in range(0, 16, 4))


def encrypted(content, key):
    """The content as a file of age that opens with the recipient's private half and nothing else."""
    return pyrage.encrypt(content, [pyrage.x25519.Recipient.from_str(key)])
