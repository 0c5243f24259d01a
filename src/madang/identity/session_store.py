"""Django's session engine on our table: the cookie's key is kept as a hash only.

Used by ``SESSION_ENGINE = "madang.identity.session_store"``.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from django.contrib.sessions.backends.base import CreateError, SessionBase, UpdateError
from django.core import signing
from django.db import IntegrityError, transaction
from django.utils.crypto import get_random_string

from madang.identity.rules import ANONYMOUS_S
from madang.identity.session_models import Session
from madang.kernel import times
from madang.kernel.events import new_id

KEY_LENGTH = 43  # of 36 characters: 222 bits (ASVS 5, 7.2.3 asks for 128)
_SALT = "madang.identity.session"
# what of the data is a column of its own, to find sessions by it
ACCOUNT, DEVICE, EXPIRES, PUBLIC_ID, SEEN = "account", "device", "expires_at", "public_id", "seen"


def hashed(key: str) -> str:
    """Return what is kept of a session key."""
    return sha256(key.encode()).hexdigest()


def contents(text: str) -> dict[str, Any] | None:
    """Return what a session holds, None where it was not written by us."""
    try:
        data: dict[str, Any] = signing.loads(text, salt=_SALT)
    except signing.BadSignature:
        return None
    return data


class SessionStore(SessionBase):
    """One session; loaded on first use."""

    def load(self) -> dict[str, Any]:
        """Return the data of a session that has not ended; a fresh, empty one otherwise."""
        row = (
            Session.objects.filter(key=hashed(self.session_key), expires__gt=times.now()).first()
            if self.session_key
            else None
        )
        data = contents(row.data) if row else None
        if row is None or data is None:
            self._session_key = None
            return {}
        return data | {PUBLIC_ID: row.public_id, SEEN: row.seen.isoformat()}

    def exists(self, session_key: str) -> bool:
        """Return whether a session has this key."""
        return Session.objects.filter(key=hashed(session_key)).exists()

    def create(self) -> None:
        """Take a new key and keep what the session holds under it."""
        self._session_key = self._new_key()
        self.modified = True
        self.save(must_create=True)

    def cycle_key(self) -> None:
        """Take a new key for the same session: one that was seen before is worth nothing."""
        old, self._session_key = self.session_key, self._new_key()
        self.modified = True
        Session.objects.filter(key=hashed(old or "")).update(key=hashed(self._session_key))

    def save(self, must_create: bool = False) -> None:
        """Keep the session.

        Raises
        ------
        CreateError
            If it must be new and the key exists.
        UpdateError
            If it was ended meanwhile, here or from another device.
        """
        if self.session_key is None:
            self.create()
            return
        data = self._content(is_new=must_create)
        public_id = data.pop(PUBLIC_ID, None) or new_id()
        data.pop(SEEN, None)
        now = times.now()
        row = {
            "account": data.get(ACCOUNT, ""),
            "device": data.get(DEVICE, ""),
            "data": signing.dumps(data, salt=_SALT, compress=True),
            "expires": self._expiry(data, now),
            "seen": now,
        }
        key = hashed(self.session_key)
        if not must_create:
            if not Session.objects.filter(key=key).update(**row):
                raise UpdateError
            return
        try:
            with transaction.atomic():
                Session.objects.create(key=key, public_id=public_id, created=now, **row)
        except IntegrityError:
            raise CreateError from None
        self._session_cache = data | {PUBLIC_ID: public_id, SEEN: now.isoformat()}

    def delete(self, session_key: str | None = None) -> None:
        """End the session."""
        key = session_key or self.session_key
        if key:
            Session.objects.filter(key=hashed(key)).delete()

    @classmethod
    def clear_expired(cls) -> None:
        """Delete the sessions that have ended by themselves, as Django's own command asks."""
        from madang.identity import sessions

        sessions.clear_expired()

    def get_expire_at_browser_close(self) -> bool:
        """Cookies go with the browser's window; how long a session lasts is known here."""
        return True

    def _content(self, *, is_new: bool) -> dict[str, Any]:
        """Return what is to be kept; a new session has nothing to load first."""
        if is_new and not hasattr(self, "_session_cache"):
            return {}
        return dict(self.items())

    def _new_key(self) -> str:
        return get_random_string(KEY_LENGTH, "abcdefghijklmnopqrstuvwxyz0123456789")

    def _get_new_session_key(self) -> str:
        return self._new_key()

    @staticmethod
    def _expiry(data: dict[str, Any], now: datetime) -> datetime:
        at = data.get(EXPIRES)
        return datetime.fromisoformat(at) if at else now + timedelta(seconds=ANONYMOUS_S)
