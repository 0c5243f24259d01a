"""What a document says, as data of a service: read, checked, filled in with what a case knows.

A template names blocks; its texts hold ``{placeholders}`` for data and are never code. A text is
one string, or one per language.

    id: residence
    kind: certificate
    title: {ko: 거주 확인서, en: Certificate of residence}
    valid: 90 days
    blocks:
      - {id: facts, kind: facts, rows: [{title: {ko: 성명, en: Name}, value: "{applicant}"}]}
      - {id: close, kind: signature, text: {ko: 위 사실을 확인합니다., en: We certify the above.}}
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
import yaml
from django.utils.translation import gettext as _
from msgspec import Meta, Struct

from madang.city.api import profile
from madang.kernel.errors import BadInput
from madang.records import layouts
from madang.records.errors import InvalidTemplate
from madang.records.layouts import Fact, Issuer, Words

_PLACEHOLDER = re.compile(r"\{([a-z][a-z0-9_]*)\}")
_VALID = re.compile(r"(\d{1,4}) days?")
_LARGEST_B = 256 * 1024

Text = str | dict[str, str]
Slug = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9-]{0,59}$")]


class Row(Struct, frozen=True, forbid_unknown_fields=True):
    """A line of a table of facts."""

    title: Text
    value: Text


class Block(Struct, frozen=True, forbid_unknown_fields=True):
    """A part of a document; `when` is a condition that whoever issues it has decided."""

    kind: Literal["paragraph", "facts", "list", "note", "signature"]
    id: str = ""
    title: Text = ""
    text: Text = ""
    rows: tuple[Row, ...] = ()
    items: tuple[Text, ...] = ()
    numbered: bool = False
    when: str | None = None


class Authority(Struct, frozen=True, forbid_unknown_fields=True):
    """Who issues it, where that is not the city itself."""

    name: Text
    head: Text = ""
    unit: Text = ""
    address: Text = ""
    phone: str = ""
    seal: str = ""


class Template(Struct, frozen=True, forbid_unknown_fields=True):
    """A document that can be issued; `valid` is how long it is good for (``90 days``)."""

    id: Slug
    kind: Literal["certificate", "permit", "receipt", "decision"]
    title: Text
    blocks: Annotated[tuple[Block, ...], Meta(min_length=1)]
    valid: str = ""
    issuer: Authority | None = None


@dataclass(frozen=True)
class Filled:
    """A template with a case's data in it: what the paper says, and the facts by themselves."""

    title: Words
    issuer: Issuer
    blocks: tuple[layouts.Block, ...]
    facts: Mapping[str, Any]


def template_of(given: Template | Mapping[str, Any]) -> Template:
    """Return a template from plain data.

    Raises
    ------
    InvalidTemplate
        Naming the key.
    """
    if isinstance(given, Template):
        return given
    try:
        found = msgspec.convert(dict(given), Template)
    except msgspec.ValidationError as error:
        raise InvalidTemplate(str(error), {"template": str(error)}) from None
    if found.valid and not _VALID.fullmatch(found.valid):
        text = f"valid is {found.valid!r}; write a number of days like '90 days'"
        raise InvalidTemplate(text, {"valid": text})
    return found


def read_template(path: Path) -> Template:
    """Return the template in a YAML file.

    Raises
    ------
    BadInput
        Naming the file, and the line or key.
    """
    found: Template = _read(path, template_of)
    return found


def read_data(path: Path) -> dict[str, Any]:
    """Return the data in a JSON or YAML file; raises `BadInput`."""
    found: dict[str, Any] = _read(path, dict)
    return found


def _read(path: Path, made: Any) -> Any:
    try:
        if path.stat().st_size > _LARGEST_B:
            raise BadInput(str(path), "is larger than 256 kB")
        given = yaml.safe_load(path.read_text(encoding="utf-8"))
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else None
        raise BadInput(str(path), error.problem or "is no YAML", line=line) from None
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise BadInput(str(path), f"cannot be read: {error}") from None
    if not isinstance(given, dict):
        raise BadInput(str(path), "holds no mapping of names to values")
    try:
        return made(given)
    except InvalidTemplate as error:
        raise BadInput(str(path), error.message) from None


def days_valid(template: Template) -> int | None:
    """Return for how many days a document is good, None for always."""
    found = _VALID.fullmatch(template.valid)
    return int(found.group(1)) if found else None


def placeholders(template: Template) -> frozenset[str]:
    """Return the names of the data that a template asks for."""
    return frozenset(_PLACEHOLDER.findall(str(msgspec.to_builtins(template))))


