"""The web server's way in."""

import gc
import os

from django.core.wsgi import get_wsgi_application
from django.db import connection

from romsai.launcher.checks import refuse_unsafe_start

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "romsai.settings")
application = get_wsgi_application()
refuse_unsafe_start(connection)  # also for whoever starts a web server without the launcher
gc.collect()
gc.freeze()  # what is loaded stays: neither the collector nor a page written by it copies it for each worker
connection.close()
connection.close_pool()  # the web server forks its workers after this, and a pool does not survive that
