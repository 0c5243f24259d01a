"""Addresses: read into parts and written from parts, by the schemes of the city."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from madang.city.conventions import AddressScheme
from madang.kernel.data_files import FieldPath
from madang.kernel.errors import Invalid

Mismatch = tuple[FieldPath, str]

_GROUP = re.compile(r"\[([^\[\]]*)\]")
_PART = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True)
class Address:
    """An address in parts, by the names that its scheme gives them."""

    scheme: str
    parts: Mapping[str, str]


def parse_address(schemes: Sequence[AddressScheme], text: str) -> Address:
    """Return the parts of an address, by the first scheme that reads it.

    Raises
    ------
    Invalid
        If no scheme of the city reads it.
    """
    plain = " ".join(text.split())
    for scheme in schemes:
        match = re.fullmatch(scheme.pattern, plain) if scheme.pattern else None
        if match:
            parts = {name: value.strip() for name, value in match.groupdict().items() if value}
            return Address(scheme.id, parts)
    examples = "; ".join(scheme.example for scheme in schemes if scheme.example)
    raise Invalid(f"{text!r} is no address that can be read here; examples: {examples}")


def format_address(schemes: Sequence[AddressScheme], address: Address) -> str:
    """Return an address as its scheme writes it.

    Raises
    ------
    Invalid
        If the scheme is not the city's, or a part that it needs is missing; `fields` names it.
    """
    scheme = next((item for item in schemes if item.id == address.scheme), None)
    if scheme is None:
        raise Invalid(f"{address.scheme!r} is no address scheme here")
    lacking = [p for p in scheme.parts if not p.endswith("?") and p not in address.parts]
    if lacking:
        message = f"an address of the scheme {scheme.id!r} needs {', '.join(lacking)}"
        raise Invalid(message, dict.fromkeys(lacking, "is missing"))

    def group(match: re.Match[str]) -> str:
        inner = match[1]
        return inner if all(address.parts.get(name) for name in _PART.findall(inner)) else ""

    kept = _GROUP.sub(group, scheme.template)
    written = _PART.sub(lambda match: address.parts.get(match[1], ""), kept)
    return " ".join(written.split())


def problems_of_scheme(scheme: AddressScheme, path: FieldPath) -> Iterator[Mismatch]:
    """Yield what is wrong with one way of addressing."""
    known = {part.removesuffix("?") for part in scheme.parts}
    for name in sorted(set(_PART.findall(scheme.template)) - known):
        yield (*path, "template"), f"{name!r} is not among the parts"
    try:
        pattern = re.compile(scheme.pattern)
    except re.error as error:
        yield (*path, "pattern"), f"is no regular expression: {error}"
        return
    for name in sorted(pattern.groupindex.keys() - known):
        yield (*path, "pattern"), f"{name!r} is not among the parts"
    if scheme.example and scheme.pattern:
        yield from _example(scheme, path)


def _example(scheme: AddressScheme, path: FieldPath) -> Iterator[Mismatch]:
    try:
        written = format_address([scheme], parse_address([scheme], scheme.example))
    except Invalid as error:
        yield (*path, "example"), error.message
        return
    if written != " ".join(scheme.example.split()):
        yield (*path, "example"), f"is written by the template as {written!r}"
