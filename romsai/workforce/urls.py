"""Addresses of the workforce: records go by UUID, a calendar by its secret."""

from django.urls import path

from romsai.workforce import calendars, views

app_name = "workforce"
urlpatterns = [
    path("notices/", views.Notices.as_view(), name="notices"),
    path("notices/read/", views.ReadAll.as_view(), name="read_all"),
    path("notices/wishes/", views.Wishes.as_view(), name="wishes"),
    path("notices/<uuid:notice>/", views.OpenNotice.as_view(), name="notice"),
    path("leave/", views.Leaves.as_view(), name="leaves"),
    path("leave/new/", views.TakeLeave.as_view(), name="take_leave"),
    path("leave/new/<uuid:worker>/", views.TakeLeave.as_view(), name="take_leave_for"),
    path("leave/<uuid:leave>/end/", views.EndLeave.as_view(), name="end_leave"),
    path("workload/", views.Workload.as_view(), name="workload"),
    path("hand-over/<uuid:worker>/", views.HandOver.as_view(), name="hand_over"),
    path("handing/<uuid:handing>/", views.HandingPage.as_view(), name="handing"),
    path("supervision/", views.SupervisionHome.as_view(), name="supervision"),
    path("supervision/<uuid:worker>/", views.SupervisionOf.as_view(), name="supervision_of"),
    path("cases/<uuid:case>/supervision/", views.CaseSupervisionPage.as_view(), name="case_supervision"),
    path("filters/save/", views.SaveFilter.as_view(), name="save_filter"),
    path("filters/<uuid:saved>/forget/", views.ForgetFilter.as_view(), name="forget_filter"),
    path("calendar/", views.CalendarPage.as_view(), name="calendar"),
    path("calendar/stop/", views.StopCalendar.as_view(), name="stop_calendar"),
    path("calendar/<str:secret>.ics", calendars.feed, name="feed"),
]
