"""Runs a tree in the layout of the DMN conformance kit: models beside test cases in XML.

A case counts once and passes when all its results agree. A model that cannot be read fails its own
cases only.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from madang.services.decisions import this_moment
from madang.services.engine.dmn.program import Program
from madang.services.engine.dmn.xml_tree import Element, InvalidXML, parse
from madang.services.engine.feel.text import literal
from madang.services.engine.feel.values import FeelError, Notes
from madang.services.errors import InvalidDecisionModel
from madang.services.model_files import Folder
from madang.services.tck_values import agree, facts_of, value_of

LEVELS = ("compliance-level-2", "compliance-level-3")


@dataclass(slots=True)
class Run:
    """Passed and total by level, and what failed."""

    counts: dict[str, tuple[int, int]] = field(default_factory=dict)
    failures: list[dict[str, Any]] = field(default_factory=list)

    def plain(self) -> dict[str, Any]:
        """Return the run for JSON."""
        levels = {
            level: {"passed": passed, "total": total}
            for level, (passed, total) in self.counts.items()
        }
        return {**levels, "failures": self.failures}

    def add(self, level: str, failure: dict[str, Any] | None) -> None:
        """Count a case."""
        passed, total = self.counts[level]
        self.counts[level] = (passed + (failure is None), total + 1)
        if failure is not None:
            self.failures.append({"level": level, **failure})


def run_tree(folder: Path) -> Run:
    """Run every test file below a folder, or below its folders named by compliance level."""
    if not folder.is_dir():
        raise InvalidDecisionModel(str(folder), "no such folder")
    run = Run(dict.fromkeys(LEVELS, (0, 0)))
    tops = {level: sorted(folder.rglob(level)) for level in LEVELS}
    if folder.name in LEVELS:
        tops[folder.name].append(folder)
    if not any(tops.values()):
        raise InvalidDecisionModel(str(folder), f"has no folder {' or '.join(LEVELS)}")
    for level, tops_of_level in tops.items():
        for file in sorted({f for top in tops_of_level for f in top.rglob("*.xml")}):
            _run_file(run, level, file)
    return run


def _run_file(run: Run, level: str, file: Path) -> None:
    try:
        root = parse(file.read_bytes()).root
    except (InvalidXML, OSError) as error:
        run.add(level, {"test": file.name, "case": None, "reason": f"no test file: {error}"})
        return
    if root.name != "testCases":
        return
    model = (root.inner_text("modelName") or "").strip()
    program, fault = _program(file.parent / Path(model).name)
    for number, case in enumerate(root.all("testCase"), 1):
        case_id = case.get("id") or str(number)
        reason = fault or _run_case(program, case)
        failure = {"test": file.name, "model": model, "case": case_id, "reason": reason}
        run.add(level, failure if reason else None)


def _program(path: Path) -> tuple[Program | None, str | None]:
    try:
        return Folder(path.parent).program(path), None
    except InvalidDecisionModel as error:
        return None, error.message


def _run_case(program: Program | None, case: Element) -> str | None:
    """Return why a case fails, None where it passes."""
    assert program is not None
    notes = Notes(this_moment())
    try:
        results = _results(program, case, notes)
    except (
        FeelError,
        ArithmeticError,
        LookupError,
        TypeError,
        ValueError,
        RecursionError,
    ) as error:
        return f"{type(error).__name__}: {error}"
    for node in case.all("resultNode"):
        name = " ".join((node.get("name") or "").split())
        actual = results(name)
        expected = node.first("expected")
        if (node.get("errorResult") or "").strip() in ("true", "1") and actual is None:
            continue
        wanted = None if expected is None else value_of(expected)
        if not agree(wanted, actual):
            said = "; ".join(notes.texts[:3])
            text = f"{name}: {literal(actual)} instead of {literal(wanted)}"
            return text + (f" ({said})" if said else "")
    return None


def _results(program: Program, case: Element, notes: Notes) -> Any:
    """Return what gives the result of a name in this case."""
    kind = (case.get("type") or "decision").strip()
    facts = {
        " ".join((node.get("name") or "").split()): value_of(node) for node in case.all("inputNode")
    }
    invoked = " ".join((case.get("invocableName") or "").split())
    if kind != "decision" and invoked:
        found = _invoked(program, invoked, facts, notes)
        return lambda name: (
            found[name] if name != invoked and isinstance(found, dict) and name in found else found
        )
    session = program.session(facts_of(program, facts), notes)
    return lambda name: program.value_named(name, session)


def _invoked(program: Program, name: str, args: dict[str, Any], notes: Notes) -> Any:
    try:
        return program.invoke(name, args, notes)
    except FeelError as error:
        notes.add(str(error))
        return None
