"""How long one decision takes among many policies."""

from __future__ import annotations

import time

from madang.access.engine.policies import Asked, Policies, parsed

ROOMS = 20
DECISIONS = 2_000


def policies(number: int) -> Policies:
    """Return that many policies, over 20 rooms with five data sets each.

    As in a house: each permit is for one role, room and purpose; every tenth policy forbids.
    """
    rooms = {f"room{r}.set{d}": f"room{r}" for r in range(ROOMS) for d in range(5)}
    text = "\n".join(_policy(n) for n in range(number))
    return Policies(parsed("made.cedar", text), rooms)


def _policy(number: int) -> str:
    room = number % ROOMS
    if number % 10 == 9:
        return (
            f'@id("p{number}") forbid (principal, action == Action::"remove", '
            f'resource in Room::"room{room}") when {{ context.is_assisted }};'
        )
    return (
        f'@id("p{number}") @columns("plain,name") @rows("own-districts") @basis("Act {number}") '
        f'permit (principal in Role::"role{number % 7}", action in [Action::"read", '
        f'Action::"change"], resource in Room::"room{room}") '
        f'when {{ context.purpose == "purpose{number % 25}" && context.aal >= 1 }};'
    )


def question(number: int) -> Asked:
    """Return one of the questions; they go over actors, data sets and purposes."""
    return Asked(
        principal=("Account", str(number % 100)),
        roles=frozenset({f"role{number % 7}"}),
        action="read",
        dataset=f"room{number % ROOMS}.set{number % 5}",
        context={
            "purpose": f"purpose{number % 25}",
            "has_case": True,
            "ial": 2,
            "aal": 2,
            "is_assisted": False,
            "is_represented": False,
            "departments": ["housing"],
            "districts": ["11440"],
        },
    )


def decision_ms(number: int = 500) -> float:
    """Return the CPU time of one decision among 500 policies, with all policies compiled [ms]."""
    house = policies(number)
    asked = [question(n) for n in range(700)]
    for one in asked:
        house.decide(one)
    began = time.process_time()
    for n in range(DECISIONS):
        house.decide(asked[n % len(asked)])
    return (time.process_time() - began) / DECISIONS * 1e3
