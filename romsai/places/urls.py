from django.urls import path

from . import views

app_name = "places"
urlpatterns = [
    path("agencies/", views.Agencies.as_view(), name="agencies"),
    path("agencies/add/", views.AddAgency.as_view(), name="add_agency"),
    path("agencies/teams/add/", views.AddTeam.as_view(), name="add_team"),
    path("workers/", views.Workers.as_view(), name="workers"),
    path("workers/add/", views.AddWorker.as_view(), name="add_worker"),
    path("workers/<uuid:uuid>/", views.WorkerPage.as_view(), name="worker"),
    path("workers/<uuid:uuid>/change/", views.ChangeWorker.as_view(), name="change_worker"),
    path("workers/<uuid:uuid>/role/", views.GrantRole.as_view(), name="grant_role"),
    path("workers/<uuid:uuid>/link/", views.RenewInvitation.as_view(), name="renew_invitation"),
    path("workers/<uuid:uuid>/deactivate/", views.DeactivateWorker.as_view(), name="deactivate_worker"),
    path("directory/", views.Facilities.as_view(), name="facilities"),
    path("directory/add/", views.AddFacility.as_view(), name="add_facility"),
    path("directory/<uuid:uuid>/change/", views.ChangeFacility.as_view(), name="change_facility"),
    path("words/", views.Lists.as_view(), name="lists"),
    path("words/<slug:name>/", views.ListPage.as_view(), name="list"),
    path(
        "words/<slug:name>/<str:code>/<str:language>/change/",
        views.ChangeLabel.as_view(),
        name="change_label",
    ),
    path(
        "words/<slug:name>/<str:code>/<str:language>/approve/",
        views.ApproveLabel.as_view(),
        name="approve_label",
    ),
]
