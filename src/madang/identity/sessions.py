"""Open a session, prove more in it, end it; who is signed in, how surely, since when."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.http import HttpRequest
from django.middleware.csrf import rotate_token

from madang.identity.engine.levels import FACTORS, Level, aal_of
from madang.identity.rules import session_end, touch_every
from madang.identity.session_models import Session
from madang.identity.session_store import ACCOUNT, DEVICE, EXPIRES, PUBLIC_ID, SEEN
from madang.kernel import audit, times

_SWEEPER = "system:sessions"
_SWEPT = 500  # in one transaction
_KEPT = ("wish", "kept_form")  # what outlives the change from visitor to account


@dataclass(frozen=True)
class Proof:
    """One thing shown at sign-in: how (`amr`), with which authenticator, when."""

    amr: str
    authenticator: str = ""
    at: datetime | None = None


@dataclass(frozen=True)
class SessionFacts:
    """Who is signed in. `level` is what the proofs of this session reach, never more.

    `mandate` or `assisted` names the right by which somebody is acted for just now, `kiosk` the
    device of ours on which the session runs.
    `proved_at` is when a factor was shown last; None where only a sent code was, which is none.
    """

    id: str
    account: str
    person: str
    name: str
    level: Level
    amr: tuple[str, ...]
    authenticated_at: datetime
    opened_at: datetime
    idle: str
    mandate: str = ""
    assisted: str = ""
    kiosk: str = ""
    proved_at: datetime | None = None


@dataclass(frozen=True)
class Opening:
    """Whose session it is to be. `name` is shown in the page's head, `ial` is the person's."""

    account: str
    person: str = ""
    name: str = ""
    ial: int = 1
    idle: str = "resident"
    kiosk: str = ""


def open_session(request: HttpRequest, opening: Opening, proofs: Iterable[Proof]) -> SessionFacts:
    """Sign in: a new session with a new key; what a visitor was doing is carried over.

    Raises
    ------
    Invalid
        If a proof names no known way of signing in.
    """
    now = times.now()
    rows = _rows(proofs, now)
    aal_of(row["amr"] for row in rows)
    kept = {name: request.session[name] for name in _KEPT if name in request.session}
    before = facts(request)
    request.session.flush()
    if before is not None:
        _tell([before.id], f"account:{before.account}")
    request.session.create()
    request.session.update(kept)
    request.session.update(
        {
            ACCOUNT: opening.account,
            DEVICE: device_of(request.headers.get("User-Agent", "")),
            EXPIRES: session_end(now, now, opening.idle).isoformat(),
            "person": opening.person,
            "name": opening.name,
            "ial": opening.ial,
            "idle": opening.idle,
            "kiosk": opening.kiosk,
            "mandate": "",
            "assisted": "",
            "proofs": rows,
            "opened": now.isoformat(),
            "authenticated": now.isoformat(),
        }
    )
    request.session.save()
    return _begun(request)


def add_proof(request: HttpRequest, proofs: Iterable[Proof], ial: int = 0) -> SessionFacts:
    """Step up: what was shown now counts besides the rest, under a new session key."""
    now = times.now()
    rows = _rows(proofs, now)
    aal_of(row["amr"] for row in rows)
    session = request.session
    session["proofs"] = [*session["proofs"], *rows]
    session["authenticated"] = now.isoformat()
    session["ial"] = max(int(session["ial"]), ial)
    session.cycle_key()
    return _begun(request)


def turn(request: HttpRequest, *, mandate: str = "", assisted: str = "") -> SessionFacts:
    """Act for somebody else from now on, or (without arguments) for oneself again; new key."""
    request.session["mandate"], request.session["assisted"] = mandate, assisted
    request.session.cycle_key()
    return _begun(request)


def facts(request: HttpRequest) -> SessionFacts | None:
    """Return who is signed in, None for a visitor; moves the idle limit on."""
    known: SessionFacts | None = getattr(request, "_madang_facts", None)
    if known is not None:
        return known
    session = getattr(request, "session", None)
    if session is None or not session.session_key or not session.get(ACCOUNT):
        return None
    found = _facts(session)
    _touch(session, found)
    request._madang_facts = found  # type: ignore[attr-defined]
    return found


def end(request: HttpRequest) -> None:
    """Sign out here, and tell the applications that this session signed in to."""
    found = facts(request)
    if found:
        actor = f"account:{found.account}"
        audit.record(actor, "identity.sign_out", f"session:{found.id}")
        _tell([found.id], actor)
    request.session.flush()
    _forget(request)


def sessions_of(account: str) -> list[Session]:
    """Return the sessions of an account that last, newest first; never their data."""
    rows = Session.objects.filter(account=account, expires__gt=times.now()).defer("data")
    return list(rows.order_by("-seen"))


def end_sessions(account: str, *, by: str, public_id: str = "", but: str = "") -> int:
    """End sessions of an account from elsewhere: all, one, or all but one; return how many."""
    rows = Session.objects.filter(account=account)
    rows = rows.filter(public_id=public_id) if public_id else rows.exclude(public_id=but)
    ended = list(rows.values_list("public_id", flat=True))
    rows.delete()
    for one in ended:
        audit.record(by, "identity.end_session", f"session:{one}")
    _tell(ended, by)
    return len(ended)


def _tell(ended: list[str], by: str) -> None:
    from madang.identity.provider.deliveries import sessions_ended

    sessions_ended(ended, by=by)


def end_all_sessions(*, by: str) -> int:
    """End every session of everybody signed in, after a break-in; return how many."""
    accounts = Session.objects.exclude(account="").values_list("account", flat=True)
    return sum(end_sessions(account, by=by) for account in sorted(set(accounts)))


def device_of(user_agent: str) -> str:
    """Return what a person calls this device: browser and system, no versions.

    >>> device_of("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/150.0 Safari/537.36")
    'Chrome, Linux'
    """
    browsers = (("Edg", "Edge"), ("SamsungBrowser", "Samsung Internet"), ("Whale", "Whale"),
                ("Firefox", "Firefox"), ("Chrom", "Chrome"), ("Safari", "Safari"))  # fmt: skip
    systems = (("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"),
               ("Windows", "Windows"), ("Mac OS", "Mac"), ("Linux", "Linux"))  # fmt: skip
    named = [
        next((name for sign, name in table if re.search(sign, user_agent)), "")
        for table in (browsers, systems)
    ]
    return ", ".join(part for part in named if part)


def _rows(proofs: Iterable[Proof], now: datetime) -> list[dict[str, str]]:
    return [
        {
            "amr": proof.amr,
            "authenticator": proof.authenticator,
            "at": (proof.at or now).isoformat(),
        }
        for proof in proofs
    ]


def _facts(session: Any) -> SessionFacts:
    amr = tuple(dict.fromkeys(row["amr"] for row in session["proofs"]))
    return SessionFacts(
        id=session[PUBLIC_ID],
        account=session[ACCOUNT],
        person=session["person"],
        name=session["name"],
        level=Level(int(session["ial"]), aal_of(amr)),
        amr=amr,
        authenticated_at=datetime.fromisoformat(session["authenticated"]),
        opened_at=datetime.fromisoformat(session["opened"]),
        idle=session["idle"],
        mandate=session["mandate"],
        assisted=session.get("assisted", ""),
        kiosk=session.get("kiosk", ""),
        proved_at=_proved_at(session["proofs"]),
    )


def _proved_at(rows: list[dict[str, str]]) -> datetime | None:
    shown = [datetime.fromisoformat(row["at"]) for row in rows if FACTORS[row["amr"]]]
    return max(shown, default=None)


def _touch(session: Any, found: SessionFacts) -> None:
    now = times.now()
    if now - datetime.fromisoformat(session[SEEN]) >= touch_every(found.idle):
        session[EXPIRES] = session_end(found.opened_at, now, found.idle).isoformat()


def _begun(request: HttpRequest) -> SessionFacts:
    rotate_token(request)
    _forget(request)
    found = facts(request)
    assert found is not None
    return found


def _forget(request: HttpRequest) -> None:
    for name in ("_madang_facts", "_madang_actor"):
        if hasattr(request, name):
            delattr(request, name)


def clear_expired() -> None:
    """Delete sessions that ended by themselves, and tell the applications; run by a schedule.

    Whoever deletes a session tells of it, in one transaction: no application is told twice, and
    none is forgotten where the process dies between the two.
    """
    over = Session.objects.filter(expires__lte=times.now())
    with transaction.atomic():
        # whoever is just moving the limit on, or sweeps, too, has the row: it is left alone
        rows = list(over.order_by("expires").select_for_update(skip_locked=True)[:_SWEPT])
        Session.objects.filter(pk__in=[row.pk for row in rows]).delete()
        ended = [row.public_id for row in rows if row.account]
        for one in ended:
            audit.record(_SWEEPER, "identity.end_session", f"session:{one}",
                         detail={"why": "over"})  # fmt: skip
        _tell(ended, _SWEEPER)
    if len(rows) == _SWEPT:
        clear_expired()
