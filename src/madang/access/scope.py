"""The purpose for which personal data is open just now, in this thread or task.

Example::

    with purpose(actor, "serve-resident", case="C-2026-17"):
        Person.objects.get(id=...)

Outside, personal tables stay closed. A scope inside another replaces it; a new thread starts
without one. What was decided and whom it concerned is written down when the scope closes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from madang.access.actors import Actor, system_actor
from madang.access.engine.decision import EVERY, Decision
from madang.access.errors import AccessDenied, NoPurpose
from madang.kernel.logs import logger

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper

    from madang.access.openings import Opening
    from madang.access.personal import PersonalModel
    from madang.access.records import Decided

MAINTENANCE = system_actor("maintenance")
_EVERYTHING = Decision(True, frozenset({EVERY}), frozenset({"all"}), policies=("maintenance",))


@dataclass(eq=False)
class Scope:
    """One opening: who, what for, about which case, and what came of it.

    Parameters
    ----------
    decided : decisions by data set and action.
    seen : ids of the persons whose rows were given back, by data set.
    unresolved : keys of rows given back whose person is to be looked up, by table.
    """

    actor: Actor
    purpose: str
    case: str = ""
    legal_basis: str = ""
    reason: str = ""
    is_maintenance: bool = False
    is_over: bool = False
    decided: dict[tuple[str, str], Decided] = field(default_factory=dict)
    seen: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    unresolved: dict[type[PersonalModel], set[Any]] = field(
        default_factory=lambda: defaultdict(set)
    )
    noting: int = 0
    checks_added: bool = False
    _is_trusted: bool = False
    _openings: dict[tuple[type, str, str], Opening] = field(default_factory=dict)

    @property
    def passes(self) -> bool:
        """True where statements need no look: maintenance, and the guard's own questions."""
        return self.is_maintenance or self._is_trusted

    def is_for(self, actor: Actor, purpose: str, case: str, reason: str) -> bool:
        """Return whether this is what such an opening would give."""
        wanted = (actor, purpose, case, reason)
        return not self.is_maintenance and wanted == (
            self.actor, self.purpose, self.case, self.reason
        )  # fmt: skip

    def decision(self, dataset: str, action: str) -> Decision:
        """Return what the guard says, decided once per data set and action."""
        if self.is_maintenance:
            return _EVERYTHING
        known = self.decided.get((dataset, action))
        if known is None:
            from madang.access.records import decided

            known = self.decided[dataset, action] = decided(self, dataset, action)
        return known.decision

    def decision_id(self, dataset: str, action: str) -> str:
        """Return the entry in the audit log of a decision that was made here."""
        return self.decided[dataset, action].entry_id

    def require(self, dataset: str, action: str) -> Decision:
        """Return the decision; raises `AccessDenied` where it is no."""
        decision = self.decision(dataset, action)
        if not decision.is_allowed:
            raise AccessDenied(
                f"{self.actor.id or 'a visitor'} may not {action} {dataset} "
                f"for the purpose {self.purpose}"
            )
        return decision

    def opening(
        self, model: type[PersonalModel], action: str, connection: BaseDatabaseWrapper
    ) -> Opening:
        """Return what opens of a table, made once; raises `AccessDenied`."""
        key = (model, action, connection.alias)
        known = self._openings.get(key)
        if known is None:
            from madang.access.openings import opening

            known = self._openings[key] = opening(self, model, action, connection)
        return known

    @contextmanager
    def trusted(self) -> Iterator[None]:
        """Let the guard's own questions pass."""
        before, self._is_trusted = self._is_trusted, True
        try:
            yield
        finally:
            self._is_trusted = before

    @contextmanager
    def again(self) -> Iterator[None]:
        """Be the open purpose once more."""
        with _open(self):
            yield

    @contextmanager
    def noted(self) -> Iterator[None]:
        """Say that whoever reads inside notes whose rows they are."""
        self.noting += 1
        try:
            yield
        finally:
            self.noting -= 1


_current: ContextVar[Scope | None] = ContextVar("madang-purpose", default=None)


@contextmanager
def purpose(
    actor: Actor, purpose: str, *, case: str = "", legal_basis: str = "", reason: str = ""
) -> Iterator[Scope]:
    """Open personal data for a purpose that a room declares.

    Parameters
    ----------
    case : id of the case that the look is for, where there is one.
    legal_basis : provision, where the policy that lets the actor in names none.
    reason : in people's words; an emergency is refused without one.

    Raises
    ------
    NoPurpose
        If no room declares the purpose.
    """
    from madang.access.guard import declared_purpose
    from madang.access.records import write, write_owed

    declared_purpose(purpose)
    around = current_scope()
    if around is not None and around.is_for(actor, purpose, case, reason):
        yield around
        return
    write_owed()
    with _open(Scope(actor, purpose, case, legal_basis, reason)) as scope:
        try:
            yield scope
        except BaseException:
            write(scope, failed=True)
            raise
        write(scope)


@contextmanager
def maintenance(reason: str) -> Iterator[Scope]:
    """Open every table for work on the tables themselves: migrations, dumps, restores.

    No decision is asked; the log says that it happened. Not for looking at data.
    """
    logger("access").debug("tables are open for maintenance", reason=reason)
    with _open(Scope(MAINTENANCE, reason, is_maintenance=True)) as scope:
        yield scope


@contextmanager
def _open(scope: Scope) -> Iterator[Scope]:
    token, scope.is_over = _current.set(scope), False
    try:
        yield scope
    finally:
        scope.is_over = True  # also for tasks that were started inside and go on
        _current.reset(token)


def current_scope() -> Scope | None:
    """Return the purpose that is open, None outside."""
    scope = _current.get()
    return None if scope is None or scope.is_over else scope


def required_scope(dataset: str) -> Scope:
    """Return the purpose that is open; raises `NoPurpose` outside."""
    scope = current_scope()
    if scope is None:
        raise NoPurpose(
            f"{dataset} holds personal data; open it with `with access.api.purpose(actor, ...)`"
        )
    return scope
