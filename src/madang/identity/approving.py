"""Use cases of approval on the phone: ask, look how far it is, verify once, find the account."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TypeVar

from django.contrib.sessions.backends.base import SessionBase
from django.db import transaction

from madang.city.api import profile
from madang.identity import vouched
from madang.identity.account_models import Account
from madang.identity.approval_models import ApprovalRequest
from madang.identity.approvals import registry
from madang.identity.approvals.base import Provider, ProviderDown, ProviderRefused
from madang.identity.engine.approvals import (
    Asked,
    Confirmed,
    State,
    differences,
    normal_phone,
    verify_until,
)
from madang.identity.errors import ProofFailed, TooManyAttempts
from madang.identity.sealing import keyed_hash, seal, unseal
from madang.identity.vouched import Vouched
from madang.kernel import audit, times
from madang.kernel.errors import Invalid

Answer = TypeVar("Answer")
METHOD = "approval"
LASTS = timedelta(minutes=15)  # five to sign, ten to verify
_OPEN = "approval"
_OLDEST = 120
MOST_ASKED = 5  # requests to one phone within `LASTS`
CI = "ci"  # the same for a person with every provider


class ApprovalRefused(ProofFailed):
    """It was refused, ran out, or what came back is not what was asked; `reason` says which."""

    code = "approval-failed"

    def __init__(self, reason: str) -> None:
        super().__init__(f"the approval does not prove who it is: {reason}")
        self.reason = reason


@dataclass(frozen=True)
class Open:
    """The request that waits in this session."""

    id: str
    provider: str
    receipt: str
    asked: Asked
    link: str = ""


def is_on() -> bool:
    """Return whether any provider is under contract."""
    return bool(registry.providers())


def whom(name: str, born: str, phone: str, title: str) -> Asked:
    """Return whom to ask, from what was typed; with a fresh token.

    Raises
    ------
    Invalid
        Field by field: name, born, phone.
    """
    fields = {}
    plain = " ".join(name.split())
    if not 1 < len(plain) <= 80:
        fields["name"] = "2 to 80 characters"
    day = _date(born)
    today = profile().today()
    if day is None or not today - timedelta(days=366 * _OLDEST) < day < today:
        fields["born"] = "a date in the past, YYYY-MM-DD"
    number = normal_phone(phone)
    if not number:
        fields["phone"] = "a Korean mobile number"
    if fields or day is None:
        raise Invalid("name, birthday or number cannot be right", fields)
    return Asked(plain, day, number, secrets.token_urlsafe(24), title)


def ask(session: SessionBase, provider_id: str, asked: Asked) -> Open:
    """Send the request to the person's phone; it waits in this session and in no other.

    Raises
    ------
    Invalid
        For a provider that is not offered, or whose member this is not (`ProviderRefused`).
    TooManyAttempts
        If this phone was asked too often just now: nobody is worn down by requests.
    ProviderDown
        If it does not answer.
    """
    provider, phone = _provider(provider_id), keyed_hash("approval.phone", asked.phone)
    recent = ApprovalRequest.objects.filter(phone=phone, requested__gt=times.now() - LASTS)
    if recent.count() >= MOST_ASKED:
        raise TooManyAttempts(
            "this phone was asked too often; wait a quarter of an hour, or take another way",
            retry_after_s=LASTS.total_seconds(),
        )
    receipt = _called(provider, lambda: provider.request(asked))
    row = ApprovalRequest.objects.create(
        provider=provider.id,
        receipt=receipt.id,
        phone=phone,
        asked=seal(METHOD, _json(asked).encode()),
        requested=times.now(),
    )
    audit.record("", "identity.ask_approval", f"approval:{row.pk}", detail={"by": provider.id})
    session[_OPEN] = {"id": row.pk, "link": receipt.link}
    return Open(row.pk, provider.id, receipt.id, asked, receipt.link)


def waiting(session: SessionBase) -> Open | None:
    """Return the request that waits in this session, None where none does any more."""
    kept: dict[str, str] | None = session.get(_OPEN)
    row = _row(kept["id"]) if kept else None
    if kept is None or row is None:
        return None
    asked = _asked(unseal(METHOD, row.asked).decode())
    return Open(row.pk, row.provider, row.receipt, asked, kept["link"])


def has_signed(session: SessionBase) -> bool:
    """Return whether the person has approved on the phone; False while they have not yet.

    Raises
    ------
    ApprovalRefused
        If they refused, or the time is over.
    ProviderDown
        If the provider does not answer.
    """
    held = _held(session)
    provider = _provider(held.provider)
    try:
        progress = _called(provider, lambda: provider.progress(held.receipt))
    except ProviderRefused:
        raise _ended(session, "expired") from None
    if progress.state is State.WAITING:
        return False
    if progress.state is not State.SIGNED:
        raise _ended(session, str(progress.state))
    row = _row(held.id)
    if row is None or progress.signed is None:
        raise _ended(session, "expired")
    limit = verify_until(progress.signed, row.requested, same_day=provider.same_day)
    if times.now() > limit:
        raise _ended(session, "expired")
    return True


def confirm(session: SessionBase) -> Vouched:
    """Verify, once, and return whom the provider vouches for.

    Raises
    ------
    ApprovalRefused
        If it was verified before, or anything in the answer is not what was asked.
    ProviderDown
        If the provider does not answer; then a new request is needed, as verifying works once.
    """
    held = _held(session)
    provider = _provider(held.provider)
    if not _spend(held.id):
        raise _ended(session, "spent")
    try:
        confirmed = _called(provider, lambda: provider.verify(held.receipt, held.asked))
    except ProviderRefused:
        raise _ended(session, "spent") from None
    finally:
        session.pop(_OPEN, None)
    wrong = differences(held.asked, held.receipt, confirmed, signs_token=provider.signs_token)
    if wrong:
        audit.record("", "identity.refuse_approval", f"approval:{held.id}",
                     detail={"differs": wrong})  # fmt: skip
        raise ApprovalRefused("different")
    return _vouched(held.asked, confirmed)


def sign_in(found: Vouched, language: str = "") -> Account:
    """Return the account of the person, opened where there is none.

    Raises
    ------
    AlreadyLinked
        If the person is known, but has no open account.
    """
    return vouched.known_account(found) or vouched.open_account(found, language)


def drop(session: SessionBase) -> None:
    """Give up waiting."""
    session.pop(_OPEN, None)


def forget_old() -> None:
    """Delete requests that nobody can verify any more; run by a schedule."""
    ApprovalRequest.objects.filter(requested__lt=times.now() - LASTS).delete()


def _vouched(asked: Asked, confirmed: Confirmed) -> Vouched:
    return Vouched(CI, confirmed.ci, confirmed.name or asked.name, METHOD, asked.born, is_only=True)


def _provider(provider_id: str) -> Provider:
    found = registry.providers().get(provider_id)
    if found is None:
        raise Invalid(f"{provider_id!r} is not offered", {"provider": "not offered"})
    return found


def _called(provider: Provider, call: Callable[[], Answer]) -> Answer:
    try:
        return call()
    except ProviderDown:
        registry.rest(provider.id)
        raise


def _held(session: SessionBase) -> Open:
    held = waiting(session)
    if held is None:
        raise _ended(session, "expired")
    return held


def _ended(session: SessionBase, reason: str) -> ApprovalRefused:
    session.pop(_OPEN, None)
    return ApprovalRefused(reason)


def _row(request_id: str) -> ApprovalRequest | None:
    fresh = times.now() - LASTS
    rows = ApprovalRequest.objects.filter(pk=request_id, requested__gt=fresh, spent__isnull=True)
    return rows.first()


def _spend(request_id: str) -> bool:
    """Return whether this is the first to verify."""
    with transaction.atomic():
        rows = ApprovalRequest.objects.filter(pk=request_id, spent__isnull=True)
        return rows.update(spent=times.now()) == 1


def _json(asked: Asked) -> str:
    return json.dumps(vars(asked) | {"born": asked.born.isoformat()})


def _asked(text: str) -> Asked:
    found = json.loads(text)
    return Asked(**(found | {"born": date.fromisoformat(found["born"])}))


def _date(text: str) -> date | None:
    digits = "".join(character for character in text if character.isdecimal())
    try:
        return date.fromisoformat(digits) if len(digits) == 8 else None
    except ValueError:
        return None
