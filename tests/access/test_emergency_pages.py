"""The privacy officer's pages, and the desk of operators."""

from __future__ import annotations

import pytest
from django.test import Client

from madang.access.api import Actor, emergencies, purpose
from madang.access.events import EmergencyOpened, EmergencyReviewed
from madang.identity import api as identity
from madang.kernel.events import decode
from madang.kernel.models import OutboxEntry
from madang.notices import emergency_desk
from madang.notices.api import on_desk
from tests.access.conftest import OFFICER
from tests.access.register.models import Resident
from tests.staff import PASSWORD, sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def reviewer(people) -> Client:
    """Return the browser of a privacy officer, with one emergency to review."""
    with purpose(OFFICER, "emergency", reason="gas leak, house 7"):
        list(Resident.objects.all()[:2])
    identity.add_user("seo", ["privacy-officer"], password=PASSWORD)
    client = Client()
    sign_in(client, "seo")
    return client


def number() -> int:
    return emergencies(Actor("account:1", roles=frozenset({"privacy-officer"}), aal=2))[0].id


@pytest.mark.parametrize(
    ("language", "words"), [("en", "1 look to review"), ("ko", "검토할 열람 1건")]
)
def test_the_list_shows_what_waits(reviewer, language, words):
    answer = reviewer.get("/privacy/emergencies/", headers={"accept-language": language})
    assert words in answer.content.decode()
    assert OFFICER.id in answer.content.decode()


def test_a_review_needs_a_finding_and_is_kept(reviewer):
    path = f"/privacy/emergencies/{number()}/"
    assert "gas leak, house 7" in reviewer.get(path).content.decode()
    empty = reviewer.post(path, {"note": "fine"})
    assert empty.status_code == 422
    assert "error-summary" in empty.content.decode()
    done = reviewer.post(path, {"finding": "not-justified", "note": "no leak was reported"})
    assert done.headers["location"] == "/privacy/emergencies/"
    again = reviewer.post(path, {"finding": "justified", "note": "changed my mind"})
    assert again.status_code == 409
    assert "no leak was reported" in reviewer.get("/privacy/emergencies/").content.decode()


@pytest.mark.parametrize("role", ["administrator", "officer", "operator"])
def test_nobody_else_reviews(reviewer, role):
    identity.add_user("kim", [role], password=PASSWORD)
    other = Client()
    sign_in(other, "kim")
    assert other.get("/privacy/emergencies/").status_code == 403


def test_it_stands_on_the_desk_until_it_is_reviewed(reviewer):
    told = OutboxEntry.objects.get(name=EmergencyOpened.NAME)
    event = decode(told.name, told.payload)
    emergency_desk.show(event)
    emergency_desk.show(event)
    assert [item.kind for item in on_desk()] == ["access.emergency"]
    reviewer.post(
        f"/privacy/emergencies/{number()}/", {"finding": "justified", "note": "confirmed"}
    )
    told = OutboxEntry.objects.get(name=EmergencyReviewed.NAME)
    emergency_desk.clear(decode(told.name, told.payload))
    assert on_desk() == []
