"""What changed from one version of a form to the next, in plain words for the second person."""

from django.utils.translation import gettext as _

from .compile import walk


def answered(compiled):
    """{name: node} of everything that gives an answer."""
    return {node["name"]: node for node in walk(compiled["nodes"]) if "sensitivity" in node}


def retyped(old, new):
    """Sentences for answers whose type changed under the same name: they could no longer be counted together."""
    before, after = answered(old), answered(new)
    return [
        _("“%(name)s” was of type %(old)s and is now of type %(new)s. Give the new question a name of its own.")
        % {"name": name, "old": before[name]["kind"], "new": after[name]["kind"]}
        for name in after
        if name in before and _type(before[name]) != _type(after[name])
    ]


def _type(node):
    return node["kind"], tuple(node["within"])


def differences(old, new):
    """Sentences, one a change."""
    before, after = answered(old), answered(new)
    both = [name for name in after if name in before]
    found = [_("New question: %(question)s.") % {"question": _called(after[name])} for name in after if name not in before]
    found += [_("No longer asked: %(question)s.") % {"question": _called(before[name])} for name in before if name not in after]
    found += retyped(old, new)
    for name in both:
        found += _wording(before[name], after[name])
        found += _rules(before[name], after[name])
    found += _choices(old["lists"], new["lists"])
    found += _languages(old, new)
    if both != [name for name in before if name in after]:
        found.append(_("The questions stand in another order."))
    return found


def _called(node):
    label = node["label"].get("en") or next(iter(node["label"].values()), "")
    return f"“{label}” ({node['name']})" if label else f"“{node['name']}”"


def _wording(old, new):
    for key, sentence in (
        ("label", _("%(question)s: the words in %(language)s were “%(old)s” and are now “%(new)s”.")),
        ("hint", _("%(question)s: the hint in %(language)s was “%(old)s” and is now “%(new)s”.")),
        (
            "constraint_message",
            _("%(question)s: the message in %(language)s was “%(old)s” and is now “%(new)s”."),
        ),
    ):
        was, now = old.get(key, {}), new.get(key, {})
        for code in sorted(was.keys() | now.keys()):
            if was.get(code) != now.get(code):
                facts = {
                    "question": _called(new),
                    "language": code,
                    "old": was.get(code, "–"),
                    "new": now.get(code, "–"),
                }
                yield sentence % facts


def _rules(old, new):
    about = {"question": _called(new)}
    for key, sentence in (
        ("relevant", _("%(question)s: when it is asked has changed.")),
        ("constraint", _("%(question)s: which answers are allowed has changed.")),
        ("calculation", _("%(question)s: how it is calculated has changed.")),
        ("filter", _("%(question)s: which choices are offered has changed.")),
        ("list", _("%(question)s: it has another list of choices.")),
        ("default", _("%(question)s: the answer it begins with has changed.")),
    ):
        if old.get(key) != new.get(key):
            yield sentence % about
    if bool(old.get("required")) != bool(new.get("required")):
        yield (_("%(question)s: it must now be answered.") if new.get("required") else _("%(question)s: it may now be left out.")) % about
    if old["sensitivity"] != new["sensitivity"]:
        yield _("%(question)s: its level of sensitivity was %(old)s and is now %(new)s.") % {
            **about,
            "old": old["sensitivity"],
            "new": new["sensitivity"],
        }
    if old["export"] != new["export"]:
        yield (
            _("%(question)s: it may now leave in an export.") if new["export"] else _("%(question)s: it no longer leaves in an export.")
        ) % about


def _choices(old, new):
    for name in sorted(old.keys() & new.keys()):
        was, now = ({choice["name"]: choice["label"] for choice in lists[name]} for lists in (old, new))
        for code in now:
            if code not in was:
                yield _("The list “%(list)s” has a new choice, “%(choice)s”.") % {
                    "list": name,
                    "choice": code,
                }
            elif was[code] != now[code]:
                yield _("The list “%(list)s” has new words for the choice “%(choice)s”.") % {
                    "list": name,
                    "choice": code,
                }
        for code in was:
            if code not in now:
                yield _("The list “%(list)s” no longer has the choice “%(choice)s”.") % {
                    "list": name,
                    "choice": code,
                }


def _languages(old, new):
    for code in new["languages"]:
        if code not in old["languages"]:
            yield _("The form is now also in the language “%(code)s”.") % {"code": code}
    for code in old["languages"]:
        if code not in new["languages"]:
            yield _("The form is no longer in the language “%(code)s”.") % {"code": code}
