"""Sessions in the database under a hash of their key: whoever reads the table, or a backup of it, takes over nobody's session."""

import hashlib

from django.contrib.sessions.backends import db
from django.utils import timezone

LENGTH = 40  # of Django's column: 160 bits of the hash


def stored(key):
    """A session's key as it lies in the database."""
    return hashlib.sha256(key.encode()).hexdigest()[:LENGTH]


class SessionStore(db.SessionStore):
    def _get_session_from_db(self):
        found = self.model.objects.filter(session_key=stored(self.session_key), expire_date__gt=timezone.now()).first()
        if found is None:
            self._session_key = None
        return found

    def exists(self, session_key):
        return super().exists(stored(session_key))

    def create_model_instance(self, data):
        made = super().create_model_instance(data)
        made.session_key = stored(made.session_key)
        return made

    def delete(self, session_key=None):
        key = session_key or self.session_key
        if key is not None:
            super().delete(stored(key))
