"""Counting wrong tries so that guessing is slow and nobody is locked out by a stranger.

A try counts against the account and the address. From a browser where the account signed in before
it counts against account and browser alone: a stranger's guesses do not make the owner wait there,
and a passkey is never made to wait.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256

from django.db import transaction
from django.http import HttpRequest

from madang.identity.api import client_address
from madang.identity.devices import known_device
from madang.identity.errors import TooManyAttempts
from madang.identity.models import SignInFailure
from madang.identity.rules import FAILURES_PER_ACCOUNT, FAILURES_PER_ADDRESS, WINDOW, wait_after
from madang.kernel import audit, times


@dataclass(frozen=True)
class Tries:
    """The tries of one method for one account from one place. `who` is what was typed."""

    method: str
    who: str
    key: str
    address: str
    is_known: bool

    def require_patience(self) -> None:
        """Raise `TooManyAttempts` while account, browser or address has to wait."""
        now = times.now()
        recent = SignInFailure.objects.filter(at__gt=now - WINDOW)
        wait = wait_after(
            list(recent.filter(account=self.key).values_list("at", flat=True)),
            now,
            FAILURES_PER_ACCOUNT,
        )
        if not self.is_known:
            by_address = recent.filter(address=self.address).values_list("at", flat=True)
            wait = max(wait, wait_after(list(by_address), now, FAILURES_PER_ADDRESS))
        if wait > timedelta(0):
            seconds = wait.total_seconds()
            raise TooManyAttempts(
                f"too many wrong tries; try again in {max(1, round(seconds / 60))} minutes",
                retry_after_s=seconds,
            )

    def note(self, *, is_right: bool) -> None:
        """Write down how a try ended; a right one wipes the account's wrong ones here."""
        with transaction.atomic():
            if is_right:
                SignInFailure.objects.filter(account=self.key).delete()
                return
            SignInFailure.objects.create(account=self.key, address=self.address, at=times.now())
            audit.record("", "identity.refuse_sign_in", f"account:{_mark(self.who)[:16]}",
                         detail={"method": self.method})  # fmt: skip


def tries_of(request: HttpRequest, method: str, who: str, account: str = "") -> Tries:
    """Return how often was tried.

    Parameters
    ----------
    who : name or number as typed, in its normal form; counted whether or not there is one.
    account : id of the account that has it; empty for none.
    """
    device = known_device(request, account) if account else ""
    key = _mark(f"{device} {who}") if device else _mark(who)
    return Tries(method, who, key, client_address(request), bool(device))


def _mark(text: str) -> str:
    return sha256(text.encode()).hexdigest()
