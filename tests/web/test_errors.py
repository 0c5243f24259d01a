"""Errors at the edge: a page for people, a problem document for programs."""

from __future__ import annotations

import json

import pytest
from django.test import Client, RequestFactory
from django.utils.http import urlencode

from madang.identity.session_store import SessionStore
from madang.kernel.errors import (
    Conflict,
    Invalid,
    LimitReached,
    MadangError,
    Unauthenticated,
    Unavailable,
)
from madang.web import errors
from tests.web.html import page

pytestmark = [pytest.mark.data, pytest.mark.django_db]
LANGUAGES = pytest.mark.parametrize("language", ["ko", "en"])


@LANGUAGES
def test_an_address_that_does_not_exist_is_a_page(client: Client, language: str):
    root = page(client, "/nowhere/<b>/", language, status=404)
    assert "/nowhere/<b>/" in root.text_content()
    assert not root.xpath("//b")


@pytest.mark.parametrize(
    ("path", "accept"),
    [("/api/v1/nowhere", "text/html"), ("/nowhere/", "application/json"), ("/sta/v9/", "*/*")],
)
def test_a_program_gets_a_problem_document(client: Client, path: str, accept: str):
    response = client.get(path, headers={"accept": accept})
    assert response.status_code == 404
    assert response["Content-Type"] == "application/problem+json"
    body = json.loads(response.content)
    assert (body["status"], body["code"], body["instance"]) == (404, "not-found", path)


@LANGUAGES
@pytest.mark.parametrize("path", ["", "dead-letters/", "jobs/", "gateways/"])
def test_who_is_not_signed_in_is_asked_to(client: Client, language: str, path: str):
    response = client.get(f"/operations/{path}", headers={"accept": "text/html"})
    assert response.status_code == 302
    assert response["Location"] == f"/sign-in/?next=%2Foperations%2F{path.replace('/', '%2F')}"


def answer(error: MadangError, accept: str = "text/html"):
    request = RequestFactory().get("/x/", headers={"accept": accept})
    request.session = SessionStore()
    return errors.ErrorMiddleware(lambda r: None).process_exception(request, error)


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (Invalid("no", {"reason": "is empty"}), 422),
        (Conflict("taken"), 409),
        (Unavailable("the lake is away"), 503),
        (MadangError("ours"), 500),
    ],
)
def test_an_error_we_can_name_is_a_page_with_its_status(error: MadangError, status: int):
    response = answer(error)
    assert response.status_code == status
    assert error.message in response.content.decode()


def test_a_limit_says_when_to_come_back():
    for accept in ("text/html", "application/json"):
        assert answer(LimitReached("slow", retry_after_s=7), accept)["Retry-After"] == "7"


def test_a_program_that_is_not_signed_in_is_not_sent_to_a_form():
    assert answer(Unauthenticated("sign in"), "application/json").status_code == 401


def test_what_we_cannot_name_is_left_to_the_log_and_the_500_page(client: Client):
    request = RequestFactory().get("/x/")
    middleware = errors.ErrorMiddleware(lambda r: None)
    assert middleware.process_exception(request, ZeroDivisionError()) is None
    assert errors.server_error(RequestFactory().get("/x/")).status_code == 500


@pytest.mark.parametrize(
    ("came_from", "back"),
    [
        ("http://testserver/apply/library-card/check/?x=1", "/apply/library-card/check/?x=1"),
        ("http://elsewhere.example/apply/", "/"),
        ("", "/"),
    ],
)
def test_who_sends_a_form_signed_out_comes_back_to_it(came_from: str, back: str):
    request = RequestFactory().post("/x/", headers={"referer": came_from} if came_from else {})
    request.session = SessionStore()
    middleware = errors.ErrorMiddleware(lambda r: None)
    answer = middleware.process_exception(request, Unauthenticated("sign in"))
    assert answer["Location"] == "/sign-in/?" + urlencode({"next": back})
