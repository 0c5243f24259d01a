"""What a case puts on its papers: every value in words that a stranger can read."""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from datetime import date
from typing import Any

import msgspec
from django.utils.translation import gettext as _
from django.utils.translation import override

from madang.cases.case_shown import value_text
from madang.services.api import Document, Package, Rules

NOTHING = "–"
_PLACE = re.compile(r"\{([a-z][a-z0-9_]*)\}")


def data_for(
    written: Document, package: Package, values: Mapping[str, Any], more: Mapping[str, Any]
) -> dict[str, Any]:
    """Return what a document prints, by the names it asks for; a dash for what nobody said.

    Parameters
    ----------
    values : facts of the case, as JSON.
    more : what the rules and the case add to them; it goes before a fact of the same name.
    """
    with override(package.service.language):
        return {
            name: printed(more[name])
            if name in more
            else printed_fact(package, name, values.get(name))
            for name in sorted(set(_PLACE.findall(str(msgspec.to_builtins(written)))))
        }


def conditions_for(
    written: Document, rules: Rules, values: Mapping[str, Any], day: date
) -> dict[str, bool]:
    """Return whether each block with a condition is there, by the block's id."""
    return {
        block.id: rules.condition(block.when, values, day) for block in written.blocks if block.when
    }


def printed_fact(package: Package, name: str, value: Any) -> Any:
    """Return a fact as a paper says it: choices by their titles, days as days."""
    fact = package.facts.get(name)
    if fact is not None and fact.type == "date" and isinstance(value, str):
        with suppress(ValueError):
            return date.fromisoformat(value)
    if isinstance(value, bool | list | str) or value is None:
        return value_text(package, name, value)
    return printed(value)


def printed(value: Any) -> Any:
    """Return a value as records write it: a whole number, a day or a text."""
    if value is None or value == "":
        return NOTHING
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, int | float):
        return f"{int(value):,}" if value == int(value) else f"{value:,g}"
    if isinstance(value, list | tuple):
        return ", ".join(str(printed(one)) for one in value)
    if isinstance(value, str) and len(value) == len("2026-11-23"):
        with suppress(ValueError):
            return date.fromisoformat(value)
    return value
