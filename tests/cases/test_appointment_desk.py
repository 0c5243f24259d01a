"""The counter: who comes, checking in, tickets, who is called, who did not come."""

from __future__ import annotations

from datetime import date

import pytest

from madang.access.api import ANONYMOUS, AccessDenied, Actor, looks_at
from madang.cases import api, appointment_desk, appointments, office_closures
from madang.cases.errors import LastOfflineChannel, NotChangeable, UnknownAppointment
from madang.cases.models import Appointment
from madang.kernel.errors import Conflict, Forbidden, Invalid, Unauthenticated
from tests.cases.booking import MAPO, PASSPORT, asked, at, booked, guest, told
from tests.identity.residents import actor_of, client_of, resident
from tests.looking import rows

pytestmark = [pytest.mark.data, pytest.mark.django_db, pytest.mark.usefixtures("clock")]
CLERK = Actor("account:c", "clerk", frozenset({"clerk"}), aal=2, ial=2)
TUESDAY = date(2026, 11, 24)


@pytest.fixture
def office():
    return api.offices().office(MAPO)


def state(row: Appointment) -> str:
    return rows(Appointment).get(pk=row.pk).state


def test_the_list_of_a_day_shows_who_comes_and_what_they_need_by_time(office):
    booked(at(24, 10), 1)
    wheels = api.Visitor("이순자", "vi", "sms", "010-1234-0002", ("wheelchair", "interpreter"))
    appointments.book(ANONYMOUS, asked(at(24, 9), wheels))
    booked(at(25, 9), 3)
    found = appointment_desk.visits(CLERK, office, TUESDAY)
    assert [(one.name, one.start) for one in found] == [
        ("이순자", at(24, 9)),
        ("김영수", at(24, 10)),
    ]
    assert found[0].needs == ("interpreter", "wheelchair")
    assert found[0].language == "vi"


def test_a_look_at_the_list_is_shown_to_whom_it_concerns(office):
    kim = resident("김영수")
    appointments.book(actor_of(client_of(kim)), asked(at(24, 9)))
    appointment_desk.visits(CLERK, office, TUESDAY)
    looks = [one for one in looks_at(str(kim.person_id)) if one.purpose == "serve-appointments"]
    assert [one.actor for one in looks] == ["account:c"]


def test_residents_and_staff_of_other_districts_see_no_list(office):
    jongno = Actor("account:j", roles=frozenset({"clerk"}), aal=2, districts=frozenset({"11110"}))
    with pytest.raises(Forbidden):
        appointment_desk.visits(jongno, office, TUESDAY)
    with pytest.raises(Unauthenticated):
        appointment_desk.visits(ANONYMOUS, office, TUESDAY)


def test_no_member_of_staff_reads_an_address_for_the_list(office):
    from madang.access.api import ColumnMasked, purpose

    booked(at(24, 9))
    with purpose(CLERK, "serve-appointments"):
        row = Appointment.objects.get()
        with pytest.raises((ColumnMasked, AccessDenied)):
            _ = row.address


def test_checking_in_gives_a_ticket_once(office, clock):
    row = booked(at(24, 10))
    clock(at(24, 9, 50))
    ticket = appointment_desk.check_in(office, f" {row.number.lower()} ")
    assert appointment_desk.check_in(office, row.number).pk == ticket.pk
    assert appointment_desk.arrive(CLERK, row.pk).pk == ticket.pk
    assert (ticket.number, ticket.due, state(row)) == (1, at(24, 10), "arrived")


def test_checking_in_needs_the_number_the_office_and_the_day(office, clock):
    row = booked(at(24, 14))
    with pytest.raises(UnknownAppointment):
        appointment_desk.check_in(office, row.number)  # it is Monday
    clock(at(24, 11))
    with pytest.raises(Conflict):
        appointment_desk.check_in(office, row.number)  # three hours early
    clock(at(24, 13))
    with pytest.raises(UnknownAppointment):
        appointment_desk.check_in(office, "AAAAAAAA")
    with pytest.raises(UnknownAppointment):
        appointment_desk.check_in(api.offices().office("11410"), row.number)


def test_appointments_and_walk_ins_stand_in_one_queue(office, clock):
    row = booked(at(24, 10))
    clock(at(24, 9, 40))
    first = appointment_desk.walk_in(office, PASSPORT)
    clock(at(24, 9, 55))
    appointment_desk.check_in(office, row.number)
    clock(at(24, 10))
    called = appointment_desk.call_next(CLERK, office, "passport", 3)
    assert (called.appointment, called.desk) == (row.pk, 3)
    assert appointment_desk.call_next(CLERK, office, "passport", 4).pk == first.pk
    assert appointment_desk.call_next(CLERK, office, "passport", 4) is None
    assert [one.desk for one in appointment_desk.called(office)] == [3, 4] or len(
        appointment_desk.called(office)
    ) == 2


def test_a_ticket_that_is_served_closes_the_appointment(office, clock):
    row = booked(at(24, 10))
    clock(at(24, 10))
    ticket = appointment_desk.arrive(CLERK, row.pk)
    appointment_desk.call_next(CLERK, office, "passport", 1)
    appointment_desk.finish(CLERK, ticket.pk, "served")
    assert state(row) == "served"
    appointment_desk.finish(CLERK, ticket.pk, "gone")  # once more changes nothing
    assert state(row) == "served"


def test_no_ticket_for_what_the_office_does_not_do_or_on_a_closed_day(office, clock):
    with pytest.raises(Invalid):
        appointment_desk.walk_in(office, "move-in")
    clock(at(28, 10))
    with pytest.raises(Conflict):
        appointment_desk.walk_in(office, PASSPORT)


def test_a_no_show_is_noted_from_the_time_on_and_can_be_taken_back(clock):
    row = booked(at(24, 10))
    with pytest.raises(NotChangeable):
        appointment_desk.note_no_show(CLERK, row.pk)
    clock(at(24, 10, 20))
    appointment_desk.note_no_show(CLERK, row.pk)
    assert state(row) == "no-show"
    appointment_desk.undo_no_show(CLERK, row.pk)
    assert state(row) == "booked"


def test_who_never_came_is_noted_two_hours_later_by_the_clock(clock):
    row, came = booked(at(24, 10), 1), booked(at(24, 10), 2)
    clock(at(24, 9, 50))
    appointment_desk.arrive(CLERK, came.pk)
    clock(at(24, 12, 1))
    assert appointment_desk.note_missed() == 1
    assert (state(row), state(came)) == ("no-show", "arrived")


def test_closing_days_cancels_what_was_booked_then_and_tells(office):
    row, other = booked(at(24, 10), 1), booked(at(26, 10), 2)
    count = office_closures.close_days(CLERK, office, (TUESDAY, date(2026, 11, 25)), "공사")
    assert (count, state(row), state(other)) == (1, "cancelled", "booked")
    assert ("closed", row.pk) in told()
    assert api.free_slots(MAPO, PASSPORT, TUESDAY, TUESDAY) == []
    assert office_closures.reasons(office, TUESDAY)[0][2] == "공사"


def test_an_office_that_is_the_last_way_to_a_service_does_not_close(office):
    last = api.ServiceChannels("seal", "seal", frozenset({"web", "counter"}), frozenset({MAPO}))
    with pytest.raises(LastOfflineChannel, match="seal"):
        office_closures.close_days(CLERK, office, (TUESDAY, TUESDAY), "공사", services=[last])
    assert guest(1).name == "김영수"
