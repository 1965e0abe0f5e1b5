"""Fifty people at work at once, each signed in for real: a process of its own, told by JSON on its standard input.

It knows nothing of Romsai but its pages. What the people do follows the mix of the load test: four in ten open a case, a quarter
look at a list, one in ten searches, one in five saves, one in twenty adds a file. Between two steps a person reads for a while.
"""

import base64
import hashlib
import hmac
import http.client
import json
import random
import re
import struct
import sys
import threading
import time
import uuid
from urllib.parse import quote, urlencode

STEPS = {"case": 40, "list": 25, "search": 10, "save": 20, "upload": 5}
IDLE = 1  # seconds after which the server may have hung up, so that a browser, too, would call again
LISTS = ("/", "/cases/", "/cases/?list=late")


class Person:
    """One signed-in browser. After each request `.ms` says how long it took."""

    def __init__(self, port, email, password, *, secret="", address="127.0.0.1", secure=False):
        self.line = http.client.HTTPConnection("127.0.0.1", port, timeout=60, source_address=(address, 0))
        self.cookies, self.secure, self.secret = {}, secure, secret
        self.email, self.password = email, password
        self.ms, self.last = 0.0, 0.0

    def sign_in(self, ahead=0):
        """`ahead`: seconds by which the clock of the web server is ahead of ours."""
        self.ask("GET", "/account/login/")
        status, to, _body = self.send("/account/login/", {"login": self.email, "password": self.password})
        if "2fa" in to:
            self.ask("GET", to)
            page = to
            status, to, _body = self.send(page, {"code": code_now(self.secret, ahead)})
            if status == 200:  # a code opens once, and this one has: the app shows the next within half a minute
                time.sleep(30 - (time.time() + ahead) % 30)
                status, to, _body = self.send(page, {"code": code_now(self.secret, ahead)})
        if status != 302 or "login" in to:
            raise RuntimeError(f"{self.email} could not sign in: {status}")

    def ask(self, method, path, body=None, kind=""):
        """(status, where to, text) of one request."""
        headers = {"Host": "localhost", "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        if self.secure:
            headers |= {"X-Forwarded-Proto": "https", "Origin": "https://localhost", "Referer": "https://localhost/"}
        if kind:
            headers["Content-Type"] = kind
        if time.monotonic() - self.last > IDLE:
            self.line.close()
        began = time.perf_counter()
        try:
            self.line.request(method, path, body, headers)
            answer = self.line.getresponse()
            text = answer.read()
        except (OSError, http.client.HTTPException):
            self.line.close()
            raise
        finally:
            self.ms, self.last = (time.perf_counter() - began) * 1000, time.monotonic()
        for cookie in answer.headers.get_all("Set-Cookie") or ():
            name, _equals, value = cookie.split(";", 1)[0].partition("=")
            self.cookies[name] = value
        return answer.status, answer.headers.get("Location", ""), text.decode("utf-8", "replace")

    def send(self, path, fields):
        return self.ask("POST", path, urlencode(fields | {"csrfmiddlewaretoken": self._token()}), "application/x-www-form-urlencoded")

    def send_file(self, path, fields, name, content):
        edge = uuid.uuid4().hex
        parts = [
            f'--{edge}\r\nContent-Disposition: form-data; name="{field}"\r\n\r\n{value}\r\n'.encode()
            for field, value in (fields | {"csrfmiddlewaretoken": self._token()}).items()
        ]
        parts.append(
            f'--{edge}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\nContent-Type: image/jpeg\r\n\r\n'.encode()
            + content
            + b"\r\n"
        )
        return self.ask("POST", path, b"".join(parts) + f"--{edge}--\r\n".encode(), f"multipart/form-data; boundary={edge}")

    def _token(self):
        return next(value for name, value in self.cookies.items() if "csrf" in name)


def code_now(secret, ahead=0):
    """The six digits that an authenticator app would show now (RFC 6238)."""
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    digest = hmac.digest(key, struct.pack(">Q", int(time.time() + ahead) // 30), hashlib.sha1)
    at = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[at : at + 4])[0] & 0x7FFFFFFF) % 1_000_000:06d}"


def step(person, kind, rng, told, picture):
    """One thing that a person does; what is wrong with the answer, or nothing."""
    case = rng.choice(told["cases"])
    if kind == "case":
        status, _to, text = person.ask("GET", f"/cases/{case}/")
        return "" if status == 200 and case in text else f"{status} for a case"
    if kind == "list":
        status, _to, text = person.ask("GET", rng.choice(LISTS))
        return "" if status == 200 and "/cases/" in text else f"{status} for a list"
    if kind == "search":
        name = rng.choice(told["names"])
        status, _to, text = person.ask("GET", f"/search/?q={quote(name)}")
        return "" if status == 200 and re.search("/cases/[0-9a-f-]{36}/", text) else f"{status} for a search, or nobody was found"
    key = {"client_key": str(uuid.UUID(int=rng.getrandbits(128), version=4))}
    if kind == "save":
        status, _to, _text = person.send(f"/cases/{case}/do/note/", key | {"text": "The child was calm and told of school."})
    else:
        status, _to, _text = person.send_file(f"/papers/{case}/add/", key | {"kind": "SCHOOL", "name": ""}, "school.jpg", picture)
    return "" if status == 302 else f"{status} for a {kind}"


def work(told, number, until, common, took, faults):
    rng = random.Random(f"mix {number}")
    person = Person(
        common["port"], told["email"], told["password"], secret=told["secret"], address=f"127.0.1.{number + 1}", secure=common["secure"]
    )
    picture = base64.b64decode(common["picture"])
    try:
        person.sign_in()
    except (OSError, RuntimeError, http.client.HTTPException) as problem:
        faults.append(str(problem))
    until["signed in"].wait()
    if not person.cookies:
        return
    time.sleep(rng.random() * common["think"])
    while time.monotonic() < until["moment"]:
        kind = rng.choices(list(STEPS), STEPS.values())[0]
        try:
            fault = step(person, kind, rng, told, picture)
        except (OSError, http.client.HTTPException) as problem:
            fault = f"{type(problem).__name__} for a {kind}"
        took.append((kind, person.ms))
        if fault:
            faults.append(fault)
        time.sleep(rng.uniform(0.5, 1.5) * common["think"])


def main():
    common = json.load(sys.stdin)
    took, faults, until = [], [], {"moment": float("inf")}

    def begin():
        until["moment"] = time.monotonic() + common["seconds"]

    until["signed in"] = threading.Barrier(len(common["people"]), action=begin)
    threads = [threading.Thread(target=work, args=(told, n, until, common, took, faults)) for n, told in enumerate(common["people"])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    json.dump({"took": took, "faults": faults}, sys.stdout)


if __name__ == "__main__":
    main()
