"""Every address of the project, and who opens it: read from Django's own resolver, so that a new address is asked at once."""

import re
from collections import namedtuple
from pathlib import Path

import yaml
from django.urls import URLPattern, get_resolver

TABLE = Path(__file__).with_name("doors.yaml")
ABSENT = "00000000-0000-4000-8000-00000000000"

Door = namedtuple("Door", "name route arguments")


def every_door():
    """All of them, in order, each with its full name (or route, where it has no name) and the names of its arguments."""
    return list(_walk(get_resolver(), "", ""))


def _walk(resolver, prefix, namespace):
    for part in resolver.url_patterns:
        route = prefix + str(part.pattern)
        if isinstance(part, URLPattern):
            name = f"{namespace}{part.name}" if part.name else route
            yield Door(name, route, tuple(_arguments(route)))
        else:
            yield from _walk(part, route, f"{namespace}{part.namespace}:" if part.namespace else namespace)


def _arguments(route):
    for plain, expression in re.findall(r"<(?:\w+:)?(\w+)>|\(\?P<(\w+)>", route):
        yield plain or expression


def address(door, given):
    """The path of a door with these arguments; KeyError for an argument that nobody has told a value for."""
    path = re.sub(r"\(\?P<(\w+)>(?:[^()]|\([^()]*\))*\)", lambda m: str(given[m[1]]), door.route)
    path = re.sub(r"<(?:\w+:)?(\w+)>", lambda m: str(given[m[1]]), path)
    return "/" + path.replace("^", "").replace("$", "").replace("\\Z", "")


def table():
    """doors.yaml: name of a door -> who opens it on Noy's unsealed case, or `everyone`, `public`, `sign-in`."""
    return yaml.safe_load(TABLE.read_text())
