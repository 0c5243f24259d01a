"""Policies: what they open together, which are asked, and what is found wrong with them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from madang.access.engine.decision import ROWS
from madang.access.engine.policies import Asked, Policies, combined, parsed, principal
from madang.access.engine.sources import policies_in
from madang.access.guard import known_words, policy_sources
from madang.access.policy_check import Known, checked
from madang.access.proof.figures import policies, question

KNOWN = Known({"serve", "hide"}, {"a.person"}, {"a"}, {"clerk"}, {"hide"})
HEAD = '@id("x") @columns("plain") @rows("all") @basis("Act 1") '
GOOD = HEAD + 'permit (principal, action, resource) when { context.purpose == "serve" };'
CONTEXT = {
    "purpose": "serve", "has_case": False, "ial": 0, "aal": 0, "is_assisted": False,
    "is_represented": False, "departments": [], "districts": [],
}  # fmt: skip


def asked(purpose: str = "serve", roles: str = "clerk", action: str = "read") -> Asked:
    return Asked(
        ("Account", "1"), frozenset({roles}), action, "a.person", CONTEXT | {"purpose": purpose}
    )


def house(*texts: str) -> Policies:
    found = [one for n, text in enumerate(texts) for one in parsed(f"{n}.cedar", text)]
    return Policies(found, {"a.person": "a", "b.thing": "b"})


def permit(name: str, columns: str, rows: str, effect: str = "permit") -> str:
    return (
        f'@id("{name}") @columns("{columns}") @rows("{rows}") @basis("Act") '
        f'{effect} (principal, action, resource) when {{ context.purpose == "serve" }};'
    )


def test_no_policy_opens_nothing():
    assert not house().decide(asked()).is_allowed
    assert not house(GOOD).decide(asked("other")).is_allowed


def test_a_satisfied_forbid_closes():
    both = house(GOOD, '@id("no") forbid (principal, action == Action::"read", resource);')
    assert not both.decide(asked()).is_allowed
    assert both.decide(asked()).policies == ("no",)
    assert both.decide(asked(action="change")).is_allowed


def test_a_forbid_of_another_room_does_not_close():
    other = '@id("no") forbid (principal, action, resource in Room::"b");'
    assert house(GOOD, other).decide(asked()).is_allowed


@pytest.mark.parametrize(
    "condition",
    [
        'when { context.purpose == "serve" }',
        'when { "serve" == context.purpose && context.aal >= 0 }',
        'when { context.purpose == "serve" || context.purpose == "x" }',
        'when { ["serve", "x"].contains(context.purpose) }',
        'when { context.aal >= 0 } when { context.purpose == "serve" }',
        'when { context.purpose like "ser*" }',
        'unless { context.purpose == "other" }',
        "",
    ],
)
def test_the_slice_never_loses_a_policy_that_is_satisfied(condition):
    text = f"{HEAD}permit (principal, action, resource) {condition};"
    assert house(text).decide(asked()).is_allowed


ROW_SETS = st.lists(st.sampled_from(ROWS), min_size=1, max_size=2)
COLUMN_SETS = st.lists(st.sampled_from(["plain", "name", "contact", "*"]), min_size=1, max_size=3)


@given(st.lists(st.tuples(COLUMN_SETS, ROW_SETS), min_size=1, max_size=5))
def test_together_policies_open_no_cell_that_none_opens_alone(grants):
    """For each class of column: the rows opened with it are within those one policy opens."""
    one_by_one = [
        one
        for n, (columns, rows) in enumerate(grants)
        for one in parsed("x", permit(str(n), ",".join(columns), ",".join(rows)))
    ]
    decision = combined(one_by_one)
    for column in ("plain", "name", "contact"):
        if not decision.opens(column):
            continue
        for row in decision.rows:
            assert any(
                row in one.rows and (column in one.columns or "*" in one.columns)
                for one in one_by_one
            ), (column, row)


@given(st.permutations([permit("a", "plain", "all"), permit("b", "name", "own"),
                        permit("c", "contact", "all", "forbid")]))  # fmt: skip
def test_the_order_of_files_changes_nothing(texts):
    assert house(*texts).decide(asked()) == house(*sorted(texts)).decide(asked())


def test_columns_of_one_choice_of_rows_add_up():
    decision = house(permit("a", "plain", "own"), permit("b", "name", "own")).decide(asked())
    assert decision.columns == {"plain", "name"}
    assert decision.policies == ("a", "b")


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("\n// comment\npermit (principal action, resource);", 3, "unexpected token"),
        (GOOD + "\n\npermit (principal,", 3, "unexpected"),
        (GOOD.replace('@id("x") ', ""), 1, "no id"),
        (GOOD + "\n" + GOOD, 2, "is taken in"),
        (GOOD.replace('@rows("all")', '@rows("most")'), 1, "@rows takes words of"),
        (GOOD.replace('@columns("plain") ', ""), 1, "which columns"),
        (GOOD.replace('@basis("Act 1") ', ""), 1, "legal basis"),
        (GOOD.replace("@basis", "@bases"), 1, "unknown annotation @bases"),
        (GOOD.replace("@basis", '@obligation("review,watermark") @basis'), 1,
         "nothing carries out the obligation 'watermark'"),
        (GOOD.replace("@basis", '@obligation("notify-subject") @basis').replace("serve", "hide"), 1,
         "nobody is told of looks for 'hide'"),
        (GOOD.replace('"serve"', '"spy"'), 1, "no room declares the purpose 'spy'"),
        (GOOD.replace('when { context.purpose == "serve" }', ""), 1, "names its purposes"),
        (GOOD.replace("purpose ==", "porpoise =="), 1, "porpoise"),
        (GOOD.replace("action,", 'action == Action::"rea",'), 1, "unrecognized action"),
        (GOOD.replace("principal,", 'principal in Role::"king",'), 1, 'no Role::"king"'),
        (GOOD.replace("resource)", 'resource == Dataset::"b.x")'), 1, 'no Dataset::"b.x"'),
    ],
)  # fmt: skip
def test_a_fault_is_found_with_its_line(text, line, message):
    _, faults = checked([("f.cedar", text)], KNOWN)
    assert (faults[0].file, faults[0].line) == ("f.cedar", line)
    assert any(message in fault.message for fault in faults), faults


def test_a_good_policy_has_no_fault():
    assert checked([("f.cedar", GOOD)], KNOWN)[1] == []
    obliged = GOOD.replace("@basis", '@obligation("notify-subject, review") @basis')
    assert checked([("f.cedar", obliged)], KNOWN)[1] == []


def test_strings_and_comments_do_not_end_a_policy():
    text = '@id("a;b") // not; here\npermit (principal, action, resource);'
    assert [line for line, _ in policies_in(text)] == [1]
    assert parsed("f", text)[0].id == "a;b"


def test_the_policies_of_the_house_have_no_fault():
    policies, faults = checked(policy_sources(), known_words())
    assert faults == []
    assert len(policies) > 10


def test_a_principal_of_no_kind_is_a_visitor():
    assert principal("account:7") == ("Account", "7")
    assert principal("somebody") == principal("") == ("Visitor", "")


def test_slices_decide_as_all_policies_would():
    """The slice is only a shortcut: against the whole set, in Cedar itself."""
    import cedarpy

    made = policies(200)
    whole = cedarpy.PolicySet.from_str("\n".join(one.text for one in made.policies))
    for n in range(120):
        one = question(n)
        kind, name = one.principal
        request = {
            "principal": {"type": kind, "id": name},
            "action": {"type": "Action", "id": one.action},
            "resource": {"type": "Dataset", "id": one.dataset},
            "context": dict(one.context),
        }
        entities = made._known(one.principal, one.roles, one.dataset)
        answer = cedarpy.is_authorized(request, whole, entities)
        assert made.decide(one).is_allowed == answer.allowed
