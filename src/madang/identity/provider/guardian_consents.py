"""Consents that a guardian gives for a child: asked by the child, decided by the guardian."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from madang.access.api import AUTHENTICATION, Actor, purpose
from madang.identity import guardians
from madang.identity.account_models import Account
from madang.identity.acts import note_act, tell
from madang.identity.errors import NeedsGuardian, NoMandate
from madang.identity.provider import consents
from madang.identity.provider.asked import Asked
from madang.identity.provider_models import Client, Consent, ConsentAsked
from madang.identity.told import GUARDIAN_ASKED
from madang.kernel import audit, times


def ask(account: str, person: str, asked: Asked) -> None:
    """Ask the guardians of a child; the same again asks nobody twice.

    Raises
    ------
    NeedsGuardian
        If nobody is entered.
    """
    entered = guardians.guardians_of(person)
    if not entered:
        raise NeedsGuardian(guardians.no_guardian())
    wanted = {"scopes": sorted(asked.scopes), "claims": sorted(asked.names_claims)}
    with transaction.atomic():
        row, made = ConsentAsked.objects.get_or_create(
            account=account, client=asked.client, decided=None, defaults=wanted
        )
        if not made:
            ConsentAsked.objects.filter(pk=row.pk).update(
                scopes=sorted({*row.scopes, *asked.scopes}),
                claims=sorted({*row.claims, *asked.names_claims}),
            )
            return
        audit.record(f"account:{account}", "identity.ask_guardian",
                     f"client:{asked.client.client_id}")  # fmt: skip
        for guardian in entered:
            tell(guardian, GUARDIAN_ASKED, {})


def is_asked(account: str, client: Client) -> bool:
    """Return whether a question waits for a guardian."""
    rows = ConsentAsked.objects.filter(account=account, client=client, decided__isnull=True)
    return rows.exists()


def waiting_for(actor: Actor) -> list[tuple[ConsentAsked, str]]:
    """Return what children ask somebody, oldest first, with the child's id."""
    children = _accounts_of_wards(actor)
    rows = ConsentAsked.objects.filter(account__in=children, decided__isnull=True)
    found = rows.select_related("client").order_by("asked")
    return [(row, children[row.account]) for row in found]


def given_by(actor: Actor) -> list[tuple[Consent, str]]:
    """Return what somebody may withdraw for the children, newest first, with the child's id."""
    children = _accounts_of_wards(actor)
    rows = Consent.objects.filter(account__in=children, withdrawn__isnull=True)
    found = rows.select_related("client").order_by("-given")
    return [(row, children[row.account]) for row in found]


def decide(actor: Actor, number: int, *, yes: bool) -> None:
    """Say yes or no for a child; the second time changes nothing.

    Raises
    ------
    NoMandate
        If nothing of the kind waits for this actor.
    """
    with transaction.atomic():
        rows = ConsentAsked.objects.select_for_update().filter(pk=number, decided__isnull=True)
        row = rows.first()
        child = _accounts_of_wards(actor).get(row.account) if row else None
        if row is None or child is None:
            raise NoMandate(_("Nothing of this kind waits."))
        mandate = guardians.guardians_of(child)[actor.person]
        row.decided, row.decided_by, row.is_given = times.now(), actor.id, yes
        row.save(update_fields=["decided", "decided_by", "is_given"])
        if yes:
            consents.give_for(row, by=actor.id, mandate=mandate)
        note_act(_acting(actor, child, mandate), "guardian-consents")


def withdraw(actor: Actor, number: int) -> bool:
    """Withdraw what a child's account agreed to, as guardian; False where there is nothing."""
    row = Consent.objects.filter(pk=number, withdrawn__isnull=True).first()
    if row is None or row.account not in _accounts_of_wards(actor):
        return False
    return consents.withdraw(row.account, number, by=actor.id)


def _acting(actor: Actor, child: str, mandate: str) -> Actor:
    from dataclasses import replace

    return replace(actor, on_behalf_of=child, mandate=mandate)


def _accounts_of_wards(actor: Actor) -> dict[str, str]:
    if actor.on_behalf_of:
        return {}
    wards = guardians.wards_of(actor.person)
    with purpose(AUTHENTICATION, "authenticate"):
        rows = Account.objects.filter(person_id__in=wards, closed__isnull=True)
        return dict(rows.values_list("pk", "person_id"))
