"""`{{ case.opened_at|moment }}` and `{{ child.born|day }}`: dates in the reader's calendar and language."""

from django import template

from romsai.core import dates

register = template.Library()
register.filter("day", dates.day_text)
register.filter("moment", dates.moment_text)
