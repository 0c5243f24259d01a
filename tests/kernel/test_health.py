from __future__ import annotations

import threading
import time

import pytest

from madang.kernel.errors import Unavailable
from madang.kernel.health import Memory, health
from madang.kernel.registry import HealthCheck


def well() -> None:
    return None


def ill() -> str:
    return "the disk is full"


def away() -> None:
    raise Unavailable("the lake does not answer")


def broken() -> None:
    raise ValueError("a bug")


def hangs() -> None:
    threading.Event().wait(30)


def check(name: str) -> HealthCheck:
    return HealthCheck(name, f"{__name__}:{name}")


def test_all_is_well_where_every_check_is():
    assert health([check("well")]).ok


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("ill", "the disk is full"),
        ("away", "the lake does not answer"),
        ("broken", "ValueError: a bug"),
    ],
)
def test_one_ill_part_is_named_with_its_problem(name, problem):
    found = health([check("well"), check(name)])
    assert not found.ok
    assert [(c.name, c.ok, c.problem) for c in found.checks] == [
        ("well", True, ""),
        (name, False, problem),
    ]


def test_a_check_that_hangs_holds_up_nobody_and_is_slow_before_it_is_ill():
    memory = Memory()
    begun = time.monotonic()
    found = health([check("hangs"), check("well")], limit_s=0.1, memory=memory)
    assert time.monotonic() - begun < 5
    assert [(c.ok, c.slow, c.problem) for c in found.checks] == [
        (True, True, ""),
        (True, False, ""),
    ]
    found = health([check("hangs")], limit_s=0.1, patience_s=0.15, memory=memory)
    assert not found.ok
    assert found.checks[0].problem == "no answer for 0 s"
    hanging = [t for t in threading.enumerate() if t.name == "hangs"]
    assert len(hanging) == 1  # looks wait for one check, they do not pile up


def test_what_a_slow_check_finds_is_told_at_the_next_look_and_stays_until_it_answers():
    gate = threading.Event()
    answers = iter(["away", ""])

    def slow() -> str:
        gate.wait(30)
        return next(answers)

    offer = HealthCheck("gate", f"{__name__}:gated")
    globals()["gated"] = slow
    memory = Memory()
    assert health([offer], limit_s=0.05, memory=memory).ok
    gate.set()
    assert health([offer], limit_s=5, memory=memory).checks[0].problem == "away"
    gate.clear()
    still = health([offer], limit_s=0.05, memory=memory).checks[0]
    assert (still.ok, still.slow, still.problem) == (False, True, "away")
    gate.set()
    assert health([offer], limit_s=5, memory=memory).ok


@pytest.mark.data
@pytest.mark.django_db(transaction=True)
def test_the_database_is_well_after_its_migrations():
    found = health([HealthCheck("database", "madang.kernel.health:database")], limit_s=20)
    assert found.ok, found.checks


@pytest.mark.data
@pytest.mark.django_db
def test_no_worker_is_a_problem_until_one_gives_a_sign_of_life():
    from datetime import UTC, datetime

    from madang.kernel import heartbeat
    from madang.kernel.health import worker

    assert "no worker" in worker()
    heartbeat.beat("worker", datetime.now(UTC))
    assert worker() is None
