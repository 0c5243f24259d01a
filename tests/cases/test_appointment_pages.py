"""Pages of appointments: guests, representatives, staff; sent twice, come back to, too late."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from madang.cases import api, appointments
from madang.cases.models import Appointment, AppointmentMessage, OfficeClosure, Ticket
from madang.identity.models import ActForOther
from tests.cases.booking import MAPO, PASSPORT, asked, at, booked, guest, told
from tests.identity.residents import actor_of, client_of, resident
from tests.looking import rows
from tests.staff import joined

pytestmark = [pytest.mark.data, pytest.mark.django_db, pytest.mark.usefixtures("clock")]
WHO = {"name": "김영수", "channel": "sms", "address": "010-1234-5678", "language": "ko"}
TIME = {"matter": PASSPORT, "office": MAPO, "start": "2026-11-24T00:00:00+00:00"}


def hold(client: Client) -> str:
    answer = client.post("/appointments/time/", TIME)
    assert answer.status_code == 302, answer.content.decode()
    return answer["Location"].partition("?")[0]


def text(answer) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def test_a_guest_books_without_an_account_and_the_link_is_the_right(client: Client):
    path = hold(client)
    check = client.post(path, {**TIME, **WHO})
    assert "010-1234-5678" in check.content.decode()
    assert not rows(Appointment).exists()
    done = client.post(path, {**TIME, **WHO, "step": "book"})
    row = rows(Appointment).get()
    assert done["Location"] == f"/appointments/with/{row.key}/?new=1"
    page = Client().get(f"/appointments/with/{row.key}/")
    assert f"{row.number[:4]}-{row.number[4:]}" in page.content.decode()
    assert Client().get("/appointments/with/nothing/").status_code == 404


def test_the_last_button_pressed_twice_books_once_and_shows_the_same_page(client: Client):
    path = hold(client)
    first = client.post(path, {**TIME, **WHO, "step": "book"})
    again = client.post(path, {**TIME, **WHO, "step": "book"})
    assert first["Location"].startswith(again["Location"])
    assert len(rows(Appointment)) == 1


def test_after_ten_minutes_the_page_says_so_and_leads_back(client: Client, clock):
    path = hold(client)
    clock(at(23, 9, 11))
    late = client.post(path, {**TIME, **WHO, "step": "book"})
    assert late.status_code == 409
    assert "/appointments/time/?matter=passport&amp;office=11440" in late.content.decode()
    assert not rows(Appointment).exists()


def test_a_hold_of_another_time_opens_no_page(client: Client):
    path = hold(client)
    other = {**TIME, "start": "2026-11-24T01:00:00+00:00"}
    assert client.get(path, other).status_code == 409


def test_wrong_answers_are_named_and_the_others_kept(client: Client):
    path = hold(client)
    answer = client.post(path, {**TIME, **WHO, "name": "", "address": "12"})
    assert answer.status_code == 422
    assert 'href="#name"' in answer.content.decode()


def test_a_time_taken_meanwhile_says_so_and_shows_what_is_free(client: Client):
    for number in range(4):
        booked(at(24, 9), number)
    answer = client.post("/appointments/time/", TIME)
    assert answer.status_code == 409
    assert "09:15" in answer.content.decode()


def test_the_calendar_file_can_be_fetched(client: Client):
    row = booked(at(24, 9))
    answer = client.get(f"/appointments/with/{row.key}/appointment.ics")
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    assert answer.content.startswith(b"BEGIN:VCALENDAR\r\n")


def test_an_offer_is_taken_with_one_button(client: Client):
    full = [booked(at(24, 15), number) for number in range(4)]
    days = {"first_day": "2026-11-24", "last_day": "2026-11-25"}
    put = {**WHO, **days, "matter": PASSPORT, "office": MAPO}
    assert client.post("/appointments/wait/", put).status_code == 302
    appointments.cancel(actor_of(client_of(resident("이"))), full[0])
    row = rows(Appointment).get(state="offered")
    assert client.post(f"/appointments/with/{row.key}/").status_code == 302
    assert rows(Appointment).get(pk=row.pk).state == "booked"


def test_one_s_own_list_shows_nobody_else_s():
    kim, lee = client_of(resident("김영수")), client_of(resident("이순자"))
    row = appointments.book(actor_of(kim), asked(at(24, 9)))
    assert f"/appointments/one/{row.pk}/" in kim.get("/appointments/mine/").content.decode()
    assert row.pk not in lee.get("/appointments/mine/").content.decode()
    assert lee.get(f"/appointments/one/{row.pk}/").status_code == 404
    assert lee.post(f"/appointments/one/{row.pk}/cancel/").status_code == 404


def test_who_acts_for_another_books_for_them_and_it_is_written_down():
    mother, son = resident("이순자"), resident("김영수")
    actor = actor_of(client_of(son))
    from dataclasses import replace

    from madang.identity import mandates
    from madang.identity.mandates import Wish

    code = mandates.offer(actor_of(client_of(mother)), Wish("child", ("view", "apply")))
    mandate = mandates.accept(actor, code)
    acting = replace(actor, on_behalf_of=str(mother.person_id), mandate=mandate)
    row = appointments.book(acting, asked(at(24, 9)))
    assert (row.person, row.account, row.mandate) == (str(mother.person_id), "", mandate)
    assert [one.id for one in api.appointments_of(acting)] == [row.pk]
    assert [one.what for one in rows(ActForOther)] == ["appointment-booked"]
    assert [one.id for one in api.appointments_of(actor_of(client_of(mother)))] == [row.pk]


def test_the_counter_s_day_by_its_buttons(clock):
    row = booked(at(24, 10))
    clock(at(24, 9, 50))
    desk = joined("desk", ["clerk"])
    page = f"/counter/appointments/{MAPO}/"
    assert "김영수" in text(desk.get(page))
    assert desk.post(page, {"verb": "arrive", "which": row.pk}).status_code == 302
    assert desk.post(page, {"verb": "walk-in", "matter": PASSPORT}).status_code == 302
    clock(at(24, 10))
    called = desk.post(page, {"verb": "next", "counter": "passport", "desk": "2"})
    assert called.status_code == 302
    ticket = Ticket.objects.get(appointment=row.pk)
    assert (ticket.desk, Ticket.objects.count()) == (2, 2)
    assert desk.post(page, {"verb": "served", "which": ticket.pk}).status_code == 302
    assert rows(Appointment).get().state == "served"
    assert desk.post(page, {"verb": "dance"}).status_code == 409


def test_residents_see_no_counter():
    kim = client_of(resident("김영수"))
    assert kim.get(f"/counter/appointments/{MAPO}/").status_code == 403


def test_letters_are_shown_with_their_address_printed_and_gone():
    clerk = joined("desk", ["clerk"])
    visitor = api.Visitor("이순자", "ko", "letter", "서울 마포구 월드컵로 212")
    appointments.book(actor_of(clerk), asked(at(26, 10), visitor, via="phone"))
    page = f"/counter/appointments/{MAPO}/letters/"
    letter = rows(AppointmentMessage).get()
    assert "월드컵로 212" in text(clerk.get(page))
    assert clerk.post(page, {"letter": [letter.pk]}).status_code == 302
    assert "월드컵로" not in text(clerk.get(page))


def test_closing_days_by_the_page_tells_who_was_booked():
    row, desk = booked(at(24, 10)), joined("desk", ["officer"])
    days = {"first_day": "2026-11-24", "last_day": "2026-11-24", "why": "공사"}
    page = f"/counter/appointments/{MAPO}/close/"
    assert desk.post(page, {**days, "why": ""}).status_code == 422
    assert desk.post(page, days).status_code == 302
    assert OfficeClosure.objects.get().why == "공사"
    assert ("closed", row.pk) in told()
    assert "공사" in text(desk.get(f"/offices/?near={MAPO}"))


def test_checking_in_at_the_screen_of_the_office(client: Client, clock):
    row = booked(at(24, 10))
    clock(at(24, 9, 50))
    put = {"office": MAPO, "number": f"{row.number[:4]}-{row.number[4:]}"}
    assert "1" in client.post("/appointments/check-in/", put).context["heading"]
    wrong = client.post("/appointments/check-in/", {**put, "number": "AAAA-2222"})
    assert wrong.status_code == 422
    assert guest(1).address.endswith("0001")
