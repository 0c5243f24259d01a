"""Booking: one place for one visitor, kept while the page is filled in, moved all or nothing."""

from __future__ import annotations

from datetime import date

import pytest

from madang.access.api import ANONYMOUS, Actor
from madang.cases import api, appointments
from madang.cases.appointments import MOST_HOLDS
from madang.cases.errors import (
    HoldOver,
    NotChangeable,
    NotOpenThen,
    SlotTaken,
    TooManyAppointments,
    UnknownAppointment,
)
from madang.cases.models import Appointment, Seat
from madang.kernel.errors import Invalid, LimitReached
from madang.kernel.models import AuditEntry
from tests.cases.booking import (
    MAPO,
    PASSPORT,
    WELFARE,
    asked,
    at,
    booked,
    guest,
    minutes,
    told,
)
from tests.identity.residents import actor_of, client_of, resident
from tests.looking import rows

pytestmark = [pytest.mark.data, pytest.mark.django_db, pytest.mark.usefixtures("clock")]
TUESDAY = date(2026, 11, 24)


def places(start) -> int:
    found = api.free_slots(MAPO, PASSPORT, TUESDAY, TUESDAY)
    return next((one.places for one in found if one.start == start), 0)


def test_free_times_are_the_hours_of_the_office_and_less_at_lunch():
    found = api.free_slots(MAPO, PASSPORT, TUESDAY, TUESDAY)
    assert len(found) == 36
    assert (found[0].start, found[0].places) == (at(24, 9), 4)
    assert {one.places for one in found if at(24, 12) <= one.start < at(24, 13)} == {2}


def test_today_begins_after_the_lead_time_and_weekends_have_none():
    found = api.free_slots(MAPO, PASSPORT, date(2026, 11, 23), date(2026, 11, 29))
    assert found[0].start == at(23, 10)
    assert {one.start.astimezone(at(1, 9).tzinfo).weekday() for one in found} <= {0, 1, 2, 3, 4}


def test_a_holiday_has_no_times():
    christmas = date(2026, 12, 25)
    assert api.free_slots(MAPO, PASSPORT, christmas, christmas) == []


def test_a_time_has_as_many_places_as_desks_and_then_it_is_taken():
    for number in range(4):
        assert places(at(24, 9)) == 4 - number
        booked(at(24, 9), number)
    assert places(at(24, 9)) == 0
    with pytest.raises(SlotTaken):
        booked(at(24, 9), 9)
    assert len(rows(Appointment)) == 4


@pytest.mark.parametrize(
    "start", [at(23, 9, 30), at(24, 8, 45), at(24, 9, 5), at(24, 18), at(28, 10), at(22, 10)]
)
def test_no_appointment_outside_hours_grid_lead_time_and_working_days(start):
    with pytest.raises(NotOpenThen):
        booked(start)


def test_a_hold_keeps_the_place_for_ten_minutes_and_becomes_the_booking(clock):
    kept = appointments.hold("browser", MAPO, PASSPORT, at(24, 9))
    assert places(at(24, 9)) == 3
    assert kept.until == at(23, 9, 10)
    clock(at(23, 9, 9))
    row = appointments.book(ANONYMOUS, asked(at(24, 9), hold=kept.holder))
    clock(at(23, 10))
    assert places(at(24, 9)) == 3
    assert Seat.objects.get().holder == row.pk


def test_a_hold_that_is_over_frees_the_place_and_says_so(clock):
    kept = appointments.hold("browser", MAPO, PASSPORT, at(24, 9))
    clock(at(23, 9, 10))
    assert places(at(24, 9)) == 4
    with pytest.raises(HoldOver):
        appointments.book(ANONYMOUS, asked(at(24, 9), hold=kept.holder))
    for number in range(4):
        booked(at(24, 9), number)  # the seat itself can be taken, too


def test_a_hold_of_one_time_books_no_other():
    kept = appointments.hold("browser", MAPO, PASSPORT, at(24, 9))
    with pytest.raises(HoldOver):
        appointments.book(ANONYMOUS, asked(at(24, 10), hold=kept.holder))


def test_sending_the_last_page_twice_books_once():
    kept = appointments.hold("browser", MAPO, PASSPORT, at(24, 9))
    first = appointments.book(ANONYMOUS, asked(at(24, 9), hold=kept.holder))
    again = appointments.book(ANONYMOUS, asked(at(24, 9), hold=kept.holder))
    assert first.pk == again.pk
    assert len(rows(Appointment)) == 1


def test_nobody_keeps_more_than_a_few_times_at_once():
    for number in range(MOST_HOLDS):
        appointments.hold("browser", MAPO, PASSPORT, at(24, 9 + number))
    with pytest.raises(LimitReached):
        appointments.hold("browser", MAPO, PASSPORT, at(24, 15))
    appointments.hold("another", MAPO, PASSPORT, at(24, 15))


def test_a_guest_has_three_appointments_at_most_by_one_telephone():
    for hour in (9, 10, 11):
        booked(at(24, hour), 7)
    with pytest.raises(TooManyAppointments):
        booked(at(24, 14), 7)
    booked(at(24, 14), 8)


