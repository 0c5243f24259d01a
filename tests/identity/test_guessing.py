"""Guessing costs time, and tells nothing."""

from __future__ import annotations

import math
import statistics
import time

import pytest
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.test import Client

from madang.identity import api, codes, paper
from madang.identity.models import SignInFailure
from madang.identity.rules import FAILURES_PER_ACCOUNT

pytestmark = [pytest.mark.data, pytest.mark.django_db]
PASSWORD = "courtyard lantern persimmon"


@pytest.fixture
def lee() -> api.Account:
    return api.add_user("lee", ["officer"], password=PASSWORD)


def sign_in(client: Client, password: str = PASSWORD, name: str = "lee") -> int:
    return client.post("/sign-in/", {"name": name, "password": password}).status_code


@pytest.mark.asvs("6.3.1")
@pytest.mark.usefixtures("lee")
def test_guessing_from_many_addresses_waits_all_the_same():
    guesses = [sign_in(Client(REMOTE_ADDR=f"198.51.100.{n}"), f"guess {n}") for n in range(8)]
    assert guesses == [422] * FAILURES_PER_ACCOUNT + [429] * 3


@pytest.mark.asvs("6.3.8")
def test_wrong_name_and_wrong_password_take_the_same_time(lee, settings, monkeypatch):
    """Medians of CPU time, so that other work on the machine does not count."""
    settings.PASSWORD_HASHERS = [
        "django.contrib.auth.hashers.PBKDF2PasswordHasher",
        *settings.PASSWORD_HASHERS,
    ]
    monkeypatch.setattr(PBKDF2PasswordHasher, "iterations", 60_000)
    assert sign_in(Client(REMOTE_ADDR="192.0.2.1")) == 302  # kept anew with this hasher
    taken: dict[str, list[float]] = {"lee": [], "nobody": []}
    for number in range(24):
        name = ("lee", "nobody")[number % 2]
        SignInFailure.objects.all().delete()
        client = Client(REMOTE_ADDR=f"198.51.100.{number}")
        client.get("/sign-in/")
        start = time.process_time()
        client.post("/sign-in/", {"name": name, "password": "a wrong guess at it"})
        taken[name].append(time.process_time() - start)
    known, unknown = (statistics.median(taken[name][2:]) for name in ("lee", "nobody"))
    assert abs(known - unknown) < 0.25 * max(known, unknown), (known, unknown)


@pytest.mark.asvs("6.5.4")
def test_no_code_is_shorter_than_twenty_bits():
    for digits in (codes.DIGITS, paper.DIGITS):
        assert digits * math.log2(10) >= 20
