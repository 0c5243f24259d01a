"""The door of the services room.

Example::

    program = api.read_dmn(Path("fees.dmn"))
    decided = api.evaluate(program, {"Applicant": {"birth date": "1960-03-01"}}, explain=True)
    print(decided.decisions["Fee"], decided.explain["Fee"]["rules"])
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from madang.services.decisions import Decided, evaluate
from madang.services.engine.dmn.model import Model
from madang.services.engine.dmn.program import Program
from madang.services.engine.dmn.table import InputClause, OutputClause, Rule, Table
from madang.services.engine.dmn.xml_write import write_model
from madang.services.engine.feel.expression import Expression, expression
from madang.services.engine.feel.values import FeelError
from madang.services.errors import InvalidExpression
from madang.services.model_files import program_of
from madang.services.packages.content import Document, Notice
from madang.services.packages.decide import Evaluation, Rules
from madang.services.packages.package import Package
from madang.services.packages.process import Process, State, Timer, Verb
from madang.services.packages.reader import read_package
from madang.services.packages.service import Fact, Service

__all__ = [
    "Decided",
    "Document",
    "Evaluation",
    "Expression",
    "Fact",
    "InputClause",
    "Model",
    "Notice",
    "OutputClause",
    "Package",
    "Process",
    "Program",
    "Rule",
    "Rules",
    "Service",
    "State",
    "Table",
    "Timer",
    "Verb",
    "compile_expression",
    "evaluate",
    "read_dmn",
    "read_package",
    "write_dmn",
]


def read_dmn(path: Path) -> Program:
    """Return a decision model compiled; models it imports are looked for in the same folder.

    Raises InvalidDecisionModel, which names file and line.
    """
    return program_of(path)


def write_dmn(model: Model) -> bytes:
    """Return a model as DMN 1.5 XML."""
    return write_model(model)


def compile_expression(text: str, names: Iterable[str] = ()) -> Expression:
    """Return a FEEL text compiled; `names` are those it may use, with their spaces.

    Raises InvalidExpression, which names the character.
    """
    try:
        return expression(text, tuple(names))
    except FeelError as error:
        raise InvalidExpression(f"{text!r} is no FEEL: {error}") from error
