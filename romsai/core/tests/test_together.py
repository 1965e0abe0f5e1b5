"""Several questions in one statement give the records that each would have given alone."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from romsai.cases.models import Assignment, Case, Concern, Consent, Deadline, Event, Note, Visit
from romsai.core import access
from romsai.core.together import together
from romsai.people.models import Name, Person
from tests import world as invented

MODELS = (Case, Person, Name, Concern, Deadline, Event, Assignment, Note, Visit, Consent)


def fields(record):
    return {field.attname: getattr(record, field.attname) for field in record._meta.concrete_fields}


def test_together_gives_what_each_question_gives_alone(world):
    case = invented.case(world)
    invented.seen(world, case)
    with access.acting(world.kham):

        def questions():
            return [
                *(model.objects.visible().order_by("-pk") for model in MODELS),
                Case.objects.visible().select_related("area__parent", "team", "agency", "child", "merged_into"),
                Concern.objects.filter(case=case)[:1],
                Note.objects.none(),
            ]

        alone = [[fields(record) for record in question] for question in questions()]
        with CaptureQueriesContext(connection) as asked:
            answers = together(*questions())
        assert len(asked) == 1
        assert [[fields(record) for record in answer] for answer in answers] == alone
        assert answers[10][0].area.parent.name and answers[10][0].agency.name
        assert sum(map(len, alone)) > 10 and answers[0][0].concerns is not None
        with CaptureQueriesContext(connection) as asked:
            assert together(*answers) == answers
        assert not asked


def test_together_reads_are_noted_and_what_is_hidden_stays_hidden(world):
    case = invented.case(world)
    with access.acting(world.kham) as context:
        together(Name.objects.visible().filter(person=case.child))
        assert any("identity" in str(read) for read in context.reads)
    with access.acting(world.stranger):
        names, cases = together(Name.objects.unfiltered(), Case.objects.unfiltered())
        assert not names and not cases
    with access.acting(world.kham), pytest.raises(TypeError):
        together(Case.objects.visible().values_list("pk"))
