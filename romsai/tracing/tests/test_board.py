"""The board for families: a face and a number, by consent and a second person, until a day; and what pointing to it tells nobody."""

from io import BytesIO

import pytest
from django.utils import timezone
from PIL import Image

from romsai.cases import actions as cases
from romsai.core import access, printing
from romsai.core.actions import Refused
from romsai.tracing import actions, photos
from romsai.tracing.tests.arrange import found_girl, grandmother, today, told


def picture():
    kept = BytesIO()
    made = Image.new("RGB", (900, 700), "teal")
    exif = made.getexif()
    exif[0x010E] = "taken at the secret shelter"
    made.save(kept, "JPEG", exif=exif)
    return kept.getvalue()


def on_board(w, case):
    with access.acting(w.kham):
        cases.record_consent(case, by=w.kham, kind="PHOTO", giver="CHILD", decision="ASSENT")
        photo = actions.put_on_board(case, by=w.kham, photo=photos.small(picture()), until_on=today(60))
    with access.acting(w.supervisor):
        cases.decide(case.approvals.waiting().get(kind="MEDIA_USE"), by=w.supervisor, status="APPROVED")
    return photo


def shown(w):
    with access.acting(w.other_supervisor):
        return actions.print_board(by=w.other_supervisor)


def test_a_photo_hangs_by_consent_and_a_second_person_and_comes_down_with_either(world):
    case = found_girl(world)
    told(world, case)
    with access.acting(world.kham), pytest.raises(Refused, match="no consent to use a photo"):
        actions.put_on_board(case, by=world.kham, photo=b"x", until_on=today(9))
    with access.acting(world.kham):
        cases.record_consent(case, by=world.kham, kind="PHOTO", giver="CHILD", decision="ASSENT")
        with pytest.raises(Refused, match="Choose a later day"):
            actions.put_on_board(case, by=world.kham, photo=b"x", until_on=today(400))
        photo = actions.put_on_board(case, by=world.kham, photo=photos.small(picture()), until_on=today(60))
    assert shown(world) == []  # nobody agreed yet
    with access.acting(world.supervisor):
        cases.decide(case.approvals.waiting().get(kind="MEDIA_USE"), by=world.supervisor, status="APPROVED")
    [hanging] = shown(world)
    assert hanging.number == photo.number
    with access.acting(world.kham), pytest.raises(access.Forbidden):
        actions.print_board(by=world.kham)
    with access.system():
        type(photo).objects.filter(pk=photo.pk).update(until_on=today(-1))
    assert shown(world) == []
    with access.system():
        type(photo).objects.filter(pk=photo.pk).update(until_on=today(9))
    assert len(shown(world)) == 1
    with access.acting(world.kham):
        cases.withdraw_consent(case.consents.get(kind="PHOTO"), by=world.kham, giver="CHILD")
    assert shown(world) == []


def test_the_sheet_shows_a_face_and_a_number_and_nothing_of_where_it_was_taken(world):
    case = found_girl(world)
    told(world, case)
    photo = on_board(world, case)
    assert b"secret" in picture() and b"secret" not in bytes(photo.bulk)
    with pytest.raises(photos.Unfit):
        photos.small(b"GIF89a no picture")
    if not printing.FONTS.is_dir():
        pytest.skip("The fonts are not built: python -m romsai.launcher.assets")
    sheet = photos.sheet(shown(world), at=timezone.now())
    assert sheet.startswith(b"%PDF")
    assert len(sheet) > 3_000


def test_a_family_that_points_to_a_photo_learns_nothing_and_her_worker_everything(world):
    case, request = found_girl(world), grandmother(world)
    told(world, case)
    photo = on_board(world, case)
    for number in ("NOONE", photo.number.lower()):
        with access.acting(world.stranger):
            actions.point_out(request, by=world.stranger, number=number)
            assert not request.case.tracing_proposals.exists()
    with access.system():
        assert case.tracing_proposals.get().reasons == ["PHOTO"]
    with access.acting(world.kham):
        cases.seal(case, by=world.kham)
    assert shown(world) == []
