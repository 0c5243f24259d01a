"""An assisted session for one service of the catalogue: it does that service and no other."""

from __future__ import annotations

from datetime import timedelta

import pytest

from madang.cases import api, drafts
from madang.cases.api import Asked
from madang.cases.case_errors import UnknownCase
from madang.identity.assisted_models import AssistedSession
from madang.kernel import times
from madang.kernel.errors import Forbidden
from madang.services import api as services
from madang.services import scopes
from tests.cases.applying import COPY, OFFICE, answered, published, send
from tests.identity.residents import actor_of, client_of, resident, staff
from tests.looking import rows

pytestmark = [pytest.mark.data, pytest.mark.django_db]
NUMBER = "510302-2345678"
CARD = "library-card"


@pytest.fixture
def kim(db):
    published()
    published(CARD)
    return resident("김하늘", number=NUMBER)


@pytest.fixture
def desk(kim):
    return client_of(staff("seo", "clerk"))


def form(service: str = COPY, **more: str) -> dict[str, str]:
    return {
        "number": NUMBER, "service": service, "minutes": "15", "channel": "phone",
        "consent": "phrase", "reference": "REC-2026-0001", "key": "k-1",
    } | more  # fmt: skip


def assisting(desk, **more: str):
    """Return the browser of the clerk once the session runs, and where it went."""
    wait = desk.post("/counter/assist/", form(**more))
    begun = desk.post(wait["Location"])
    return desk, begun["Location"]


def test_the_service_is_found_in_the_catalogue_by_a_word_and_chosen(desk):
    every = desk.get("/counter/assist/").content.decode()
    assert f'value="{COPY}"' in every
    assert f'value="{CARD}"' in every
    found = desk.post("/counter/assist/", form(service="", do="find", words="도서관"))
    page = found.content.decode()
    assert f'value="{CARD}"' in page
    assert f'value="{COPY}"' not in page
    assert 'value="names"' in page
    named = desk.get(f"/counter/assist/?service={CARD}").content.decode()
    assert f'value="{CARD}" selected' in named
    assert not rows(AssistedSession).exists()


def test_of_thousands_of_services_a_hundred_are_shown(desk, monkeypatch):
    from madang.identity import scopes as of_identity

    assert len(scopes.found_titles("", 1)) == 1
    monkeypatch.setattr(of_identity, "MOST_SHOWN", 1)
    assert set(of_identity.services(chosen=(CARD,))) >= {CARD, "names", "looks"}


def test_a_service_that_is_not_offered_is_refused_by_field(desk):
    answer = desk.post("/counter/assist/", form("no-such-service"))
    assert answer.status_code == 422
    services.withdraw(CARD, OFFICE, "over")
    assert desk.post("/counter/assist/", form(CARD)).status_code == 422


def test_it_goes_on_to_the_application_and_the_resident_sees_the_case(desk, kim):
    browser, where = assisting(desk)
    assert where == f"/apply/{COPY}/"
    assert send(browser, answered(browser))["Location"] == f"/apply/{COPY}/done/"
    (case,) = api.cases_of(kim.person_id)
    assert case.channel == "phone"
    own = client_of(kim)
    assert case.number in own.get("/cases/").content.decode()
    assert "주민등록표" in own.get("/account/assistance/").content.decode()


def test_it_does_nothing_for_another_service(desk, kim):
    own = client_of(kim)
    send(own, answered(own))
    (copy,) = api.cases_of(kim.person_id)
    browser, _where = assisting(desk, service=CARD)
    actor = actor_of(browser)
    assert browser.post(f"/apply/{COPY}/", {"look": "yes"}).status_code == 403
    with pytest.raises(Forbidden):
        drafts.begin(actor, COPY, channel="phone", language="ko")
    with pytest.raises(Forbidden):
        api.open_case(package_hash=services.current(COPY).hash, subject=kim.person_id, facts={},
                      actor=actor, channel="phone", key="k")  # fmt: skip
    with pytest.raises(UnknownCase):
        api.act(copy.number, "withdraw", actor, Asked())
    assert copy.number not in browser.get("/cases/").content.decode()
    assert browser.get(f"/cases/{copy.number}/").status_code == 404
    assert api.case_of(copy.number).version == copy.version


def test_a_draft_of_the_session_is_closed_with_it(desk):
    browser, _where = assisting(desk)
    browser.post(f"/apply/{COPY}/", {"look": "yes"})
    actor = actor_of(browser)
    draft = drafts.find(actor, COPY)
    assert draft is not None
    with times.fixed_clock(times.now() + timedelta(minutes=16)):
        assert drafts.find(actor, COPY, draft.row.key) is None


def test_a_mandate_for_one_service_is_given_from_the_catalogue(kim):
    from madang.identity.mandate_models import Mandate

    own = client_of(kim)
    page = own.post("/account/mandates/new/", {"do": "find", "words": "도서관"}).content.decode()
    assert f'value="{CARD}"' in page
    given = {"kind": "child", "verbs": "apply", "services": CARD, "key": "m-1"}
    assert own.post("/account/mandates/new/", given).status_code == 200
    assert rows(Mandate).get().services == [CARD]
