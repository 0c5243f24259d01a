"""What rooms keep sealed opens for the same use and thing, by the same key, and by no other."""

from __future__ import annotations

import dataclasses

import pytest

from madang.kernel import sealing
from madang.kernel.config import settings
from madang.kernel.errors import Invalid


def test_what_was_sealed_is_read_again_and_looks_different_each_time():
    first = sealing.seal("cases", "files", "f1", b"a paper")
    assert sealing.unseal("cases", "files", "f1", memoryview(first)) == b"a paper"
    assert sealing.seal("cases", "files", "f1", b"a paper") != first
    assert b"a paper" not in first


@pytest.mark.parametrize(
    ("room", "use", "about"),
    [("cases", "files", "f2"), ("cases", "drafts", "f1"), ("records", "files", "f1")],
)
def test_it_opens_for_nothing_else(room, use, about):
    sealed = sealing.seal("cases", "files", "f1", b"a paper")
    with pytest.raises(Invalid, match="cannot be read with this instance's key"):
        sealing.unseal(room, use, about, sealed)


def test_one_changed_bit_is_noticed():
    sealed = bytearray(sealing.seal("cases", "files", "f1", b"a paper"))
    sealed[-1] ^= 1
    with pytest.raises(Invalid):
        sealing.unseal("cases", "files", "f1", bytes(sealed))


def test_production_needs_a_key_of_the_room(monkeypatch):
    live = dataclasses.replace(settings(), mode="production", cases_key="")
    monkeypatch.setattr(sealing, "settings", lambda: live)
    with pytest.raises(Invalid, match="MADANG_CASES_KEY"):
        sealing.seal("cases", "files", "f1", b"a paper")
