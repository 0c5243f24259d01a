"""The table of faults is true: its messages are said, in Korean too, and its tests exist."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import polib
import pytest

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "reference" / "faults-and-messages.md"
_CODE = re.compile(r"`([^`]+)`")
ROWS = [
    [cell.strip() for cell in line.strip("|\n").split(" | ")]
    for line in PAGE.read_text(encoding="utf-8").splitlines()
    if line.startswith("| ") and not line.startswith("| fault |")
]


@cache
def said() -> frozenset[str]:
    """Return every text that the code says and that has a Korean wording, and codes of problems."""
    errors = (ROOT / "docs" / "reference" / "errors.md").read_text(encoding="utf-8")
    codes = re.findall(r"^\| `([a-z-]+)` \|", errors, re.MULTILINE)
    texts = (
        entry.msgid.replace("\n", " ").strip()
        for file in (ROOT / "src" / "madang").glob("*/locale/ko/LC_MESSAGES/django.po")
        for entry in polib.pofile(str(file))
        if entry.msgstr
    )
    return frozenset([*codes, *texts])


@cache
def names_in(file: str) -> frozenset[str]:
    """Return the names of the tests of a file."""
    tree = ast.parse((ROOT / "tests" / file).read_text(encoding="utf-8"))
    return frozenset(node.name for node in tree.body if isinstance(node, ast.FunctionDef))


def test_the_table_is_read():
    assert len(ROWS) > 45
    assert {len(row) for row in ROWS} == {3}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0][:60])
def test_each_fault_is_held_by_tests_that_exist_and_says_what_the_code_says(row):
    _fault, seen, tests = row
    named = _CODE.findall(tests)
    assert named, "a fault without a test"
    for one in named:
        file, _colons, name = one.partition("::")
        assert name in names_in(file), one
    unknown = [text for text in _CODE.findall(seen) if text not in said()]
    assert not unknown