def test_a_guest_leaves_a_telephone_or_a_mail_address():
    with pytest.raises(Invalid) as error:
        appointments.book(ANONYMOUS, asked(at(24, 9), api.Visitor("", "ko", "letter", "서울")))
    assert error.value.fields.keys() == {"name", "channel", "address"}
    with pytest.raises(Invalid) as error:
        appointments.book(ANONYMOUS, asked(at(24, 9), api.Visitor("김", "ko", "sms", "12")))
    assert error.value.fields.keys() == {"address"}
    assert not Seat.objects.exists()


def test_only_staff_books_by_counter_or_phone():
    with pytest.raises(Invalid) as error:
        appointments.book(ANONYMOUS, asked(at(24, 9), via="counter"))
    assert error.value.fields.keys() == {"via"}
    clerk = Actor("account:c", roles=frozenset({"clerk"}), aal=2)
    row = appointments.book(clerk, asked(at(24, 9), api.Visitor("이순자", "ko"), via="phone"))
    assert (row.via, row.person, row.account, row.booked_by) == ("phone", "", "", "account:c")


def test_a_move_takes_the_new_place_and_frees_the_old_one():
    row = booked(at(24, 9))
    moved = appointments.move(ANONYMOUS, row, at(24, 15))
    assert (moved.start, moved.revision) == (at(24, 15), 1)
    assert (places(at(24, 9)), places(at(24, 15))) == (4, 3)
    assert [kind for kind, _row in told()] == ["confirmed", "moved"]


def test_a_move_to_a_full_time_keeps_the_old_place():
    mine = booked(at(24, 9), 1)
    for number in range(2, 6):
        booked(at(24, 15), number)
    with pytest.raises(SlotTaken):
        appointments.move(ANONYMOUS, mine, at(24, 15))
    assert places(at(24, 9)) == 3
    assert Seat.objects.filter(holder=mine.pk).count() == 1


def test_a_long_appointment_takes_its_slots_at_one_desk():
    row = appointments.book(ANONYMOUS, api.Booking(MAPO, WELFARE, at(24, 9), guest()))
    seats = Seat.objects.filter(holder=row.pk).order_by("start")
    assert [(one.start, one.number) for one in seats] == [(at(24, 9), 0), (at(24, 9, 15), 0)]


def test_cancelling_frees_the_place_and_twice_is_once():
    row = booked(at(24, 9))
    appointments.cancel(ANONYMOUS, row)
    assert appointments.cancel(ANONYMOUS, row).state == "cancelled"
    assert places(at(24, 9)) == 4
    assert [kind for kind, _row in told()] == ["confirmed", "cancelled"]


def test_what_has_begun_is_not_cancelled_or_moved(clock):
    row = booked(at(24, 9))
    clock(at(24, 9))
    with pytest.raises(NotChangeable):
        appointments.cancel(ANONYMOUS, row)
    with pytest.raises(NotChangeable):
        appointments.move(ANONYMOUS, row, at(24, 15))


def test_only_the_key_or_its_owner_opens_an_appointment():
    kim, lee = client_of(resident("김영수")), client_of(resident("이순자"))
    mine = appointments.book(actor_of(kim), asked(at(24, 9)))
    assert appointments.with_key(mine.key).pk == mine.pk
    assert appointments.of_actor(actor_of(kim), mine.pk).pk == mine.pk
    assert [one.id for one in api.appointments_of(actor_of(kim))] == [mine.pk]
    with pytest.raises(UnknownAppointment):
        appointments.of_actor(actor_of(lee), mine.pk)
    with pytest.raises(UnknownAppointment):
        appointments.with_key("")
    assert api.appointments_of(actor_of(lee)) == []
    assert api.appointments_of(ANONYMOUS) == []


def test_who_missed_three_books_for_today_and_tomorrow(clock):
    clerk = Actor("account:c", roles=frozenset({"clerk"}), aal=2)
    for day in (24, 25, 26):
        row = booked(at(day, 9), 5)
        rows(Appointment).filter(pk=row.pk).update(state="no-show")
    clock(at(27, 9))  # a Friday
    with pytest.raises(NotOpenThen):
        booked(at(30, 9), 5)
    assert booked(at(27, 11), 5).state == "booked"
    assert appointments.book(clerk, asked(at(30, 9), guest(5), via="phone")).state == "booked"


def test_every_step_is_in_the_audit_log_without_name_or_number():
    row = booked(at(24, 9))
    appointments.move(ANONYMOUS, row, at(24, 10))
    appointments.cancel(ANONYMOUS, row)
    entries = AuditEntry.objects.filter(object=f"appointment:{row.pk}").order_by("pk")
    assert [one.verb for one in entries] == [
        "cases.book_appointment", "cases.move_appointment", "cases.cancel_appointment",
    ]  # fmt: skip
    assert not any("김영수" in one.detail or "1234" in one.detail for one in entries)


def test_addresses_are_kept_sealed():
    row = booked(at(24, 9), 77)
    kept = rows(Appointment).get(pk=row.pk)
    assert b"0077" not in bytes(kept.address)
    assert minutes(15).seconds == kept.minutes * 60
