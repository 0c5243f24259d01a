"""What would change: parameters, fees, rows or whole decisions of a service package."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from madang.kernel.data_files import Document, read_yaml
from madang.kernel.errors import BadInput
from madang.kernel.shapes import mismatches
from madang.services.api import (
    Decision,
    Fee,
    Package,
    Parameter,
    TableRow,
    plain_values,
    read_package,
)


class Change(Struct, frozen=True, forbid_unknown_fields=True):
    """The whole file.

    title: what is proposed.
    parameters: name to the value it would have.
    fees: prices, each whole, instead of those of the same id.
    rows: `decision.row` to the row it would be, whole.
    rules: decisions, each whole, instead of those of the same id; others are added.
    """

    title: str
    parameters: dict[str, int | float | str | bool | tuple[int | float | str, ...]] = {}
    fees: tuple[Fee, ...] = ()
    rows: dict[str, TableRow] = {}
    rules: tuple[Decision, ...] = ()


def package_in(folder: Path) -> Package:
    """Return the package in a folder; raises BadInput at its first fault, by file and line."""
    package, _sources, problems = read_package(folder)
    if package is None or problems:
        first = problems[0]
        where = f"{first.field}: " if first.field else ""
        message = f"{where}{first.message} ({len(problems)} in all)"
        raise BadInput(str(folder / first.file), message, line=first.line)
    return package


def read_change(path: Path, package: Package) -> tuple[Change, Package]:
    """Return a change, and the package with it.

    Raises
    ------
    BadInput
        If the file is none, or changes something that the package does not have; names the line.
    """
    document, problems = read_yaml(path, str(path))
    if problems:
        raise BadInput(str(path), problems[0].message, line=problems[0].line)
    value = plain_values(document.value)
    for place, message in mismatches(value, Change):
        raise BadInput(str(path), message, line=document.line(place))
    change = msgspec.convert(value, Change)
    _check(change, package, document, path)
    return change, changed(package, change)


def _check(change: Change, package: Package, document: Document, path: Path) -> None:
    def unknown(kind: str, name: str, known: Any, *place: str | int) -> BadInput:
        listed = ", ".join(sorted(known)) or "none"
        message = f"{package.id} has no {kind} {name!r}; it has {listed}"
        return BadInput(str(path), message, line=document.line(place))

    parameters = {item.id for item in package.parameters}
    for name in change.parameters:
        if name not in parameters:
            raise unknown("parameter", name, parameters, "parameters", name)
    fees = {item.id for item in package.service.fees}
    for number, fee in enumerate(change.fees):
        if fee.id not in fees:
            raise unknown("fee", fee.id, fees, "fees", number)
    rows = {f"{item.id}.{row.id}" for item in package.rules for row in item.rows}
    for name, row in change.rows.items():
        if name not in rows:
            raise unknown("row", name, rows, "rows", name)
        table = package.decision(name.split(".")[0])
        assert table is not None
        if (len(row.when), len(row.then)) != (len(table.inputs), len(table.results)):
            message = f"needs {len(table.inputs)} conditions and {len(table.results)} conclusions"
            raise BadInput(str(path), message, line=document.line(("rows", name)))
    if not (change.parameters or change.fees or change.rows or change.rules):
        raise BadInput(str(path), "changes nothing: parameters, fees, rows or rules", line=1)


def changed(package: Package, change: Change) -> Package:
    """Return a package as a change would have it, in force on every day."""
    fees = {fee.id: fee for fee in change.fees}
    service = msgspec.structs.replace(
        package.service, fees=tuple(fees.get(fee.id, fee) for fee in package.service.fees)
    )
    whole = {item.id: item for item in change.rules}
    rules = [
        whole.pop(item.id) if item.id in whole else _rows(item, change.rows)
        for item in package.rules
    ]
    parameters = tuple(_valued(item, change.parameters) for item in package.parameters)
    return dataclasses.replace(
        package, service=service, rules=(*rules, *whole.values()), parameters=parameters
    )


def _rows(decision: Decision, rows: dict[str, TableRow]) -> Decision:
    found = tuple(rows.get(f"{decision.id}.{row.id}", row) for row in decision.rows)
    return msgspec.structs.replace(decision, rows=found)


def _valued(parameter: Parameter, values: dict[str, Any]) -> Parameter:
    if parameter.id not in values:
        return parameter
    value = values[parameter.id]
    dated = tuple(msgspec.structs.replace(item, value=value) for item in parameter.values)
    return msgspec.structs.replace(parameter, values=dated)
