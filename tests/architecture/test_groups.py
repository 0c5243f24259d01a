"""How tests of real processes are found and kept together (tests/groups.py)."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests import groups

ROOT = Path(__file__).parents[2]
SYSTEM = ROOT / "tests" / "system"


def asked_for(path: Path) -> set[str]:
    """Return the fixtures that a file's tests and fixtures ask for and that it does not make."""
    asked, made = set(), set()
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if not isinstance(node, ast.FunctionDef):
            continue
        is_fixture = any("fixture" in ast.unparse(one) for one in node.decorator_list)
        if is_fixture or node.name.startswith("test_"):
            asked |= {argument.arg for argument in node.args.args}
        if is_fixture:
            made.add(node.name)
    return asked - made


@pytest.mark.parametrize("shared", ["instance", "struck"])
def test_the_files_that_share_an_instance_are_in_its_group(shared):
    sharing = {
        p.relative_to(ROOT).as_posix() for p in SYSTEM.glob("*.py") if shared in asked_for(p)
    }
    assert sharing == {name for name, group in groups.GROUPS.items() if group == shared}


def test_what_begins_first_is_there():
    shared = {*groups.GROUPS.values()}
    assert all(name in shared or (ROOT / name).exists() for name in groups.LONGEST)


def test_a_test_belongs_to_its_file_or_to_what_it_shares():
    assert groups.group_of("tests/web/test_maps.py::test_a[b]") == "tests/web/test_maps.py"
    assert groups.group_of("tests/system/test_kill.py::test_a") == "struck"


@pytest.mark.parametrize(
    ("file", "expression", "left_out"),
    [
        ("tests/web/test_browser.py", "system and not long", False),
        ("tests/web/test_browser.py", "not system", False),
        ("tests/web/test_tags.py", "system and not long", True),
        ("tests/web/test_tags.py", "not system and not long", False),
        ("tests/web/test_tags.py", "", False),
        ("tests/conftest.py", "system and not long", False),
        ("tests/kernel/test_bus.py", "external and not long", False),
        ("tests/kernel/test_audit.py", "external and not long", True),
    ],
)
def test_only_files_with_the_mark_are_read_for_it(file, expression, left_out):
    assert groups.is_left_out(ROOT / file, expression) is left_out
