"""`service.yaml`: what a service is, for whom, on which law, at what price and until when.

Names of CPSV-AP 3.2 are used where it has them (public service, life event, channel, cost,
evidence, output, rule, legal resource). Texts are in the package's own `language`; those of other
languages stand in `i18n/<language>.yaml`. Every struct refuses fields it does not know.
"""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

from madang.services.packages.words import (
    Count,
    FactName,
    FactType,
    Feel,
    Law,
    Slug,
    Tag,
    Text,
    Version,
)

ChannelKind = Literal["web", "app", "counter", "phone", "post", "visit", "kiosk"]
OFFLINE: frozenset[str] = frozenset({"counter", "phone", "post", "visit"})
FactSource = Literal["applicant", "register", "evidence", "office"]
FactPurpose = Literal["decide", "identify", "contact", "deliver", "pay", "route"]
FactCategory = Literal[
    "identity", "contact", "address", "household", "family", "income", "property", "health",
    "disability", "business", "vehicle", "building", "place", "tax", "payment", "choice",
]  # fmt: skip
Audience = Literal[
    "resident", "foreign-resident", "visitor", "household", "parent", "older-person",
    "disabled-person", "carer", "student", "worker", "business", "owner", "tenant", "driver",
    "organisation",
]  # fmt: skip


class Identity(Struct, frozen=True, forbid_unknown_fields=True):
    """How sure the city must be of who asks; 0 is nobody signed in.

    ial: identity assurance level that a digital channel needs.
    aal: authenticator assurance level.
    represented: whether a mandate lets somebody else ask.
    """

    ial: Annotated[int, Meta(ge=0, le=3)] = 2
    aal: Annotated[int, Meta(ge=0, le=3)] = 1
    represented: bool = True


class HandledBy(Struct, frozen=True, forbid_unknown_fields=True):
    """The office that is competent.

    department: id of the city's department tree that answers for the service.
    level: level of the city's units whose office handles cases; `city` is one office for all.
    by: `address` of the person concerned, `place` of the matter (then `place` names the fact), or
        `any` office of the level.
    place: fact that holds the unit's code or a place.
    """

    department: Slug
    level: Slug = "city"
    by: Literal["address", "place", "any"] = "any"
    place: FactName = ""


class Channel(Struct, frozen=True, forbid_unknown_fields=True):
    """A way to the service. Fee and deadline are the service's; stating others here is refused
    for offline channels when the package is published.

    kind: which way it is.
    hours: when it answers, such as `mon-fri 09:00-18:00`.
    phone, address: where; a counter or visit without address is found by `handled_by`.
    note: what to know.
    fee, deadline: only where they differ.
    """

    kind: ChannelKind
    hours: str = ""
    phone: str = ""
    address: str = ""
    note: str = ""
    fee: Count | None = None
    deadline: str = ""


class NotOffered(Struct, frozen=True, forbid_unknown_fields=True):
    """A way without a device that the law closes, so that nobody looks for it in vain.

    kind: which way it is.
    why: the reason, in words for everybody.
    basis: provision that closes it.
    """

    kind: Literal["counter", "phone", "post", "visit"]
    why: Text
    basis: Law


class Fee(Struct, frozen=True, forbid_unknown_fields=True):
    """A price: `amount` in minor units, a dated `parameter`, or a `decision` of the rules.

    id: short name.
    title: what is paid for.
    per: fact by which the price is multiplied, such as the number of copies.
    due: before the case is looked at (`submit`) or once it is granted.
    waived: condition under which nothing is paid, with the law in `waiver`.
    """

    id: Slug
    title: Text
    amount: Count | None = None
    parameter: FactName = ""
    decision: FactName = ""
    per: FactName = ""
    due: Literal["submit", "grant"] = "submit"
    waived: Feel | None = None
    waiver: Law | None = None


