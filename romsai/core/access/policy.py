"""The policy table, read once: what stands in policy.yaml as Python values. It decides nothing by itself."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

PATH = Path(__file__).with_name("policy.yaml")
LEVELS = ("core", "course", "work", "services", "identity", "location", "medical", "narrative", "reporter", "legal", "supervision")


@dataclass(frozen=True)
class Relation:
    """How a worker stands to a case or report; `roles` are codes of user_role that can stand so."""

    name: str
    means: str
    roles: tuple
    sealed: bool
    people: tuple | None


@dataclass(frozen=True)
class Table:
    """A protected table: whose it is, how sensitive, and by which column it is reached."""

    name: str
    subject: str  # case, report or person
    level: str
    column: str
    extra: str | None  # a relation that reaches single rows of this table


@dataclass(frozen=True)
class Action:
    """A change: the relations of which one is needed, the worker roles that are needed, and whether the system carries it out.

    `second`: worker roles of which one must confirm it; empty where one person is enough.
    """

    name: str
    any: tuple
    roles: tuple
    elevated: bool
    second: tuple = ()


@dataclass(frozen=True)
class Policy:
    relations: dict
    read: dict  # subject -> level -> relation names
    write: dict
    tables: dict
    open: dict
    sign_in: tuple
    closed: tuple
    actions: dict

    def table(self, name):
        try:
            return self.tables[name]
        except KeyError:
            raise LookupError(f"The policy table has no line for the table {name}.") from None

    def action(self, name):
        try:
            return self.actions[name]
        except KeyError:
            raise LookupError(f"The policy table has no line for the action {name}.") from None


def parse(text):
    """A Policy from the text of policy.yaml; ValueError for a word it does not know."""
    raw = yaml.safe_load(text)
    relations = {
        name: Relation(
            name,
            line["means"],
            tuple(line["roles"]),
            line["sealed"],
            tuple(line["people"]) if "people" in line else None,
        )
        for name, line in raw["relations"].items()
    }
    tables = {name: Table(name, *line[:3], line[3] if len(line) > 3 else None) for name, line in raw["tables"].items()}
    actions = {
        name: Action(
            name, tuple(line.get("any", ())), tuple(line.get("roles", ())), line.get("elevated", False), tuple(line.get("second", ()))
        )
        for name, line in raw["actions"].items()
    }
    for verb in ("read", "write"):
        for levels in raw[verb].values():
            for level, names in levels.items():
                if level not in LEVELS or not set(names) <= set(relations):
                    raise ValueError(f"{verb}: {level}: {names}")
    for table in tables.values():
        if table.level not in LEVELS or (table.extra and table.extra not in relations):
            raise ValueError(f"tables: {table}")
    for action in actions.values():
        if not set(action.any) <= set(relations) or not (action.any or action.roles):
            raise ValueError(f"actions: {action}")
    return Policy(relations, raw["read"], raw["write"], tables, raw["open"], tuple(raw["sign_in"]), tuple(raw["closed"]), actions)


@cache
def policy():
    return parse(PATH.read_text())
