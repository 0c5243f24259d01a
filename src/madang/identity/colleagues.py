"""Staff who decide cases, for lists in which one of them is chosen."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q

from madang.access.api import Actor, purpose
from madang.identity.account_models import Account, StaffGrant
from madang.identity.looked import department_name, role_title
from madang.kernel import times

DECIDES = ("officer", "department-head")


@dataclass(frozen=True)
class Colleague:
    """A member of staff: id of the account, name, and as what they work."""

    id: str
    name: str
    what: str


def who_decides(*, by: Actor, why: str) -> list[Colleague]:
    """Return the staff who may decide now, by name.

    Parameters
    ----------
    by, why : who looks, and the purpose; a policy of the asking room opens the columns.
    """
    now = times.now()
    in_force = Q(until=None) | Q(until__gt=now)
    with purpose(by, why):
        grants = StaffGrant.objects.filter(in_force, role__in=DECIDES, since__lte=now)
        rows = list(grants.values_list("account_id", "role", "department"))
        accounts = Account.objects.filter(pk__in={row[0] for row in rows}, closed__isnull=True)
        names = dict(accounts.values_list("pk", "login"))
    found: dict[str, Colleague] = {}
    for account, role, department in rows:
        if account in names:
            where = department_name(department) if department else ""
            what = ", ".join(filter(None, (role_title(role), where)))
            found.setdefault(account, Colleague(account, names[account] or account, what))
    return sorted(found.values(), key=lambda one: one.name)
