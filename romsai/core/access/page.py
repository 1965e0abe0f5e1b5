"""docs/policy.md, written from the policy table for those who sign it."""

from romsai.core.access.policy import LEVELS, policy


def text():
    """The page as Markdown. The same table that PostgreSQL enforces; nothing is written by hand."""
    table = policy()
    lines = [
        "# Who may see and do what",
        "",
        "Written from `romsai/core/access/policy.yaml` by `manage.py access page`. Where it says nothing, the answer is no.",
        "",
        "## Relations",
        "",
        "| relation | means | roles that can stand so | on a sealed case |",
        "|---|---|---|---|",
    ]
    for r in table.relations.values():
        lines.append(f"| {r.name} | {r.means} | {', '.join(r.roles) or '-'} | {'yes' if r.sealed else 'no'} |")
    for verb, title in (("read", "Reading"), ("write", "Writing")):
        for subject, levels in getattr(table, verb).items():
            names = sorted({n for line in levels.values() for n in line}, key=list(table.relations).index)
            lines += ["", f"## {title} a {subject}", "", "| relation | " + " | ".join(lv for lv in LEVELS if lv in levels) + " |"]
            lines.append("|---|" + "---|" * len(levels))
            for name in names:
                lines.append(f"| {name} | " + " | ".join("yes" if name in levels[lv] else "no" for lv in LEVELS if lv in levels) + " |")
    lines += ["", "## Tables", "", "| table | about | level | also reached by |", "|---|---|---|---|"]
    lines += [f"| {t.name} | {t.subject} | {t.level} | {t.extra or ''} |" for t in table.tables.values()]
    lines += [
        "",
        "## Actions",
        "",
        "| action | needs one of these relations | worker roles | carried out as the system | confirmed by a second person |",
        "|---|---|---|---|---|",
    ]
    for a in table.actions.values():
        lines.append(f"| {a.name} | {', '.join(a.any)} | {', '.join(a.roles)} | {'yes' if a.elevated else ''} | {', '.join(a.second)} |")
    lines += ["", "## Tables without any child in them", "", "| table | rights |", "|---|---|"]
    for name, verbs in table.open.items():
        rights = "; ".join(f"{verb}: {', '.join(who)}" for verb, who in verbs.items())
        lines.append(f"| {name} | {rights} |")
    return "\n".join(lines) + "\n"
