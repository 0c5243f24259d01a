"""What the files under ``procedures/`` of a city's profile say, as frozen structs.

Names follow CPSV-AP 3.2 and CCCEV 2.0: an event, public services with their rules, evidence,
channels, costs and outputs. ``common.yaml`` has what several events share: papers, authorities
outside the city's own, facts. Every other file is one event. Each struct refuses fields it does not
know; texts for people are maps from language tag to text.
"""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from msgspec import Meta, Struct

Slug = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9-]*$", max_length=80)]
FactName = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9_]*$", max_length=60)]
EventName = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9_]*$", max_length=60)]
Text = Annotated[str, Meta(min_length=1, max_length=2000)]
Names = Annotated[dict[str, Text], Meta(min_length=1)]
Feel = Annotated[str, Meta(min_length=1, max_length=2000)]
LawText = Annotated[
    str, Meta(pattern=r"^\S.* 제\d+조(의\d+)?(제\d+항)?(제\d+호)?.*$|^\S.* (art|§)")
]
Length = Annotated[str, Meta(pattern=r"^\d{1,4} (day|week|month|year)s?$")]
MonthDay = Annotated[str, Meta(pattern=r"^(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$")]
ChannelKind = Literal["web", "app", "counter", "phone", "post", "visit", "kiosk"]
OFFLINE: frozenset[str] = frozenset({"counter", "phone", "post", "visit"})


class Choice(Struct, frozen=True, forbid_unknown_fields=True):
    """A value of a fact; `aliases` are other ways of writing it."""

    value: Slug
    names: Names
    aliases: tuple[str, ...] = ()


class FactFile(Struct, frozen=True, forbid_unknown_fields=True):
    """A fact that is asked for.

    id: name in conditions.
    names: what it is.
    ask: the question.
    type: date, yes or no, one of `choices`, whole number, or place (a district of the city, with or
        without its dong).
    choices: of a choice.
    aliases: other names it is told by.
    unit: of a number.
    least, most: borders of a number.
    elsewhere: whether a place may lie outside of the city.
    otherwise: another fact that this one is taken from where nobody says otherwise; shown as
        inferred, to be corrected.
    """

    id: FactName
    names: Names
    ask: Names
    type: Literal["date", "boolean", "choice", "number", "place"]
    choices: tuple[Choice, ...] = ()
    aliases: tuple[str, ...] = ()
    unit: dict[str, Text] = {}
    least: int = 0
    most: int = 1_000_000_000_000
    elsewhere: bool = False
    otherwise: FactName = ""


class Deadline(Struct, frozen=True, forbid_unknown_fields=True, rename={"from_": "from"}):
    """The last day of a duty or a right, or the first day on which something can be done.

    law: provision that sets it.
    advice: whether it is good advice rather than law (then `law` is empty).
    after, before, on, year_of: the fact it is reckoned from; one of them. After: `within` later.
        Before: `within` earlier. On: that day. Year of: `day` of its year, `plus` years later.
    within: how long.
    day: month and day, of `year_of`.
    plus: years, of `year_of`.
    first_day_counts: whether the fact's own day is the first.
    from: `month-end` where the term runs from the end of the fact's month, `next-day` where what
        counts happens on the day after the fact (a membership ends the day after the last day).
    day_of_month: that day of the month in which the term ends (the 15th of the next month).
    eve: the day before the end of the term.
    moves_on: whether a last day on a Saturday or a holiday moves on; by default it does, but not
        where something is due before or on a day.
    when: condition under which it is this one.
    in_force, until: first day of the fact for which the rule holds, first day for which it does no
        more.
    """

    law: LawText | None = None
    advice: bool = False
    after: FactName = ""
    before: FactName = ""
    on: FactName = ""
    year_of: FactName = ""
    within: Length = "0 days"
    day: MonthDay | None = None
    plus: int = 0
    first_day_counts: bool = False
    from_: Literal["day", "month-end", "next-day"] = "day"
    day_of_month: Annotated[int, Meta(ge=0, le=31)] = 0
    eve: bool = False
    moves_on: bool | None = None
    when: Feel | None = None
    in_force: dt.date | None = None
    until: dt.date | None = None


class DocumentNeed(Struct, frozen=True, forbid_unknown_fields=True):
    """A paper to bring, under a condition."""

    id: Slug
    when: Feel | None = None


