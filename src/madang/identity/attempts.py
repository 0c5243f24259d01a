"""Counting attempts that name no account: by address only, so that nobody can lock others out."""

from __future__ import annotations

from datetime import timedelta

from django.http import HttpRequest

from madang.identity.api import client_address
from madang.identity.errors import TooManyAttempts
from madang.identity.models import SignInFailure
from madang.identity.rules import FAILURES_PER_ADDRESS, WINDOW, wait_after
from madang.kernel import audit, times


def check_address(request: HttpRequest) -> None:
    """Raise `TooManyAttempts` while this address has to wait."""
    now = times.now()
    rows = SignInFailure.objects.filter(address=client_address(request), at__gt=now - WINDOW)
    wait = wait_after(list(rows.values_list("at", flat=True)), now, FAILURES_PER_ADDRESS)
    if wait > timedelta(0):
        raise TooManyAttempts(
            "too many failed attempts from this address; wait a little",
            retry_after_s=wait.total_seconds(),
        )


def note_failure(request: HttpRequest, method: str, reason: str) -> None:
    """Count an attempt that failed, and write down why."""
    SignInFailure.objects.create(account="", address=client_address(request), at=times.now())
    audit.record("", "identity.refuse_sign_in", f"method:{method}", detail={"reason": reason[:60]})
