"""People who write while everything is killed: a write is theirs once Romsai has said so, and until then they send it again.

Each write has a key of its own, as the hidden field of every form has. Now and then the answer is lost on the way, as on a phone
in a tunnel: the writer cannot know what became of the write, and sends it again at once.
"""

import http.client
import random
import threading
import time
import uuid
from dataclasses import dataclass, field
from urllib.parse import urlencode

from benchmarks.mix import Person

LOST_ANSWERS = 0.02  # of all sendings
REPORTS, LETTERS = 0.7, 0.03  # of all writes; letters are notes to the supervisors, who get a message; the others are notes on cases
GIVE_UP = 120  # seconds after which a writer takes a write as never acknowledged
PAUSE = 0.3  # seconds before a write is sent again, on average
FORM = "application/x-www-form-urlencoded"


@dataclass
class Book:
    """What the writers know, kept outside the database: {words: moment} of what was acknowledged, and what was answered otherwise."""

    name: str  # one word: the words of each write begin with it
    wanted: int
    acknowledged: dict = field(default_factory=dict)
    unsure: set = field(default_factory=set)  # sent, and never answered for good
    answers: dict = field(default_factory=dict)  # {status: times} of whatever was no acknowledgement
    pages: dict = field(default_factory=dict)  # {status: the page that came with it}, one of each
    sent: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def next(self):
        """The number of the next write, or None if all are given out."""
        with self.lock:
            if self.sent >= self.wanted:
                return None
            self.sent += 1
            return self.sent

    def keep(self, words):
        with self.lock:
            self.acknowledged[words] = time.monotonic()
            self.unsure.discard(words)

    def otherwise(self, status, page=""):
        with self.lock:
            self.answers[status] = self.answers.get(status, 0) + 1
            self.pages.setdefault(status, page)


class Writer(threading.Thread):
    """One social worker at a desk, and the public telephones beside it."""

    def __init__(self, port, told, number, book, seed, reports=REPORTS, lost_answers=LOST_ANSWERS):
        super().__init__(daemon=True, name=f"writer {number}")
        self.port, self.told, self.number, self.book, self.reports, self.lost_answers = port, told, number, book, reports, lost_answers
        self.rng = random.Random(f"{seed} {book.name} {number}")  # keys of its own for each run in the same Romsai
        self.desk = Person(port, told["email"], told["password"], secret=told["secret"], address=f"127.0.1.{number + 1}", secure=True)

    def run(self):
        while (number := self.book.next()) is not None:
            words = f"torture {self.book.name} {number}"
            kind = self.rng.random()
            write = self._report if kind < self.reports else self._letter if kind < self.reports + LETTERS else self._note
            key = str(uuid.UUID(int=self.rng.getrandbits(128), version=4))
            case = self.rng.choice(self.told["cases"])
            deadline = time.monotonic() + GIVE_UP
            self.book.unsure.add(words)
            while time.monotonic() < deadline:
                try:
                    status, is_kept, page = write(words, key, case)
                except (OSError, http.client.HTTPException) as problem:
                    status, is_kept, page = type(problem).__name__, False, ""
                if is_kept:
                    self.book.keep(words)
                    break
                self.book.otherwise(status, page)
                if status != "lost on the way":
                    time.sleep(self.rng.uniform(0.5, 1.5) * PAUSE)

    def sign_in(self):
        self.desk.sign_in()

    def write_once(self, words, key):
        """One report from one telephone; True if it was acknowledged."""
        return self._report(words, key, None)[1]

    def _note(self, words, key, case):
        return self._signed_in(f"/cases/{case}/do/note/", f"/cases/{case}/", words, key)

    def _letter(self, words, key, _case):
        return self._signed_in(f"/workforce/supervision/{self.told['uuid']}/", "/workforce/supervision/", words, key)

    def _signed_in(self, path, then, words, key):
        person, fields = self.desk, {"client_key": key, "text": words}
        if self.rng.random() < self.lost_answers:
            token = next(value for name, value in person.cookies.items() if "csrf" in name)
            cookies = "; ".join(f"{name}={value}" for name, value in person.cookies.items())
            origin = {"Origin": "https://localhost", "Referer": "https://localhost/", "Cookie": cookies}
            return self._into_the_tunnel(path, fields | {"csrfmiddlewaretoken": token}, origin)
        status, to, page = person.send(path, fields)
        return f"{status} {to}" if status == 302 else status, status == 302 and to.startswith(then), page

    def _report(self, words, key, _case):
        fields = {"client_key": key, "worry": words, "danger": "no", "receipt": "", "where": "The market"}
        if self.rng.random() < self.lost_answers:
            return self._into_the_tunnel("/start/worried/", fields, {})
        line = self._line()
        try:
            line.request("POST", "/start/worried/", urlencode(fields), {"Host": "localhost", "X-Forwarded-Proto": "https", "Content-Type": FORM})
            answer = line.getresponse()
            page = answer.read().decode("utf-8", "replace")
        finally:
            line.close()
        return answer.status, answer.status == 200 and "rs-receipt" in page, page

    def _into_the_tunnel(self, path, fields, headers):
        """The request goes out whole, and nobody is there when the answer comes."""
        line = self._line()
        try:
            line.request("POST", path, urlencode(fields), {"Host": "localhost", "X-Forwarded-Proto": "https", "Content-Type": FORM} | headers)
            time.sleep(self.rng.uniform(0, 0.2))
        finally:
            line.close()
        return "lost on the way", False, ""

    def _line(self):
        """Each report comes from a telephone of its own: five from one would go by the slow lane."""
        address = "127.{}.{}.{}".format(*(self.rng.randrange(1, 255) for _unused in range(3)))
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=60, source_address=(address, 0))


def at_work(port, people, book, seed, **more):
    """Everybody signed in and writing: the threads."""
    writers = [Writer(port, told, number, book, seed, **more) for number, told in enumerate(people)]
    for writer in writers:
        if writer.reports < 1:
            writer.sign_in()
    for writer in writers:
        writer.start()
    return writers
