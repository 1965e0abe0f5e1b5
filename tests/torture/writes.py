"""Writes while every part is killed at random moments: what was acknowledged is there, once, whole and readable."""

import random
import time

from tests.torture.clients import Book, at_work
from tests.torture.counting import compare, half

# As often as each is chosen. A backend that dies makes PostgreSQL throw away all connections and recover by itself.
VICTIMS = {"web process": 5, "web": 2, "worker": 2, "keys": 3, "backend": 4, "postmaster": 1, "database": 3, "supervisor": 2}
BETWEEN = (60, 280)  # acknowledgements from one kill to the next, so that a slow machine is not killed all the time
LONGEST_DELAY = 0.25  # seconds between an acknowledgement and the kill: before, in the middle of, and after the next writes
LONGEST = 30  # seconds from one kill to the next, however few were acknowledged


def torture(romsai, people, seed, *, name="writes", wanted, most_seconds, say, victims=VICTIMS, between=BETWEEN, most_kills=None, **writing):
    """The figures of one run of writing and killing; `romsai` stands already."""
    book, rng, kills = Book(name, wanted), random.Random(f"kills {seed} {name}"), []
    writers = at_work(romsai.port, people["writers"], book, seed, **writing)
    began = told = time.monotonic()
    while any(writer.is_alive() for writer in writers):
        if time.monotonic() - began > most_seconds and book.wanted > book.sent:
            say(f"The time is up after {len(book.acknowledged)} of {wanted} writes.")
            book.wanted = book.sent  # what is begun is brought to its end
        _wait_for(rng.uniform(*between), book, writers)
        if most_kills is not None and len(kills) >= most_kills or not any(writer.is_alive() for writer in writers):
            continue
        victim = rng.choices(list(victims), victims.values())[0]
        time.sleep(rng.uniform(0, LONGEST_DELAY))
        moment = time.monotonic()
        if romsai.kill(victim, rng):
            kills.append((victim, moment))
            _wait_for_the_next(book, moment, writers)
        if time.monotonic() - told > 15:
            told = time.monotonic()
            say(f"{told - began:5.0f} s: {len(book.acknowledged):6} acknowledged, {len(kills)} kills, {sum(book.answers.values())} sent again")
    took = time.monotonic() - began
    romsai.wait_until_whole()
    return figures(romsai, book, kills, took, say)


def figures(romsai, book, kills, took, say):
    """Everything counted, after the last write."""
    told = romsai.run("tests.torture.counting")
    lost, doubled, strange = compare(book.acknowledged, book.unsure, told["kept"], book.name)
    torn = half(romsai)
    pauses = recoveries(kills, sorted(book.acknowledged.values()))
    for victim in sorted({victim for victim, _moment in kills}):
        times = sorted(pause for name, pause in pauses if name == victim)
        say(f"{victim:<12}{sum(name == victim for name, _m in kills):>4} times killed; next acknowledgement after {_median(times):>5.1f} s, at most {max(times, default=0):>5.1f} s")
    say(f"other answers: {dict(sorted(book.answers.items(), key=str))}")
    for words in (*lost[:3], *doubled[:3], *strange[:3]):
        say(f"not right: {words}")
    for what, number in torn.items():
        say(f"half: {number} times {what}")
    return {
        "writes": len(book.acknowledged),
        "unanswered": len(book.unsure),
        "sent_again": sum(book.answers.values()),
        "kills": len(kills),
        "lost": len(lost),
        "doubled": len(doubled),
        "strange": len(strange),
        "half": sum(torn.values()),
        "unreadable": told["unreadable"],
        "seconds": round(took),
        "recovered_s": round(max((pause for _victim, pause in pauses), default=0), 1),
        "recovered_median_s": round(_median(sorted(pause for _victim, pause in pauses)), 1),
    }


def recoveries(kills, acknowledged):
    """[(victim, seconds until the next acknowledgement)]; `acknowledged`: moments in order. A kill after the last write tells nothing."""
    found = []
    for victim, moment in kills:
        after = next((at for at in acknowledged if at > moment), None)
        if after is not None:
            found.append((victim, _longest_silence(acknowledged, moment, after)))
    return found


def _longest_silence(acknowledged, moment, after, within=2.0):
    """An answer on its way at the kill still comes; the silence that follows it is what people see."""
    longest, last = after - moment, after
    for at in acknowledged:
        if at > after:
            if last > moment + within:
                break
            longest, last = max(longest, at - last), at
    return longest


def _wait_for(number, book, writers):
    goal, until = len(book.acknowledged) + number, time.monotonic() + LONGEST
    while len(book.acknowledged) < goal and time.monotonic() < until and any(writer.is_alive() for writer in writers):
        time.sleep(0.01)


def _wait_for_the_next(book, moment, writers, patience=120):
    """Until somebody's write is acknowledged again: the next kill shall not hit what is lying down."""
    until = moment + patience
    time.sleep(0.5)
    while time.monotonic() < until and any(writer.is_alive() for writer in writers):
        with book.lock:
            if any(at > moment + 0.5 for at in reversed(list(book.acknowledged.values())[-20:])):
                return
        time.sleep(0.05)


def _median(times):
    return times[len(times) // 2] if times else 0.0
