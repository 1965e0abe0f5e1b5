"""How questions are written so that PostgreSQL can keep their plans: row policies make a question dear to plan.

A connection that is kept keeps plans by the text of the question, and a kept plan must do for every parameter. So a list of ids
is one array, and a question for twenty-four cases has the same text as one for twenty-five:

    Case.objects.filter(pk__in=[1, 2, 3])        # … where id = any(%s), with one parameter

and a code by which a partial index is chosen stands in the text (`Code`), for of a parameter PostgreSQL cannot know it.
"""

import re

from django.db import models
from django.db.models import Value
from django.db.models.fields.related_lookups import RelatedIn
from django.db.models.lookups import In


class _Array:
    """Only lists of whole numbers: constraints and indexes that name codes are written as ever."""

    def process_rhs(self, compiler, connection):
        sql, params = super().process_rhs(compiler, connection)
        self._is_array = self.rhs_is_direct_value() and all(isinstance(param, int) for param in params)
        return ("%s", ([*params],)) if self._is_array else (sql, params)

    def get_rhs_op(self, connection, rhs):
        return f"= any({rhs})" if self._is_array else super().get_rhs_op(connection, rhs)


class InArray(_Array, In):
    """`pk__in` of a list."""


class RelatedInArray(_Array, RelatedIn):
    """`case__in` of a list."""


def register():
    """From here on questions of the ORM use arrays."""
    models.IntegerField.register_lookup(InArray)
    models.ForeignKey.register_lookup(RelatedInArray)


class Code(Value):
    """One of our own codes as a word of the question. Raises ValueError for what is none: nothing that was typed may come here."""

    def __init__(self, value):
        if not re.fullmatch("[A-Z][A-Z0-9_]*", value):
            raise ValueError(f"{value!r} is not a code.")
        super().__init__(str(value), output_field=models.CharField())

    def as_sql(self, compiler, connection):
        return f"'{self.value}'", []
