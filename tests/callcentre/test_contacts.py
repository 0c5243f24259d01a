"""Contacts: masked lines, the queue, who is offered what, who gave up."""

from __future__ import annotations

import pytest

from madang.access.api import AccessDenied, Actor, NoPurpose, purpose
from madang.callcentre import contacts, jobs, operators, queue
from madang.callcentre.contact_models import Contact, ContactLine
from madang.callcentre.errors import NotYours, UnknownContact
from madang.callcentre.operator_models import OperatorState
from madang.kernel import times
from madang.kernel.errors import Forbidden, Invalid
from tests.callcentre.centre import NOON, later, lines, operator, row, waiting

pytestmark = [pytest.mark.data, pytest.mark.django_db]


@pytest.fixture(autouse=True)
def noon():
    with times.fixed_clock(NOON):
        yield


def test_what_is_said_is_masked_before_it_is_kept():
    one = contacts.open_contact(
        "phone", "ko", number="+821012345678", asked="제 번호 010-1234-5678"
    )
    contacts.line(one, "resident", "저는 김하늘입니다 510302-2345678", 0, 900, final=True)
    kept = row(one)
    ((side, text, final),) = lines(one)
    assert (side, final) == ("resident", True)
    assert "510302" not in text
    assert "김하늘" not in text
    assert "1234" not in kept.asked
    assert kept.phone_end == "5678"
    assert b"12345678" not in bytes(kept.phone)
    assert contacts.number_of(kept.phone) == "+821012345678"


def test_a_line_that_is_still_spoken_is_replaced_by_what_comes_after():
    one = contacts.open_contact("phone", "ko")
    contacts.line(one, "resident", "이사", 0, 500, final=False)
    contacts.line(one, "machine", "네", 600, 700, final=True)
    contacts.line(one, "resident", "이사 가면", 0, 900, final=False)
    contacts.line(one, "resident", "이사 가면 뭐 하죠", 0, 1400, final=True)
    contacts.line(one, "resident", "쓰레기는", 2000, 2400, final=True)
    assert lines(one) == [
        ("resident", "이사 가면 뭐 하죠", True),
        ("machine", "네", True),
        ("resident", "쓰레기는", True),
    ]


@pytest.mark.parametrize("side", ["boss", ""])
def test_a_side_that_nobody_knows_is_refused(side):
    one = contacts.open_contact("chat", "ko")
    with pytest.raises(Invalid):
        contacts.line(one, side, "x", 0, 1)
    with pytest.raises(Invalid):
        contacts.open_contact("telegram", "ko")
    with pytest.raises(UnknownContact):
        contacts.line("none", "resident", "x", 0, 1)


def test_the_longest_wait_comes_first_and_only_who_speaks_the_language_gets_it():
    first, second, foreign = waiting(), waiting(), waiting("en")
    assert contacts.place_of(first).number == 1
    assert contacts.place_of(second).number == 2
    korean = operator("kim", "ko")
    assert (row(first).state, row(first).operator) == ("offered", korean.id)
    assert row(second).state == row(foreign).state == "waiting"
    both = operator("lee", "ko", "en")
    assert row(second).operator == both.id
    assert row(foreign).state == "waiting"
    assert operators.take_next(korean) == first
    assert operators.take_next(both) == second
    operators.finish(both, second)
    assert operators.take_next(both) is None, "a wrap-up still fills the only place"


def test_who_has_no_skill_that_is_needed_is_offered_nothing():
    one = waiting(skills=["sign-language"])
    operator("kim")
    assert row(one).state == "waiting"
    able = operator("lee", skills=["sign-language"])
    assert row(one).operator == able.id


def test_what_is_not_taken_in_time_goes_on_to_the_next_and_its_operator_gets_no_more():
    one = waiting()
    slow, next_one = operator("kim"), operator("lee")
    assert row(one).operator == slow.id
    with times.fixed_clock(later(15)):
        operators.present(next_one)
        queue.tend()
        assert row(one).operator == slow.id
    with times.fixed_clock(later(21)):
        queue.tend()
        assert row(one).operator == next_one.id
        assert row(one).passed == [slow.id]
        assert OperatorState.objects.get(pk=slow.id).state == "away"
        with pytest.raises(NotYours):
            operators.accept(slow, one)
        operators.accept(next_one, one)
    assert (row(one).state, row(one).answered) == ("active", later(21))


