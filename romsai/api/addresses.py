"""To where Romsai may send: https, to a host that is in no private, local or reserved network, asked anew each time.

A name is resolved once and that very address is connected to, so a name that answers otherwise a moment later (DNS rebinding) reaches
nothing. Redirects are not followed. `settings.WEBHOOKS_INSIDE` lets tests send to this machine; no other mode accepts it.
"""

import http.client
import ipaddress
import socket
import ssl
import threading
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

WAIT = 5  # seconds for each step
LONGEST = 15  # seconds for all of it: a receiver that answers a byte at a time does not hold the worker
NAT64 = ipaddress.ip_network("64:ff9b::/96")


class NotAllowed(Exception):
    """Nothing is sent there; `sentence` says why, for the administrator."""

    def __init__(self, sentence):
        super().__init__("NotAllowed")
        self.sentence = sentence


def parts(address):
    """(host, port, path with query) of an address that may be written down; NotAllowed otherwise."""
    try:
        split = urlsplit(address)
        host, port = split.hostname or "", split.port or 443
    except ValueError:
        raise NotAllowed(_("This is not an address. Write it whole: https://example.org/events")) from None
    if split.scheme != "https":
        raise NotAllowed(_("The address must begin with https://, so that nobody on the way reads or changes what is sent."))
    if split.username is not None or split.password is not None or split.fragment:
        raise NotAllowed(_("Leave out name, password and what follows a #. Every message is signed instead."))
    if not host or not address.isascii() or any(letter.isspace() or ord(letter) < 33 for letter in address) or "\\" in address:
        raise NotAllowed(_("This is not an address. Write it whole: https://example.org/events"))
    return host, port, (split.path or "/") + (f"?{split.query}" if split.query else "")


def check_host(host):
    """Raises NotAllowed if the host is named by its number in a network that is not public, or by a name that is only local."""
    if is_inside_allowed():
        return
    try:
        number = ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        # 2130706433 and 0x7f.1 are 127.0.0.1 to some resolvers; a name of the public net ends in letters.
        if "." not in host.strip(".") or not host.rstrip(".").rsplit(".", 1)[-1].isalpha() or host.rstrip(".").endswith((".local", ".internal", ".localhost")):
            raise NotAllowed(_("This host is of a private or local network. Write the public name of the other system.")) from None
        return
    if not is_public(number):
        raise NotAllowed(_("This host is of a private or local network. Write the public name of the other system."))


def is_public(number):
    """Is this address in the public net, whatever other address it wraps?"""
    inner = getattr(number, "ipv4_mapped", None) or getattr(number, "sixtofour", None)
    if inner is None and number.version == 6 and number in NAT64:
        inner = ipaddress.IPv4Address(int(number) & 0xFFFFFFFF)
    if inner is None and getattr(number, "teredo", None):
        return False
    if inner is not None and not is_public(inner):
        return False
    return inner is not None or (number.is_global and not number.is_multicast and not number.is_reserved)


def is_inside_allowed():
    return settings.MODE == "test" and settings.WEBHOOKS_INSIDE


def resolve(host, port):
    """One address of the host to connect to. NotAllowed if any of its addresses is not public: a host that mixes them is no host of ours."""
    check_host(host)
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    numbers = [ipaddress.ip_address(place[0].split("%")[0]) for *_kind, place in found]
    if not is_inside_allowed() and not all(is_public(number) for number in numbers):
        raise NotAllowed(_("This host is of a private or local network. Write the public name of the other system."))
    return str(numbers[0])


class _Pinned(http.client.HTTPSConnection):
    """Connects to the number that was looked at, and holds the certificate against the name."""

    def __init__(self, host, port, number):
        super().__init__(host, port, timeout=WAIT, context=ssl.create_default_context())
        self.number = number

    def connect(self):
        plain = socket.create_connection((self.number, self.port), self.timeout)
        self.sock = self._context.wrap_socket(plain, server_hostname=self.host)


def post(address, body, headers):
    """The status of the answer to this POST. Raises NotAllowed, OSError or http.client.HTTPException; reads none of the answer's words."""
    host, port, path = parts(address)
    connection = _Pinned(host, port, resolve(host, port))
    alarm = threading.Timer(LONGEST, lambda: _cut(connection))
    alarm.start()
    try:
        connection.request("POST", path, body=body, headers=headers)
        return connection.getresponse().status
    finally:
        alarm.cancel()
        connection.close()


def _cut(connection):
    try:
        connection.sock.shutdown(socket.SHUT_RDWR)
    except (OSError, AttributeError):
        pass  # it has just ended by itself
