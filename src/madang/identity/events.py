"""What identity announces; notices and other rooms listen."""

from __future__ import annotations

from typing import ClassVar

from madang.kernel.events import Event


class CodeIssued(Event, frozen=True, kw_only=True):
    """A one-time code is to reach its owner; `sealed` is address and code, for identity alone."""

    NAME: ClassVar[str] = "identity.code_issued"

    channel: str
    language: str
    sealed: str


class SecurityNotice(Event, frozen=True, kw_only=True):
    """Something the owner of an account has to know: a new key, a recovery, an act by another.

    `kind` is a message of the catalogue; `values` hold no personal data beyond what the owner did.
    """

    NAME: ClassVar[str] = "identity.security_notice"

    account: str
    kind: str
    values: dict[str, str]


class PersonLinked(Event, frozen=True, kw_only=True):
    """An account now belongs to a person of the register."""

    NAME: ClassVar[str] = "identity.person_linked"

    account: str
    person: str


class PersonEnded(Event, frozen=True, kw_only=True):
    """A person died or emigrated; mandates and accounts have ended."""

    NAME: ClassVar[str] = "identity.person_ended"

    person: str
    state: str


class AccountClosed(Event, frozen=True, kw_only=True):
    """An account was closed; its sessions and tokens have ended."""

    NAME: ClassVar[str] = "identity.account_closed"

    account: str
    why: str


class MandateGiven(Event, frozen=True, kw_only=True):
    """Somebody may act for somebody else from now on."""

    NAME: ClassVar[str] = "identity.mandate_given"

    mandate: str
    kind: str


class MandateEnded(Event, frozen=True, kw_only=True):
    """A mandate ended: revoked, run out, with majority, or with a death."""

    NAME: ClassVar[str] = "identity.mandate_ended"

    mandate: str
    why: str


class AssistanceEnded(Event, frozen=True, kw_only=True):
    """An assisted session is over."""

    NAME: ClassVar[str] = "identity.assistance_ended"

    session: str
    why: str
