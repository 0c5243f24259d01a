"""The instance's own past cases, as a rehearsal sees them."""

from __future__ import annotations

from datetime import date

import pytest

from madang.cases import api
from madang.cases.rehearsal.change import Change, changed
from madang.cases.rehearsal.kept import kept_cases
from madang.cases.rehearsal.report import rehearse
from madang.kernel.errors import NotFound
from tests.cases.packages import COPY, lent, shipped
from tests.cases.people import KIM

pytestmark = [pytest.mark.data, pytest.mark.django_db]
TODAY = date(2026, 11, 23)


def opened(number: int, **facts) -> None:
    api.open_case(
        package_hash=lent().hash,
        subject=KIM.person,
        facts={"copy_kind": "household", "copies": number, "show_numbers": False, **facts},
        actor=KIM,
        channel="web",
        key=f"k{number}",
    )


def test_past_cases_have_their_facts_and_no_name():
    for number in (1, 2, 3):
        opened(number)
    found = kept_cases(shipped(COPY), TODAY)
    assert sorted(found["copies"].to_list()) == [1.0, 2.0, 3.0]
    assert set(found.columns) == {*shipped(COPY).facts, "district", "age"}
    change = Change("dearer", parameters={"fee_per_copy": 500})
    report = rehearse(found, shipped(COPY), changed(shipped(COPY), change), change, TODAY)
    assert report["cases"] == 3
    assert report["by"]["district"] == [{"group": report["by"]["district"][0]["group"],
                                         "cases": None, "suppressed": True}]  # fmt: skip


def test_without_a_case_there_is_nothing_to_rehearse():
    with pytest.raises(NotFound, match="give a file by --cases"):
        kept_cases(shipped(COPY), TODAY)
