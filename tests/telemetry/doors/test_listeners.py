"""Many listeners on a real stream process, some of whom never read."""

from __future__ import annotations

import pytest

from madang.telemetry.doors.proof.instance import stream_instance
from madang.telemetry.doors.proof.listeners import heard

pytestmark = [pytest.mark.system]


def test_listeners_who_never_read_hurt_nobody_and_cost_little(tmp_path):
    with stream_instance(tmp_path) as instance:
        # 200 updates of a whole city are 9 MB a listener: more than sockets and queues hold
        found = heard(instance, 20, sleepers=40, rows=1675, updates=200, pace_s=0.02)
    assert found.missed == 0
    assert found.worst_ms < 1000
    # 40 sleepers would have 360 MB if each kept all; queues hold 256 messages, shared by all
    assert found.rss_after_mib - found.rss_before_mib < 120
