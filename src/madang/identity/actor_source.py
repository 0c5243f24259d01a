"""Who an account acts as, by its id: for questions about decisions, not for requests."""

from __future__ import annotations

from madang.access.api import AUTHENTICATION, Actor, purpose
from madang.identity.account_models import Account
from madang.identity.accounts import grants_in_force
from madang.identity.ceremony import ial_of


def actor_named(name: str) -> Actor | None:
    """Return the actor of an account, as weakly signed in as can be; None where there is none.

    Parameters
    ----------
    name : ``account:<id>``, the id alone, or the name that a member of staff signs in with.
    """
    key = name.removeprefix("account:")
    with purpose(AUTHENTICATION, "authenticate"):
        row = Account.objects.filter(pk=key).first() or Account.objects.filter(login=name).first()
    if row is None or not row.is_active:
        return None
    grants = grants_in_force(row.pk)
    return Actor(
        id=f"account:{row.pk}",
        name=row.login or "",
        roles=frozenset(grant.role for grant in grants),
        person=row.person_id or "",
        departments=frozenset(grant.department for grant in grants if grant.department),
        districts=frozenset(grant.district for grant in grants if grant.district),
        ial=ial_of(row),
        aal=1,
    )
