"""Every address. Nothing of a child is named in one: records go by UUID."""

from django.conf import settings
from django.urls import include, path, re_path

from romsai.api import problems
from romsai.api.operations import v1

urlpatterns = [
    path("account/", include("allauth.urls")),
    path("api/v1/", v1.urls),
    re_path("^api/", problems.absent, name="api_absent"),
    path("machines/", include("romsai.api.urls")),
    path("cases/", include("romsai.cases.urls")),
    path("care/", include("romsai.care.urls")),
    path("exchange/", include("romsai.exchange.urls")),
    path("forms/", include("romsai.questionnaires.urls")),
    path("papers/", include("romsai.papers.urls")),
    path("places/", include("romsai.places.urls")),
    path("retention/", include("romsai.retention.urls")),
    path("tracing/", include("romsai.tracing.urls")),
    path("workforce/", include("romsai.workforce.urls")),
    path("", include("romsai.web.urls")),
]
if settings.MODE != "production":
    urlpatterns.append(path("styleguide/", include("romsai.web.urls_styleguide")))

handler400 = "romsai.web.views.bad_request"
handler403 = "romsai.web.views.not_found"
handler404 = "romsai.web.views.not_found"
handler429 = "romsai.web.views.too_many"  # allauth asks for it
handler500 = "romsai.web.views.server_error"
