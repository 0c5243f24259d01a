"""Messages to one person: inbox, ways out, letters, wishes; each way leaves evidence."""

from __future__ import annotations

import pytest
from django.test import Client

from madang.access.api import AccessDenied, Actor, system_actor
from madang.identity import people
from madang.kernel.errors import Conflict, NotFound
from madang.kernel.events import decode
from madang.kernel.models import OutboxEntry
from madang.notices import api, letters, person
from madang.notices.channels import setup
from madang.notices.channels.port import Refused, TryLater
from madang.notices.events import PersonTold
from madang.notices.person_models import PersonDelivery, PersonMessage
from tests.identity.keys import with_address
from tests.identity.residents import client_of, resident
from tests.looking import rows
from tests.notices.test_account_messages import Post
from tests.staff import joined

pytestmark = [pytest.mark.data, pytest.mark.django_db]
COUNTER = system_actor("counter")
OFFICER = Actor(id="account:officer", roles=frozenset({"officer"}), aal=2, ial=2)


class Somebody:
    """A resident with an account, signed in, and one e-mail address."""

    def __init__(self, address: str = "kim@example.org") -> None:
        account = resident("Kim Haneul")
        self.person = account.person_id
        self.client = client_of(account)
        if address:
            with_address(self.client, address)


@pytest.fixture
def kim() -> Somebody:
    return Somebody()


def said(who: str, key: str = "c1:granted", **more) -> api.ToPerson:
    words = {
        "ko": api.Words("주차 허가가 나왔습니다.", "나의 서울에서 보세요."),
        "en": api.Words("Your parking permit is granted.", "See it on your page."),
    }
    return api.ToPerson(key, who, "case:2026-1", "cases", words, "/cases/2026-1/", **more)


def told() -> list[tuple[str, str]]:
    found = OutboxEntry.objects.filter(name=PersonTold.NAME).order_by("id")
    events = [decode(row.name, row.payload) for row in found]
    return [(event.channel, event.state) for event in events if isinstance(event, PersonTold)]


def ways(message: str) -> list[tuple[str, str]]:
    found = rows(PersonDelivery).filter(message_id=message).order_by("id")
    return [(row.channel, row.state) for row in rows(found)]


def test_a_message_goes_out_once_and_stands_in_the_inbox(kim, monkeypatch):
    post = Post()
    monkeypatch.setattr(setup, "channel", lambda name: post)
    first = api.tell_person(said(kim.person))
    assert api.tell_person(said(kim.person)) == first
    assert not person.bring(first)
    assert not person.bring(first)
    [message] = post.sent
    assert message.address == "kim@example.org"
    assert "/cases/2026-1/" in message.text
    assert "/messages/stop/" in message.stop_url
    assert told() == [("email", "sent")]
    page = kim.client.get("/messages/")
    assert "1" in page.context["heading"]
    assert len(page.context["found"]) == 1
    answer = kim.client.get(f"/messages/{first}/")
    assert answer.status_code == 200
    assert "See it on your page." in answer.content.decode() or "보세요" in answer.content.decode()
    assert rows(PersonMessage).get(pk=first).read is not None


def test_what_fails_is_tried_again_and_a_required_message_goes_by_letter_at_last(kim, monkeypatch):
    post = Post(TryLater("away"), Refused("no such mailbox"))
    monkeypatch.setattr(setup, "channel", lambda name: post)
    message = api.tell_person(said(kim.person, required=True))
    assert person.bring(message)
    assert ways(message) == [("email", "queued")]
    assert not person.bring(message)
    assert ways(message) == [("email", "failed"), ("letter", "queued")]
    assert told() == [("email", "failed")]


def test_ways_that_never_answer_are_given_up(kim, monkeypatch):
    monkeypatch.setattr(setup, "channel", lambda name: Post(TryLater("away")))
    message = api.tell_person(said(kim.person, required=True))
    assert person.bring(message)
    person.give_up(message)
    assert ways(message) == [("email", "failed"), ("letter", "queued")]


