"""What can go wrong, as one tree.

    MadangError            500   our own fault
      NotFound             404
      Invalid              422   field by field
      Conflict             409
      Forbidden            403
        Unauthenticated    401   nobody is signed in, or the key is unknown
      Unavailable          503   may be tried again
      LimitReached         429   may be tried again after ``retry_after_s``
      BadInput             422   a file that cannot be read as it stands; names file and line

Rooms derive their own from these in ``errors.py``. An error knows its HTTP status (RFC 9457), its
stable ``code`` and its text for people; what the log says is another text.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar


class MadangError(Exception):
    """Something went wrong that we can name.

    Parameters
    ----------
    message : text for people: names the thing and the way out.
    """

    code: ClassVar[str] = "error"
    http_status: ClassVar[int] = 500

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message

    @property
    def members(self) -> Mapping[str, Any]:
        """What a problem document says besides (RFC 9457, section 3.2)."""
        return {}


class NotFound(MadangError):
    """The thing asked for does not exist."""

    code = "not-found"
    http_status = 404


class Invalid(MadangError):
    """The input breaks a rule; ``fields`` maps a field's path to what is wrong with it."""

    code = "invalid"
    http_status = 422

    def __init__(self, message: str, fields: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.fields = dict(fields or {})


class BadInput(Invalid):
    """A file cannot be read as it stands; the message names file, and line or field."""

    code = "bad-input"

    def __init__(self, file: str, message: str, *, line: int | None = None) -> None:
        place = f"{file}:{line}" if line is not None else file
        super().__init__(f"{place}: {message}")
        self.file = file
        self.line = line


class Conflict(MadangError):
    """The request does not fit the present state of the thing."""

    code = "conflict"
    http_status = 409


class Forbidden(MadangError):
    """The actor may not do this."""

    code = "forbidden"
    http_status = 403


class Unauthenticated(Forbidden):
    """Nobody is signed in, or the key is unknown."""

    code = "unauthenticated"
    http_status = 401

    @property
    def challenge(self) -> str:
        """What ``WWW-Authenticate`` says; RFC 9110 section 15.5.2 asks for one."""
        return "Bearer"


class Unavailable(MadangError):
    """A part we need does not answer; the same call may go through later."""

    code = "unavailable"
    http_status = 503


class LimitReached(MadangError):
    """A quota is used up."""

    code = "limit-reached"
    http_status = 429

    def __init__(self, message: str, *, retry_after_s: float = 1.0) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s
