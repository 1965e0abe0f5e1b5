"""When Primero shows a field, as an expression of ours. What cannot be said here raises Lost, and the field is asked always."""

import re

from romsai.exchange.imports.wrong import Wrong
from romsai.questionnaires import expressions

SIGNS = {"eq": "=", "ge": ">=", "gt": ">", "le": "<=", "lt": "<"}
DAY = re.compile(r"\d{4}-\d\d-\d\d")


class Lost(Wrong):
    """A condition that cannot be carried over, with the reason as it is reported."""


def expression(condition, known, choice_name):
    """The condition in the language of our forms; "" for none. known: {field: (question, kind)} of what is asked before."""
    source = _said(condition, known, choice_name) if isinstance(condition, dict) and condition else ""
    if source:
        try:
            expressions.parse(source)
        except expressions.ExpressionError:
            raise Lost("condition_unknown", "") from None
    return source


def _said(condition, known, choice_name):
    parts = []
    for operator, operands in condition.items():
        if operator == "disabled":
            if str(operands).lower() == "true":
                return ""
        elif operator in ("and", "or"):
            said = [_said(one, known, choice_name) for one in _several(operands)]
            parts.append("(" + f" {operator} ".join(said) + ")")
        elif operator == "not":
            parts.append("not(" + " and ".join(_said(one, known, choice_name) for one in _several(operands)) + ")")
        elif (operator in SIGNS or operator == "in") and isinstance(operands, dict) and operands:
            parts += [_compared(name, operator, value, known, choice_name) for name, value in operands.items()]
        else:
            raise Lost("condition_unknown", operator)
    if not all(parts):
        raise Lost("condition_unknown", "")
    return " and ".join(parts)


def _several(operands):
    found = operands if isinstance(operands, list) else [operands]
    if not found or not all(isinstance(one, dict) and one for one in found):
        raise Lost("condition_unknown", "")
    return found


def _compared(name, operator, value, known, choice_name):
    if name not in known:
        raise Lost("condition_other", name)
    question, kind = known[name]
    values = value if isinstance(value, list) else [value]
    if not values or (len(values) > 1 and operator not in ("eq", "in")):
        raise Lost("condition_unknown", operator)
    said = [_one(question, kind, "eq" if operator == "in" else operator, one, choice_name) for one in values]
    return said[0] if len(said) == 1 else "(" + " or ".join(said) + ")"


def _one(question, kind, operator, value, choice_name):
    words = str(value).lower() if isinstance(value, bool) else str(value)
    if kind == "acknowledge" and operator == "eq" and words in ("true", "false"):
        return f"${{{question}}} {'=' if words == 'true' else '!='} 'OK'"
    if kind in ("one", "many") and operator == "eq":
        code = _quoted(choice_name(words))
        return f"selected(${{{question}}}, {code})" if kind == "many" else f"${{{question}}} = {code}"
    if kind == "integer" and re.fullmatch(r"-?\d{1,9}", words):
        return f"${{{question}}} {SIGNS[operator]} {words}"
    if kind == "date" and DAY.fullmatch(words):
        return f"${{{question}}} {SIGNS[operator]} date('{words}')"
    if kind == "text" and operator == "eq":
        return f"${{{question}}} = {_quoted(words)}"
    raise Lost("condition_unknown", operator)


def _quoted(text):
    mark = "'" if "'" not in text else '"'
    if mark in text or "${" in text:
        raise Lost("condition_unknown", text)
    return f"{mark}{text}{mark}"
