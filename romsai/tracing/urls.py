"""Addresses of looking for a family. Records go by UUID."""

from django.urls import path

from romsai.tracing import views

app_name = "tracing"
urlpatterns = [
    path("ask/", views.AskForChild.as_view(), name="ask_for_child"),
    path("board/", views.Board.as_view(), name="board"),
    path("<uuid:case>/photo/", views.PutOnBoard.as_view(), name="put_on_board"),
    path("<uuid:case>/photo/off/", views.TakeOffBoard.as_view(), name="take_off_board"),
    path("<uuid:case>/pointed/", views.PointOut.as_view(), name="point_out"),
    path("<uuid:case>/", views.Tracing.as_view(), name="tracing"),
    path("<uuid:case>/ask/", views.AskForFamily.as_view(), name="ask_for_family"),
    path("<uuid:case>/family/", views.Family.as_view(), name="family"),
    path("<uuid:case>/parted/", views.Parted.as_view(), name="parted"),
    path("<uuid:case>/known-by/", views.KnownBy.as_view(), name="known_by"),
    path("<uuid:case>/way/", views.TryWay.as_view(), name="try_way"),
    path("<uuid:case>/together/", views.Together.as_view(), name="together"),
    path("<uuid:case>/set-aside/", views.SetAside.as_view(), name="set_aside"),
    path("<uuid:case>/reopen/", views.Reopen.as_view(), name="reopen"),
    path("<uuid:case>/decide/", views.Determine.as_view(), name="determine"),
    path("<uuid:case>/prepare/", views.Prepare.as_view(), name="prepare"),
    path("<uuid:case>/reunite/", views.Reunite.as_view(), name="reunite"),
    path("<uuid:case>/judge/", views.Judge.as_view(), name="judge"),
    path("proposals/<uuid:proposal>/", views.ProposalPage.as_view(), name="proposal"),
    path("proposals/<uuid:proposal>/answers/", views.Account.as_view(), name="account"),
    path("proposals/<uuid:proposal>/compare/", views.Compare.as_view(), name="compare"),
]
