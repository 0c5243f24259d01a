from __future__ import annotations

import json

import pytest

from madang.kernel import logs
from madang.kernel.errors import Conflict, Invalid, LimitReached, NotFound, Unauthenticated
from madang.kernel.problem import problem_document


def told(error, **arguments):
    status, headers, body = problem_document(error, **arguments)
    assert headers["Content-Type"] == "application/problem+json"
    return status, headers, json.loads(body)


@pytest.mark.parametrize(
    ("error", "status", "title"),
    [
        (NotFound("no district '99999'"), 404, "Not Found"),
        (Conflict("already lifted"), 409, "Conflict"),
    ],
)
def test_an_error_of_ours_tells_its_status_and_its_text(error, status, title):
    found, _, document = told(error, instance="/api/v1/air")
    assert (found, document["status"], document["title"]) == (status, status, title)
    assert document["detail"] == error.message
    assert document["type"] == f"urn:madang:problem:{error.code}"
    assert document["instance"] == "/api/v1/air"


def test_an_invalid_request_is_told_field_by_field():
    _, _, document = told(Invalid("two fields are wrong", {"a": "too long", "b.0": "missing"}))
    assert document["errors"] == [
        {"field": "a", "detail": "too long"},
        {"field": "b.0", "detail": "missing"},
    ]


def test_a_used_up_quota_says_when_to_come_back():
    status, headers, _ = told(LimitReached("quota used up", retry_after_s=2.3))
    assert (status, headers["Retry-After"]) == (429, "3")


def test_who_is_not_signed_in_is_asked_to():
    status, headers, _ = told(Unauthenticated("sign in"))
    assert (status, headers["WWW-Authenticate"]) == (401, "Bearer")


def test_a_fault_of_ours_keeps_its_inside_to_the_log(caplog):
    with logs.request("req-1"):
        status, _, document = told(KeyError("password of the database"))
    assert status == 500
    assert "password" not in json.dumps(document)
    assert document["request"] == "req-1"
    assert "request failed" in caplog.text
