"""The door of the services room.

Example::

    program = api.read_dmn(Path("fees.dmn"))
    decided = api.evaluate(program, {"Applicant": {"birth date": "1960-03-01"}}, explain=True)
    print(decided.decisions["Fee"], decided.explain["Fee"]["rules"])

    now = api.current("resident-registration-copy")         # what is in force
    api.package(now.hash)                                   # the same for ever, whatever follows
    now.rules.evaluate(facts, today, explain=True).outcome
    api.automation_is_on("resident-registration-copy")      # may a machine decide at all?
"""

from __future__ import annotations

from collections.abc import Iterable
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from madang.services.cards import CardChannel, CardFee, CardPaper, ServiceCard, service_card
from madang.services.decisions import Decided, evaluate
from madang.services.engine.dmn.model import Model
from madang.services.engine.dmn.program import Program
from madang.services.engine.dmn.table import InputClause, OutputClause, Rule, Table
from madang.services.engine.dmn.xml_write import write_model
from madang.services.engine.feel.expression import Expression, expression
from madang.services.engine.feel.values import FeelError
from madang.services.errors import InvalidExpression
from madang.services.forms.checking import fault_of
from madang.services.forms.faults import Fault
from madang.services.forms.flow import Flow, Form, Step, repetitions, with_item, without_item
from madang.services.forms.paper import PaperOption, PaperQuestion, PaperSection, form_of
from madang.services.forms.reading import Read, choice_name, read_questions, written
from madang.services.forms.review import Line, Part, review
from madang.services.forms.silence import asked_of_registers, holds_or_may
from madang.services.forms.widgets import DATE_PARTS, field_of, fields_of, first_field, widget_of
from madang.services.model_files import program_of
from madang.services.packages.bulk import Column, Said, said_of_all
from madang.services.packages.content import Document
from madang.services.packages.decide import Evaluation, Rules, in_force, model_of
from madang.services.packages.package import Package
from madang.services.packages.process import Process, State, Timer, Verb
from madang.services.packages.questions import Page, Question
from madang.services.packages.reader import plain as plain_values
from madang.services.packages.reader import read_package
from madang.services.packages.refunds import Refund, is_ending, reason_of
from madang.services.packages.rules import Decision, Parameter
from madang.services.packages.rules import Row as TableRow
from madang.services.packages.service import Fee
from madang.services.packages.texts import localised, translated

if TYPE_CHECKING:
    from madang.services.automation import (
        Stop,
        automation_is_on,
        resume_automation,
        stop_automation,
        stops_of,
    )
    from madang.services.form_paper import form_paper, paper_language
    from madang.services.forms.languages import form_in, in_language
    from madang.services.forms.words import answer_text, fault_text
    from madang.services.public_rules import ShownTable, rule_tables
    from madang.services.publishing import Published, publish, versions, withdraw
    from madang.services.reading_order import reading_order
    from madang.services.scopes import found_titles
    from madang.services.shipped import Shipped, publish_shipped
    from madang.services.suggesting import Suggestion, event_names, suggestions
    from madang.services.versions import Offered, Version, current, marked, offered
    from madang.services.ways_in import Group, Start, event_groups, senior_starts

__all__ = (
    "DATE_PARTS",
    "CardChannel",
    "CardFee",
    "CardPaper",
    "Column",
    "Decided",
    "Decision",
    "Document",
    "Evaluation",
    "Expression",
    "Fault",
    "Fee",
    "Flow",
    "Form",
    "Group",
    "InputClause",
    "InvalidExpression",
    "Line",
    "Model",
    "Offered",
    "OutputClause",
    "Package",
    "Page",
    "PaperOption",
    "PaperQuestion",
    "PaperSection",
    "Parameter",
    "Part",
    "Process",
    "Program",
    "Published",
    "Question",
    "Read",
    "Refund",
    "Rule",
    "Rules",
    "Said",
    "ServiceCard",
    "Shipped",
    "ShownTable",
    "Start",
    "State",
    "Step",
    "Stop",
    "Suggestion",
    "Table",
    "TableRow",
    "Timer",
    "Verb",
    "Version",
    "answer_text",
    "asked_of_registers",
    "automation_is_on",
    "choice_name",
    "compile_expression",
    "current",
    "evaluate",
    "event_groups",
    "event_names",
    "fault_of",
    "fault_text",
    "field_of",
    "fields_of",
    "first_field",
    "form_in",
    "form_of",
    "form_paper",
    "found_titles",
    "holds_or_may",
    "in_force",
    "in_language",
    "is_ending",
    "localised",
    "marked",
    "model_of",
    "offered",
    "package",
    "paper_language",
    "plain_values",
    "publish",
    "publish_shipped",
    "read_dmn",
    "read_package",
    "read_questions",
    "reading_order",
    "reason_of",
    "repetitions",
    "resume_automation",
    "review",
    "rule_tables",
    "said_of_all",
    "senior_starts",
    "service_card",
    "stop_automation",
    "stops_of",
    "suggestions",
    "translated",
    "versions",
    "widget_of",
    "with_item",
    "withdraw",
    "without_item",
    "write_dmn",
    "written",
)

_LATER = {
    "Stop": "automation", "automation_is_on": "automation", "stop_automation": "automation",
    "resume_automation": "automation", "stops_of": "automation",
    "Published": "publishing", "publish": "publishing", "withdraw": "publishing",
    "versions": "publishing",
    "reading_order": "reading_order",
    "Shipped": "shipped", "publish_shipped": "shipped",
    "ShownTable": "public_rules", "rule_tables": "public_rules",
    "form_paper": "form_paper", "paper_language": "form_paper",
    "answer_text": "forms.words", "fault_text": "forms.words",
    "Version": "versions", "current": "versions", "marked": "versions",
    "Offered": "versions", "offered": "versions",
    "found_titles": "scopes", "form_in": "forms.languages", "in_language": "forms.languages",
    "Suggestion": "suggesting", "event_names": "suggesting", "suggestions": "suggesting",
    "Group": "ways_in", "Start": "ways_in", "event_groups": "ways_in", "senior_starts": "ways_in",
}  # fmt: skip


def __getattr__(name: str) -> Any:
    """Load what needs Django's tables only where it is asked for: commands import this door."""
    if name not in _LATER:
        raise AttributeError(name)
    return getattr(import_module(f"madang.services.{_LATER[name]}"), name)


def package(hash: str) -> Version:  # the format's own word
    """Return a published version by the hash that a case pinned, in force or not.

    Raises UnknownService, or InvalidPackedPackage where the stored one was tampered with.
    """
    from madang.services.versions import version

    return version(hash)


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
