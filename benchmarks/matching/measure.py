"""One question after the other to Romsai, and what came of them."""

import gc
import statistics
import time
from dataclasses import dataclass, field
from pathlib import Path


@dataclass
class Told:
    """Where the right person stood among the answers (1 is first, None is not among them), and how long each took."""

    places: list = field(default_factory=list)
    seconds: list = field(default_factory=list)
    worked: list = field(default_factory=list)  # seconds of a processor, of this process, the key process and the database's
    candidates: list = field(default_factory=list)

    def recall(self, most, which=None):
        places = self.places if which is None else [place for place, chosen in zip(self.places, which, strict=True) if chosen]
        return round(sum(place is not None and place <= most for place in places) / len(places), 4) if places else None

    def ms(self, part, of="seconds"):
        """A quantile of the milliseconds: 0.5, 0.95."""
        ordered = sorted(getattr(self, of))
        return round(1000 * ordered[min(len(ordered) - 1, int(part * len(ordered)))], 1) if ordered else None


def of_romsai(asked, keys):
    """Each question as the system asks it for the known-child check: candidates by tokens, cards opened, compared, ranked. `keys`: number of the key process."""
    from django.db import connection

    from romsai.core import access
    from romsai.core.keys import client
    from romsai.people import search
    from romsai.people.models import Person

    told = Told()
    with access.system(purpose="benchmark"), connection.cursor() as cursor:
        cursor.execute("select pg_backend_pid()")
        others = keys, cursor.fetchone()[0]
    gc.collect()
    gc.freeze()  # as the web server does with what is loaded (romsai/wsgi.py)
    for question in asked:
        client.opened.clear()  # as if nobody had looked at any of them before
        began, worked = time.perf_counter(), _worked(others)
        with access.system(purpose="benchmark"):
            look = search.Question.of(**as_facts(question))
            found = look.find()
            people = {person.pk: person for person in Person.objects.filter(pk__in=[pk for pk, _points in found])}
            ranked = [person.pk for person, _likeness in search.ranked([people[pk] for pk, _points in found], names=look)]
        told.seconds.append(time.perf_counter() - began)
        told.worked.append(_worked(others) - worked)
        told.places.append(ranked.index(question.number) + 1 if question.number in ranked else None)
        told.candidates.append(question.number in people)
    return told


def _worked(others):
    """Seconds that this process and the others had a processor, as Linux counts them."""
    lines = [line for number in others for line in Path(f"/proc/{number}/task").glob("*/schedstat")]
    return time.process_time() + sum(int(line.read_text().split()[0]) for line in lines) / 1e9


def as_facts(question):
    return {name: getattr(question, name) for name in ("names", "birth_year", "sex", "place", "mother", "father", "phone")}


def spread(values):
    return f"{statistics.mean(values):.3f}" if values else "-"
