"""A package for other programs: CPSV-AP in JSON-LD, DMN 1.5 XML, plain JSON."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from madang.city.api import Profile
from madang.services.cpsv import json_ld
from madang.services.engine.dmn.model import Decision, Literal, Model, Requirement
from madang.services.engine.dmn.xml_write import write_model
from madang.services.packages.decide import TODAY, model_of
from madang.services.packages.package import Package
from madang.services.packages.packing import plain
from madang.services.packages.rules import Parameter

FORMATS = ("jsonld", "dmn", "json")


def exported(package: Package, form: str, profile: Profile, origin: str) -> bytes:
    """Return a package in one of `FORMATS`; `origin` is the address of the portal."""
    makers: dict[str, Callable[[], bytes]] = {
        "jsonld": lambda: _json(json_ld(package, profile, origin)),
        "dmn": lambda: write_model(self_contained(package)),
        "json": lambda: _json(plain(package)),
    }
    return makers[form]()


def self_contained(package: Package) -> Model:
    """Return the rules as a model that needs facts and the day only.

    What the law sets and changes (`parameters`) is a decision of its own: the value in force on
    `today`, from the newest to the oldest.
    """
    model = model_of(package)
    dated = {item.id: item for item in package.parameters}
    rules = tuple(
        replace(rule, requires=tuple(_need(one, dated) for one in rule.requires))
        for rule in model.decisions
    )
    return replace(
        model,
        inputs=tuple(one for one in model.inputs if one.id not in dated),
        decisions=(*map(_of_parameter, package.parameters), *rules),
    )


def _need(one: Requirement, dated: Mapping[str, Parameter]) -> Requirement:
    return Requirement("decision", one.href) if one.href.lstrip("#") in dated else one


def _of_parameter(parameter: Parameter) -> Decision:
    newest_first = sorted(parameter.values, key=lambda dated: dated.since, reverse=True)
    text = "null"
    for dated in reversed(newest_first):
        text = f'if {TODAY} >= date("{dated.since}") then {_feel(dated.value)} else {text}'
    return Decision(
        id=parameter.id,
        name=parameter.id,
        label=parameter.title,
        requires=(Requirement("input", f"#{TODAY}"),),
        expression=Literal(text, None),
        question=parameter.title,
    )


def _feel(value: Any) -> str:
    """Return a value as FEEL writes it.

    >>> _feel((1, 2.5)), _feel("a"), _feel(True)
    ('[1, 2.5]', '"a"', 'true')
    """
    if isinstance(value, tuple):
        return f"[{', '.join(_feel(item) for item in value)}]"
    return json.dumps(value, ensure_ascii=False)


def _json(value: Any) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=2, default=str) + "\n").encode()