class Evidence(Struct, frozen=True, forbid_unknown_fields=True):
    """A paper that proves something.

    id: short name.
    title: what it is.
    hint: which one is good, how to photograph it.
    types: file types taken.
    max_mb: size of a file at most, megabytes.
    when: condition under which it is needed; always without one.
    optional: whether the application may go without it.
    instead: register that answers the same, if the person lets the city look.
    """

    id: Slug
    title: Text
    hint: str = ""
    types: tuple[Literal["pdf", "jpg", "png", "hwpx"], ...] = ("pdf", "jpg", "png")
    max_mb: Annotated[int, Meta(ge=1, le=50)] = 10
    when: Feel | None = None
    optional: bool = False
    instead: str = ""


class Output(Struct, frozen=True, forbid_unknown_fields=True):
    """What comes out of it.

    id: short name.
    title: what it is called.
    kind: what it is.
    document: file of `documents/` it is issued from, without `.yaml`.
    """

    id: Slug
    title: Text
    kind: Literal[
        "certificate", "permit", "registration", "benefit", "service", "receipt", "answer"
    ]
    document: Slug | None = None


class Fact(Struct, frozen=True, forbid_unknown_fields=True):
    """Something the service must know, and why it may.

    id: name in rules and conditions.
    title: name for people.
    type: type in FEEL.
    source: who says so; with `register`, which register and field (`residents.birth_date`).
    purpose: what it is used for.
    category: kind of personal data.
    basis: law that lets the city ask.
    allowed: values it may have (unary tests); others go to a person.
    sensitive: data of PIPA art. 23 (health, disability and others), asked with separate consent.
    """

    id: FactName
    title: Text
    type: FactType
    source: FactSource
    purpose: FactPurpose
    category: FactCategory = "choice"
    basis: Law | None = None
    register: str = ""
    allowed: Feel | None = None
    sensitive: bool = False


class Prefill(Struct, frozen=True, forbid_unknown_fields=True):
    """Where answers are filled in from, so that people need not write what the city knows.

    A question names it in `prefill`. It is filled in for whoever is signed in and agreed that the
    city looks it up; never on paper.

    source: register and field (`residents.address`), or `previous.` and a fact: what the person
        answered the last time they applied for this service.
    purpose: what it is used for, as that of the fact.
    basis: law that lets the city look into the register; a previous answer needs none.
    """

    source: Text
    purpose: FactPurpose
    basis: Law | None = None


class Retention(Struct, frozen=True, forbid_unknown_fields=True):
    """How long a closed case is kept, and by which provision."""

    years: Annotated[int, Meta(ge=1, le=100)]
    basis: Law


class Service(Struct, frozen=True, forbid_unknown_fields=True):
    """The whole file.

    id, version: name, and version of the package (semantic versioning).
    language: language that the files are written in.
    title, summary: name, and the answer in one sentence.
    description: what a resident should know, in paragraphs.
    keywords: other words by which people look for it.
    life_events: ids of the city's list of life events.
    audience: for whom it is.
    handled_by: competent office.
    legal_basis: provisions it rests on.
    channels: ways to it, at least one offline.
    not_offered: offline ways that the law closes.
    deadline: time limit of the office, as the law states it (`5 days`, `3 hours`, `immediately`).
    facts: everything it must know.
    prefills: what answers are filled in from.
    retention: how long cases are kept.
    identity: how sure the city must be of who asks.
    fees, evidence, outputs: what it costs, needs and gives.
    related: services that people also need.
    synthetic: made by the generator for tests of scale; pages say so.
    """

    id: Slug
    version: Version
    language: Tag
    title: Text
    summary: Text
    life_events: Annotated[tuple[Slug, ...], Meta(min_length=1)]
    audience: Annotated[tuple[Audience, ...], Meta(min_length=1)]
    handled_by: HandledBy
    legal_basis: Annotated[tuple[Law, ...], Meta(min_length=1)]
    channels: Annotated[tuple[Channel, ...], Meta(min_length=1)]
    deadline: Text
    facts: tuple[Fact, ...] = ()
    prefills: tuple[Prefill, ...] = ()
    retention: Retention | None = None
    not_offered: tuple[NotOffered, ...] = ()
    identity: Identity = Identity()
    description: str = ""
    keywords: tuple[Text, ...] = ()
    fees: tuple[Fee, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    outputs: tuple[Output, ...] = ()
    related: tuple[Slug, ...] = ()
    synthetic: bool = False