def filled(
    template: Template, data: Mapping[str, Any], conditions: Mapping[str, bool] | None = None
) -> Filled:
    """Return the template with the data in it.

    Parameters
    ----------
    data : value by name: text, whole number, day, or text by language.
    conditions : for each block with `when`, by its id, whether it is there.

    Raises
    ------
    InvalidTemplate
        If a datum is missing or cannot be written, or a condition was not decided.
    """
    writer = _Writer(data)
    blocks = [one for one in template.blocks if _is_there(one, conditions or {})]
    made = tuple(_block(one, writer) for one in blocks)
    if not any(isinstance(one, layouts.Signature) for one in made):
        made = (*made, layouts.Signature())
    rows = [row for one in blocks for row in one.rows]
    return Filled(
        writer.words(template.title), _issuer(template, writer), made, _facts(rows, data, writer)
    )


def _is_there(block: Block, conditions: Mapping[str, bool]) -> bool:
    if block.when is None:
        return True
    if block.id not in conditions:
        raise InvalidTemplate(
            _("whether the block %r is there was not decided") % block.id, {"conditions": block.id}
        )
    return conditions[block.id]


def _block(block: Block, writer: _Writer) -> layouts.Block:
    title, text = writer.words(block.title), writer.words(block.text)
    if block.kind == "facts":
        facts = tuple(Fact(writer.words(r.title), writer.words(r.value)) for r in block.rows)
        return layouts.Facts(facts, title)
    if block.kind == "list":
        items = tuple(writer.words(item) for item in block.items)
        return layouts.Listing(items, title, block.numbered)
    if block.kind == "note":
        return layouts.Note(text, title)
    if block.kind == "signature":
        return layouts.Signature(text)
    return layouts.Paragraph(text)


def _issuer(template: Template, writer: _Writer) -> Issuer:
    if template.issuer is None:
        return city_as_issuer()
    said = {
        name: writer.words(getattr(template.issuer, name))
        for name in ("name", "head", "unit", "address")
    }
    return Issuer(**said, phone=template.issuer.phone, seal=template.issuer.seal)


def city_as_issuer() -> Issuer:
    """Return the city itself as the authority."""
    city = profile().city
    own = city.names.get(city.default_language, "")
    return Issuer(
        name=dict(city.names), seal=f"{own}인"[:9] if city.default_language == "ko" else ""
    )


def _facts(rows: list[Row], data: Mapping[str, Any], writer: _Writer) -> dict[str, Any]:
    """Return what a credential says: the datum itself where a row shows just that."""
    found: dict[str, Any] = {}
    for number, row in enumerate(rows, 1):
        alone = _PLACEHOLDER.fullmatch(row.value) if isinstance(row.value, str) else None
        if alone:
            value = data[alone.group(1)]
            found[alone.group(1)] = value.isoformat() if isinstance(value, date) else value
        else:
            found[f"fact_{number}"] = writer.words(row.value)
    return found


@dataclass(frozen=True)
class _Writer:
    data: Mapping[str, Any]

    def words(self, text: Text) -> Words:
        """Return a text with its placeholders filled in, by language where a datum is."""
        if isinstance(text, Mapping):
            return {language: self._said(one, language) for language, one in text.items()}
        languages = self._languages(text)
        if not languages:
            return self._said(text, profile().city.default_language)
        return {language: self._said(text, language) for language in languages}

    def _languages(self, text: str) -> list[str]:
        named = [self._datum(name) for name in _PLACEHOLDER.findall(text)]
        if any(isinstance(one, date) for one in named):
            return [language.code for language in profile().languages]
        by_language = [one for one in named if isinstance(one, Mapping)]
        return list(dict.fromkeys(language for one in by_language for language in one))

    def _said(self, text: str, language: str) -> str:
        return _PLACEHOLDER.sub(lambda match: self._value(match.group(1), language), text)

    def _datum(self, name: str) -> Any:
        if name not in self.data:
            raise InvalidTemplate(_("the document needs %r") % name, {name: "missing"})
        return self.data[name]

    def _value(self, name: str, language: str) -> str:
        value = self._datum(name)
        if isinstance(value, Mapping):
            value = value.get(language) or next(iter(value.values()), "")
        if isinstance(value, date):
            return profile().date_text(value, language)
        if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
            raise InvalidTemplate(
                _("%r cannot be written: give it as text") % name, {name: type(value).__name__}
            )
        return str(value)
