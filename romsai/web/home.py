"""Today: the first page of everyone who signs in. What is due, red and waiting for me, in order of deadline over all concerns."""

from django.shortcuts import render
from django.views.generic import View

from romsai.web import public

SEARCHES = ()


def front(request):
    if request.worker is None:
        return public.start(request)
    return render(request, "home/today.html", {})


def navigation(worker, path):
    return []


class Search(View):
    pass
