"""What leaves the house by e-mail or SMS: words that the kind of notice and the language alone decide, at hours that the worker chose.

Neutral by construction: no template takes anything of a record. An SMS does not even tell what kind of work it is about, because
whoever is near the worker's telephone reads it too (security notes 2, threat 19).
"""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __
from django.utils.translation import override

from romsai.places.profile import profile
from romsai.workforce.models import Channel, Kind, Wish

K = Kind
WAITS, ANSWERED, LATE, NEWS = "WAITS", "ANSWERED", "LATE", "NEWS"
TONE = {
    K.ASKED: WAITS, K.REFERRED: WAITS, K.OFFERED: WAITS, K.SECOND: WAITS, K.EMERGENCY: WAITS, K.STAFF: WAITS, K.NO_DEPUTY: WAITS, K.ELSEWHERE: WAITS, K.MATCH: WAITS,
    K.ANSWERED: ANSWERED, K.REFERRAL_ANSWERED: ANSWERED, K.REFERRAL_DECLINED: ANSWERED, K.REFERRAL_DONE: ANSWERED, K.OFFER_ANSWERED: ANSWERED,
    K.SECOND_ANSWERED: ANSWERED, K.BOTH_AGREED: ANSWERED,
    K.UNANSWERED: LATE, K.LATE: LATE, K.LONG_LATE: LATE, K.REPORT_LATE: LATE, K.NO_BACKUP: LATE,
    K.ASSIGNED: NEWS, K.WITHDRAWN: NEWS, K.DEPUTY: NEWS, K.DEPUTY_ENDS: NEWS, K.HANDED_OVER: NEWS, K.SUPERVISION: NEWS, K.NOT_TOLD: NEWS,
}  # fmt: skip
SAID = {
    WAITS: __("Something waits for your answer."),
    ANSWERED: __("You have an answer."),
    LATE: __("Something is late."),
    NEWS: __("There is something new for you."),
}
# Without a word of the worker's own: everything by e-mail, by SMS only what cannot wait.
BY_SMS = [kind for kind in Kind if TONE[kind] in (WAITS, LATE)] + [Kind.WITHDRAWN]
FROM_HOUR, UNTIL_HOUR = 8, 20


def wishes(worker):
    """What the worker has chosen; until then what is usual, not saved."""
    usual = {
        "email": list(Kind.values),
        "sms": list(BY_SMS),
        "from_hour": FROM_HOUR,
        "until_hour": UNTIL_HOUR,
        "time_zone": profile().time_zone,
    }
    return Wish.objects.filter(worker=worker).first() or Wish(worker=worker, **usual)


def wanted(wish, kind):
    """The channels by which this kind of notice goes to the worker."""
    chosen = {Channel.EMAIL: wish.email, Channel.SMS: wish.sms}
    return [channel for channel, kinds in chosen.items() if kind in kinds]


def allowed_from(wish, channel, at):
    """The first moment from `at` on at which a message may go: an SMS only by day, where the worker is."""
    if channel != Channel.SMS:
        return at
    here = at.astimezone(ZoneInfo(wish.time_zone))
    if wish.from_hour <= here.hour < wish.until_hour:
        return at
    day = here.date() if here.hour < wish.from_hour else here.date() + timedelta(days=1)
    return datetime.combine(day, time(wish.from_hour), ZoneInfo(wish.time_zone)).astimezone(timezone.get_current_timezone())


def email(kind, language):
    """(subject, text) of the e-mail."""
    with override(language):
        said = str(SAID[TONE[kind]])
        return said, _(
            "%(said)s Sign in as you always do to read it. We never ask for your password, and there is no link in this letter."
        ) % {"said": said}


def sms(kind, language):
    """The text of the SMS."""
    with override(language):
        return _("%(said)s Please sign in.") % {"said": SAID[TONE[kind]]}
