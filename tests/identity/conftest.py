"""What all tests of identity can count on."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from madang.identity import sealing

SHIPPED_COST = (sealing.PASSES, sealing.MEMORY_KIB)


@pytest.fixture(autouse=True, scope="session")
def quick_slow_hash() -> Iterator[None]:
    """Hash codes in a hundredth of the time; `as_shipped` brings the real cost back."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sealing, "PASSES", 1)
        patch.setattr(sealing, "MEMORY_KIB", 64)
        yield


@pytest.fixture
def as_shipped(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hash codes as in service."""
    passes, memory = SHIPPED_COST
    monkeypatch.setattr(sealing, "PASSES", passes)
    monkeypatch.setattr(sealing, "MEMORY_KIB", memory)
