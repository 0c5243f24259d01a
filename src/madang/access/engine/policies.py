"""Policies parsed once, and the decision they give.

A policy can only be satisfied where its scope and the purposes it names fit, so each question is
put to the few policies that can answer it (the slice), compiled when first needed. Every permit
names its purposes: there is no opening without one.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import cedarpy

from madang.access.engine.decision import ROWS, Decision
from madang.access.engine.schema import ACTIONS, SCHEMA
from madang.access.engine.sources import policies_in

ANNOTATIONS = {"id", "columns", "rows", "obligation", "basis", "reason"}
REVIEW = "review"  # an emergency: told and written down at once, reviewed within a day
NOTIFY = "notify-subject"  # whoever was looked at is told of it
OBLIGATIONS = (NOTIFY, REVIEW)  # those that the house carries out
_KINDS = {"account": "Account", "user": "Account", "system": "System", "client": "Client"}
NO = Decision(False)


@dataclass(frozen=True)
class Policy:
    """One policy: what it says, where it stands, and to which questions it may apply."""

    id: str
    effect: str
    text: str
    file: str
    line: int
    actions: frozenset[str]
    resource: tuple[str, str] | None  # ("Dataset" or "Room", id); None for every data set
    purposes: frozenset[str] | None  # None where it names none
    entities: frozenset[tuple[str, str]]
    columns: frozenset[str]
    rows: frozenset[str]
    obligations: frozenset[str]
    basis: str
    annotations: Mapping[str, str] = field(default_factory=dict, compare=False)

    def may_answer(self, purpose: str, dataset: str, room: str, action: str) -> bool:
        """Return whether the policy can be satisfied by such a question at all."""
        here = self.resource in (None, ("Dataset", dataset), ("Room", room))
        return (
            here and action in self.actions and (self.purposes is None or purpose in self.purposes)
        )


@dataclass(frozen=True)
class Asked:
    """A question to the policies, about one data set."""

    principal: tuple[str, str]  # (Cedar type, id)
    roles: frozenset[str]
    action: str
    dataset: str
    context: Mapping[str, Any]


@dataclass(frozen=True)
class Slice:
    """The policies that can answer one kind of question, compiled."""

    policies: tuple[Policy, ...]
    compiled: cedarpy.PolicySet


class Policies:
    """All policies of the house, ready to decide.

    Parameters
    ----------
    policies : from `parsed`.
    rooms : room of each data set.
    """

    def __init__(self, policies: Iterable[Policy], rooms: Mapping[str, str]) -> None:
        self.policies = tuple(policies)
        self.rooms = dict(rooms)
        self._slice = lru_cache(maxsize=4096)(self._compiled)
        self._entities = lru_cache(maxsize=4096)(self._known)

    def decide(self, asked: Asked) -> Decision:
        """Return the decision; a policy that fails to evaluate decides no.

        No policy, no opening; one satisfied ``forbid`` closes. Where several permits are
        satisfied, rows are those that any opens; columns those that each different choice of rows
        opens, so that no cell opens that no single policy would open.
        """
        if asked.dataset not in self.rooms:
            return NO
        part = self._slice(asked.context["purpose"], asked.dataset, asked.action)
        if not part.policies:
            return NO
        kind, name = asked.principal
        request = {
            "principal": {"type": kind, "id": name},
            "action": {"type": "Action", "id": asked.action},
            "resource": {"type": "Dataset", "id": asked.dataset},
            "context": dict(asked.context),
        }
        entities = self._entities(asked.principal, asked.roles, asked.dataset)
        answer = cedarpy.is_authorized(request, part.compiled, entities)
        satisfied = [part.policies[int(name[6:])] for name in answer.diagnostics.reasons]
        if answer.diagnostics.errors or not answer.allowed:
            return Decision(False, policies=tuple(sorted(one.id for one in satisfied)))
        return combined(satisfied)

    def _compiled(self, purpose: str, dataset: str, action: str) -> Slice:
        room = self.rooms[dataset]
        chosen = tuple(
            one for one in self.policies if one.may_answer(purpose, dataset, room, action)
        )
        return Slice(chosen, cedarpy.PolicySet.from_str("\n".join(one.text for one in chosen)))

    def _known(
        self, principal: tuple[str, str], roles: frozenset[str], dataset: str
    ) -> cedarpy.Entities:
        room = self.rooms[dataset]
        parents = [{"type": "Role", "id": role} for role in sorted(roles)]
        kind, name = principal
        return cedarpy.Entities.from_json_str(
            json.dumps(
                [
                    {
                        "uid": {"type": kind, "id": name},
                        "attrs": {},
                        "parents": parents if kind == "Account" else [],
                    },
                    {
                        "uid": {"type": "Dataset", "id": dataset},
                        "attrs": {},
                        "parents": [{"type": "Room", "id": room}],
                    },
                ]
            )
        )


def principal(actor_id: str) -> tuple[str, str]:
    """Return the Cedar type and id of an actor.

    >>> principal("system:notices"), principal("")
    (('System', 'notices'), ('Visitor', ''))
    """
    kind, _, name = actor_id.partition(":")
    return (_KINDS[kind], name) if kind in _KINDS else ("Visitor", "")


def combined(satisfied: Iterable[Policy]) -> Decision:
    """Return what satisfied permits open together."""
    permits = sorted(satisfied, key=lambda one: one.id)
    by_rows: dict[frozenset[str], frozenset[str]] = {}
    for one in permits:
        by_rows[one.rows] = by_rows.get(one.rows, frozenset()) | one.columns
    columns: frozenset[str] | None = None
    for opened in by_rows.values():
        if columns is None or "*" in columns:
            columns = opened
        elif "*" not in opened:
            columns &= opened
    return Decision(
        True,
        columns or frozenset(),
        frozenset().union(*by_rows) - {"none"},
        frozenset().union(*(one.obligations for one in permits)),
        tuple(sorted({one.basis for one in permits if one.basis})),
        tuple(one.id for one in permits),
    )


def parsed(file: str, text: str) -> list[Policy]:
    """Return the policies of one file.

    Raises
    ------
    ValueError
        With (line, message) where one cannot be read.
    """
    found, faults = read(file, text)
    if faults:
        raise ValueError(*faults[0])
    return found


def read(file: str, text: str) -> tuple[list[Policy], list[tuple[int, str]]]:
    """Return the policies of one file that can be read, and (line, message) of the others."""
    found: list[Policy] = []
    faults: list[tuple[int, str]] = []
    for line, source in policies_in(text):
        try:
            spoken = json.loads(cedarpy.policies_to_json_str(source))["staticPolicies"]
        except ValueError as error:
            faults.append((line, str(error)))
        else:
            found += [_policy(body, source, file, line) for body in spoken.values()]
    return found, faults


def schema_fault(policy: Policy) -> str:
    """Return what the schema finds wrong with a policy, empty where nothing is."""
    errors = cedarpy.validate_policies(policy.text, SCHEMA).errors
    return "; ".join(one.error.removeprefix("for policy `policy0`, ") for one in errors)


def annotation_faults(policy: Policy) -> list[str]:
    """Return what is wrong with a policy's annotations."""
    found = [
        f"unknown annotation @{name}" for name in sorted(policy.annotations.keys() - ANNOTATIONS)
    ]
    if not policy.id:
        found.append('no id; write @id("room.what-it-opens")')
    found += [
        f"nothing carries out the obligation {word!r}; @obligation takes {', '.join(OBLIGATIONS)}"
        for word in sorted(policy.obligations - set(OBLIGATIONS))
    ]
    if policy.effect != "permit":
        return found
    if policy.purposes is None:
        found.append('a permit names its purposes; write when { context.purpose == "..." }')
    if not policy.columns:
        found.append('a permit says which columns it opens; write @columns("plain,...")')
    if not policy.rows or not policy.rows <= set(ROWS):
        found.append(f"a permit says which rows it opens; @rows takes words of {', '.join(ROWS)}")
    if not policy.basis:
        found.append('a permit names its legal basis; write @basis("...")')
    return found


