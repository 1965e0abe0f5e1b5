"""Addresses of the doors. Those of the public are words that say nothing to whoever looks at a browser's history."""

from django.urls import path, re_path

from romsai.web import home, log, public, second, views

urlpatterns = [
    path("", home.front, name="home"),
    path("start/", public.start, name="start"),
    re_path(rf"^start/(?P<who>{'|'.join(public.READERS)})/$", public.tell, name="tell"),
    path("answer/", public.answer, name="answer"),
    path("about/", public.about, name="about"),
    path("search/", home.Search.as_view(), name="search"),
    path("log/", log.Log.as_view(), name="log"),
    path("log/refused/", log.Refused.as_view(), name="refusals"),
    path("second/", second.Waiting.as_view(), name="seconds"),
    path("second/<uuid:uuid>/", second.Decide.as_view(), name="second"),
    path("language/<slug:code>/", views.language, name="language"),
    path("lock/", views.lock, name="lock"),
    path("robots.txt", views.robots, name="robots"),
]
