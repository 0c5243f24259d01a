"""Staff join, move and leave; privileged roles by two people; roles are looked at once a year."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils.translation import override

from madang.identity import api, looked, staff
from madang.identity.account_models import Account, StaffGrant
from madang.identity.accounts import grants_in_force
from madang.identity.session_models import Session
from madang.identity.staff import Post
from madang.identity.staff_models import GrantRequest
from madang.kernel import times
from madang.kernel.errors import Conflict, Forbidden, Invalid
from tests.identity.residents import actor_of, client_of
from tests.identity.residents import staff as member
from tests.looking import rows

pytestmark = [pytest.mark.data, pytest.mark.django_db]


@pytest.fixture
def admin(db):
    return member("admin", "administrator")


def roles_of(account: Account) -> set[str]:
    return {grant.role for grant in grants_in_force(account.pk)}


def test_somebody_joins_with_a_post_and_a_link(admin):
    page = client_of(admin).post(
        "/staff/new/", {"name": "lee", "role": "clerk", "department": "welfare",
                        "district": "11440"},
    )  # fmt: skip
    assert page.status_code == 200
    assert "/set-password/" in page.context["link"]
    grant = StaffGrant.objects.get(role="clerk")
    assert (grant.department, grant.district) == ("welfare", "11440")
    lee = rows(Account).get(login="lee")
    actor = actor_of(client_of(lee))
    assert (actor.departments, actor.districts) == ({"welfare"}, {"11440"})


@pytest.mark.parametrize(
    ("form", "field"),
    [
        ({"name": "", "role": "clerk"}, "name"), ({"name": "lee", "role": "king"}, "role"),
        ({"name": "lee", "role": "clerk", "department": "moon"}, "department"),
        ({"name": "lee", "role": "clerk", "district": "99999"}, "district"),
        ({"name": "lee", "role": "clerk", "last_day": "2020-01-01"}, "last_day"),
        ({"name": "lee", "role": "clerk", "last_day": "soon"}, "last_day"),
        ({"name": "lee", "role": "administrator"}, "role"),
        ({"name": "admin", "role": "clerk"}, "name"),
    ],
)  # fmt: skip
def test_a_wrong_post_makes_no_account(admin, form, field):
    page = client_of(admin).post("/staff/new/", form)
    assert page.status_code == 422
    assert list(page.context["errors"]) == [field]
    assert rows(Account).count() == 1


def test_who_moves_has_no_old_role_and_no_open_session_the_same_moment(admin):
    lee = member("lee", "clerk", "operator")
    desk = client_of(lee)
    assert desk.get("/counter/assist/").status_code == 200
    form = {"act": "move", "role": "officer", "department": "welfare"}
    assert client_of(admin).post(f"/staff/one/{lee.pk}/", form).status_code == 302
    assert roles_of(lee) == {"officer"}
    assert desk.get("/counter/assist/")["Location"].startswith("/sign-in/")


def test_who_leaves_is_out_at_once_and_the_log_stays(admin):
    lee = member("lee", "clerk")
    desk = client_of(lee)
    browser = client_of(admin)
    for _twice in (1, 2):
        assert browser.post(f"/staff/one/{lee.pk}/", {"act": "leave"}).status_code == 302
    assert not rows(Account).get(pk=lee.pk).is_active
    assert not roles_of(lee)
    assert not Session.objects.filter(account=lee.pk).exists()
    assert desk.get("/counter/assist/")["Location"].startswith("/sign-in/")
    with pytest.raises(Conflict):
        staff.grant(actor_of(browser), lee.pk, Post("clerk"))


def test_the_last_administrator_stays(admin):
    second = member("second", "administrator")
    by = actor_of(client_of(second))
    staff.leave(by, admin.pk)
    third = actor_of(client_of(member("third", "clerk")))
    with pytest.raises(Conflict):
        staff.leave(api.COMMAND_LINE, second.pk)
    with pytest.raises(Forbidden):
        staff.leave(by, second.pk)
    assert third


@pytest.mark.parametrize("role", sorted(staff.PRIVILEGED))
def test_a_privileged_role_needs_a_second_administrator(admin, role):
    lee, second = member("lee", "clerk"), member("second", "administrator")
    first = client_of(admin)
    first.post(f"/staff/one/{lee.pk}/", {"act": "grant", "role": role, "reason": "Cover in May"})
    assert role not in roles_of(lee)
    request = GrantRequest.objects.get()
    answer = {"request": request.pk, "answer": "yes"}
    assert first.post("/staff/roles/", answer).status_code == 403, "who asked does not decide"
    assert client_of(lee).post("/staff/roles/", answer).status_code == 403
    assert client_of(second).post("/staff/roles/", answer).status_code == 302
    assert role in roles_of(lee)
    client_of(second).post("/staff/roles/", answer)
    assert StaffGrant.objects.filter(account_id=lee.pk, role=role).count() == 1


def test_a_refused_role_is_not_given_later(admin):
    lee, second = member("lee", "clerk"), member("second", "administrator")
    by, other = actor_of(client_of(admin)), actor_of(client_of(second))
    assert not staff.grant(by, lee.pk, Post("administrator"), reason="Cover in May")
    number = GrantRequest.objects.get().pk
    staff.decide(other, number, yes=False)
    with pytest.raises(Conflict):
        staff.decide(other, number, yes=True)
    assert roles_of(lee) == {"clerk"}


def test_nobody_gives_themselves_anything(admin):
    by = actor_of(client_of(admin))
    for act in (
        lambda: staff.grant(by, admin.pk, Post("officer")),
        lambda: staff.move(by, admin.pk, Post("officer")),
        lambda: staff.confirm_grant(by, StaffGrant.objects.get().pk),
    ):
        with pytest.raises(Forbidden):
            act()
    with pytest.raises(Invalid):
        staff.grant(by, member("lee", "clerk").pk, Post("administrator"), reason="")


def test_a_role_ends_with_its_last_day(admin):
    lee = member("lee", "operator")
    by = actor_of(client_of(admin))
    from madang.city.api import profile

    today = profile().today()
    staff.grant(by, lee.pk, Post("clerk", last_day=today))
    assert "clerk" in roles_of(lee)
    with times.fixed_clock(times.now() + timedelta(days=1)):
        assert "clerk" not in roles_of(lee)


def test_roles_come_up_for_a_look_after_a_year(admin):
    lee = member("lee", "clerk")
    by = actor_of(client_of(admin))
    assert not staff.grants(by, only_due=True)
    with times.fixed_clock(times.now() + timedelta(days=366)):
        due = [one for one in staff.grants(by, only_due=True) if one.account == lee.pk]
        assert [one.role for one in due] == ["clerk"]
        staff.confirm_grant(by, due[0].id)
        assert not [one for one in staff.grants(by, only_due=True) if one.account == lee.pk]


def test_who_somebody_was_is_known_later(admin):
    lee = member("lee", "clerk")
    then = times.now()
    with times.fixed_clock(then + timedelta(days=10)):
        staff.leave(actor_of(client_of(admin)), lee.pk)
        with override("en"):
            was = looked.who_is(f"account:{lee.pk}", "", then, {})
            now = looked.who_is(f"account:{lee.pk}", "", times.now(), {})
    assert (was, now) == ("Clerk", "A member of staff")