def test_somebody_without_an_account_gets_required_messages_by_letter():
    who = people.add_person(
        people.Particulars((people.NameForm("registered", "Old Park"),)), by=COUNTER
    )
    required = api.tell_person(said(who.pk, "a", required=True))
    other = api.tell_person(said(who.pk, "b"))
    assert not person.bring(required)
    assert not person.bring(other)
    assert ways(required) == [("letter", "queued")]
    assert ways(other) == []
    assert rows(PersonMessage).get(pk=required).language == "ko"


def test_one_post_stops_a_topic_but_not_what_the_law_asks_for(kim, monkeypatch):
    post = Post()
    monkeypatch.setattr(setup, "channel", lambda name: post)
    person.bring(api.tell_person(said(kim.person)))
    path = "/" + post.sent[0].stop_url.split("/", 3)[3]
    nobody = Client(enforce_csrf_checks=True)
    assert nobody.get(path).status_code == 200
    person.bring(api.tell_person(said(kim.person, "c1:again")))
    assert len(post.sent) == 2, "looking at the page stops nothing"
    assert nobody.post(path).status_code == 200
    person.bring(api.tell_person(said(kim.person, "c1:more")))
    assert len(post.sent) == 2
    person.bring(api.tell_person(said(kim.person, "c1:law", required=True)))
    assert len(post.sent) == 3
    assert post.sent[2].stop_url == ""


def test_a_link_that_was_cut_stops_nothing(kim):
    assert Client().post("/messages/stop/abc:def/").status_code == 404


def test_a_person_chooses_letters_beside_mail(kim, monkeypatch):
    monkeypatch.setattr(setup, "channel", lambda name: Post())
    answer = kim.client.post("/messages/how/", {"cases.letter": "on", "cases.email": "on"})
    assert answer.status_code == 302
    message = api.tell_person(said(kim.person))
    person.bring(message)
    assert ways(message) == [("email", "sent"), ("letter", "queued")]


def test_a_letter_is_posted_comes_back_and_goes_again(kim, monkeypatch):
    monkeypatch.setattr(setup, "channel", lambda name: Post(Refused("no")))
    message = api.tell_person(said(kim.person, required=True))
    person.bring(message)
    [letter] = api.letters(OFFICER)
    assert (letter.person, letter.matter) == (kim.person, "case:2026-1")
    with pytest.raises(Conflict, match="cannot become returned"):
        api.note_letters(OFFICER, [letter.id], "returned")
    for state, note in [
        ("posted", "RR123"),
        ("returned", "moved"),
        ("posted", ""),
        ("delivered", ""),
    ]:
        assert api.note_letters(OFFICER, [letter.id], state, note) == 1
    assert [state for channel, state in told() if channel == "letter"] == [
        "posted", "returned", "posted", "delivered",
    ]  # fmt: skip
    with pytest.raises(NotFound):
        api.letter(OFFICER, letter.id + 999)


def test_no_letter_is_noted_where_one_of_them_cannot_be(kim, monkeypatch):
    monkeypatch.setattr(setup, "channel", lambda name: Post(Refused("no")))
    person.bring(api.tell_person(said(kim.person, "a", required=True)))
    person.bring(api.tell_person(said(kim.person, "b", required=True)))
    first, second = api.letters(OFFICER)
    api.note_letters(OFFICER, [second.id], "posted")
    with pytest.raises(Conflict):
        api.note_letters(OFFICER, [first.id, second.id], "posted")
    assert [one.id for one in api.letters(OFFICER)] == [first.id]


def test_nobody_reads_the_messages_of_another(kim):
    message = api.tell_person(said(kim.person))
    other = Somebody(address="")
    assert other.client.get(f"/messages/{message}/").status_code == 404
    assert "parking" not in other.client.get("/messages/").content.decode()
    assert Client().get("/messages/").status_code in (302, 401)


def test_letters_are_for_officers_only():
    with pytest.raises(AccessDenied):
        letters.letters(Actor(id="account:x", roles=frozenset({"operator"}), aal=2))
    page = joined("post-officer", ["officer"]).get("/messages/")
    assert page.context["why"], "whose account it is, nobody knows"
