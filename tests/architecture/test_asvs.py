"""Each requirement of ASVS 5.0.0, level 1 and 2, chapters V6 to V10, has an answer that holds."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools import asvs

ROOT = Path(__file__).parents[2]
ANSWERS = asvs.answers()


def test_the_list_is_as_long_as_the_standards():
    """V6 47, V7 19, V8 13, V9 7, V10 36 requirements, counted in the standard's own table."""
    by_chapter = {
        chapter: sum(len(s) for name, s in asvs.LEVELS.items() if name.split(".")[0] == chapter)
        for chapter in asvs.CHAPTERS
    }
    assert by_chapter == {"6": 47, "7": 19, "8": 13, "9": 7, "10": 36}
    assert len([row for row in ANSWERS if row.level <= asvs.WANTED]) == 96


def test_every_requirement_of_our_level_is_answered():
    missing = [row.id for row in ANSWERS if not (row.is_shown or row.not_applicable or row.open)]
    assert not missing, "mark a test with @pytest.mark.asvs(...) or answer in tools/asvs.yaml"


@pytest.mark.parametrize("row", ANSWERS, ids=lambda row: row.id)
def test_an_answer_says_what_we_do(row: asvs.Answer):
    assert row.we or row.not_applicable or row.open
    assert not (row.not_applicable and (row.is_shown or row.open)), "either it applies or not"


def test_nothing_answers_or_shows_what_the_standard_does_not_ask():
    named = {*asvs.given_answers(), *asvs.marked_tests().by_id}
    assert not sorted(one for one in named if asvs.level_of(str(one)) is None)


@pytest.mark.parametrize("row", [row for row in ANSWERS if row.documents], ids=lambda row: row.id)
def test_a_named_document_and_its_heading_exist(row: asvs.Answer):
    for document in row.documents:
        path, _, anchor = document.partition("#")
        assert (ROOT / path).is_file()
        assert not anchor or anchor in asvs.anchors_of(ROOT / path)


def test_markers_are_collected_from_where_pytest_finds_tests():
    for tests in asvs.marked_tests().by_id.values():
        for test in tests:
            file, _, name = test.partition("::")
            assert (ROOT / file).is_file()
            assert name.startswith(("test_", "Test"))


def test_a_marker_is_read_as_pytest_reads_it(request: pytest.FixtureRequest):
    """No marker is hidden from the table by being written another way (a list, `pytestmark`)."""
    seen = {
        (item.location[0], item.originalname, requirement)
        for item in request.session.items
        if isinstance(item, pytest.Function)
        for mark in item.iter_markers("asvs")
        for requirement in mark.args
    }
    collected = {
        (*test.split("::"), requirement)
        for requirement, tests in asvs.marked_tests().by_id.items()
        for test in tests
    }
    assert not seen - collected
