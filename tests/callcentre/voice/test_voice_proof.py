"""What the line claims of itself is measured on calls that really go over its sockets."""

from __future__ import annotations

import pytest

from madang.callcentre.voice import proof

pytestmark = pytest.mark.system


def test_calls_at_once_are_carried_and_counted_both_ways():
    found = proof.carried(4, 1.0)
    assert found.calls == 4
    assert found.calls_per_cpu > 4
    assert found.heard >= 0.99
    assert found.said >= 0.99
