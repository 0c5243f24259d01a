"""What people agreed to: given once, remembered, withdrawn at any time."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction

from madang.access.api import AUTHENTICATION, purpose
from madang.identity import guardians
from madang.identity.account_models import Account
from madang.identity.errors import NeedsGuardian
from madang.identity.provider.asked import Asked
from madang.identity.provider.grants import end_grants
from madang.identity.provider.steps import Agreed
from madang.identity.provider_models import Client, Consent, ConsentAsked, Grant
from madang.kernel import audit, times


def agreed(account: str, asked: Asked) -> Agreed:
    """Return what the account agreed that this client may be told."""
    row = Consent.objects.filter(
        account=account, client=asked.client, withdrawn__isnull=True
    ).first()
    if row is None:
        return Agreed()
    return Agreed(frozenset(row.scopes), frozenset(row.claims), row.given)


def agree(account: str, asked: Asked) -> None:
    """Remember that the account agrees to what is asked, besides what it agreed to before.

    Raises
    ------
    NeedsGuardian
        For a child below the age of consent.
    """
    require_own(account)
    before = agreed(account, asked)
    scopes = sorted(before.scopes | set(asked.scopes))
    claims = sorted(before.claims | set(asked.names_claims))
    with transaction.atomic():
        Consent.objects.update_or_create(
            account=account,
            client=asked.client,
            withdrawn=None,
            defaults={"scopes": scopes, "claims": claims, "given": times.now()},
        )
        audit.record(f"account:{account}", "identity.consent", f"client:{asked.client.client_id}",
                     detail={"scopes": scopes, "claims": claims})  # fmt: skip


def require_own(account: str) -> None:
    """Raise `NeedsGuardian` where an account's owner is below the age of consent."""
    if not guardians.consents_alone(_person_of(account)):
        raise NeedsGuardian(
            guardians.ask_first()
        )  # fmt: skip


def require_for(account: str, client: Client, scopes: Iterable[str]) -> None:
    """Raise `NeedsGuardian` where a child lets an application in that nobody agreed to for them."""
    if not client.asks_consent:
        return
    row = Consent.objects.filter(account=account, client=client, withdrawn__isnull=True).first()
    if row is None or not set(scopes) <= set(row.scopes):
        require_own(account)


def give_for(asked: ConsentAsked, *, by: str, mandate: str) -> None:
    """Remember what a guardian agreed to for a child, by which mandate."""
    with transaction.atomic():
        before = Consent.objects.filter(
            account=asked.account, client=asked.client, withdrawn__isnull=True
        ).first()
        Consent.objects.update_or_create(
            account=asked.account,
            client=asked.client,
            withdrawn=None,
            defaults={
                "scopes": sorted({*asked.scopes, *(before.scopes if before else ())}),
                "claims": sorted({*asked.claims, *(before.claims if before else ())}),
                "given": times.now(),
                "given_by": by,
                "mandate": mandate,
            },
        )
        audit.record(by, "identity.consent", f"client:{asked.client_id}",
                     detail={"account": asked.account, "mandate": mandate,
                             "scopes": asked.scopes, "claims": asked.claims})  # fmt: skip


def consents_of(account: str) -> list[Consent]:
    """Return what an account's owner agreed to, newest first."""
    rows = Consent.objects.filter(account=account, withdrawn__isnull=True)
    return list(rows.select_related("client").order_by("-given"))


def withdraw(account: str, number: int, *, by: str = "") -> bool:
    """Withdraw a consent; the application is let in no longer and its tokens end.

    Parameters
    ----------
    by : id of the actor, where another than the account's owner does it.
    """
    who = by or f"account:{account}"
    with transaction.atomic():
        row = Consent.objects.filter(pk=number, account=account, withdrawn__isnull=True).first()
        if row is None:
            return False
        Consent.objects.filter(pk=row.pk).update(withdrawn=times.now())
        rows = Grant.objects.filter(account=account, client_id=row.client_id)
        end_grants(rows, why="consent withdrawn", by=who)
        audit.record(who, "identity.withdraw_consent", f"client:{row.client_id}")
    return True


def _person_of(account: str) -> str:
    with purpose(AUTHENTICATION, "authenticate"):
        return Account.objects.filter(pk=account).values_list("person_id", flat=True).first() or ""
