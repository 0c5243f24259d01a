"""What answers are filled in from, and what conditions of pages may look at."""

from __future__ import annotations

from pathlib import Path

import pytest

from madang.services.lint.examine import lint
from tests.services.lint.good import FILES, SEOUL, written

S, P = FILES["service.yaml"], FILES["pages.yaml"]
PREVIOUS = "prefills:\n  - {source: previous.size, purpose: %s}\nretention:"
FILLED = P.replace("  - id: size\n", "  - id: size\n    prefill: previous.size\n")
AGE = "source: register, register: residents.age,"


def codes(folder: Path, service: str, pages: str) -> set[str]:
    return {fault.code for fault in lint(written(folder, service=service, pages=pages), SEOUL)}


def test_a_declared_source_with_the_facts_own_purpose_is_good(tmp_path):
    assert codes(tmp_path, S.replace("retention:", PREVIOUS % "decide"), FILLED) == set()


@pytest.mark.parametrize(
    ("service", "pages", "code"),
    [
        (S.replace("retention:", PREVIOUS % "contact"), FILLED, "prefill-purpose"),
        (S, FILLED, "prefill-undeclared"),
        (S.replace("retention:", PREVIOUS % "decide"), P, "prefill-unused"),
        (
            S.replace("retention:", (PREVIOUS % "decide").replace("previous.size", "previous.age")),
            FILLED.replace("previous.size", "previous.age"),
            "prefill-unclear",  # nobody was ever asked for it
        ),
        (
            S.replace("retention:", PREVIOUS % "decide"),
            FILLED.replace("previous.size\n", "previous.size\n    fixed: true\n"),
            "prefill-unclear",
        ),
        (S, P.replace("  - id: size\n", "  - id: size\n    fixed: true\n"), "prefill-unclear"),
    ],
)
def test_what_is_wrong_with_a_source_is_named(tmp_path, service, pages, code):
    assert codes(tmp_path, service, pages) == {code}


def test_a_page_may_hang_on_what_a_register_says(tmp_path):
    pages = P.replace("    when: size > 3\n", "    when: size > 3 and age < 130\n")
    assert "unknown-while-asked" not in codes(tmp_path, S, pages)


def test_a_question_that_no_value_of_a_register_opens_is_unreachable(tmp_path):
    pages = P.replace("    when: size > 3\n", "    when: size > 3 and age > 130\n")
    assert "unreachable-question" in codes(tmp_path, S, pages)


def test_a_page_cannot_hang_on_what_an_office_says_later(tmp_path):
    service = S.replace(AGE, "source: office,")
    pages = P.replace("    when: size > 3\n", "    when: size > 3 and age < 130\n")
    assert "unknown-while-asked" in codes(tmp_path, service, pages)
