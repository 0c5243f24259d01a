"""Verbs as rules: what may be done in which state by whom, and that only people say no."""

from __future__ import annotations

import itertools

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from madang.access.api import Actor, system_actor
from madang.cases.rules import (
    Applicant,
    Change,
    Given,
    Impossible,
    Machine,
    Officer,
    Refusal,
    Standing,
    is_adverse,
    step,
)
from madang.kernel.errors import Forbidden
from madang.services.api import Process
from tests.cases.packages import all_shipped, shipped
from tests.cases.people import KIM, clerk, officer

PROCESSES = {name: shipped(name).process for name in all_shipped()}
BY = ("applicant", "officer", "rule", "clock")
PEOPLE = (Officer(officer()), Applicant(KIM))
MACHINES = tuple(Machine(kind) for kind in ("rule", "clock", "event"))


def everything(process: Process) -> Process:
    """Return the process with every verb open to everybody in every state: the worst package."""
    states = tuple(state.id for state in process.states)
    verbs = tuple(
        msgspec.structs.replace(verb, by=BY, sources=states, needs=(), guard=None)
        for verb in process.verbs
    )
    return msgspec.structs.replace(process, verbs=verbs)


@pytest.mark.parametrize("name", PROCESSES)
def test_no_path_of_a_machine_or_an_applicant_ends_in_a_refusal(name):
    """All states x verbs x machines and applicants, in the worst package that can be written."""
    process = everything(PROCESSES[name])
    adverse = 0
    for state, verb, by in itertools.product(
        process.states, process.verbs, (*MACHINES, Applicant(KIM))
    ):
        given_ = Given(reasons="because", links=("x",), target="me")
        found = step(process, Standing("n", state.id), verb.id, by, given_)
        to = next(one for one in process.states if one.id == (verb.to or state.id))
        if is_adverse(verb, to):
            adverse += 1
            assert isinstance(found, Impossible)
        elif isinstance(found, Change):
            assert not isinstance(found.decision, Refusal)
            assert found.to.outcome != "refused"
    assert adverse or not any(state.outcome == "refused" for state in process.states)


@pytest.mark.parametrize(
    "actor",
    [
        system_actor("rules"), system_actor("cases"), Actor(), KIM, clerk(),
        Actor("account:x", roles=frozenset({"officer"}), aal=1),
        Actor("client:y", roles=frozenset({"officer"}), aal=2),
        Actor("account:x", roles=frozenset({"officer"}), aal=2, on_behalf_of="p"),
        Actor("account:x", roles=frozenset({"administrator"}), aal=2),
    ],
)  # fmt: skip
def test_an_officer_is_only_made_from_a_human_with_a_role_and_two_proofs(actor):
    with pytest.raises(Forbidden):
        Officer(actor)


@pytest.mark.parametrize("by", [*MACHINES, Applicant(KIM), None])
def test_a_refusal_is_made_by_nothing_but_an_officer(by):
    with pytest.raises(TypeError):
        Refusal(by, "because")
    with pytest.raises(ValueError, match="why"):
        Refusal(Officer(officer()), "  ")


def test_a_second_officer_confirms_what_the_first_proposes():
    process = everything(next(iter(PROCESSES.values())))
    verbs = tuple(
        msgspec.structs.replace(verb, needs=("second-officer",)) if verb.kind == "grant" else verb
        for verb in process.verbs
    )
    process = msgspec.structs.replace(process, verbs=verbs)
    one, two = Officer(officer("one")), Officer(officer("two"))
    first = step(process, Standing("n", "received"), "grant", one, Given())
    assert isinstance(first, Change)
    assert (first.awaits_second, first.to.id, first.decision) == (True, "received", None)
    proposed = Standing("n", "received", proposed=("grant", "account:one"))
    again = step(process, proposed, "grant", one, Given())
    assert again == Impossible((("same-officer", ""),))
    confirmed = step(process, proposed, "grant", two, Given())
    assert isinstance(confirmed, Change)
    assert confirmed.to.id == "granted"


@given(st.data())
def test_a_verb_changes_a_case_only_from_its_states(data):
    process = PROCESSES[data.draw(st.sampled_from(sorted(PROCESSES)))]
    state = data.draw(st.sampled_from([one.id for one in process.states]))
    verb = data.draw(st.sampled_from(process.verbs))
    by = data.draw(st.sampled_from([*PEOPLE, *MACHINES]))
    found = step(
        process, Standing("n", state), verb.id, by, Given(reasons="x", links=("y",), target="me")
    )
    if isinstance(found, Change):
        assert state in verb.sources
        assert found.to.id == (verb.to or state)
    else:
        assert found.why
