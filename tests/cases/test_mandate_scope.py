"""A mandate or an assisted session for some services reaches what belongs to them, nothing else."""

from __future__ import annotations

import pytest
from django.test import Client

from madang.access.api import Actor
from madang.cases import api, appointments, own_panels, waiting_list
from madang.cases.api import Asked
from madang.cases.models import Appointment
from madang.cases.offices import offices
from madang.identity.mandate_entry import Evidence, enter
from madang.identity.mandate_models import Mandate
from madang.identity.mandates import Wish, may_act
from madang.kernel.errors import Forbidden
from madang.kernel.own_page import OwnPart
from madang.notices import api as notices
from madang.records import api as records
from madang.records import storage
from madang.records.document_models import DocumentFile, IssuedDocument
from madang.records.errors import UnknownDocument
from tests.cases.applying import COPY, published
from tests.cases.booking import asked, at, booked
from tests.cases.test_assisted_services import NUMBER, assisting
from tests.cases.test_case_pages import opened
from tests.identity.residents import COUNTER, actor_of, client_of, resident, staff
from tests.looking import rows
from tests.web.own_things import paper

pytestmark = [pytest.mark.data, pytest.mark.django_db, pytest.mark.usefixtures("clock")]
PASSPORT = "passport-application"


@pytest.fixture
def kim(db):
    published()
    return resident("김하늘", number=NUMBER)


def me(account) -> Actor:
    return actor_of(client_of(account))


def acting(kim, *verbs: str, services: tuple[str, ...] = ()) -> Actor:
    """Return somebody who acts for Kim by a mandate of that extent."""
    return actor_of(browser_acting(kim, *verbs, services=services))


def browser_acting(kim, *verbs: str, services: tuple[str, ...] = ()) -> Client:
    """Return the browser of somebody who acts for Kim by a mandate of that extent."""
    holder = resident("이봄")
    one = enter(COUNTER, kim.person_id, holder.person_id, Wish("child", verbs, services),
                Evidence("counter"))  # fmt: skip
    client = client_of(holder)
    client.post("/account/act-for/", {"mandate": one})
    return client


def test_appointments_of_another_matter_are_neither_seen_nor_booked(kim):
    row = appointments.book(me(kim), asked(at(24, 9)))
    assert PASSPORT in offices().matter(row.matter).services
    tax = acting(kim, "view", "apply", services=("property-tax-payment",))
    assert appointments.list_of(tax) == []
    assert appointments.ahead_of(tax, 5) == []
    with pytest.raises(Forbidden):
        appointments.book(tax, asked(at(24, 10)))
    same = acting(kim, "view", "apply", services=(PASSPORT,))
    assert [one.pk for one in appointments.list_of(same)] == [row.pk]
    assert appointments.book(same, asked(at(24, 10))).person == kim.person_id
    sees = acting(kim, "view", services=(PASSPORT,))
    assert len(appointments.list_of(sees)) == 2
    with pytest.raises(Forbidden):
        appointments.book(sees, asked(at(24, 11)))


def test_a_mandate_to_view_opens_the_page_of_an_appointment_and_changes_nothing(kim):
    row = appointments.book(me(kim), asked(at(24, 9)))
    browser = browser_acting(kim, "view", services=(PASSPORT,))
    sees, url = actor_of(browser), f"/appointments/one/{row.pk}/"
    shown = browser.get(f"{url}?lang=en").content.decode()
    assert f"{url}move/" not in shown
    assert f"{url}cancel/" not in shown
    assert "not change it" in shown
    assert 'href="/appointments/"' not in browser.get("/my/").content.decode().split("<main")[1]
    # the link of a message is no way round it
    for path in (f"{url}move/", f"{url}cancel/", f"/appointments/with/{row.key}/cancel/"):
        assert browser.get(path).status_code == 403
        assert browser.post(path, {"start": at(24, 10).isoformat()}).status_code == 403
    for change in (lambda: appointments.move(sees, row, at(24, 10)),
                   lambda: appointments.cancel(sees, row)):  # fmt: skip
        with pytest.raises(Forbidden):
            change()
    sent = browser.delete(f"/api/v1/appointments/{row.pk}")
    assert sent.status_code == 403, sent.content
    assert rows(Appointment).get().state == "booked"
    whole = acting(kim, "view", "apply", services=(PASSPORT,))
    assert appointments.move(whole, row, at(24, 10)).start == at(24, 10)


