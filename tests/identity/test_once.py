"""What works once works once, however many ask at the same moment."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client

from madang.access.api import AUTHENTICATION
from madang.identity import app_codes, authenticators, codes, contacts, paper, people, recovery
from madang.identity.errors import ProofFailed
from madang.identity.sealing import seal
from madang.identity.sessions import Proof
from madang.kernel.events import new_id
from tests.identity.keys import sent_codes

IS_SERVER = settings.DATABASES["default"]["ENGINE"].endswith("postgresql")
pytestmark = [
    pytest.mark.data,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(
        not IS_SERVER, reason="SQLite in memory refuses a second writer; a file has one at a time"
    ),
]
AT_ONCE = 6


def wins(act: Callable[[], object]) -> int:
    """Return how many of several threads at once are let in."""
    gate = Barrier(AT_ONCE)

    def one(_number: int) -> bool:
        try:
            gate.wait(20)
            return bool(act())
        except ProofFailed:
            return False
        finally:
            connection.close()

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return sum(pool.map(one, range(AT_ONCE)))


@pytest.fixture
def kim():
    return people.add_resident(None, by=AUTHENTICATION)


def test_a_paper_code(kim):
    code = paper.issue(kim.pk, by="test")[0]
    assert wins(lambda: paper.check(kim, code)) == 1
    assert paper.left(kim.pk) == paper.CODES - 1


def test_an_app_code(kim):
    import pyotp

    from madang.kernel import times

    secret = pyotp.random_base32()
    authenticators.add(kim.pk, "totp", new_id(), secret=seal("totp", secret.encode()))
    code = pyotp.TOTP(secret).at(times.now())
    assert wins(lambda: app_codes.check(kim.pk, code)) == 1
    with pytest.raises(ProofFailed):
        app_codes.check(kim.pk, code)


def test_a_sent_code(kim, client: Client):
    contact = contacts.add(kim.pk, "email", "kim@example.org")
    sent = codes.send(contact, codes.CONFIRM)
    code = sent_codes()[-1][1]
    assert wins(lambda: codes.check(sent, code, codes.CONFIRM)) == 1
    with pytest.raises(ProofFailed):
        codes.check(sent, code, codes.CONFIRM)


def test_five_tries_are_five(kim):
    contact = contacts.add(kim.pk, "email", "kim@example.org")
    sent = codes.send(contact, codes.CONFIRM)
    assert wins(lambda: codes.check(sent, "00000000", codes.CONFIRM)) == 0
    with pytest.raises(ProofFailed):
        codes.check(sent, sent_codes()[-1][1], codes.CONFIRM)


def test_the_last_two_keys_removed_at_once_leave_one(kim):
    rows = [authenticators.add(kim.pk, "totp", new_id()) for _n in range(2)]
    gate = Barrier(2)

    def one(row: object) -> bool:
        try:
            gate.wait(20)
            authenticators.remove(kim.pk, row.pk)
        except authenticators.LastAuthenticator:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(one, rows)) == [False, True]
    assert len(authenticators.authenticators_of(kim.pk)) == 1


def test_asking_for_a_recovery(kim):
    proofs = [Proof("paper", "x"), Proof("email")]
    assert wins(lambda: recovery.ask(kim, proofs)) == AT_ONCE  # all get the one that is open
    recovery.stop(kim.pk)
    assert recovery.open_recovery(kim.pk) is None
