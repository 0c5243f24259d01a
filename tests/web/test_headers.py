"""Each answer of the web process carries its safety headers: every address is asked."""

from __future__ import annotations

import pytest
from django.core.signals import request_finished
from django.db import close_old_connections
from django.test import Client

from madang.access.api import ROLES
from madang.identity import api
from madang.web.headers import PERMISSIONS_POLICY
from tests import addresses
from tests.staff import PASSWORD, sign_in

pytestmark = [pytest.mark.data, pytest.mark.django_db]
OTHERS = ["/nowhere/", "/api/v1/nowhere", "/api/v1/openapi.json", "/static/web/mark.svg", "/air"]
ASKED = [
    *addresses.of_pages(),
    *{address for _method, address, _operation in addresses.of_operations()},
    *OTHERS,
]
# what a page of ours may be framed in is its own business: the widget is made for it
FRAMED = {"/air/x/widget/"}
SAME_FOR_ALL = {"/static/web/mark.svg", "/maps/basemap.pmtiles"}


@pytest.fixture
def visitor() -> Client:
    return Client(raise_request_exception=False)


@pytest.fixture
def everybody() -> Client:
    """Somebody signed in who may open everything."""
    api.add_user("kim", sorted(ROLES), password=PASSWORD)
    client = Client(raise_request_exception=False)
    return sign_in(client, "kim")


def asked(client: Client, address: str):
    answer = client.get(address)
    if answer.streaming:  # a file that nobody reads to its end
        # the end of a request closes database connections, here the one of the test itself
        request_finished.disconnect(close_old_connections)
        try:
            answer.close()
        finally:
            request_finished.connect(close_old_connections)
    return answer


def faults(answer, address: str) -> list[str]:
    """Return what an answer lacks."""
    policy = answer.headers.get("Content-Security-Policy", "")
    wrong = []
    if "default-src 'none'" not in policy or "unsafe" in policy or "*" in policy.split():
        wrong.append(f"policy {policy!r}")
    if address not in FRAMED and "frame-ancestors 'none'" not in policy:
        wrong.append("may be framed")
    for name, value in {
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Permissions-Policy": PERMISSIONS_POLICY,
    }.items():
        if answer.headers.get(name) != value:
            wrong.append(f"{name}: {answer.headers.get(name)!r}")
    if "Access-Control-Allow-Credentials" in answer.headers:
        wrong.append("other sites may read it with our cookies")
    return wrong


def test_every_answer_to_a_visitor_says_what_the_browser_may_do(visitor: Client):
    wrong = {a: found for a in ASKED if (found := faults(asked(visitor, a), a))}
    assert not wrong
    assert len(ASKED) > 60


def test_no_answer_to_somebody_signed_in_is_kept(everybody: Client):
    kept, wrong = {}, {}
    for address in ASKED:
        if address == "/sign-out/":
            continue
        answer = asked(everybody, address)
        if address not in SAME_FOR_ALL and answer.headers.get("Cache-Control") != "no-store":
            kept[address] = answer.headers.get("Cache-Control")
        if found := faults(answer, address):
            wrong[address] = found
    assert not kept
    assert not wrong


def test_what_nobody_signed_in_asks_may_be_kept(visitor: Client):
    assert visitor.get("/privacy/")["Cache-Control"] == "public, max-age=60"


def test_a_visitors_cookie_does_not_make_pages_personal(visitor: Client):
    visitor.get("/sign-in/?next=/air/")  # begins a session: what the visitor wants is kept there
    assert "madang" in visitor.cookies
    assert visitor.get("/privacy/")["Cache-Control"] == "private, no-cache"


def test_after_signing_out_the_browser_has_nothing_left(everybody: Client):
    answer = everybody.post("/sign-out/")
    assert answer["Clear-Site-Data"] == '"cache"'
    assert "no-store" in answer["Cache-Control"]
    assert answer.cookies["madang"].value == ""


def test_an_answer_that_reaches_no_view_is_no_exception(visitor: Client, settings):
    settings.ALLOWED_HOSTS = ["portal.example"]
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    answers = {
        "another host": visitor.get("/", headers={"host": "evil.example"}),
        "too large": visitor.post(
            "/sign-in/", {"name": "x" * 2000}, headers={"host": "portal.example"}
        ),
        "files": visitor.get("/static/no.js", headers={"host": "portal.example"}),
    }
    assert {name: answer.status_code for name, answer in answers.items()} == {
        "another host": 400,
        "too large": 400,
        "files": 404,
    }
    assert not {name: faults(a, "") for name, a in answers.items() if faults(a, "")}


@pytest.mark.parametrize("part", ["/static/web/enhance.js", "/static/web/base.css"])
def test_parts_of_pages_are_light_and_kept_whoever_asks(everybody: Client, part: str):
    answer = asked(everybody, part)
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "Permissions-Policy" not in answer.headers
    assert "no-store" not in answer.headers.get("Cache-Control", "")