def _policy(body: Mapping[str, Any], source: str, file: str, line: int) -> Policy:
    said = {name: value or "" for name, value in body.get("annotations", {}).items()}
    return Policy(
        id=said.get("id", ""),
        effect=body["effect"],
        text=source,
        file=file,
        line=line,
        actions=_actions(body["action"]),
        resource=_resource(body["resource"]),
        purposes=_purposes(body["conditions"]),
        entities=frozenset(_entities_in(body)),
        columns=_words(said.get("columns", "")),
        rows=_words(said.get("rows", "")),
        obligations=_words(said.get("obligation", "")),
        basis=said.get("basis", ""),
        annotations=said,
    )


def _words(text: str) -> frozenset[str]:
    return frozenset(word.strip() for word in text.split(",") if word.strip())


def _actions(scope: Mapping[str, Any]) -> frozenset[str]:
    if scope["op"] == "All":
        return frozenset(ACTIONS)
    named = scope["entities"] if "entities" in scope else [scope["entity"]]
    return frozenset(one["id"] for one in named)


def _resource(scope: Mapping[str, Any]) -> tuple[str, str] | None:
    entity = scope.get("entity") or scope.get("in", {}).get("entity")
    return (entity["type"], entity["id"]) if entity else None


def _purposes(conditions: Iterable[Mapping[str, Any]]) -> frozenset[str] | None:
    """Return the purposes outside which the conditions cannot hold, None for no limit."""
    limits = [_limit(one["body"]) for one in conditions if one["kind"] == "when"]
    named = [limit for limit in limits if limit is not None]
    return frozenset.intersection(*named) if named else None


def _limit(body: Mapping[str, Any]) -> frozenset[str] | None:
    if "&&" in body:
        both = [_limit(body["&&"][side]) for side in ("left", "right")]
        named = [limit for limit in both if limit is not None]
        return frozenset.intersection(*named) if named else None
    if "||" in body:
        either = [_limit(body["||"][side]) for side in ("left", "right")]
        return None if None in either else frozenset().union(*(one or () for one in either))
    if "==" in body:
        sides = (body["=="]["left"], body["=="]["right"])
        for one, other in (sides, sides[::-1]):
            if one == _PURPOSE and isinstance(other.get("Value"), str):
                return frozenset({other["Value"]})
    if "contains" in body and body["contains"]["right"] == _PURPOSE:
        listed = body["contains"]["left"].get("Set", [])
        if listed and all(isinstance(one.get("Value"), str) for one in listed):
            return frozenset(one["Value"] for one in listed)
    return None


_PURPOSE = {".": {"left": {"Var": "context"}, "attr": "purpose"}}


def _entities_in(node: Any) -> Iterable[tuple[str, str]]:
    if isinstance(node, dict):
        if set(node) == {"type", "id"}:
            yield node["type"], node["id"]
        for value in node.values():
            yield from _entities_in(value)
    elif isinstance(node, list):
        for value in node:
            yield from _entities_in(value)
