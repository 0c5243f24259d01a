from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.http import HttpResponse, JsonResponse
from django.test import RequestFactory

from madang.kernel import audit, idempotency
from madang.kernel.errors import Conflict, Invalid
from madang.kernel.idempotency import Answer, idempotent, once
from madang.kernel.models import AuditEntry, IdempotentAnswer

pytestmark = [pytest.mark.data, pytest.mark.django_db]


def work(status: int = 201) -> Answer:
    audit.record("user:1", "drill.worked", "thing:1")
    body = f"answer {AuditEntry.objects.count()}".encode()
    return Answer(status, body, {"Location": "/things/1"})


def test_a_request_sent_twice_is_done_once_and_answered_alike():
    first = once("k1", "user:1", "POST /things", b"{}", work)
    second = once("k1", "user:1", "POST /things", b"{}", work)
    assert AuditEntry.objects.count() == 1
    assert (second.status, second.body, second.headers) == (
        first.status,
        first.body,
        first.headers,
    )
    assert (first.replayed, second.replayed) == (False, True)


def test_the_same_key_with_another_body_is_a_conflict():
    once("k1", "user:1", "POST /things", b'{"a": 1}', work)
    with pytest.raises(Conflict, match="another request"):
        once("k1", "user:1", "POST /things", b'{"a": 2}', work)
    assert AuditEntry.objects.count() == 1


@pytest.mark.parametrize(
    ("actor", "route"), [("user:2", "POST /things"), ("user:1", "POST /others")]
)
def test_keys_are_apart_by_actor_and_by_route(actor, route):
    once("k1", "user:1", "POST /things", b"{}", work)
    assert not once("k1", actor, route, b"{}", work).replayed
    assert AuditEntry.objects.count() == 2


@pytest.mark.parametrize("status", [409, 500, 503])
def test_a_refused_request_leaves_nothing_and_may_be_sent_again(status):
    assert once("k1", "user:1", "POST /things", b"{}", lambda: work(status)).status == status
    assert (AuditEntry.objects.count(), IdempotentAnswer.objects.count()) == (0, 0)
    assert once("k1", "user:1", "POST /things", b"{}", work).status == 201


def test_work_that_raises_leaves_nothing():
    def fails() -> Answer:
        work()
        raise RuntimeError

    with pytest.raises(RuntimeError):
        once("k1", "user:1", "POST /things", b"{}", fails)
    assert (AuditEntry.objects.count(), IdempotentAnswer.objects.count()) == (0, 0)


def test_an_answer_is_forgotten_after_24_hours():
    once("k1", "user:1", "POST /things", b"{}", work)
    yesterday = datetime.now(UTC) - timedelta(hours=25)
    IdempotentAnswer.objects.update(answered_at=yesterday)
    assert not once("k1", "user:1", "POST /things", b"other body", work).replayed
    IdempotentAnswer.objects.update(answered_at=yesterday)
    assert idempotency.forget_old() == 1


@pytest.mark.parametrize("key", ["", "x" * 201])
def test_a_key_of_the_wrong_length_is_refused(key):
    with pytest.raises(Invalid):
        once(key, "user:1", "POST /things", b"{}", work)


@idempotent(lambda request: request.headers.get("Actor", ""))
def view(request) -> HttpResponse:
    audit.record("user:1", "drill.worked", "thing:1")
    return JsonResponse({"count": AuditEntry.objects.count()}, status=201)


def test_a_view_answers_a_repeat_from_what_it_kept():
    make = RequestFactory().post
    headers = {"Idempotency-Key": "k1", "Actor": "user:1"}
    first, second = (view(make("/things", data={"a": 1}, headers=headers)) for _ in range(2))
    assert first.content == second.content
    assert (first.status_code, second.status_code) == (201, 201)
    assert second["Content-Type"] == "application/json"
    assert second["Idempotent-Replayed"] == "true"
    assert "Idempotent-Replayed" not in first


def test_a_view_without_the_header_works_each_time():
    for _ in range(2):
        view(RequestFactory().post("/things", headers={"Actor": "user:1"}))
    assert AuditEntry.objects.count() == 2
