"""Two processes print letters and are killed at any moment: none is lost, none is posted twice."""

from __future__ import annotations

import pytest

from tests.cases.drilling import NEEDS_SERVER, run_drill
from tests.records.papers import needs_fonts

pytestmark = [pytest.mark.system, pytest.mark.timeout(400), needs_fonts]
LETTERS = 120  # as drill_print_room makes them
DATABASES = [
    pytest.param("sqlite", marks=pytest.mark.long),
    pytest.param("postgresql", marks=[pytest.mark.external, NEEDS_SERVER]),
]


@pytest.mark.parametrize("kind", DATABASES)
def test_killed_anywhere_every_letter_is_posted_once(kind, tmp_path):
    found = run_drill("drill_print_room", tmp_path, kind)
    assert found["first"] == 0
    assert found["killed"] >= 4, "most were killed at work"
    assert (found["letters"], found["states"]) == (LETTERS, {"posted": LETTERS})
    assert (found["posted"], found["posted_twice"], found["twice_in_a_batch"]) == (LETTERS, 0, 0)
    assert found["open"] == 0
    assert found["printed_again"] >= 1, "a batch that broke off was printed again, and says so"
    files = list(tmp_path.glob("*.pdf"))
    assert files
    assert all(one.read_bytes().startswith(b"%PDF-") for one in files)