def test_a_time_that_is_offered_is_not_taken_by_a_mandate_to_view(kim):
    row = appointments.book(me(kim), asked(at(24, 9)))
    rows(Appointment).all().update(state="offered", offered_until=at(23, 11))
    browser = browser_acting(kim, "view", services=(PASSPORT,))
    url = f"/appointments/one/{row.pk}/"
    shown = browser.get(url).content.decode().split("<main")[1].split("</main")[0]
    assert '<form method="post"' not in shown
    assert browser.post(url).status_code == 403
    assert not [r for one in own_appointments(actor_of(browser)) for r in one.rows if r.asks]
    assert [r for one in own_appointments(me(kim)) for r in one.rows if r.asks]
    with pytest.raises(Forbidden):
        waiting_list.accept(actor_of(browser), row)


def own_appointments(actor: Actor) -> list[OwnPart]:
    found = own_panels.appointments(actor, 5)
    return [found] if found else []


def test_an_assisted_session_for_a_copy_sees_no_appointment_and_no_message(kim):
    appointments.book(me(kim), asked(at(24, 9)))
    desk = client_of(staff("seo", "clerk"))
    browser, _where = assisting(desk)
    actor = actor_of(browser)
    assert actor.on_behalf_of == kim.person_id
    assert not may_act(actor, "view")
    assert not may_act(actor, "apply")
    assert may_act(actor, "apply", COPY)
    assert appointments.list_of(actor) == []
    with pytest.raises(Forbidden):
        appointments.book(actor, asked(at(24, 10)))
    with pytest.raises(Forbidden):
        notices.messages_of(actor)
    assert "looks" not in browser.get("/account/looks/").context


def test_guests_and_residents_book_for_themselves_as_before(kim):
    assert booked(at(24, 10)).person == ""
    assert appointments.book(me(kim), asked(at(24, 9))).person == kim.person_id


def test_a_mandate_to_view_opens_the_page_of_a_case_and_does_nothing_to_it(kim):
    number = opened(me(kim))
    sees = acting(kim, "view", services=(COPY,))
    assert api.case_for(sees, number).number == number
    assert {event.actor for event in api.events_for(sees, number)} <= {me(kim).id, "office"}
    with pytest.raises(Forbidden):
        api.act(number, "withdraw", sees, Asked())
    assert api.case_of(number).is_open


def test_a_mandate_once_given_for_all_services_covers_every_one_and_nothing_of_identity(kim):
    number = opened(me(kim))
    actor = acting(kim, "view", "apply", services=("library-card",))
    rows(Mandate).all().update(services=["services"])
    assert may_act(actor, "apply", COPY)
    assert api.case_for(actor, number).number == number
    page = client_of(kim).get("/account/mandates/?lang=en").content.decode()
    assert "All services" in page


def test_documents_are_those_of_the_services_that_a_mandate_covers(kim):
    paper(kim.person_id, "one")
    mine = rows(IssuedDocument).get()
    sealed = storage.seal(f"document {mine.pk} pdf", b"%PDF-1.7")
    rows(DocumentFile).create(document=mine, kind="pdf", sealed=sealed)
    assert [one.id for one in records.documents_of(me(kim))] == [mine.pk]
    other = acting(kim, "view", "receive-notices", services=("library-card",))
    assert records.documents_of(other) == []
    assert records.documents_of(other, services=(COPY,)) == []
    with pytest.raises(UnknownDocument):
        records.own_file(other, mine.pk, "pdf")
    pays = acting(kim, "pay")
    assert records.documents_of(pays) == []
    covers = acting(kim, "view", services=(COPY,))
    assert [one.id for one in records.documents_of(covers)] == [mine.pk]
    assert records.own_file(covers, mine.pk, "pdf")[1].startswith(b"%PDF")
