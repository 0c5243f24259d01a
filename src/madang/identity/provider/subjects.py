"""How applications know people: a `sub` per sector, a `sid` per session and application."""

from __future__ import annotations

from madang.identity.provider_models import Client, Subject
from madang.identity.sealing import keyed_hash


def subject_of(account: str, client: Client) -> str:
    """Return the pairwise `sub` of an account for a client's sector; kept, to be found again."""
    sub = keyed_hash("sub", f"{client.sector}\n{account}")[:43]
    Subject.objects.get_or_create(sub=sub, defaults={"sector": client.sector, "account": account})
    return sub


def account_of_subject(sub: str, client: Client) -> str:
    """Return the id of the account that a client knows so; empty where there is none."""
    row = Subject.objects.filter(sub=sub, sector=client.sector).first()
    return row.account if row else ""


def sid_of(session: str, client: Client) -> str:
    """Return how a client knows a session; two clients cannot compare what they have."""
    return keyed_hash("sid", f"{client.client_id}\n{session}")[:43]
