"""Addresses of the style guide, which stands in demo and test only."""

from django.urls import path

from romsai.web.views_styleguide import styleguide

urlpatterns = [path("", styleguide, name="styleguide"), path("<slug:page>/", styleguide)]
