"""What people agreed to: given once, remembered, withdrawn at any time."""

from __future__ import annotations

from django.db import transaction

from madang.identity.provider.asked import Asked
from madang.identity.provider.grants import end_grants
from madang.identity.provider.steps import Agreed
from madang.identity.provider_models import Consent, Grant
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
    """Remember that the account agrees to what is asked, besides what it agreed to before."""
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


def consents_of(account: str) -> list[Consent]:
    """Return what an account's owner agreed to, newest first."""
    rows = Consent.objects.filter(account=account, withdrawn__isnull=True)
    return list(rows.select_related("client").order_by("-given"))


def withdraw(account: str, number: int) -> bool:
    """Withdraw a consent; the application is let in no longer and its tokens end."""
    with transaction.atomic():
        row = Consent.objects.filter(pk=number, account=account, withdrawn__isnull=True).first()
        if row is None:
            return False
        Consent.objects.filter(pk=row.pk).update(withdrawn=times.now())
        rows = Grant.objects.filter(account=account, client_id=row.client_id)
        end_grants(rows, why="consent withdrawn", by=f"account:{account}")
        audit.record(f"account:{account}", "identity.withdraw_consent", f"client:{row.client_id}")
    return True
