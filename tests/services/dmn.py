"""Small decision models for the tests, and how they are evaluated."""

from __future__ import annotations

from typing import Any

from madang.services.engine.dmn.program import Outcome, Program
from madang.services.engine.dmn.xml_read import read_model

DMN = "https://www.omg.org/spec/DMN/20211108/MODEL/"


def definitions(*inside: str, name: str = "M", namespace: str = "urn:m", dmn: str = DMN) -> bytes:
    """Return a DMN file."""
    body = "\n".join(inside)
    return (
        f'<definitions xmlns="{dmn}" xmlns:feel="{dmn}FEEL" name="{name}" namespace="{namespace}">'
        f"\n{body}\n</definitions>"
    ).encode()


def given(name: str, type_: str = "Any") -> str:
    """Return an input data element; its id is its name without spaces."""
    return (
        f'<inputData id="{_id(name)}" name="{name}"><variable name="{name}" typeRef="{type_}"/>'
        "</inputData>"
    )


def decision(name: str, logic: str, *needs: str, type_: str | None = None) -> str:
    """Return a decision; needs are names, those of knowledge models behind `fn:`."""
    type_ref = f' typeRef="{type_}"' if type_ else ""
    return (
        f'<decision id="{_id(name)}" name="{name}"><variable name="{name}"{type_ref}/>'
        f"{''.join(map(_need, needs))}{logic}</decision>"
    )


def knowledge(name: str, params: str, logic: str, *needs: str) -> str:
    """Return a knowledge model; params are `name:type` with commas."""
    formal = "".join(
        f'<formalParameter name="{one.partition(":")[0]}"'
        + (f' typeRef="{one.partition(":")[2]}"/>' if ":" in one else "/>")
        for one in params.split(",")
        if one
    )
    return (
        f'<businessKnowledgeModel id="{_id(name)}" name="{name}"><variable name="{name}"/>'
        f"<encapsulatedLogic>{formal}{logic}</encapsulatedLogic>"
        f"{''.join(map(_need, needs))}</businessKnowledgeModel>"
    )


def text(feel: str, type_: str | None = None) -> str:
    """Return a literal expression."""
    type_ref = f' typeRef="{type_}"' if type_ else ""
    return f"<literalExpression{type_ref}><text>{_escaped(feel)}</text></literalExpression>"


def table(
    inputs: str, rows: str, *, hit: str = "UNIQUE", outputs: str = "<output/>", more: str = ""
) -> str:
    """Return a decision table; inputs and the cells of rows are parted by `|`, rows by lines."""
    columns = [one.strip() for one in inputs.split("|")]
    heads = "".join(
        f"<input><inputExpression><text>{_escaped(one)}</text></inputExpression></input>"
        for one in columns
    )
    rules = ""
    for line in rows.strip().splitlines():
        cells = [cell.strip() for cell in line.split("|")]
        rules += "<rule>"
        for i, cell in enumerate(cells):
            tag = "inputEntry" if i < len(columns) else "outputEntry"
            rules += f"<{tag}><text>{_escaped(cell)}</text></{tag}>"
        rules += "</rule>"
    return f'<decisionTable hitPolicy="{hit}" {more}>{heads}{outputs}{rules}</decisionTable>'


def evaluated(data: bytes, imports: dict[str, Program] | None = None, **facts: Any) -> Outcome:
    """Return all decisions of a file for facts."""
    return Program(read_model(data), imports).evaluate(facts)


def _need(name: str) -> str:
    if name.startswith("fn:"):
        href = _href(name[3:])
        return f'<knowledgeRequirement><requiredKnowledge href="{href}"/></knowledgeRequirement>'
    kind = "requiredInput" if name[0].isupper() else "requiredDecision"
    return f'<informationRequirement><{kind} href="{_href(name)}"/></informationRequirement>'


def _href(name: str) -> str:
    return name if "#" in name else f"#{_id(name)}"


def _id(name: str) -> str:
    return name.replace(" ", "_")


def _escaped(raw: str) -> str:
    return raw.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
