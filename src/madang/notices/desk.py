"""The operators' desk: alerts that rooms open and clear, and what operators do about them.

A room opens an alert under a key (``silence:gateway:3``); as long as it is open, opening it again
only brings it up to date. People acknowledge, assign and write hand-over notes; every step is kept
with name and time and goes to the audit log. An alert that is cleared keeps its log.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from madang.access.api import Actor, require
from madang.kernel import audit
from madang.kernel.errors import Conflict, Invalid
from madang.kernel.events import announce
from madang.kernel.times import now
from madang.notices.desk_models import SEVERITIES, DeskAlert, DeskEntry
from madang.notices.errors import UnknownAlert
from madang.notices.events import DeskChanged

LONGEST_NOTE = 2000
_KEPT = timedelta(days=400)


@dataclass(frozen=True)
class Entry:
    """One line of an alert's log."""

    at: datetime
    actor: str
    verb: str
    text: str


@dataclass(frozen=True)
class OnDesk:
    """An alert as the desk shows it; `message` is a message id, `values` its names."""

    id: int
    key: str
    kind: str
    severity: str
    message: str
    values: Mapping[str, Any]
    origin: str
    layer: str
    thing: str
    link: str
    opened_at: datetime
    cleared_at: datetime | None
    acknowledged_at: datetime | None
    acknowledged_by: str
    assigned_to: str
    entries: tuple[Entry, ...] = ()


@dataclass(frozen=True)
class Trouble:
    """What a room asks the desk to show; see `DeskAlert` for the fields."""

    key: str
    kind: str
    severity: str
    message: str
    values: Mapping[str, Any]
    origin: str = "real"
    layer: str = ""
    thing: str = ""
    link: str = ""
    data: Mapping[str, Any] | None = None


def open_alert(trouble: Trouble) -> int:
    """Put an alert on the desk, or bring the open one of its key up to date; return its id.

    An alert that has become graver is to be acknowledged anew.
    """
    if trouble.severity not in SEVERITIES:
        raise Invalid(f"severity is {trouble.severity!r}; it is one of {', '.join(SEVERITIES)}")
    shown = {
        "kind": trouble.kind,
        "severity": trouble.severity,
        "message": trouble.message,
        "values": dict(trouble.values),
        "origin": trouble.origin,
        "layer": trouble.layer,
        "thing": trouble.thing,
        "link": trouble.link,
        "data": dict(trouble.data or {}),
    }
    with transaction.atomic():
        alert, is_new = DeskAlert.objects.select_for_update().get_or_create(
            key=trouble.key, cleared_at=None, defaults={**shown, "opened_at": now()}
        )
        if is_new:
            _log(alert, "opened", "")
            return alert.pk
        if all(getattr(alert, name) == value for name, value in shown.items()):
            return alert.pk
        graver = SEVERITIES.index(trouble.severity) < SEVERITIES.index(alert.severity)
        for name, value in shown.items():
            setattr(alert, name, value)
        if graver:
            alert.acknowledged_at, alert.acknowledged_by = None, ""
            _log(alert, "graver", trouble.severity)
        alert.changed_at = now()
        alert.save()
        announce(DeskChanged())
        return alert.pk


def clear_alert(key: str) -> bool:
    """Take the open alert of that key off the desk; return whether there was one."""
    with transaction.atomic():
        alert = DeskAlert.objects.select_for_update().filter(key=key, cleared_at=None).first()
        if alert is None:
            return False
        alert.cleared_at = alert.changed_at = now()
        alert.save(update_fields=["cleared_at", "changed_at"])
        _log(alert, "cleared", "")
    return True


def open_data(key: str) -> dict[str, Any]:
    """Return what a room keeps with its open alert of that key; empty where there is none."""
    found = DeskAlert.objects.filter(key=key, cleared_at=None).values_list("data", flat=True)
    return dict(found.first() or {})


