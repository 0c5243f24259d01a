"""`kill -9` of each process under load: what was accepted is there, once."""

from __future__ import annotations

import random
import time

import pytest

from tests.system.instance import Instance, until
from tests.system.load import Sender, audit, things

pytestmark = [pytest.mark.system, pytest.mark.timeout(600)]
BACK_S = 2_500_000  # a fast machine sends a million readings of each sensor in twenty rounds
VICTIMS = ("lake", "bus", "stream", "web", "worker", "front")


def strike(instance, victim, key, ids, begin_s, seed):
    """Send from `begin_s` in event time on, kill the victim at a seeded moment, send on."""
    chance = random.Random(seed)
    with Sender(instance, key, "drill", ids, begin_s) as sender:
        time.sleep(chance.uniform(0.3, 1.5))
        before = instance.pid_of(victim)
        instance.kill(victim)
        until(lambda: instance.pid_of(victim) != before, 60, f"restart of {victim}")
        sent = sender.accepted
        until(lambda: sender.accepted > sent, 90, "sending on")
        time.sleep(0.5)
    return sender.accepted


def drill(instance, seeds, name):
    key = instance.gateway("drill", "simulated")
    ids = things(instance, key, "drill", 20)
    begin_s, each = int(time.time()) - BACK_S, 0
    for seed in seeds:
        for victim in VICTIMS:
            at = begin_s + each  # one reading a second: event time goes on where it stopped
            each += strike(instance, victim, key, ids, at, f"{name}-{seed}-{victim}") // len(ids)
            audit(instance, ids, each)


def test_nothing_accepted_is_lost_or_doubled_when_a_process_is_killed(struck):
    drill(struck, range(1), "once")


@pytest.mark.long
@pytest.mark.timeout(3600)
def test_the_same_twenty_times(tmp_path):
    with Instance(tmp_path, "--no-sim") as running:
        drill(running, range(20), "twenty")
