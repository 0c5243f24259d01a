"""Reminders, letters, words, the calendar file, what is forgotten."""

from __future__ import annotations

import pytest
from django.test import Client
from django.utils.translation import override

from madang.access.api import ANONYMOUS, Actor
from madang.cases import api, appointment_jobs, appointment_told, appointments
from madang.cases.appointment_words import calendar_entry, messages_of
from madang.cases.events import AppointmentTold
from madang.cases.models import Appointment, AppointmentMessage
from madang.notices import account_messages
from madang.notices.models import RecordedMessage
from madang.notices.person_models import PersonMessage
from tests.cases.booking import asked, at, booked, told
from tests.identity.keys import opened, with_address
from tests.identity.residents import actor_of, client_of, resident
from tests.looking import rows

pytestmark = [pytest.mark.data, pytest.mark.django_db, pytest.mark.usefixtures("clock")]
CLERK = Actor("account:c", "clerk", frozenset({"clerk"}), aal=2, ial=2)


def event_of(row: Appointment, kind: str) -> AppointmentTold:
    return AppointmentTold(appointment=row.pk, kind=kind, revision=row.revision)


def test_one_reminder_a_day_before_and_one_two_hours_before(clock):
    row = booked(at(26, 10))
    for moment in (at(25, 9, 55), at(25, 10), at(25, 10, 5), at(26, 7, 55), at(26, 8), at(26, 9)):
        clock(moment)
        appointment_told.remind()
    assert told() == [("confirmed", row.pk), ("day-before", row.pk), ("two-hours", row.pk)]


def test_who_booked_within_the_day_is_not_reminded_of_what_was_just_done(clock):
    booked(at(24, 8 + 1))
    clock(at(23, 9, 5))
    appointment_told.remind()
    assert [kind for kind, _row in told()] == ["confirmed"]


def test_a_moved_appointment_is_reminded_of_anew(clock):
    row = booked(at(26, 10))
    clock(at(25, 10))
    appointment_told.remind()
    appointments.move(ANONYMOUS, row, at(30, 10))
    clock(at(29, 10))
    appointment_told.remind()
    assert [kind for kind, _row in told()] == ["confirmed", "day-before", "moved", "day-before"]


def test_a_reminder_of_what_was_cancelled_meanwhile_says_nothing(clock):
    row = booked(at(26, 10))
    waiting = event_of(row, "day-before")
    assert len(messages_of(waiting)) == 1
    appointments.cancel(ANONYMOUS, row)
    assert messages_of(waiting) == []


def test_a_message_says_when_where_what_to_bring_and_how_to_get_out_of_it():
    row = booked(at(26, 10))
    with override("ko"):
        (one,) = messages_of(event_of(row, "confirmed"))
    assert (one.channel, one.address, one.language) == ("sms", "+821012340001", "ko")
    assert "마포구청" in one.title
    assert row.number in one.text
    assert "신분증" in one.text
    assert "120" in one.text
    assert one.path == f"/appointments/with/{row.key}/"


def test_the_message_goes_out_by_the_notices_room():
    row = booked(at(26, 10))
    event = event_of(row, "confirmed")
    from madang.kernel.events import encode

    assert account_messages.bring(event.NAME, encode(event).decode()) == []
    (sent,) = rows(RecordedMessage)
    assert "마포구청" in sent.title


def test_the_owner_of_an_account_is_told_at_its_addresses(client: Client):
    opened(client)
    with_address(client, "kim@example.org")
    actor = actor_of(client)
    row = appointments.book(actor, asked(at(26, 10), api.Visitor("김", "ko", "account")))
    (one,) = messages_of(event_of(row, "confirmed"))
    assert (one.channel, one.address) == ("email", "kim@example.org")


def test_a_letter_waits_to_be_printed_and_no_message_goes_out():
    visitor = api.Visitor("이순자", "ko", "letter", "서울 마포구 월드컵로 212")
    row = appointments.book(CLERK, asked(at(26, 10), visitor, via="counter"))
    assert told() == []
    (letter,) = rows(AppointmentMessage)
    assert (letter.kind, letter.channel, letter.printed) == ("confirmed", "letter", None)
    assert letter.appointment_id == row.pk


def test_the_calendar_file_is_one_event_that_a_move_replaces():
    row = booked(at(26, 10))
    with override("ko"):
        first = calendar_entry(row)
        second = calendar_entry(appointments.move(ANONYMOUS, row, at(26, 11)))
    assert "DTSTART:20261126T010000Z\r\n" in first
    assert "DTEND:20261126T011500Z\r\n" in first
    assert "SEQUENCE:1\r\n" in second
    uid = next(line for line in first.split("\r\n") if line.startswith("UID:"))
    assert uid in second
    assert all(len(line.encode()) <= 75 for line in first.split("\r\n"))
    unfolded = first.replace("\r\n ", "")
    assert "SUMMARY:마포구청: 여권 신청" in unfolded


def test_ninety_days_after_its_day_an_appointment_is_gone(clock):
    booked(at(24, 10))
    clock(at(24, 10).replace(year=2027, month=2, day=22))
    appointment_jobs.forget()
    assert len(rows(Appointment)) == 1
    clock(at(24, 10).replace(year=2027, month=2, day=23))
    appointment_jobs.forget()
    assert len(rows(Appointment)) == len(rows(AppointmentMessage)) == 0


def test_a_person_of_the_register_finds_it_in_the_inbox_once():
    kim = resident("김영수")
    visitor = api.Visitor("김영수", "ko", "account")
    row = appointments.book(actor_of(client_of(kim)), asked(at(26, 10), visitor))
    (kept,) = rows(PersonMessage)
    assert (kept.person, kept.matter) == (str(kim.person_id), f"appointment:{row.pk}")
    assert "마포구청" in kept.title
    assert kept.path == f"/appointments/one/{row.pk}/"
    assert told() == []
