"""What happened to a case since somebody read it, in words for who reads them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Protocol

from django.utils.translation import gettext as _

from madang.access.api import Actor
from madang.cases.case_errors import CaseChanged
from madang.cases.case_models import Case, CaseEvent
from madang.cases.case_words import HAPPENED
from madang.cases.rules import is_officer
from madang.identity.api import who_is


class Happened(Protocol):
    """An event as far as it says who did it."""

    @property
    def actor(self) -> str:
        """Return the account, or the process of ours."""

    @property
    def through(self) -> str:
        """Return the staff who acted for the applicant, at their side; else empty."""

    @property
    def at(self) -> datetime:
        """Return when."""


def check_version(case: Case, expects: int | None, reader: Actor) -> None:
    """Refuse to go on from an older version than the case has; None does not ask.

    Raises
    ------
    CaseChanged
        If somebody changed it since; the message says what happened, and who did it.
    """
    if expects is None or expects == case.version:
        return
    since = CaseEvent.objects.filter(case=case, position__gt=expects).order_by("position")
    raise CaseChanged(
        _("The case changed since you opened it: %(what)s. Read it again; nothing was done.")
        % {"what": _told(since, reader, case.applicant) or case.version},
        case.version,
    )


def who_text(event: Happened, reader: Actor, applicant: str) -> str:
    """Return who did something, for whoever reads it: no account is named by its number."""
    if event.actor == "system:rules":
        return _("the rules of the service")
    if event.actor.startswith("system:"):
        return _("automatic")
    if event.actor == "office":
        return _("the office")
    if event.through:
        return _("%(staff)s, with the applicant's consent") % {
            "staff": who_is(event.actor, event.through, event.at)
        }
    if event.actor == reader.id:
        return _("you")
    return _("the applicant") if event.actor == applicant else who_is(event.actor, "", event.at)


def _told(events: Iterable[CaseEvent], reader: Actor, applicant: str) -> str:
    """Return what happened; colleagues are named by the account that a case is assigned to."""
    return ", ".join(f"{_(HAPPENED[one.kind])} ({_who(one, reader, applicant)})" for one in events)


def _who(event: CaseEvent, reader: Actor, applicant: str) -> str:
    is_colleague = event.actor not in (reader.id, applicant) and event.actor.startswith("account:")
    if is_colleague and is_officer(reader):
        return str(event.actor)
    return who_text(event, reader, applicant)
