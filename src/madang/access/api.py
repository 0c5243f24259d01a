"""The door of access: actors and decisions of routes, purposes, personal tables, who looked.

Example::

    from madang.access import api as access

    access.require(actor, "role:clerk")
    with access.purpose(actor, "serve-resident", case="C-2026-17"):
        person = Person.objects.get(id=...)
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from madang.access.actors import (
    ANONYMOUS,
    AUTHENTICATION,
    RECENT,
    ROLES,
    STAFF_AAL,
    Actor,
    Requirement,
    is_entitled,
    may,
    require,
    required_roles,
    requirement,
    system_actor,
)
from madang.access.errors import AccessDenied, ActsForAnother, ColumnMasked, NoPurpose, StepUpNeeded
from madang.access.scope import current_scope, maintenance, purpose

if TYPE_CHECKING:
    from madang.access.emergencies import Emergency, emergencies, emergency, review
    from madang.access.looks import Look, looks_at
    from madang.access.personal import PersonalManager, PersonalModel, PersonalQuerySet
    from madang.access.queries import Result, query

__all__ = (
    "ANONYMOUS",
    "AUTHENTICATION",
    "RECENT",
    "ROLES",
    "STAFF_AAL",
    "AccessDenied",
    "Actor",
    "ActsForAnother",
    "ColumnMasked",
    "Emergency",
    "Look",
    "NoPurpose",
    "PersonalManager",
    "PersonalModel",
    "PersonalQuerySet",
    "Requirement",
    "Result",
    "StepUpNeeded",
    "current_scope",
    "emergencies",
    "emergency",
    "is_entitled",
    "looks_at",
    "maintenance",
    "may",
    "purpose",
    "query",
    "require",
    "required_roles",
    "requirement",
    "review",
    "system_actor",
)  # fmt: skip

_LATER = {
    "Emergency": "emergencies", "emergencies": "emergencies", "emergency": "emergencies",
    "review": "emergencies", "Look": "looks", "looks_at": "looks",
    "query": "queries", "Result": "queries",
    "PersonalManager": "personal", "PersonalModel": "personal", "PersonalQuerySet": "personal",
}  # fmt: skip


def __getattr__(name: str) -> Any:
    """Load what needs Django's tables only where it is asked for: commands import this door."""
    if name not in _LATER:
        raise AttributeError(name)
    return getattr(import_module(f"madang.access.{_LATER[name]}"), name)
