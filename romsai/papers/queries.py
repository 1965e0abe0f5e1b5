"""Questions over papers. Each starts from what the asker may read."""

from romsai.core import crypto
from romsai.core.crypto import Unreadable
from romsai.papers.models import PAPERS, PLACE


def papers(case):
    """All papers of the case that the asker may read, newest first; five queries, one a level."""
    found = [paper for model in PAPERS.values() for paper in model.objects.visible().filter(case=case).select_related("by", "withdrawn_by")]
    return crypto.preload(sorted(found, key=lambda paper: (paper.added_at, paper.pk), reverse=True))


def paper(uuid):
    """The paper with this UUID, of whatever level; None if there is none that the asker may read."""
    for model in PAPERS.values():
        found = model.objects.visible().filter(uuid=uuid).select_related("case", "by").first()
        if found:
            return found
    return None


def data(paper, *, is_original=False):
    """The bytes of a paper. Raises Unreadable if a piece is missing, exchanged or changed, and KeysUnavailable without keys."""
    pieces = list(paper.pieces.visible().filter(is_original=is_original).order_by("number"))
    whole = []
    for number, piece in enumerate(pieces):
        held = bytes(piece.bulk)
        if PLACE.unpack(held[: PLACE.size]) != (paper.uuid.bytes, is_original, number, len(pieces)):
            raise Unreadable(f"{paper._meta.label} {paper.pk}: a piece is not where it belongs.")
        whole.append(held[PLACE.size :])
    if not whole:
        raise Unreadable(f"{paper._meta.label} {paper.pk} has no content.")
    return b"".join(whole)
