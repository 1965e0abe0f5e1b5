"""Addresses of this room: the officer's pages, and the hold on a case."""

from django.urls import path

from romsai.retention import views

app_name = "retention"
urlpatterns = [
    path("", views.DuePage.as_view(), name="due"),
    path("erase/", views.Erase.as_view(), name="erase"),
    path("erase/<slug:kind>/", views.EraseClass.as_view(), name="erase_class"),
    path("rounds/", views.Rounds.as_view(), name="rounds"),
    path("rounds/<uuid:uuid>/", views.RoundPage.as_view(), name="round"),
    path("rounds/<uuid:uuid>/stop/", views.StopRound.as_view(), name="stop"),
    path("holds/", views.Holds.as_view(), name="holds"),
    path("holds/new/", views.PlaceHoldByNumber.as_view(), name="hold_by_number"),
    path("holds/<uuid:uuid>/lift/", views.Lift.as_view(), name="lift"),
    path("ledger/", views.LedgerPage.as_view(), name="ledger"),
    path("cases/<uuid:case>/hold/", views.PlaceHold.as_view(), name="hold"),
]
