"""The table "requirement of OWASP ASVS 5.0.0 -> what shows that we meet it", chapters V6 to V10.

Ids and levels are the standard's; the words are ours (the standard is CC BY-SA and is not copied).
Tests say what they show by ``@pytest.mark.asvs("6.2.1")``; tools/asvs.yaml says what we do and,
where no test can show it, which document does, why it does not apply, or what is open.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[1]
ANSWERS = Path(__file__).with_suffix(".yaml")
WANTED = 2  # level 2: what handles personal data of residents has to reach
# Level of each requirement of a section, in order: the first of "6.2" is 6.2.1. Counted from the
# standard's own table of version 5.0.0 (30 May 2025).
LEVELS = {
    "6.1": "122", "6.2": "111111112222", "6.3": "11223333", "6.4": "112233", "6.5": "22222333",
    "6.6": "2223", "6.7": "33", "6.8": "2222",
    "7.1": "222", "7.2": "1111", "7.3": "22", "7.4": "11222", "7.5": "223", "7.6": "22",
    "8.1": "1233", "8.2": "1123", "8.3": "133", "8.4": "23",
    "9.1": "111", "9.2": "1222",
    "10.1": "22", "10.2": "223", "10.3": "22223", "10.4": "1111122222233333", "10.5": "22222",
    "10.6": "22", "10.7": "222",
}  # fmt: skip
CHAPTERS = {
    "6": "V6 Signing in",
    "7": "V7 Sessions",
    "8": "V8 Who may what",
    "9": "V9 Tokens that speak for themselves",
    "10": "V10 OAuth and OpenID Connect",
}


@dataclass(frozen=True)
class Answer:
    """What we say to one requirement: `we` do this; shown, not applicable, or open."""

    id: str
    level: int
    we: str = ""
    documents: tuple[str, ...] = ()
    not_applicable: str = ""
    open: str = ""
    tests: tuple[str, ...] = ()

    @property
    def is_shown(self) -> bool:
        """True where a test or a document shows it."""
        return bool(self.tests or self.documents)


@dataclass
class Marked:
    """Tests by the requirement that they show, as ``tests/a/test_b.py::test_c``."""

    by_id: dict[str, list[str]] = field(default_factory=dict)


def level_of(requirement: str) -> int | None:
    """Return the level of a requirement, None for an id that the chapters do not have.

    >>> level_of("6.2.9"), level_of("6.2.13")
    (2, None)
    """
    section, _, number = requirement.rpartition(".")
    levels = LEVELS.get(section, "")
    return int(levels[int(number) - 1]) if number.isdecimal() and _fits(number, levels) else None


def requirements() -> list[str]:
    """Return all ids in order."""
    return [
        f"{section}.{n}" for section, levels in LEVELS.items() for n in range(1, len(levels) + 1)
    ]


def answers() -> list[Answer]:
    """Return what we say to each requirement of our level, and to further ones where we show it."""
    given, marked = given_answers(), marked_tests().by_id
    rows = []
    for requirement in requirements():
        level = level_of(requirement)
        assert level is not None
        said = given.get(requirement, {})
        if level > WANTED and not (said or requirement in marked):
            continue
        rows.append(
            Answer(
                requirement,
                level,
                we=said.get("we", ""),
                documents=tuple(said.get("documents", ())),
                not_applicable=said.get("not_applicable", ""),
                open=said.get("open", ""),
                tests=tuple(sorted(marked.get(requirement, ()))),
            )
        )
    return rows


@cache
def given_answers() -> dict[str, dict[str, Any]]:
    """Return what tools/asvs.yaml says by requirement."""
    found: dict[str, dict[str, Any]] = yaml.safe_load(ANSWERS.read_text(encoding="utf-8"))
    return found


@cache
def marked_tests(folder: Path = ROOT / "tests") -> Marked:
    """Return the tests that carry the marker, read from their source."""
    marked = Marked()
    for path in sorted(folder.rglob("test_*.py")):
        text = path.read_text(encoding="utf-8")
        if "mark.asvs" not in text:
            continue
        tree = ast.parse(text)
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                for requirement in _ids(node.decorator_list):
                    name = f"{path.relative_to(ROOT)}::{node.name}"
                    marked.by_id.setdefault(requirement, []).append(name)
    return marked


def lines() -> Iterable[str]:
    """Return the lines of the page after its heading."""
    rows = answers()
    yield from _summary(rows)
    for chapter, title in CHAPTERS.items():
        yield from (
            "",
            f"## {title}",
            "",
            "| id | level | what we do | shown by |",
            "|---|---|---|---|",
        )
        for row in rows:
            if row.id.split(".")[0] == chapter:
                yield f"| {row.id} | {row.level} | {row.we} | {_shown(row)} |"


def _summary(rows: list[Answer]) -> Iterable[str]:
    ours = [row for row in rows if row.level <= WANTED]
    shown = [row for row in ours if row.is_shown and not row.open]
    part = [row for row in ours if row.is_shown and row.open]
    still = [row for row in ours if row.open and not row.is_shown]
    other = [row for row in ours if row.not_applicable]
    names = {test for row in rows for test in row.tests}
    yield (
        f"Of {len(ours)} requirements of level 1 and 2, {len(shown)} are shown, {len(part)} shown "
        f"in part, {len(still)} open, {len(other)} not applicable; {len(names)} tests."
    )


def _shown(row: Answer) -> str:
    if row.not_applicable:
        return f"not applicable: {row.not_applicable}"
    said = [f"[{_title(name)}](../../{name})" for name in row.documents]
    by_file: dict[str, list[str]] = {}
    for test in row.tests:
        file, _, name = test.partition("::")
        by_file.setdefault(file, []).append(f"`{name}`")
    said += [
        f"[{file.removeprefix('tests/')}](../../{file}): {', '.join(names)}"
        for file, names in by_file.items()
    ]
    if row.open:
        said.append(f"**open**: {row.open}")
    return "; ".join(said)


def _title(document: str) -> str:
    path, _, anchor = document.partition("#")
    return f"{Path(path).stem}: {anchor.replace('-', ' ')}" if anchor else Path(path).stem


def anchors_of(path: Path) -> set[str]:
    """Return the anchors of a document's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def _ids(decorators: list[ast.expr]) -> list[str]:
    return [
        argument.value
        for one in decorators
        if isinstance(one, ast.Call) and ast.unparse(one.func) == "pytest.mark.asvs"
        for argument in one.args
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str)
    ]


def _fits(number: str, levels: str) -> bool:
    return 0 < int(number) <= len(levels)
