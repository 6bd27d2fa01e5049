"""Sessions in the database, so that neither a copy of it nor a hand in it signs anybody in.

Django names a row by the very key that the browser holds: whoever reads the database, or a backup of it, could sign in
as everybody who is signed in. Here a row is named by a keyed digest of that key, and its signature is bound to the
name, so that the content of one session does not open as another's.
"""

import hmac
from typing import Any

from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.contrib.sessions.models import Session
from django.utils import timezone

from nightlight.work.home import ring

LENGTH = 40  # hex digits, of which Django's column holds as many: 160 bits


def digest(key: str | None) -> str:
    """The name of the row of a session key."""
    return hmac.digest(ring().token_subkey("session"), (key or "").encode(), "sha256").hex()[:LENGTH]


def forget() -> int:
    """Deletes the sessions that ended by themselves, by real time; returns how many."""
    gone, _ = Session.objects.filter(expire_date__lte=timezone.now()).delete()
    return gone


class SessionStore(DatabaseStore):
    """Django's own store under other names."""

    @property
    def key_salt(self) -> str:
        """What the signature of the content is bound to."""
        return f"nightlight.session.{digest(self.session_key)}"

    def exists(self, session_key: str) -> bool:
        """Whether there is a session with this key."""
        return super().exists(digest(session_key))

    def create_model_instance(self, data: dict[str, Any]) -> Any:
        """The row as it is saved."""
        row = super().create_model_instance(data)
        row.session_key = digest(row.session_key)
        return row

    def delete(self, session_key: str | None = None) -> None:
        """Ends a session, this one if none is named."""
        key = session_key or self.session_key
        if key is not None:
            self.model.objects.filter(session_key=digest(key)).delete()

    def _get_session_from_db(self) -> Any:
        named = digest(self.session_key)
        row = self.model.objects.filter(session_key=named, expire_date__gt=timezone.now()).first()
        if row is None:
            self._session_key = None
        return row
