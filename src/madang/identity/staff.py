"""Use cases of staff: who joins, moves, leaves; roles by two people; the yearly look at them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from madang.access.api import ROLES, Actor, purpose
from madang.identity import sessions
from madang.identity.account_models import Account, StaffGrant
from madang.identity.accounts import MANAGE, close_account, grants_in_force
from madang.identity.events import SecurityNotice
from madang.identity.staff_models import GrantRequest
from madang.identity.told import ROLE_CHANGED
from madang.kernel import audit, times
from madang.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from madang.kernel.events import announce

# whoever has these can give themselves, or see, anything: two administrators have to agree
PRIVILEGED = frozenset({"administrator", "privacy-officer"})
RECERTIFY_EVERY = timedelta(days=365)


@dataclass(frozen=True)
class Post:
    """A role, where it holds, and its last day; empty department and district: everywhere."""

    role: str
    department: str = ""
    district: str = ""
    last_day: date | None = None


@dataclass(frozen=True)
class Grant:
    """A role somebody has. `is_due`: nobody has said for a year that it is still needed."""

    id: int
    account: str
    login: str
    role: str
    department: str
    district: str
    since: datetime
    until: datetime | None
    granted_by: str
    is_due: bool


@dataclass(frozen=True)
class Asked:
    """A privileged role that waits for a second administrator."""

    id: int
    account: str
    login: str
    role: str
    reason: str
    asked: datetime
    asked_by: str
    by_login: str


def grant(by: Actor, account_id: str, post: Post, *, reason: str = "") -> bool:
    """Give a role; return whether it holds now: a privileged one waits for a second person.

    The same role at the same place again changes nothing.

    Raises
    ------
    Invalid
        For an unknown role, place or day.
    Forbidden
        For oneself.
    """
    check_post(post, reason)
    with purpose(by, MANAGE), transaction.atomic():
        account = _active(account_id)
        if by.id == f"account:{account.pk}":
            raise Forbidden(_("Nobody gives roles to themselves. Ask another administrator."))
        if post.role in PRIVILEGED:
            GrantRequest.objects.get_or_create(
                account=account,
                role=post.role,
                decided=None,
                defaults={"department": post.department, "district": post.district,
                          "until": _end_of(post.last_day), "reason": reason.strip()[:300],
                          "asked_by": by.id, "asked": times.now()},
            )  # fmt: skip
            audit.record(by.id, "identity.ask_role", f"account:{account.pk}",
                         detail={"role": post.role, "reason": reason})  # fmt: skip
            return False
        _give(account, post, _end_of(post.last_day), by.id)
        return True


def decide(by: Actor, request_id: int, *, yes: bool) -> None:
    """Grant or refuse a privileged role that another administrator asked for.

    Raises
    ------
    Forbidden
        To whoever asked, and to whom it is for.
    """
    with purpose(by, MANAGE), transaction.atomic():
        row = GrantRequest.objects.select_for_update().filter(pk=request_id).first()
        if row is None:
            raise NotFound(_("There is no such request."))
        if by.id in (row.asked_by, f"account:{row.account_id}"):
            raise Forbidden(
                _("A second person has to decide: neither who asked nor whom it is for.")
            )
        if row.decided is not None:
            if row.is_granted == yes:
                return
            raise Conflict(_("This is decided already."))
        row.decided, row.decided_by, row.is_granted = times.now(), by.id, yes
        row.save(update_fields=["decided", "decided_by", "is_granted"])
        audit.record(by.id, "identity.decide_role", f"account:{row.account_id}",
                     detail={"role": row.role, "granted": yes,
                             "asked_by": row.asked_by})  # fmt: skip
        if yes:
            post = Post(row.role, row.department, row.district)
            _give(_active(row.account_id), post, row.until, by.id)


def move(by: Actor, account_id: str, post: Post) -> None:
    """Let somebody change their post: all roles they had end now, the new one begins.

    Their sessions end, so that nothing open still carries the old roles.
    """
    if post.role in PRIVILEGED:
        reason = _("Move first, then ask for the privileged role.")
        raise Invalid(reason, {"role": reason})
    check_post(post)
    with purpose(by, MANAGE), transaction.atomic():
        account = _active(account_id)
        if by.id == f"account:{account.pk}":
            raise Forbidden(_("Nobody moves themselves. Ask another administrator."))
        _keep_an_administrator(account.pk)
        _end_all(account.pk, by.id)
        _give(account, post, _end_of(post.last_day), by.id)
        sessions.end_sessions(account.pk, by=by.id)
        audit.record(by.id, "identity.move_staff", f"account:{account.pk}",
                     detail={"role": post.role, "department": post.department,
                             "district": post.district})  # fmt: skip


def leave(by: Actor, account_id: str) -> None:
    """Let somebody go: the account closes, roles and sessions end at once; twice is once."""
    with purpose(by, MANAGE):
        account = Account.objects.filter(pk=account_id, kind=Account.Kind.STAFF).first()
    if account is None:
        raise NotFound(_("There is no such account."))
    if by.id == f"account:{account.pk}":
        raise Forbidden(_("Nobody closes their own account. Ask another administrator."))
    if account.closed is None:
        _keep_an_administrator(account.pk)
        close_account(account, by=by, why="left")


def end_grant(by: Actor, grant_id: int) -> None:
    """End one role now."""
    with purpose(by, MANAGE), transaction.atomic():
        row = _grant(grant_id)
        if row.until is not None and row.until <= times.now():
            return
        if row.role == "administrator":
            _keep_an_administrator(row.account_id)
        row.until = times.now()
        row.save(update_fields=["until"])
        audit.record(by.id, "identity.end_role", f"account:{row.account_id}",
                     detail={"role": row.role})  # fmt: skip
        _tell(row.account_id)


def confirm_grant(by: Actor, grant_id: int) -> None:
    """Say that a role is still needed, for another year; never of one's own."""
    with purpose(by, MANAGE), transaction.atomic():
        row = _grant(grant_id)
        if by.id == f"account:{row.account_id}":
            raise Forbidden(_("Nobody confirms their own roles."))
        row.confirmed, row.confirmed_by = times.now(), by.id
        row.save(update_fields=["confirmed", "confirmed_by"])
        audit.record(by.id, "identity.confirm_role", f"account:{row.account_id}",
                     detail={"role": row.role})  # fmt: skip


