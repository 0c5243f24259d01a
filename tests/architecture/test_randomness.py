"""What must not be guessed comes from the operating system's generator."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import madang

ROOMS = ("identity", "access")
SOURCES = [p for room in ROOMS for p in sorted((Path(madang.__path__[0]) / room).rglob("*.py"))]
# generators whose next number can be reckoned from those before
GUESSABLE = {"random", "numpy", "uuid"}


@pytest.mark.asvs("6.5.3", "7.2.3")
def test_signing_in_uses_no_generator_that_can_be_reckoned():
    found = []
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            found += [f"{path}: {n}" for n in names if n.split(".")[0] in GUESSABLE]
    assert not found
    assert len(SOURCES) > 40
