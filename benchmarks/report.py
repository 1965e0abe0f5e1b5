"""Runs all measures and prints them as tables; returns the figures of the last line."""

from django.db import OperationalError

from benchmarks import measure, questions, served


def run(admin, env, log, *, only=(), askers, rounds, page_rounds, people, seconds, think, say=lambda text: print(text, flush=True)):
    """Everything, or only the named questions. The figures are those of docs/how-to/measure.md."""
    with measure.bare_connection(admin) as bare:
        taken, unanswered = {}, []
        say(f"\n{'question':<17}{'Romsai':>9}{'bare SQL':>10}{'times':>7}{'peer':>10}{'peer takes':>12}{'all, ms':>9}{'statements':>12}")
        for question in questions.QUESTIONS:
            if only and question.name not in only:
                continue
            try:
                one = taken[question.name] = measure.take(question, bare, askers, rounds)
            except OperationalError:  # Romsai ends a statement that takes too long, so there is no figure for it, only this
                unanswered.append(question.name)
                say(f"{question.name:<17}  no answer within the time that one statement may take")
                continue
            peer = f"{one.peer:>10.1f}{one.peer_to_us:>11.1f}x" if one.peer is not None else " " * 22
            say(f"{question.name:<17}{one.romsai:>9.1f}{one.bare:>10.1f}{one.to_bare:>6.1f}x{peer}{one.wall:>9.1f}{one.statements:>12}")
        if only:
            return {f"{name}_vs_sql": round(one.to_bare, 2) for name, one in taken.items()} | {"unanswered": unanswered}
        return _figures(taken) | {"unanswered": unanswered} | _web(bare, env, log, page_rounds, people, seconds, think, say)


def _figures(taken):
    """None where a question had no answer."""
    lists = ("caseload", "search", "team", "team_search", "board")
    counts = ("caseload_count", "team_count")

    def worst(names, figure, choose=max):
        found = [getattr(taken[name], figure) for name in names if name in taken]
        return round(choose(found), 2) if len(found) == len(names) else None

    return {
        "caseload_vs_sql": worst(["caseload"], "to_bare"),
        "search_vs_sql": worst(["search", "team_search"], "to_bare"),
        "worst_list_vs_sql": worst(lists, "to_bare"),
        "country_vs_sql": worst(["country"], "to_bare"),
        "name_search_vs_peer": worst(["known_child"], "peer_to_us"),
        "count_vs_peer": worst(counts, "peer_to_us", min),
        "insert_vs_peer": worst(["insert"], "peer_to_us"),
        "update_vs_peer": worst(["update"], "peer_to_us"),
    }


def _web(bare, env, log, rounds, people, seconds, think, say):
    told, supervisor = served.staff(bare, people)
    with served.serving(env, log) as (port, web):
        alone, texts = served.pages(port, told[0], supervisor, rounds)
        say("\npage, one person alone    ms")
        for title, ms in alone.items():
            say(f"{title:<20}{ms:>8.1f}")
        say(
            f"\nThe case page asks {len(texts)} statements, {sum(text.startswith(('SAVEPOINT', 'RELEASE', 'select set_config')) for text in texts)} of them for context and savepoints."
        )
        say(f"\n{len(told)} people at work for {seconds:.0f} s, each reading {think:.0f} s between two steps:")
        took, faults = served.mixed(port, told, seconds, think)
        everything = [ms for times in took.values() for ms in times]
        for kind, times in sorted(took.items()):
            say(f"{kind:<20}{len(times):>6} times, median {served.median(times):>7.1f} ms, p95 {served.p95(times):>7.1f} ms")
        for fault in sorted(set(faults)):
            say(f"fault, {faults.count(fault)} times: {fault}")
        return {
            "case_page_statements": len(texts),
            "first_page_ms": round(alone["caseload"], 1),
            "today_ms": round(alone["today"], 1),
            "case_page_ms": round(alone["case"], 1),
            "board_ms": round(alone["board"], 1),
            "empty_page_ms": round(alone["empty page"], 1),
            "mix_p95_ms": round(served.p95(everything), 1),
            "mix_per_s": round(len(everything) / seconds, 1),
            "errors": len(faults),
            "web_mb": round(served.megabytes(web)),
        }
