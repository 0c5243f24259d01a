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
from madang.services.forms.faults import Fault
from madang.services.forms.flow import Flow, Form, Step, repetitions, with_item, without_item
from madang.services.forms.paper import PaperOption, PaperQuestion, PaperSection, form_of
from madang.services.forms.reading import Read, choice_name, read_questions, written
from madang.services.forms.review import Line, Part, review
from madang.services.forms.widgets import DATE_PARTS, field_of, first_field, widget_of
from madang.services.forms.words import answer_text, fault_text
from madang.services.model_files import program_of

__all__ = [
    "DATE_PARTS",
    "Decided",
    "Expression",
    "Fault",
    "Flow",
    "Form",
    "InputClause",
    "Line",
    "Model",
    "OutputClause",
    "PaperOption",
    "PaperQuestion",
    "PaperSection",
    "Part",
    "Program",
    "Read",
    "Rule",
    "Step",
    "Table",
    "answer_text",
    "choice_name",
    "compile_expression",
    "evaluate",
    "fault_text",
    "field_of",
    "first_field",
    "form_of",
    "read_dmn",
    "read_questions",
    "repetitions",
    "review",
    "widget_of",
    "with_item",
    "without_item",
    "write_dmn",
    "written",
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