def test_who_left_the_chat_is_let_go_and_who_still_looks_is_not():
    gone, there = waiting(), waiting()
    with times.fixed_clock(later(600)):
        assert contacts.place_of(there).number == 2
    with times.fixed_clock(later(910)):
        queue.tend()
        assert (row(gone).state, row(gone).outcome) == ("done", "abandoned")
        assert contacts.place_of(there).number == 1


def test_a_wait_is_reckoned_from_those_who_are_there_and_unknown_without_anybody():
    one = waiting("en")
    assert contacts.place_of(one).wait_s is None
    busy = operator("lee", "en")
    assert operators.take_next(busy) == one
    place = contacts.place_of(waiting("en"))
    assert place.number == 1
    assert place.wait_s == pytest.approx(252)  # one operator, the assumed 252 s a contact
    assert place.low_s < place.wait_s < place.high_s


def test_outside_the_hours_nobody_waits():
    with times.fixed_clock(later(9 * 3600)):  # 21:00 in Seoul
        korean, foreign = waiting("ko"), waiting("vi")
        assert contacts.place_of(korean).state == "waiting"
        place = contacts.place_of(foreign)
        assert place.state == "closed"
        assert place.opens == later(21 * 3600)  # nine the next morning
        assert row(foreign).state == "machine"


def test_more_than_the_city_says_do_not_wait(monkeypatch):
    from madang.callcentre import places
    from madang.callcentre.rules import Centre, Hours

    small = Centre(most_waiting=2, hours={"": Hours("00:00", "24:00", False)})
    monkeypatch.setattr(places, "centre", lambda: small)
    assert [contacts.place_of(waiting()).state for _ in range(3)] == ["waiting", "waiting", "full"]


def test_a_call_takes_both_hands_and_chats_do_not():
    chat, other, call = waiting(), waiting(), waiting(channel="phone")
    operator("kim", at_once=3)
    assert [row(one).state for one in (chat, other, call)] == ["offered", "offered", "waiting"]
    free = operator("lee", at_once=3, address="sip:203@desk.example")
    place = contacts.place_of(call)
    assert (place.state, place.operator, place.address) == (
        "offered", free.id, "sip:203@desk.example"
    )  # fmt: skip


def test_who_ends_while_waiting_has_given_up_and_an_answered_contact_is_wrapped_up():
    one, two = waiting(), contacts.open_contact("phone", "ko")
    contacts.end(one, "finished")
    contacts.end(two, "answered")
    assert (row(one).outcome, row(two).outcome) == ("abandoned", "answered")
    kim = operator("kim")
    three = waiting()
    operators.accept(kim, three)
    contacts.end(three, "finished")
    assert row(three).state == "wrapup"


def test_only_operators_take_contacts_and_say_what_can_be():
    officer = Actor("account:o", roles=frozenset({"officer"}), aal=2)
    with pytest.raises(Forbidden):
        operators.take_next(officer)
    kim = operator("kim")
    for wrong in ({"languages": ["xx"]}, {"address": "sip:a b"}, {"at_once": 9}):
        with pytest.raises(Invalid):
            operators.be(kim, "available", **wrong)
    with pytest.raises(Invalid):
        operators.be(kim, "asleep")


def test_an_operator_reads_the_contact_that_they_name_and_no_other():
    one, two = contacts.open_contact("chat", "ko"), contacts.open_contact("chat", "ko")
    for contact in (one, two):
        contacts.line(contact, "resident", f"{contact[-4:]}?", 0, 0)
    kim = operator("kim")
    with purpose(kim, "serve-contact", case=one):
        assert [line.contact_id for line in ContactLine.objects.all()] == [one]
    with pytest.raises(AccessDenied), purpose(kim, "serve-contact"):
        list(ContactLine.objects.all())
    with pytest.raises(NoPurpose):
        list(Contact.objects.all())


def test_words_are_forgotten_before_figures():
    one = contacts.open_contact(
        "chat", "ko", asked="이사", facts=[{"label": "구", "value": "마포"}]
    )
    contacts.line(one, "resident", "이사", 0, 0)
    contacts.end(one, "answered")
    with times.fixed_clock(later(89 * 86400)):
        jobs.forget()
        assert len(lines(one)) == 1
    with times.fixed_clock(later(91 * 86400)):
        jobs.forget()
        assert lines(one) == []
        assert (row(one).asked, row(one).facts, row(one).outcome) == ("", [], "answered")
    with times.fixed_clock(later(731 * 86400)):
        jobs.forget()
        with pytest.raises(Contact.DoesNotExist):
            row(one)
