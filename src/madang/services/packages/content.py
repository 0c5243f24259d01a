"""`documents/*.yaml`, `notices/*.yaml`, `i18n/*.yaml` and `tests/*.yaml`."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal

from msgspec import Meta, Struct

from madang.services.packages.process import Outcome
from madang.services.packages.service import ChannelKind
from madang.services.packages.words import Count, FactName, Feel, Slug, Text


class Row(Struct, frozen=True, forbid_unknown_fields=True):
    """A line of a table of facts: its name, and a text with `{placeholders}`."""

    title: Text
    value: Text


class Block(Struct, frozen=True, forbid_unknown_fields=True):
    """A part of a document.

    id: short name, by which it is translated.
    kind: `paragraph`, `facts` (rows), `list` (items) or `note` (small print).
    text, rows, items: what stands there, by kind.
    when: condition under which it is there.
    """

    id: Slug
    kind: Literal["paragraph", "facts", "list", "note"]
    text: str = ""
    rows: tuple[Row, ...] = ()
    items: tuple[Text, ...] = ()
    when: Feel | None = None


class Document(Struct, frozen=True, forbid_unknown_fields=True):
    """A document that can be issued; `{name}` stands for facts, parameters and what the case knows
    (`{case}`, `{applicant}`, `{decided}`, `{office}`, `{fee}`).

    id: name, as of the file.
    kind: layout.
    title: heading of the paper.
    blocks: parts, in order.
    valid: how long it is good for (`90 days`); always without one.
    """

    id: Slug
    kind: Literal["certificate", "permit", "receipt", "decision"]
    title: Text
    blocks: Annotated[tuple[Block, ...], Meta(min_length=1)]
    valid: str = ""


class Notice(Struct, frozen=True, forbid_unknown_fields=True):
    """A message of a case: what it is about in one line, and what to do.

    id: name, as of the file.
    subject: the answer in one sentence.
    body: paragraphs.
    required: whether law wants it delivered; such a notice cannot be unsubscribed and goes by
        letter where nothing else arrives.
    """

    id: Slug
    subject: Text
    body: Text
    required: bool = False


class Translation(Struct, frozen=True, forbid_unknown_fields=True):
    """A file of `i18n/`: texts by their path, and of which source text each was made.

    status: state of all texts that `states` does not name.
    texts: path to text.
    of: path to the first 8 hexadecimal digits of the SHA-256 of the source text.
    states: path to state, where it differs.
    """

    status: Literal["machine", "reviewed", "approved"]
    texts: dict[str, Text]
    of: dict[str, str] = {}
    states: dict[str, Literal["machine", "reviewed", "approved"]] = {}


class Expected(Struct, frozen=True, forbid_unknown_fields=True):
    """What must come out; whatever is not named is not compared.

    outcome: of the rules (`grant`, `refuse`, `refer`).
    decided: who decides: the rules alone, or an officer.
    fee: minor units.
    documents: what a grant issues.
    state: state after submission and, where the rules decide, after the decision.
    end: outcome of the last state that `verbs` lead to.
    refund: minor units that come back of the fee, once paid, where the verbs end the case.
    deadline: last day of the office's limit.
    rows: rows that held, as `table.row`.
    pages: pages that are asked, in order.
    values: other decisions.
    """

    outcome: Literal["grant", "refuse", "refer"] | None = None
    decided: Literal["rules", "officer"] | None = None
    fee: Count | None = None
    documents: tuple[Slug, ...] | None = None
    state: Slug | None = None
    end: Outcome | None = None
    refund: Count | None = None
    deadline: dt.date | None = None
    rows: tuple[str, ...] | None = None
    pages: tuple[Slug, ...] | None = None
    values: dict[FactName, Any] | None = None


class Test(Struct, frozen=True, forbid_unknown_fields=True):
    """One case on paper.

    name: what it shows.
    at: moment of receipt, with offset, or a day.
    facts: values by name.
    expect: what must come out.
    channel: how it came; the outcome is the same for each.
    verbs: what is done after submission, in order.
    ended: day on which the last of them is done; that of receipt without one.
    """

    name: Text
    at: str
    facts: dict[FactName, Any]
    expect: Expected
    channel: ChannelKind = "web"
    verbs: tuple[Slug, ...] = ()
    ended: dt.date | None = None


class Tests(Struct, frozen=True, forbid_unknown_fields=True):
    """A file of `tests/`."""

    tests: Annotated[tuple[Test, ...], Meta(min_length=1)]
