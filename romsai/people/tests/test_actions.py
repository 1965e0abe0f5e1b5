"""Changes to people through the policy, the row policies and a real key process."""

from datetime import date, timedelta

import pytest
from django.db import connection

from romsai.cases.models import Participant
from romsai.core import access
from romsai.core.actions import Refused
from romsai.people import actions as people
from romsai.people.models import Address, Entry, Name, Person, Relation
from tests import world as invented


@pytest.fixture
def child(world):
    """A child of Kham's, as Kham sees her."""
    case = invented.case(world)
    with access.acting(world.kham):
        yield Person.objects.visible().get(pk=case.child_id)


def named(person):
    return sorted((name.full, name.kind, name.is_main) for name in person.names.all())


def test_a_person_has_a_key_and_sealed_names(child):
    assert named(child) == [("Keo Invented", "LEGAL", True)]
    assert child.key.kind == "person" and not child.is_label_only
    with connection.cursor() as cursor:
        cursor.execute('select "full" from people_name where person_id = %s', [child.pk])
        assert b"Keo" not in bytes(cursor.fetchone()[0])


def test_the_assigned_worker_adds_a_name_and_a_stranger_cannot(world, child):
    people.add_name(child, by=world.kham, full="  น้อย  ", kind="NICK")
    assert named(child) == [("Keo Invented", "LEGAL", True), ("น้อย", "NICK", False)]
    assert child.names.get(kind="NICK").script == "Thai"
    with access.acting(world.stranger), pytest.raises(access.Forbidden):
        people.add_name(child, by=world.stranger, full="Mai", kind="NICK")
    assert child.names.count() == 2


def test_there_is_one_main_name(world, child):
    people.add_name(child, by=world.kham, full="แก้ว", kind="SCRIPT", is_main=True)
    assert named(child) == [("Keo Invented", "LEGAL", False), ("แก้ว", "SCRIPT", True)]


def test_a_name_without_letters_is_refused(world, child):
    with pytest.raises(Refused):
        people.add_name(child, by=world.kham, full=" \u200b ")


def test_correcting_a_name_moves_the_tokens_and_leaves_no_stale_one(world, child):
    before = set(Entry.objects.get(person=child).own)
    name = people.correct_name(child.names.get(), by=world.kham, full="Mai Other")
    after = set(Entry.objects.get(person=child).own)
    assert name.full == "Mai Other" and after and not before & after
    people.correct_name(name, by=world.kham, full="Keo Invented")
    assert set(Entry.objects.get(person=child).own) == before


def test_a_child_who_does_not_speak_is_known_by_a_description_until_a_name_comes(world):
    case = invented.case(
        world,
        child={
            "sex": "F",
            "age_basis": "ESTIMATED",
            "names": [{"full": "Baby in the blue cloth", "kind": "LABEL"}],
        },
    )
    with access.acting(world.kham):
        baby = Person.objects.visible().get(pk=case.child_id)
        assert baby.is_label_only and Entry.objects.get(person=baby).own == []
        people.add_name(baby, by=world.kham, full="Noy", kind="NICK", is_main=True)
        baby = Person.objects.visible().get(pk=baby.pk)
        assert not baby.is_label_only and Entry.objects.get(person=baby).own != []


@pytest.mark.parametrize(
    "facts",
    [
        {"birth_year": 2555},
        {"birth_year": 1850},
        {"birth_year": date.today().year + 1},
        {"birth_year": None, "birth_month": 3},
        {"birth_year": 2012, "birth_day": 3, "birth_month": None},
        {"birth_year": 2012, "birth_month": 2, "birth_day": 30},
        {"birth_year": 2012, "birth_month": 2, "birth_margin": 1},
        {"sex": "Q"},
        {"age_basis": "GUESS"},
    ],
)
def test_facts_that_cannot_be_are_refused_in_words(world, child, facts):
    with pytest.raises(Refused):
        people.correct_person(child, by=world.kham, **facts)


def test_an_age_is_a_range_and_doubt_makes_a_child(world, child):
    child = people.correct_person(child, by=world.kham, birth_year=2009, birth_margin=2, age_basis="ESTIMATED")
    assert child.ages(date(2026, 3, 1)) == (14, 19)
    assert child.is_child(date(2026, 3, 1)) and not child.is_child(date(2031, 3, 1))
    child = people.correct_person(child, by=world.kham, age_basis="DISPUTED")
    assert child.is_child(date(2031, 3, 1))


def test_a_number_that_no_rule_expects_is_saved(world, child):
    people.add_identifier(child, by=world.kham, kind="NATIONAL_ID", number="0-0000-00000-00-0", country="THA")
    assert child.identifiers.get().number == "0-0000-00000-00-0"


def test_a_new_address_ends_the_one_before(world, child):
    people.add_address(child, by=world.kham, area=world.town, text="Behind the market", from_on=date(2025, 1, 1))
    people.add_address(
        child,
        by=world.kham,
        area=world.town,
        text="With her aunt",
        from_on=date(2025, 6, 1),
        is_confidential=True,
    )
    with access.acting(world.kham):
        rows = [(a.text, a.is_current, a.until_on) for a in Address.objects.visible().filter(person=child).order_by("pk")]
    assert rows == [("Behind the market", False, date(2025, 6, 1)), ("With her aunt", True, None)]
    with access.acting(world.manager):
        assert not Address.objects.visible().exists() and Name.objects.visible().filter(person=child).exists()


def test_relations_join_people_of_the_case(world, child):
    from romsai.cases import actions as cases

    case = child.cases.get()
    part = cases.add_person(case, by=world.kham, role="FAMILY", relation="MOTHER", names=[{"full": "Bua Invented"}], sex="F")
    mother = Person.objects.visible().get(pk=part.person_id)
    relation = people.relate(child, by=world.kham, relative=mother, kind="MOTHER", is_carer=True, note="Works at night.")
    assert relation.note == "Works at night."
    with pytest.raises(Refused):
        people.relate(child, by=world.kham, relative=mother, kind="MOTHER")
    with pytest.raises(Refused):
        people.relate(child, by=world.kham, relative=child, kind="SIBLING")
    with pytest.raises(Refused):
        people.relate(child, by=world.kham, relative=mother, kind="PET")
    people.correct_relation(relation, by=world.kham, no_contact=True, until_on=date.today() - timedelta(days=1))
    assert Relation.objects.visible().get(pk=relation.pk).no_contact
    assert Participant.objects.visible().filter(case=case).count() == 2
