"""What a page is about: some cases, to which the asker's rights are worked out once instead of in every statement.

    with access.about([case.pk for case in page]):
        …                                # everything asked here is asked of those cases only

A supervisor reaches thousands of cases and looks at twenty-five. PostgreSQL's relation functions then go through those alone
(`sec.about()`), and Python asks once how the asker stands to each. It narrows and cannot widen: what is not among them is not
there in the block, and exclusion is asked over everything, as ever. For reading; whoever writes does so outside.
"""

from contextlib import contextmanager

from django.apps import apps
from django.contrib.postgres.expressions import ArraySubquery
from django.db import connection
from django.db.models import BooleanField, ExpressionWrapper, Q
from psycopg.pq import TransactionStatus

from romsai.core.access.context import current, tell
from romsai.core.access.policy import policy
from romsai.core.access.reached import among, reached
from romsai.core.access.relations import meanings, subjects
from romsai.core.access.roles import SCOPE


class About:
    """Cases by id, with the relations by which the worker reaches them at each level, asked when first needed.

    by: a relation by which all of them are reached, where that is known. barred: all cases that the worker is kept from, also
    those not among these; None: not asked yet.
    """

    def __init__(self, worker, ids, *, by=None, barred=None):
        self.worker, self.ids, self.by, self.barred = worker, list(ids), by, barred
        self._held = {}

    @property
    def told(self):
        """The cases as PostgreSQL reads them."""
        return f"{{{','.join(map(str, self.ids))}}}"

    def reached(self, names, level):
        """Those of the cases that are reached at this level by one of the relations."""
        if self.by:
            return self.ids if self.by in names else []
        if level not in self._held:
            self._stand(dict.fromkeys([*BASIC, level]))
        return [pk for pk, by in self._held[level].items() if not by.isdisjoint(names)]

    def _stand(self, levels):
        """Ask by which relations the worker reaches each case at these levels, in one statement."""
        relations = policy().relations
        flags = {level: {name: _flag(name, level) for name in _names(self.worker, level)} for level in levels}
        asked = {flag: _holds(self.worker, name, level) for level, names in flags.items() for name, flag in names.items()}
        asked = {flag: ExpressionWrapper(condition, output_field=BooleanField()) for flag, condition in asked.items()} | barred_from(self.worker)
        rows = list(_cases().filter(pk__in=self.ids).annotate(**asked).values("pk", "sealed", *asked))
        self.barred = set().union(*(row["barred"] for row in rows))
        for level, names in flags.items():
            self._held[level] = {
                row["pk"]: {name for name, flag in names.items() if row[flag] and (relations[name].sealed or not row["sealed"])}
                for row in rows
                if row["pk"] not in self.barred
            }

    @property
    def excluded(self):
        """All cases that the worker is kept from."""
        if self.barred is None:
            self._stand(BASIC)
        return self.barred

    def of(self, ids):
        """The same of fewer cases."""
        wanted = set(ids)
        return About(self.worker, (pk for pk in self.ids if pk in wanted), by=self.by, barred=self.barred)


BASIC = ("core", "identity")  # levels that any list of cases reads


@contextmanager
def about(cases):
    """Everything in the block is asked of these cases alone, as far as the asker may see them; gives the `About`.

    cases: an `About`, or ids. Gives None and narrows nothing for the system and for whoever looks over whole areas. Nothing that is
    asked after the block may wait from within it.
    """
    context = current()
    if context.role != SCOPE or context.worker is None:
        yield None
        return
    if not isinstance(cases, About):
        cases = context.about.of(cases) if context.about else About(context.worker, cases)
    before, context.about = context.about, cases
    tell(connection, context.role, context.signed, cases)
    try:
        yield cases
    finally:
        context.about = before
        # After an error in the database the rollback puts the old setting back.
        if connection.connection.info.transaction_status != TransactionStatus.INERROR:
            tell(connection, context.role, context.signed, before)


def barred_from(worker):
    """An annotation `barred` of a question of cases: all that the worker is kept from."""
    return {"barred": ArraySubquery(subjects["case"].excluded(worker))}


def _names(worker, level):
    """Relations of the policy's line by which somebody of this role can reach a case."""
    relations = policy().relations
    return [n for n in policy().read["case"][level] if n in meanings and meanings[n].reaches == "case" and worker.role in relations[n].roles]


def _flag(name, level):
    return f"is_{name}_{level}" if "{level}" in meanings[name].sql else f"is_{name}"


def _holds(worker, name, level):
    """The condition on a case that one relation sets, before seal and exclusion."""
    found = meanings[name].rows(worker, level)
    if isinstance(found, Q):
        return found
    return Q(reached(worker, (name, level), _cases().model, lambda who: among(meanings[name].rows(who, level)), on="pk"))


def _cases():
    return apps.get_model("cases", "Case")._default_manager.unfiltered()
