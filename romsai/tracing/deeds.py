"""The work of this room: as things to do on a case, as deadlines, as lines of the timeline."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __

from romsai.cases import history, panels, timeline
from romsai.cases.words import name_deadline
from romsai.places import codes
from romsai.tracing.models import Side

for action, label, done, url_name, group in [
    ("tracing.ask_for_family", __("Look for the family"), __("Began to look for the family"), "tracing:ask_for_family", "child"),
    ("tracing.ask_for_child", "", __("Took down that a family looks for the child"), "", ""),
    ("tracing.name_family", "", __("Named the family"), "", ""),
    ("tracing.tell", "", __("Wrote down how they were separated"), "", ""),
    ("tracing.try_way", "", __("Noted a way of searching"), "", ""),
    ("tracing.lost_together", "", __("Noted who was lost together"), "", ""),
    ("tracing.set_aside", "", __("Set the search for the family aside"), "", ""),
    ("tracing.reopen", "", __("Opened the search for the family again"), "", ""),
    ("tracing.look", "", __("Compared with open searches"), "", ""),
    ("tracing.agree", "", __("Agreed that it may be the same child"), "", ""),
    ("tracing.decline", "", __("Said that it is another child"), "", ""),
    ("tracing.record_account", "", __("Wrote down an account"), "", ""),
    ("tracing.verify", "", __("Compared two accounts"), "", ""),
    ("tracing.determine", "", __("Decided what is best for the child"), "", ""),
    ("tracing.prepare", "", __("Prepared a reunion"), "", ""),
    ("tracing.reunite", "", __("Recorded the reunion"), "", ""),
    ("tracing.put_on_board", "", __("Put a photo on the board for families"), "", ""),
    ("tracing.take_off_board", "", __("Took a photo off the board"), "", ""),
    ("tracing.print_board", "", __("Printed the board for families"), "", ""),
    ("tracing.point_out", "", __("Noted that a family pointed to a photo"), "", ""),
    ("tracing.judge", "", __("Judged whether the reunion lasted"), "", ""),
]:
    panels.register_deed(action, label, done, url_name=url_name, group=group)

history.name(
    tables={
        "tracing_request": __("Search for the family"), "tracing_story": __("How they were separated"), "tracing_attempt": __("Way of searching"),
        "tracing_proposal": __("Possible match"), "tracing_account": __("Account"), "tracing_verification": __("Comparison of two accounts"),
        "tracing_reunification": __("Way home"), "tracing_determination": __("Decision"), "tracing_preparation": __("Preparation"),
        "tracing_reunion": __("Reunion"), "tracing_boardphoto": __("Photo for families"),
    },
    columns={"agreed_by_id": __("agreed by"), "band": __("how much fits"), "inquirer_id": __("who asks")},
    lists={"factors": "best_interest_factor", "evidence": "verification_evidence", "triggers": "bid_trigger", "languages": "language"},
    silent={"match", "score", "together", "request_id", "proposal_id", "reunification_id", "compared"},
    elsewhere={"tracing_sketch"},
)  # fmt: skip

for url_name, words in [
    ("tracing:ask_for_child", __("A family looks for a child")),
    ("tracing:proposal", __("A possible match")),
    ("tracing:board", __("Photos for families")),
    ("tracing:compare", __("The comparison of two accounts")),
]:
    panels.page(url_name, words)

name_deadline("TRACING_START", __("Begin to look for the family, or say why not"), "tracing:tracing")
name_deadline("TRACING_MATCH", __("Look at a possible match for the family"), "tracing:tracing")
name_deadline("TRACING_REVIEW", __("The supervisor looks again at why the family is not looked for"), "cases:look_through")
name_deadline("TRACING_VERIFY", __("Verify the relationship"), "tracing:tracing")
name_deadline("TRACING_FAMILY", __("Assess the family before reunification"), "tracing:tracing")
name_deadline("TRACING_COMMUNITY", __("Assess the community before return"), "tracing:tracing")
name_deadline("TRACING_DECIDE", __("Decide what is best for the child"), "tracing:tracing")
name_deadline("TRACING_SUSTAINED", __("Say whether the reunion has lasted"), "tracing:tracing")


@timeline.line("TRACING_ASKED", icon="search")
def asked(event, around):
    return _("The search for the family has begun") if event.facts.get("side") == Side.CHILD else _("The family looks for the child")


@timeline.line("TRACING_TRIED", icon="search")
def tried(event, around):
    return _("Way of searching: %(how)s") % {"how": codes.label("tracing_method", event.facts.get("method", ""))}


@timeline.line("TRACING_TOGETHER", icon="info")
def together(event, around):
    return _("Lost together with another child")


@timeline.line("TRACING_SET_ASIDE", icon="lock", tone="risk")
def set_aside(event, around):
    return _("Family tracing: %(state)s") % {"state": codes.label("tracing_status", event.facts.get("status", ""))}


@timeline.line("TRACING_REOPENED", icon="search")
def reopened(event, around):
    return _("The family may be looked for again")


@timeline.line("TRACING_PROPOSED", icon="search", tone="plan")
def proposed(event, around):
    return _("A possible match was found")


@timeline.line("TRACING_AGREED", icon="check")
def agreed(event, around):
    return _("A possible match may be the same child")


@timeline.line("TRACING_DECLINED", icon="info")
def declined(event, around):
    return _("A possible match is another child")


@timeline.line("TRACING_LOCATED", icon="check", tone="plan")
def located(event, around):
    return _("Both sides agree that it may be the same child")


@timeline.line("TRACING_TOLD", icon="message")
def told(event, around):
    return _("The questions were answered on this side")


@timeline.line("TRACING_JUDGED", icon="check", tone="plan")
def judged(event, around):
    return _("The relationship is verified") if event.facts.get("verified") else _("The relationship was not verified")


@timeline.line("REUNIFICATION", icon="home", tone="plan")
def reunification(event, around):
    state = event.facts.get("state", "")
    if state == "READYING":
        return _("The reunion is being prepared")
    said = {"title": _("Reunification: %(state)s") % {"state": codes.label("reunification_state", state)}}
    solution = event.facts.get("solution")
    return said | ({"body": codes.label("durable_solution", solution)} if solution else {})


@timeline.line("TRACING_PHOTO", icon="eye")
def photo(event, around):
    return _("A photo is on the board for families") if event.facts.get("on") else _("The photo was taken off the board for families")
