"""A registry of their own for tests of what works on offers."""

from __future__ import annotations

import pytest

from madang.kernel.registry import Offer, Registry


def offer(monkeypatch: pytest.MonkeyPatch, *offers: Offer) -> None:
    """Let the kernel see these offers, and no others."""
    registry = Registry({"drill": offers})
    for module in ("dispatch", "streams", "jobs", "health", "claims"):
        monkeypatch.setattr(f"madang.kernel.{module}.registry", lambda: registry)
