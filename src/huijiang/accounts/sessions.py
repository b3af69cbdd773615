"""Django's sessions in the database, found by a prepared statement: every page of somebody signed in asks for one."""

from __future__ import annotations

from typing import Any

from django.contrib.sessions.backends import db

from huijiang import prepared

_LIVING = b"SELECT session_data, expire_date FROM django_session WHERE session_key = $1 AND expire_date > now()"


class SessionStore(db.SessionStore):
    """The same rows, read in another way; what is written goes Django's way."""

    @classmethod
    def get_model_class(cls) -> Any:
        return db.SessionStore.get_model_class()

    def _get_session_from_db(self) -> Any:
        key = self.session_key or ""
        for data, ends in prepared.rows(_LIVING, key):
            return self.model(session_key=key, session_data=data, expire_date=ends)
        self._session_key = None
        return None
