"""What comes out of the cleaning: nothing that tells where, who or what with, nothing that acts, and the thing itself."""

import io

import pikepdf
import pytest
from PIL import Image

from romsai.papers import formats
from romsai.papers.tests import arrange


@pytest.mark.parametrize("ending", arrange.GOOD)
def test_each_kind_of_file_is_taken(ending):
    data = arrange.GOOD[ending]()
    content = formats.take(f"it.{ending.upper()}", data, keep_original=True)
    assert content.form == formats.BY_ENDING[ending].ending
    assert content.original == data
    assert content.shown


def test_a_photo_comes_out_turned_and_without_the_place_or_the_telephone():
    data = arrange.with_place()
    assert b"PlantedMaker" in data
    content = formats.take("IMG_0001.JPG", data)
    shown = Image.open(io.BytesIO(content.shown))
    assert shown.size == (40, 60)
    assert (len(shown.getexif()), "exif" in shown.info, b"PlantedMaker" in content.shown) == (0, False, False)
    assert content.original is None


def test_what_stands_behind_the_end_of_a_picture_is_gone():
    content = formats.take("a.png", arrange.picture("PNG") + arrange.zipped({"evil.html": "<script>"}))
    assert b"evil" not in content.shown
    assert content.shown.endswith(b"IEND\xaeB`\x82")


def test_a_pdf_comes_out_without_anything_that_acts_and_without_its_author():
    data = arrange.acting_pdf()
    shown = formats.take("a.pdf", data).shown
    with pikepdf.open(io.BytesIO(shown)) as paper:
        assert len(paper.pages) == 1
        assert "/OpenAction" not in paper.Root
        assert "/AA" not in paper.pages[0].obj
        assert "/EmbeddedFiles" not in paper.Root.get("/Names", {})
        assert len(paper.attachments) == 0
        assert "/S" not in paper.pages[0].obj.Annots[0].A
    assert b"planted" in data
    assert b"planted" not in shown


@pytest.mark.parametrize("ending", ["mp3", "m4a", "wav"])
def test_a_recording_comes_out_without_what_the_telephone_wrote_beside_it(ending):
    data = arrange.GOOD[ending]()
    shown = formats.take(f"voice.{ending}", data).shown
    assert b"planted" in data
    assert b"planted" not in shown
    assert {"mp3": b"\xff\xfb\x90\x64", "m4a": b"mdat", "wav": b"\0\1" * 400}[ending] in shown


def test_files_broken_at_random_are_refused_or_taken_but_never_break_us():
    """Forty files, each with some bytes changed: the process that opens them may die, ours may not."""
    import random

    dice = random.Random(20261122)
    outcomes = set()
    for number in range(40):
        ending = dice.choice(["jpg", "png", "pdf", "xlsx", "m4a"])
        data = bytearray(arrange.GOOD[ending]())
        for _change in range(dice.randint(1, 12)):
            data[dice.randrange(len(data))] = dice.randrange(256)
        try:
            outcomes.add(formats.take(f"{number}.{ending}", bytes(data[: dice.randint(20, len(data))])).form)
        except formats.Unfit as unfit:
            outcomes.add(unfit.code)
    assert outcomes & set(formats.SENTENCES)
