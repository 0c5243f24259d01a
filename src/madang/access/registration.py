"""What access offers the house: purposes of its own, policies, commands, reviews."""

from __future__ import annotations

from collections.abc import Iterable

from madang.kernel.registry import (
    Claim,
    Command,
    Offer,
    OpenTables,
    PolicyFile,
    Purpose,
)


def offers() -> Iterable[Offer]:
    """Return the offers of this room."""
    yield from _purposes()
    yield from _commands()
    yield OpenTables("madang.access.scope:maintenance")
    yield PolicyFile("madang.access:policies/access.cedar")
    yield Claim(
        "access-decision", "one decision of the guard among 500 policies", "ms", 0.5, "lower",
        "madang.access.proof.figures:decision_ms",
    )  # fmt: skip


def _purposes() -> Iterable[Offer]:
    yield Purpose(
        "own-data",
        "You looked at your own data",
        "PIPA Art. 35",
        "Somebody reads what is kept about them, or about whom they may act for.",
    )
    yield Purpose(
        "emergency",
        "Emergency: danger to life, body or property",
        "PIPA Art. 15(1)5",
        "Break-glass: told at once, and reviewed within a day.",
    )


def _commands() -> Iterable[Offer]:
    yield Command(
        "access policies check", "madang.access.cli:check", "Find faults in policy files."
    )
    yield Command("access explain", "madang.access.cli:explain", "Say what the guard decides.")
    yield Command(
        "access purposes", "madang.access.cli:list_purposes", "List the purposes of all rooms."
    )
    yield Command(
        "access database-roles",
        "madang.access.cli:database_roles",
        "Print the SQL of a separate role for personal tables.",
    )
