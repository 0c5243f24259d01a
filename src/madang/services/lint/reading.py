"""What the reader found, as faults with codes."""

from __future__ import annotations

from pathlib import Path

from madang.kernel.data_files import Problem
from madang.services.lint.fault import Fault

# What a message of the reader says, and its code; the first that fits counts.
_CODES = (
    ("it is no package", "missing-file"),
    ("the package lacks", "missing-file"),
    ("is no file of a package", "unknown-file"),
    ("is larger than", "too-large"),
    ("files, at most", "too-large"),
    ("is not YAML", "not-yaml"),
    ("is not UTF-8", "not-yaml"),
    ("is empty", "not-yaml"),
    ("cannot be read", "not-yaml"),
    ("has a value that cannot be", "not-yaml"),
    ("stands twice", "key-twice"),
    ("holds itself", "alias-loop"),
    ("grows by aliases", "alias-loop"),
    ("is no field here", "unknown-key"),
    ("lacks the field", "missing-key"),
    ("a district", "not-a-districts"),
    ("there is no package", "unknown-base"),
    ("there is no process", "unknown-base"),
    ("extend that one", "unknown-base"),
)


def fault_of(problem: Problem, folder: Path) -> Fault:
    """Return a problem of the reader as a fault."""
    code = next((code for text, code in _CODES if text in problem.message), "bad-value")
    field = f"{problem.field}: " if problem.field else ""
    message = f"{field}{problem.message}".replace(f"{folder} has", "has")
    return Fault(code, problem.file, problem.line, message)