def grants(by: Actor, account_id: str = "", *, only_due: bool = False) -> list[Grant]:
    """Return the roles in force, of one account or of all; or only those due for a look."""
    now = times.now()
    rows = StaffGrant.objects.filter(since__lte=now).order_by("account_id", "role", "pk")
    if account_id:
        rows = rows.filter(account_id=account_id)
    listed = [row for row in rows if row.until is None or row.until > now]
    logins = logins_of(by, [row.account_id for row in listed])
    shown = [_shown(row, logins, now) for row in listed]
    return [one for one in shown if one.is_due] if only_due else shown


def asked(by: Actor) -> list[Asked]:
    """Return the privileged roles that wait for a second administrator."""
    rows = list(GrantRequest.objects.filter(decided__isnull=True).order_by("asked"))
    ids = [one.asked_by.removeprefix("account:") for one in rows]
    logins = logins_of(by, [*ids, *(row.account_id for row in rows)])
    return [
        Asked(row.pk, row.account_id, logins.get(row.account_id, ""), row.role, row.reason,
              row.asked, row.asked_by, logins.get(row.asked_by.removeprefix("account:"), ""))
        for row in rows
    ]  # fmt: skip


def roles_at(account: str, at: datetime) -> list[StaffGrant]:
    """Return the roles that an actor (``account:<id>``) had at a moment: who looked, as what."""
    if not account.startswith("account:"):
        return []
    rows = StaffGrant.objects.filter(account_id=account.removeprefix("account:"), since__lte=at)
    return [row for row in rows if row.until is None or row.until > at]


def _give(account: Account, post: Post, until: datetime | None, by: str) -> None:
    same = [
        row for row in grants_in_force(account.pk)
        if (row.role, row.department, row.district) == (post.role, post.department, post.district)
    ]  # fmt: skip
    if same:
        return
    StaffGrant.objects.create(
        account=account,
        role=post.role,
        department=post.department,
        district=post.district,
        since=times.now(),
        until=until,
        granted_by=by,
    )
    audit.record(by, "identity.grant_role", f"account:{account.pk}",
                 detail={"role": post.role, "department": post.department,
                         "district": post.district})  # fmt: skip
    _tell(account.pk)


def _end_all(account_id: str, by: str) -> None:
    now = times.now()
    for row in grants_in_force(account_id):
        row.until = now
        row.save(update_fields=["until"])
        audit.record(by, "identity.end_role", f"account:{account_id}", detail={"role": row.role})


def _tell(account_id: str) -> None:
    announce(SecurityNotice(account=account_id, kind=ROLE_CHANGED, values={}))


def _active(account_id: str) -> Account:
    rows = Account.objects.select_for_update().filter(pk=account_id, kind=Account.Kind.STAFF)
    found = rows.first()
    if found is None:
        raise NotFound(_("There is no such account."))
    if found.closed is not None:
        raise Conflict(_("This account is closed."))
    return found


def _grant(grant_id: int) -> StaffGrant:
    row = StaffGrant.objects.select_for_update().filter(pk=grant_id).first()
    if row is None:
        raise NotFound(_("There is no such role."))
    return row


def _keep_an_administrator(account_id: str) -> None:
    from madang.identity.api import has_administrator

    roles = {row.role for row in grants_in_force(account_id)}
    if "administrator" in roles and not has_administrator(but=account_id):
        raise Conflict(_("This is the last administrator. Name another one first."))


def check_post(post: Post, reason: str = "") -> None:
    """Raise `Invalid` for a post that the city does not have."""
    from madang.city.api import profile

    wrong = {}
    if post.role not in ROLES:
        wrong["role"] = _("Choose a role.")
    departments = {one.id for one in profile().city.departments}
    if post.department and post.department not in departments:
        wrong["department"] = _("The city has no such department.")
    if post.district and post.district not in {unit.code for unit in profile().districts()}:
        wrong["district"] = _("The city has no such district.")
    if post.last_day is not None and post.last_day < profile().today():
        wrong["last_day"] = _("This day is past.")
    if post.role in PRIVILEGED and len(reason.strip()) < 10:
        wrong["reason"] = _("Say in a sentence why this role is needed.")
    if wrong:
        raise Invalid(_("Look at your answers."), wrong)


def _end_of(day: date | None) -> datetime | None:
    from madang.city.api import profile

    return datetime.combine(day + timedelta(days=1), time(0), profile().timezone) if day else None


def logins_of(by: Actor, accounts: list[str]) -> dict[str, str]:
    """Return the names under which accounts sign in, by account."""
    with purpose(by, MANAGE):
        rows = Account.objects.filter(pk__in=set(accounts))
        return {row.pk: row.login or "" for row in rows}


def _shown(row: StaffGrant, logins: dict[str, str], now: datetime) -> Grant:
    return Grant(
        id=row.pk,
        account=row.account_id,
        login=logins.get(row.account_id, ""),
        role=row.role,
        department=row.department,
        district=row.district,
        since=row.since,
        until=row.until,
        granted_by=row.granted_by,
        is_due=now - (row.confirmed or row.since) >= RECERTIFY_EVERY,
    )
