"""What `madang prove` measures of a whole instance is measured to the last observation."""

from __future__ import annotations

import pytest

from madang.app.proof import freshness

pytestmark = [pytest.mark.system, pytest.mark.long, pytest.mark.timeout(300)]


def test_all_that_was_sent_is_seen_and_every_district_gets_its_measure():
    found = freshness.measured(1_000, 4.0, 3_000)
    assert found.points_per_s > 2_500
    assert (found.latest.count, found.page.count) == (40, 4)
    assert found.measure.count == found.event.count == 25
    assert 0 < found.latest.p50_ms <= found.latest.worst_ms
    assert found.cores["madang.kernel.lake.server"] > 0
