"""Payments for tests: opened, paid, and spoken of by gateways as the test wants it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from itertools import count

import pytest
from django.db import connection

from madang.access.api import Actor, system_actor
from madang.kernel import times
from madang.records import api, ledger, ledger_triggers, payment_terms, payments
from madang.records.chart import account
from madang.records.gateway_words import take
from madang.records.gateways.base import Word
from madang.records.models import Entry, Journal
from madang.records.payment_terms import PaymentTerms, SampleTerms

PERSON = "00000000-0000-4000-8000-000000000001"
CASES = system_actor("cases")
OFFICER = Actor("account:officer", "kim", frozenset({"officer"}), aal=2, ial=2)
TREASURER = Actor("account:treasurer", "lee", frozenset({"treasurer"}), aal=2, ial=2)
QUIET = PaymentTerms(second_yes_above=300_000, sample=SampleTerms((1, 1), 0.0, 0.0))
NOISY = PaymentTerms(second_yes_above=300_000, sample=SampleTerms((1, 90), 1.0, 1.0))
_NUMBERS = count(1)


@pytest.fixture(autouse=True)
def terms(monkeypatch) -> Callable[[PaymentTerms], None]:
    """Let the simulated gateway be punctual; a test may ask for another manner."""

    def use(wanted: PaymentTerms) -> None:
        for module in ("madang.records.payments", "madang.records.refunds",
                       "madang.records.gateways.sample"):  # fmt: skip
            monkeypatch.setattr(f"{module}.terms_in_effect", lambda: wanted)

    assert payment_terms.terms_in_effect().gateway == "sample"
    use(QUIET)
    return use


@pytest.fixture(autouse=True)
def emptied_ledger(request):
    """Let a database be emptied behind a test that commits."""
    commits = "transactional_db" in request.fixturenames
    if commits:
        request.getfixturevalue("transactional_db")  # this fixture ends before that one
    yield
    if commits:
        empty_the_ledger()


def empty_the_ledger() -> None:
    """Take all journals away, which only who may change the tables themselves can do."""
    ledger_triggers.remove(connection)
    Entry.objects.all().delete()
    Journal.objects.filter(reverses__isnull=False).delete()
    Journal.objects.all().delete()
    ledger_triggers.install(connection)


@pytest.fixture
def sent(django_capture_on_commit_callbacks):
    """Run what is to happen after the commit, at the end of the block."""

    def block():
        return django_capture_on_commit_callbacks(execute=True)

    return block


def opened_intent(amount: int = 10_000, case: str = "C-2026-17", **more) -> api.Intent:
    return api.open_intent(
        payer=more.pop("payer", PERSON),
        amount=amount,
        title={"ko": "주민등록표 등본", "en": "Copy of the resident register"},
        case=case,
        service="resident-register-copy",
        key=more.pop("key", f"fee-{next(_NUMBERS)}"),
        by=more.pop("by", CASES),
        **more,
    )


def said(kind: str, of: api.Intent | str, amount: int = 10_000, **more) -> Word:
    """Return a word of the gateway, fresh unless the test names its message."""
    reference = of if isinstance(of, str) else of.id
    number = next(_NUMBERS)
    return Word(
        message=more.pop("message", f"m-{number}"),
        kind=kind,
        reference=reference,
        charge=more.pop("charge", f"ch-{reference[-12:]}"),
        amount=amount,
        currency=more.pop("currency", "KRW"),
        at=more.pop("at", times.now()),
        **more,
    )


def hear(kind: str, of: api.Intent | str, amount: int = 10_000, **more) -> str:
    return take("sample", said(kind, of, amount, **more))


def paid(amount: int = 10_000, **more) -> api.Intent:
    """Return an intent that was paid on the simulated gateway's page."""
    from madang.records.gateways import sample

    intent = opened_intent(amount, **more)
    page = payments.begin(intent.id, "ko")
    sample.pay(page.strip("/").rpartition("/")[2])
    return api.ask_gateway(intent.id)


def balance(code: str) -> int:
    head, _, of = code.partition(":")
    return ledger.balance(account(head, *(of.split(":") if of else [])))


def books() -> dict[str, int]:
    """Return all accounts that are not at 0."""
    return {line.account: line.balance for line in ledger.trial_balance() if line.balance}


MOMENT = datetime(2026, 11, 23, 1, tzinfo=UTC)
