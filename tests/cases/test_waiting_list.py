"""The waiting list: in order, told when a place frees, two hours to take it."""

from __future__ import annotations

from datetime import date

import pytest

from madang.access.api import ANONYMOUS
from madang.cases import api, appointments, waiting_list
from madang.cases.errors import HoldOver
from madang.cases.models import Appointment, Seat
from madang.kernel.errors import Invalid
from tests.cases.booking import MAPO, PASSPORT, at, booked, guest, told
from tests.looking import rows

pytestmark = [pytest.mark.data, pytest.mark.django_db, pytest.mark.usefixtures("clock")]
TUESDAY = date(2026, 11, 24)


def wish(number: int, first: date = TUESDAY, last: date = TUESDAY) -> Appointment:
    asked = api.Wish(MAPO, PASSPORT, first, last, guest(number))
    return waiting_list.wait(ANONYMOUS, asked)


def now(row: Appointment) -> Appointment:
    return rows(Appointment).get(pk=row.pk)


@pytest.fixture
def full(clock) -> list[Appointment]:
    """All places of Tuesday, 15:00 are booked."""
    return [booked(at(24, 15), number) for number in range(4)]


def test_who_asked_first_is_offered_the_place_that_became_free(full):
    first, second = wish(11), wish(12)
    appointments.cancel(ANONYMOUS, full[0])
    assert (now(first).state, now(first).start) == ("offered", at(24, 15))
    assert now(first).offered_until == at(23, 11)
    assert now(second).state == "waiting"
    assert ("offered", first.pk) in told()


def test_nobody_else_gets_a_place_that_is_offered(full):
    wish(11)
    appointments.cancel(ANONYMOUS, full[0])
    free = api.free_slots(MAPO, PASSPORT, TUESDAY, TUESDAY)
    assert at(24, 15) not in [one.start for one in free]


def test_taking_the_offer_makes_it_an_appointment_for_good(full, clock):
    row = wish(11)
    appointments.cancel(ANONYMOUS, full[0])
    clock(at(23, 10, 59))
    assert waiting_list.accept(ANONYMOUS, row).state == "booked"
    clock(at(23, 14))
    waiting_list.end_offers()
    assert now(row).state == "booked"
    assert Seat.objects.get(holder=row.pk).until is None


def test_after_two_hours_the_next_in_line_is_offered_it(full, clock):
    first, second = wish(11), wish(12)
    appointments.cancel(ANONYMOUS, full[0])
    clock(at(23, 11))
    with pytest.raises(HoldOver):
        waiting_list.accept(ANONYMOUS, first)
    assert waiting_list.end_offers() == 1
    assert (now(first).state, now(first).start) == ("waiting", None)
    assert (now(second).state, now(second).start) == ("offered", at(24, 15))


def test_who_let_an_offer_pass_waits_behind_the_others(full, clock):
    first = wish(11)
    clock(at(23, 9, 30))
    second = wish(12)
    appointments.cancel(ANONYMOUS, full[0])
    clock(at(23, 12))
    waiting_list.end_offers()
    appointments.cancel(ANONYMOUS, full[1])
    assert (now(first).state, now(second).state) == ("offered", "offered")
    assert now(second).booked_at < now(first).booked_at


def test_an_offer_ends_an_hour_before_the_time_and_too_late_none_is_made(full, clock):
    clock(at(24, 13))
    row = wish(11)
    appointments.cancel(ANONYMOUS, full[0])
    assert now(row).offered_until == at(24, 14)
    clock(at(24, 14))
    waiting_list.end_offers()
    appointments.cancel(ANONYMOUS, full[1])
    assert now(row).state == "waiting"


def test_moving_away_frees_a_place_for_who_waits(full):
    row = wish(11)
    appointments.move(ANONYMOUS, full[0], at(24, 16))
    assert now(row).state == "offered"


def test_a_wish_whose_last_day_is_past_lapses(clock):
    row = wish(11)
    clock(at(25, 9))
    assert waiting_list.end_offers() == 1
    assert now(row).state == "lapsed"


def test_leaving_the_list_with_an_offer_passes_it_on(full):
    first, second = wish(11), wish(12)
    appointments.cancel(ANONYMOUS, full[0])
    appointments.cancel(ANONYMOUS, first)
    assert now(second).state == "offered"


def test_days_of_a_wish_are_in_order_and_not_far_ahead():
    for first, last in ((TUESDAY, date(2026, 11, 23)), (TUESDAY, date(2027, 3, 1))):
        with pytest.raises(Invalid):
            wish(11, first, last)
