from __future__ import annotations

import threading

import pytest

from madang.kernel.errors import Unavailable
from madang.kernel.health import health
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


def test_a_check_that_hangs_holds_up_nobody():
    found = health([check("hangs"), check("hangs"), check("well")], limit_s=0.2)
    assert [c.ok for c in found.checks] == [False, False, True]
    assert found.checks[0].problem == "no answer within 0.2 s"


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
