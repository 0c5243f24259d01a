"""Appointments over HTTP: free times for everybody, booking for who is signed in."""

from __future__ import annotations

import json
from datetime import date

import pytest
from django.test import Client

from madang.cases.models import Appointment
from tests.cases.booking import MAPO, PASSPORT, at
from tests.identity.residents import client_of, resident
from tests.looking import rows

pytestmark = [pytest.mark.data, pytest.mark.django_db, pytest.mark.usefixtures("clock")]
URL = "/api/v1/appointments"
BODY = {
    "office": MAPO, "matter": PASSPORT, "start": "2026-11-24T09:00:00+09:00", "name": "김영수",
    "channel": "sms", "address": "010-1234-5678", "needs": ["wheelchair"],
}  # fmt: skip


@pytest.fixture
def kim(clock) -> Client:
    return client_of(resident("김영수"))


def send(client: Client, method: str, path: str, body: object = None, **headers: str):
    client.get("/account/")  # the page gives the token
    token = client.cookies["csrftoken"].value if "csrftoken" in client.cookies else ""
    return client.generic(
        method, f"{URL}{path}", json.dumps(body), content_type="application/json",
        headers={"X-CSRFToken": token, **headers},
    )  # fmt: skip


def test_free_times_are_open_to_everybody(client: Client):
    days = "from=2026-11-24&to=2026-11-24"
    found = client.get(f"{URL}/slots?office={MAPO}&matter={PASSPORT}&{days}").json()
    assert len(found) == 36
    assert found[0] == {
        "office": MAPO, "start": "2026-11-24T00:00:00Z", "minutes": 15, "places": 4,
    }  # fmt: skip


def test_offices_are_listed_with_what_is_known(client: Client):
    found = client.get(f"{URL}/offices?matter={PASSPORT}&district={MAPO}").json()
    (one,) = found
    assert (one["id"], one["names"]["ko"], one["phone"]) == (MAPO, "마포구청", "120")
    assert "passport" in one["matters"]


def test_what_is_wrong_is_a_problem_document(client: Client):
    answer = client.get(
        f"{URL}/slots?office=nowhere&matter={PASSPORT}&from=2026-11-24&to=2026-11-24"
    )
    assert answer.status_code == 404
    assert answer["Content-Type"].startswith("application/problem+json")
    assert "unknown-office" in answer.json()["type"]
    backwards = client.get(
        f"{URL}/slots?office={MAPO}&matter={PASSPORT}&from=2026-11-24&to=2026-11-20"
    )
    assert backwards.status_code == 422


def test_booking_moving_and_cancelling(kim: Client):
    made = send(kim, "POST", "", BODY)
    assert made.status_code == 201, made.content
    one = made.json()
    assert (one["state"], one["start"], one["needs"]) == (
        "booked", "2026-11-24T00:00:00Z", ["wheelchair"],
    )  # fmt: skip
    assert "key" not in one
    moved = send(kim, "PATCH", f"/{one['id']}", {"start": "2026-11-24T15:00:00+09:00"})
    assert (moved.status_code, moved.json()["start"]) == (200, "2026-11-24T06:00:00Z")
    assert [row["id"] for row in kim.get(URL).json()] == [one["id"]]
    assert send(kim, "DELETE", f"/{one['id']}").json()["state"] == "cancelled"


def test_the_same_request_sent_twice_books_once(kim: Client):
    first = send(kim, "POST", "", BODY, **{"Idempotency-Key": "abc"})
    again = send(kim, "POST", "", BODY, **{"Idempotency-Key": "abc"})
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert again["Idempotent-Replayed"] == "true"
    assert len(rows(Appointment)) == 1


def test_a_taken_time_is_a_conflict(kim: Client):
    from tests.cases.booking import booked

    for number in range(4):
        booked(at(24, 9), number)
    answer = send(kim, "POST", "", BODY)
    assert answer.status_code == 409
    assert "slot-taken" in answer.json()["type"]


def test_without_a_start_it_is_the_waiting_list(kim: Client):
    body = {**BODY, "start": None, "first_day": "2026-11-24", "last_day": "2026-11-27"}
    one = send(kim, "POST", "", body).json()
    assert (one["state"], one["wish"]) == ("waiting", ["2026-11-24", "2026-11-27"])


def test_visitors_and_others_change_nothing(kim: Client, client: Client):
    one = send(kim, "POST", "", BODY).json()
    assert client.post(URL, json.dumps(BODY), content_type="application/json").status_code == 401
    lee = client_of(resident("이순자"))
    assert send(lee, "DELETE", f"/{one['id']}").status_code == 404
    assert rows(Appointment).get().state == "booked"
    assert date(2026, 11, 24) == rows(Appointment).get().start.date()
