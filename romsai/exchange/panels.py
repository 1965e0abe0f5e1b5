"""What this room shows on pages of lower rooms: the way out above a list of cases, and how an export reads among who has looked."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as __

from romsai.cases import panels
from romsai.exchange.exports import asking

for action, done in [
    (asking.FEW, __("Wrote an export without names")),
    (asking.MANY, __("Wrote an export without names")),
    (asking.LEVELS["identity"], __("Wrote an export with the child’s name")),
    (asking.LEVELS["location"], __("Wrote an export with the child’s address")),
    ("exchange.fetch_export", __("Fetched the file of an export")),
]:
    panels.register_deed(action, "", done)


@panels.above_list
def way_out(request, page, is_narrowed):
    name = page.removeprefix("cases:")
    is_offered = asking.may_export(request.worker) and name in asking.pages_of(request.worker)
    query = f"page={name}&{asking.query_of(request.GET)}".rstrip("&")
    return "exchange/way_out.html", {"url": f"{reverse('exchange:new_export')}?{query}" if is_offered else ""}
