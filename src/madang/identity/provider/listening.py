"""What the provider does when something happened in the house."""

from __future__ import annotations

from madang.identity.events import AccountClosed
from madang.identity.provider.grants import end_grants
from madang.identity.provider_models import Consent, Grant
from madang.kernel import times


def account_closed(event: AccountClosed) -> None:
    """End all that was granted by an account that was closed."""
    end_grants(Grant.objects.filter(account=event.account), why="account closed")
    open_ones = Consent.objects.filter(account=event.account, withdrawn__isnull=True)
    open_ones.update(withdrawn=times.now())
