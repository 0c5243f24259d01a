"""Many at the same moment: no place is given twice, none is lost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.conf import settings
from django.db import connection

from madang.access.api import ANONYMOUS, Actor
from madang.cases import api, appointment_desk, appointments
from madang.cases.errors import SlotTaken
from madang.cases.models import Appointment, Seat, Ticket
from tests.cases.booking import GONGDEOK, MAPO, PASSPORT, WELFARE, asked, at, guest
from tests.looking import rows

IS_SERVER = settings.DATABASES["default"]["ENGINE"].endswith("postgresql")
pytestmark = [
    pytest.mark.data,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("clock"),
    pytest.mark.skipif(
        not IS_SERVER, reason="SQLite in memory refuses a second writer; see test_drill.py"
    ),
]
AT_ONCE = 12


def outcomes(act: Callable[[int], object]) -> Counter[str]:
    """Return how many of several threads at once came to which end."""
    gate = Barrier(AT_ONCE)

    def one(number: int) -> str:
        try:
            gate.wait(20)
            act(number)
            return "done"
        except Exception as error:  # the test names which it expects
            return type(error).__name__
        finally:
            connection.close()

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return Counter(pool.map(one, range(AT_ONCE)))


def test_four_of_twelve_get_the_four_places():
    found = outcomes(lambda n: appointments.book(ANONYMOUS, asked(at(24, 9), guest(n))))
    assert found == {"done": 4, "SlotTaken": 8}
    assert len(rows(Appointment)) == Seat.objects.count() == 4


def test_long_appointments_that_overlap_never_share_a_desk():
    """Each of two slots; three desks: starts a quarter apart interleave as they like."""

    def book(number: int) -> object:
        start = at(24, 9, 15 * (number % 3))
        return appointments.book(ANONYMOUS, api.Booking(MAPO, WELFARE, start, guest(number)))

    found = outcomes(book)
    assert found.keys() <= {"done", "SlotTaken"}
    per_slot = Counter(Seat.objects.values_list("start", flat=True))
    assert max(per_slot.values()) <= 3
    assert Seat.objects.count() == 2 * found["done"]


def test_the_same_page_sent_twelve_times_books_once():
    kept = appointments.hold("browser", MAPO, PASSPORT, at(24, 9))
    found = outcomes(
        lambda n: appointments.book(ANONYMOUS, asked(at(24, 9), guest(1), hold=kept.holder))
    )
    assert found["done"] >= 1
    assert len(rows(Appointment)) == Seat.objects.count() == 1


def test_moving_into_the_last_place_nobody_loses_their_own():
    mine = [appointments.book(ANONYMOUS, asked(at(24, 9 + n), guest(n))) for n in range(9)]
    mine += [appointments.book(ANONYMOUS, asked(at(25, 9 + n), guest(20 + n))) for n in range(3)]
    found = outcomes(lambda n: appointments.move(ANONYMOUS, mine[n], at(26, 12)))
    assert found == {"done": 2, SlotTaken.__name__: 10}  # two desks at lunch
    assert Seat.objects.count() == 12
    assert Seat.objects.filter(start=at(26, 12)).count() == 2


def test_tickets_are_numbered_without_a_gap_and_called_once():
    office = api.offices().office(GONGDEOK)
    clerk = Actor("account:c", roles=frozenset({"clerk"}), aal=2)
    assert outcomes(lambda _n: appointment_desk.walk_in(office, "move-in"))["done"] == AT_ONCE
    assert set(Ticket.objects.values_list("number", flat=True)) == set(range(1, AT_ONCE + 1))
    called = []

    def call(number: int) -> None:
        ticket = appointment_desk.call_next(clerk, office, "civil-registration", number + 1)
        called.append(ticket.number if ticket else None)

    assert outcomes(call)["done"] == AT_ONCE
    assert sorted(called) == list(range(1, AT_ONCE + 1))
