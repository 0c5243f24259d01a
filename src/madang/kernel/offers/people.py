"""What a room offers about people: purposes, policies, acts that need care, alerts."""

from __future__ import annotations

from dataclasses import dataclass

from madang.kernel.offers.target import Target


@dataclass(frozen=True)
class Purpose:
    """A reason for which personal data may be opened; policies say who may state it.

    Parameters
    ----------
    id : the word that code and policies use (``serve-resident``).
    title : message id; residents read it on the page of who looked at their data.
    legal_basis : provision that allows it; a policy may name a closer one.
    is_listed : whether the person concerned sees looks for this purpose; only looks that the person
        makes themselves, such as signing in, are not.
    stands_s : seconds for which a decision on one of our own processes stands, and is one entry in
        the audit log; for what happens with every request.
    """

    id: str
    title: str
    legal_basis: str
    help: str = ""
    is_listed: bool = True
    stands_s: float = 0.0


@dataclass(frozen=True)
class SensitiveAct:
    """A change of money or identity; in an assisted session it waits for a second yes.

    The target is ``f(actor: Actor, person: str, payload: dict) -> None``; `touches` is ``money`` or
    ``identity``, `title` a message id. `facts` is ``f(payload: dict) -> list of (name, value)``:
    what would change, in the reader's words.
    """

    id: str
    title: str
    touches: str
    target: Target
    facts: Target = ""


@dataclass(frozen=True)
class ServiceSource:
    """Services of the city to which a mandate or an assisted session can be limited.

    Parameters
    ----------
    found : ``f(words: str, most: int) -> list of (id, title)``: the first services by title that
        have all these words, all of them without words; titles in the reader's language.
    title : ``f(id: str) -> str``, empty for a service that is not offered.
    address : ``f(id: str) -> str``: where one applies for it, empty where nobody can.
    """

    found: Target
    title: Target
    address: Target


@dataclass(frozen=True)
class PolicyFile:
    """Cedar policies of a room; the target is ``package:file.cedar``."""

    target: Target


@dataclass(frozen=True)
class OpenTables:
    """What opens every table for a dump or a restore: ``f(reason) -> context manager``."""

    target: Target


@dataclass(frozen=True)
class ActorSource:
    """Who acts, from an actor's id: the target is ``f(id: str) -> Actor | None``."""

    target: Target


@dataclass(frozen=True)
class AlertKind:
    """A kind of notice that people can ask for, for a place.

    Parameters
    ----------
    id : ``room.name``.
    title, help : message ids of the room's catalogue.
    subjects : (id, message id) of what it can be about, such as pollutants.
    levels : (id, message id) from mild to grave; one level where there is nothing to choose.
    default_level : level that the sign-up page proposes.
    critical_from : level from which a notice may pass quiet hours; empty where none may.
    place_level : level of the city's units it is told for.
    """

    id: str
    title: str
    help: str
    subjects: tuple[tuple[str, str], ...]
    levels: tuple[tuple[str, str], ...]
    default_level: str
    critical_from: str = ""
    place_level: str = "district"


@dataclass(frozen=True)
class HandOverDesk:
    """A desk where people take conversations over from a machine; see ``kernel.hand_over``.

    Parameters
    ----------
    receive : ``f(request: HandOverRequest) -> HandOverTicket | None``: None where nobody can take
        it now (closed, or too many wait).
    position : ``f(ticket: str) -> HandOverTicket | None``: where it stands; None for no such one.
    said : ``f(conversation: str, number: int) -> None``: the resident wrote again; empty where
        the desk need not be told.
    """

    receive: Target
    position: Target
    said: Target = ""