class Place(Struct, frozen=True, forbid_unknown_fields=True):
    """Where one goes.

    kind: a kind of the city's offices (`district-office`, `dong-centre`) or an authority of
        common.yaml.
    of: fact with the place whose office is competent; empty: any office of that kind.
    """

    kind: Slug
    of: FactName = ""


class ChannelFile(Struct, frozen=True, forbid_unknown_fields=True):
    """A way to do it.

    kind: which way.
    url: address on the web.
    phone: number to call.
    names: what it is called, or what to know.
    """

    kind: ChannelKind
    url: str = ""
    phone: str = ""
    names: dict[str, Text] = {}


class FeeFile(Struct, frozen=True, forbid_unknown_fields=True):
    """What it costs: `amount` in minor units of the city's currency, or only words."""

    amount: Annotated[int, Meta(ge=0)] | None = None
    names: dict[str, Text] = {}


class ProcedureFile(Struct, frozen=True, forbid_unknown_fields=True):
    """One thing to do.

    id: short name within the event.
    service: package of the city's services that does it; title, papers, ways, fee and law are its,
        unless stated here.
    names: what it is called.
    note: what to know, in a sentence.
    authority: who is competent (`of` the office where not stated).
    when: condition under which it is to be done; always without one.
    deadline: last day; the first whose condition holds counts.
    opens: first day.
    law: provisions it rests on.
    office: where one goes.
    documents: papers to bring.
    gives: papers it yields; who needs one of them comes after it.
    requires: things to be done before.
    prefill: questions of the service's form that a fact answers.
    fee, channels: what it costs, the ways to it, one of them without a device.
    owner: who answers for the rule; the event's where not stated.
    reviewed: day on which somebody last compared it with the law.
    in_force, until: days between which it is to be done at all.
    """

    id: Slug
    service: Slug = ""
    names: dict[str, Text] = {}
    note: dict[str, Text] = {}
    when: Feel | None = None
    deadline: Deadline | tuple[Deadline, ...] = ()
    opens: Deadline | tuple[Deadline, ...] = ()
    law: tuple[LawText, ...] = ()
    office: Place | None = None
    documents: tuple[DocumentNeed | Slug, ...] | None = None
    gives: tuple[Slug, ...] = ()
    requires: tuple[Slug, ...] = ()
    prefill: dict[FactName, FactName] = {}
    fee: FeeFile | None = None
    channels: tuple[ChannelFile | ChannelKind, ...] = ()
    owner: str = ""
    reviewed: dt.date | None = None
    in_force: dt.date | None = None
    until: dt.date | None = None


class Check(Struct, frozen=True, forbid_unknown_fields=True):
    """Something that facts must agree on: `must` is false for facts that cannot be."""

    must: Feel
    field: FactName
    names: Names


class EventFile(Struct, frozen=True, forbid_unknown_fields=True):
    """A whole file.

    event: name, as of the file.
    names: what has happened.
    life_events: groups of the city's services it belongs to.
    aliases: other names of the event.
    owner: who answers for the rules.
    reviewed: day on which they were last compared with the law.
    review_months: after how many months they have to be looked at again.
    facts: what is asked: a fact, or the name of one of common.yaml, in the order of asking.
    checks: what the facts must agree on.
    procedures: what may have to be done.
    """

    event: EventName
    names: Names
    owner: Text
    reviewed: dt.date
    facts: tuple[FactFile | FactName, ...]
    procedures: Annotated[tuple[ProcedureFile, ...], Meta(min_length=1)]
    life_events: tuple[Slug, ...] = ()
    aliases: tuple[str, ...] = ()
    review_months: Annotated[int, Meta(ge=1, le=60)] = 12
    checks: tuple[Check, ...] = ()


class Agency(Struct, frozen=True, forbid_unknown_fields=True):
    """An authority that is none of the city's own offices.

    names: what it is called.
    phone: number to call.
    url: its address on the web.
    """

    id: Slug
    names: Names
    phone: str = ""
    url: str = ""


class CommonFile(Struct, frozen=True, forbid_unknown_fields=True):
    """What several events share: papers, authorities, facts.

    papers: what papers are called, by id.
    other_regions: words that say that a place lies outside of the city.
    """

    version: str
    papers: dict[Slug, Names]
    other_regions: tuple[str, ...] = ()
    agencies: tuple[Agency, ...] = ()
    facts: tuple[FactFile, ...] = ()
