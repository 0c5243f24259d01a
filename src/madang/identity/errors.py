"""What can go wrong when people sign in or are let in.

TooManyAttempts   429   wrong passwords in a row; wait
LinkSpent         410   a one-time link was used, is too old, or was cut
UserExists        409   the name is taken
WeakPassword      422   the password is too short, too common or too like the name
"""

from __future__ import annotations

from madang.kernel.errors import Conflict, Invalid, LimitReached, NotFound


class TooManyAttempts(LimitReached):
    """Too many wrong passwords for this account or from this address."""

    code = "too-many-attempts"


class LinkSpent(NotFound):
    """A one-time link does not work any more."""

    code = "link-spent"
    http_status = 410


class UserExists(Conflict):
    """An account with this name exists."""

    code = "user-exists"


class WeakPassword(Invalid):
    """The password breaks a rule; `fields["password"]` says which."""

    code = "weak-password"
