"""What identity offers the house: sign-in pages, account commands, a cleaning job."""

from __future__ import annotations

from collections.abc import Iterable

from madang.kernel.registry import Command, Offer, Page, Schedule


def offers() -> Iterable[Offer]:
    """Return the offers of this room."""
    yield from _pages()
    yield Command("identity user add", "madang.identity.cli:add", "Make an account.")
    yield Command("identity user list", "madang.identity.cli:list_users", "List all accounts.")
    yield Schedule(
        "identity-forget-failures",
        "17 * * * *",
        "madang.identity.actions:forget_old_failures",
        "Delete failed sign-ins that no longer count.",
    )


def _pages() -> Iterable[Page]:
    here = "madang.identity.pages"
    choose = "set-password/<str:uid>/<str:token>/"
    first = "first-administrator/<str:token>/"
    yield Page("sign-in/", f"{here}:sign_in", "sign-in", "public")
    yield Page("sign-out/", f"{here}:sign_out", "sign-out", "public")
    yield Page(choose, f"{here}:set_password", "set-password", "public")
    yield Page(first, f"{here}:first_administrator", "first-administrator", "public")
