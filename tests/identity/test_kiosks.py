"""Kiosks: short sessions bound to a device, nothing left behind."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from madang.identity import kiosks
from madang.identity.session_models import Session
from madang.identity.staff_models import Kiosk
from madang.kernel import times
from tests.identity.residents import actor_of, client_of, staff

pytestmark = [pytest.mark.data, pytest.mark.django_db]
PASSWORD = "courtyard lantern persimmon"


@pytest.fixture
def admin(db):
    return staff("admin", "administrator")


@pytest.fixture
def kiosk(admin) -> Client:
    """Return a browser that is a kiosk."""
    path = kiosks.add_kiosk(actor_of(client_of(admin)), "Mapo district office", "11440")
    browser = Client()
    assert browser.get(path).status_code == 200
    assert browser.post(path)["Location"] == "/kiosk/"
    return browser


def test_a_kiosk_is_set_up_by_a_link_that_works_once(admin):
    page = client_of(admin).post("/staff/kiosks/", {"name": "Library"})
    path = "/" + page.context["link"].split("/", 3)[3]
    device = Client()
    device.post(path)
    cookie = device.cookies["madang_kiosk"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Strict"
    assert cookie.value not in Kiosk.objects.get().key
    assert Client().post(path).status_code == 410
    assert Client().post("/kiosk/bind/forged/").status_code == 410


def test_a_session_on_a_kiosk_is_short_and_has_no_staff_roles(kiosk, admin):
    kiosk.post("/sign-in/", {"name": "admin", "password": PASSWORD})
    assert not actor_of(kiosk).roles
    page = kiosk.get("/privacy/")
    assert page["Refresh"] == "120; url=/kiosk/over/"
    assert page["Cache-Control"] == "no-store"
    assert not kiosk.cookies["madang"]["max-age"], "the session's cookie goes with the window"
    with times.fixed_clock(times.now() + timedelta(seconds=121)):
        assert kiosk.get("/account/mandates/")["Location"].startswith("/sign-in/")


def test_each_touch_counts_on_a_kiosk(kiosk, admin):
    kiosk.post("/sign-in/", {"name": "admin", "password": PASSWORD})
    start = times.now()
    for seconds in (50, 100, 150, 200):
        with times.fixed_clock(start + timedelta(seconds=seconds)):
            assert kiosk.get("/account/mandates/").status_code == 200


@pytest.mark.parametrize("way", ["sign out", "idle"])
def test_at_the_end_nothing_of_the_visit_is_left(kiosk, admin, way):
    kiosk.post("/sign-in/", {"name": "admin", "password": PASSWORD})
    kiosk.get("/language/vi/?next=/")
    end = kiosk.post("/sign-out/") if way == "sign out" else kiosk.get("/kiosk/over/")
    assert end["Location"] == "/kiosk/"
    assert end["Clear-Site-Data"] == '"cache", "storage"'
    left = {name for name, one in kiosk.cookies.items() if one.value}
    assert left == {"madang_kiosk"}
    assert Session.objects.exclude(account="").count() == 1, "the desk from which it was set up"


def test_elsewhere_the_end_of_a_kiosk_visit_ends_nothing(admin):
    browser = client_of(admin)
    assert browser.get("/kiosk/over/")["Location"] == "/"
    assert actor_of(browser).roles == {"administrator"}


def test_a_kiosk_that_is_let_go_is_none_any_more(kiosk, admin):
    row = Kiosk.objects.get()
    client_of(admin).post("/staff/kiosks/", {"close": row.pk})
    kiosk.post("/sign-in/", {"name": "admin", "password": PASSWORD})
    assert "Refresh" not in kiosk.get("/privacy/")
