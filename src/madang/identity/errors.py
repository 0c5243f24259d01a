"""What can go wrong when people sign in or are let in.

TooManyAttempts   429   wrong passwords in a row; wait
LinkSpent         410   a one-time link was used, is too old, or was cut
UserExists        409   the name is taken
WeakPassword      422   the password is too short, too common or too like the name
AlreadyLinked     409   a number, id or account belongs to another person
UnknownPerson     404   there is no such person
ProofFailed       422   what was shown does not prove who it is
  CodeOver        422   an app's code of half a minute ago
NoMandate         409   no mandate, or nobody who could give or hold it
NeedsConfirmation 409   money or identity: the resident or a second officer has to say yes
NeedsGuardian     403   below the age of consent a parent or guardian agrees
LastAuthenticator 409   nothing else opens the account
UnknownAuthenticator 404  it was removed meanwhile, or is another account's
"""

from __future__ import annotations

from madang.kernel.errors import Conflict, Forbidden, Invalid, LimitReached, MadangError, NotFound


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


class AlreadyLinked(Conflict):
    """The number, id or account belongs to another person."""

    code = "already-linked"


class UnknownPerson(NotFound):
    """There is no such person."""

    code = "unknown-person"


class ProofFailed(MadangError):
    """What was shown does not prove who it is; the page says no more than that."""

    code = "proof-failed"
    http_status = 422


class CodeOver(ProofFailed):
    """A code of an app that was right until just now; typed too slowly, not guessed."""

    code = "code-over"


class NoMandate(Conflict):
    """There is no such mandate, or this person cannot give or hold one."""

    code = "no-mandate"


class NeedsConfirmation(Conflict):
    """In an assisted session, money and identity change only with a second yes.

    Parameters
    ----------
    pending : id of the act that waits.
    """

    code = "needs-confirmation"

    def __init__(self, message: str, *, pending: str) -> None:
        super().__init__(message)
        self.pending = pending


class NeedsGuardian(Forbidden):
    """A child cannot agree to this alone; the message says what to do."""

    code = "needs-guardian"


class LastAuthenticator(Conflict):
    """Removing it would close the account to its owner."""

    code = "last-authenticator"


class UnknownAuthenticator(NotFound):
    """The account has no such way to sign in."""

    code = "unknown-authenticator"
