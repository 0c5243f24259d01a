"""Residents, visits, and policies of a small register that only the tests have."""

from __future__ import annotations

from pathlib import Path

import pytest

from madang.access import guard, records
from madang.access.api import Actor, maintenance, system_actor
from madang.access.engine.policies import Policies, parsed
from madang.access.personal import rooms_of_datasets
from madang.kernel.registry import Purpose

POLICIES = Path(__file__).parent / "register" / "policies.cedar"
PURPOSES = (
    Purpose("serve-resident", "To serve you", "Act 1"),
    Purpose("decide-case", "To decide on your case", "Act 2"),
    Purpose("count-residents", "To count", "Act 4"),
    Purpose("every-request", "With every request", "Act 3", is_listed=False, stands_s=3600),
)

MAPO, JONGNO = "11440", "11110"
CLERK = Actor("account:7", "kim", frozenset({"clerk"}), districts=frozenset({MAPO}), aal=2, ial=2)
OFFICER = Actor("account:8", "lee", frozenset({"officer"}), aal=2, ial=2)
OPERATOR = Actor("account:9", "park", frozenset({"operator"}), aal=2)
JOB = system_actor("register")


@pytest.fixture
def register(monkeypatch):
    """Let the guard know the purposes and policies of the tests' register."""
    known = {**guard.purposes(), **{one.id: one for one in PURPOSES}}
    ours = Policies(
        [*guard.policies().policies, *parsed(POLICIES.name, POLICIES.read_text("utf-8"))],
        rooms_of_datasets(),
    )
    monkeypatch.setattr(guard, "purposes", lambda: known)
    monkeypatch.setattr(guard, "policies", lambda: ours)
    monkeypatch.setattr(records, "_standing", {})
    return ours


@pytest.fixture
def people(db, register):
    """Return six residents, of Mapo and Jongno by turns, each with two visits."""
    from tests.access.register.models import Resident, Visit

    with maintenance("test"):
        made = [
            Resident.objects.create(
                family_name=family,
                given_name=f"given{i}",
                phone=f"010-{i}",
                register_number=f"900101-{i}",
                district=(MAPO, JONGNO)[i % 2],
            )
            for i, family in enumerate(("Kim", "Lee", "Park", "Choi", "Kim", "Yun"))
        ]
        for i, one in enumerate(made):
            Visit.objects.create(resident=one, case="C-1" if i < 2 else "C-2", note=f"note{i}")
            Visit.objects.create(resident=one, note="again")
    return made