def on_desk(*, cleared_since: datetime | None = None, limit: int = 200) -> list[OnDesk]:
    """Return the open alerts, the gravest first, then the oldest; with those cleared since then."""
    rows = DeskAlert.objects.filter(cleared_at=None)
    if cleared_since is not None:
        rows = rows | DeskAlert.objects.filter(cleared_at__gte=cleared_since)
    found = [_shown(row) for row in rows.prefetch_related("entries")[:limit]]
    return sorted(found, key=_order)


def _order(alert: OnDesk) -> tuple[bool, int, bool, datetime]:
    return (
        alert.cleared_at is not None,
        SEVERITIES.index(alert.severity),
        alert.acknowledged_at is not None,
        alert.opened_at,
    )


def acknowledge(alert_id: int, actor: Actor) -> None:
    """Say that somebody has seen it and takes care.

    Raises
    ------
    Conflict
        If somebody else was first, or the alert is cleared.
    """
    with transaction.atomic():
        alert = _open(alert_id, actor)
        if alert.acknowledged_by == actor.name:
            return
        if alert.acknowledged_by:
            raise Conflict(f"{alert.acknowledged_by} has acknowledged this alert already")
        alert.acknowledged_at, alert.acknowledged_by = now(), actor.name
        _done(alert, actor, "acknowledged", "")


def assign(alert_id: int, actor: Actor, to: str) -> None:
    """Give an alert to an operator by name; an empty name takes it back from everybody.

    Raises
    ------
    Invalid
        If no account of that name may see the desk.
    """
    from madang.identity.api import users

    able = {user.name for user in users() if user.roles & {"operator", "administrator"}}
    if to and to not in able:
        raise Invalid(f"there is no operator {to!r}", {"to": "an operator's name"})
    with transaction.atomic():
        alert = _open(alert_id, actor)
        alert.assigned_to = to
        _done(alert, actor, "assigned", to)


def note(alert_id: int, actor: Actor, text: str) -> None:
    """Write a hand-over note, on a cleared alert too.

    Raises
    ------
    Invalid
        If the note is empty or longer than 2,000 characters.
    """
    text = text.strip()
    if not text or len(text) > LONGEST_NOTE:
        raise Invalid(f"a note has 1 to {LONGEST_NOTE} characters", {"text": "length"})
    with transaction.atomic():
        _done(_known(alert_id, actor), actor, "noted", text)


def forget_old_alerts() -> None:
    """Delete alerts cleared more than 400 days ago (the schedule's target); the audit log stays."""
    DeskAlert.objects.filter(cleared_at__lt=now() - _KEPT).delete()


def _known(alert_id: int, actor: Actor) -> DeskAlert:
    require(actor, "role:operator")
    alert = DeskAlert.objects.select_for_update().filter(pk=alert_id).first()
    if alert is None:
        raise UnknownAlert(f"there is no alert {alert_id} on the desk")
    return alert


def _open(alert_id: int, actor: Actor) -> DeskAlert:
    alert = _known(alert_id, actor)
    if alert.cleared_at is not None:
        raise Conflict("this alert is cleared; nothing is left to do")
    return alert


def _done(alert: DeskAlert, actor: Actor, verb: str, text: str) -> None:
    alert.changed_at = now()
    alert.save()
    _log(alert, verb, text, actor.name)
    audit.record(
        actor.id,
        f"notices.{verb}",
        f"desk-alert:{alert.pk}",
        detail={"key": alert.key, "text": text},
    )


def _log(alert: DeskAlert, verb: str, text: str, actor: str = "") -> None:
    DeskEntry.objects.create(alert=alert, actor=actor, verb=verb, text=text, at=now())
    announce(DeskChanged())


def _shown(row: DeskAlert) -> OnDesk:
    same = {name: getattr(row, name) for name in OnDesk.__dataclass_fields__ if name != "entries"}
    entries = tuple(Entry(e.at, e.actor, e.verb, e.text) for e in row.entries.all())
    return OnDesk(**same, entries=entries)
