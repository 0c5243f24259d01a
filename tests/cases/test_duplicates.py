"""Cases that are perhaps the same: proposed, then joined or dismissed by an officer."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from madang.cases import api, case_duplicates, queues
from madang.cases.api import Asked
from madang.cases.case_errors import NotPossible, UnknownCase
from madang.cases.case_events import CaseMoved
from madang.cases.engine.likeness import Matter, likeness
from madang.cases.models import Case, CaseLikeness
from madang.kernel import times
from tests.cases.packages import lent
from tests.cases.people import KIM, LEE, clerk, officer
from tests.looking import rows
from tests.staff import joined

pytestmark = [pytest.mark.data, pytest.mark.django_db]
LAMP = {"place": "마포대로 12 앞", "fault": "dark"}


def reported(actor=KIM, key="k", channel="web", name="streetlight-report", **facts) -> str:
    number = api.open_case(
        package_hash=lent(name).hash, subject=actor.person, facts=LAMP | facts, actor=actor,
        channel=channel, key=key,
    ).number  # fmt: skip
    case_duplicates.look(CaseMoved(number=number, service=name, kind="submit", state="received"))
    return number


def at(number: str, lon: float, lat: float) -> str:
    """Put a case at a point, and look for its like anew."""
    rows(Case).filter(number=number).update(place={"lon": lon, "lat": lat})
    rows(CaseLikeness).all().delete()
    case_duplicates.propose(number)
    return number


def test_two_residents_report_one_lamp_and_an_officer_joins_them_with_one_button():
    first, second = reported(KIM), reported(LEE, place="마포대로12, 앞 ")
    client = joined("han", ["officer"])
    assert f"{first} 건과 같은 것 같습니다" in client.get("/casework/").content.decode()
    page = client.get(f"/casework/{second}/").content.decode()
    assert f'name="same" value="{first}"' in page
    sent = {"same": first, "version": str(api.case_of(second).version)}
    assert client.post(f"/casework/{second}/", sent).status_code == 302
    assert api.case_of(second).merged_into == first
    assert case_duplicates.alike(officer(), first) == []


def test_what_is_dismissed_is_not_proposed_again_and_is_written_down():
    first, second = reported(KIM), reported(LEE)
    client = joined("han", ["officer"])
    sent = {"not_same": first, "reasons": "다른 등입니다"}
    assert client.post(f"/casework/{second}/", sent).status_code == 302
    row = rows(CaseLikeness).get()
    assert (row.reasons, row.dismissed_by.startswith("account:")) == ("다른 등입니다", True)
    assert case_duplicates.propose(second) == 1
    assert case_duplicates.alike(officer(), second) == case_duplicates.alike(officer(), first) == []
    assert [row.alike for row in queues.queue(officer())] == ["", ""]
    with pytest.raises(NotPossible):
        case_duplicates.dismiss(officer(), second, "2026-0000000-0", "")
    with pytest.raises(UnknownCase):
        case_duplicates.dismiss(officer(districts=frozenset({"x"})), second, first, "")


def test_the_same_place_counts_within_fifty_metres_and_the_same_category():
    first = reported(KIM)
    at(first, 126.9500, 37.5500)
    assert case_duplicates.alike(officer(), at(reported(LEE, "2"), 126.9504, 37.5500))
    rows(Case).exclude(number=first).update(merged_into=first)
    assert not case_duplicates.alike(officer(), at(reported(LEE, "3"), 126.9510, 37.5500))
    rows(Case).exclude(number=first).update(merged_into=first)
    other = at(reported(LEE, "4", fault="damaged"), 126.9500, 37.5500)
    assert not case_duplicates.alike(officer(), other)
    rows(Case).exclude(number=first).update(merged_into=first)


def test_one_paper_keyed_in_at_two_offices_is_proposed_once_and_the_chain_stays_whole():
    copy = {"place": "한강로 2", "post_number": "용산-118", "fault": "flickers"}
    first = reported(clerk("seo"), "a", "counter", **copy)
    second = reported(
        clerk("oh"), "b", "counter", **(copy | {"post_number": "용산 118", "fault": "dark"})
    )
    case_duplicates.propose(first)
    found = rows(CaseLikeness).all()
    assert [(row.number, row.other, row.why) for row in found] == [(second, first, ["thing"])]
    assert api.verify().faults == ()


def test_the_same_person_who_asks_twice_is_seen_but_not_after_weeks_nor_once_withdrawn():
    first, second = reported(KIM, "1"), reported(KIM, "2", place="다른 곳")
    assert [one.why for one in case_duplicates.alike(officer(), second)] == [("subject",)]
    api.act(first, "withdraw", KIM, Asked())
    assert case_duplicates.alike(officer(), second) == []
    with times.fixed_clock(times.now() + timedelta(days=15)):
        late = reported(KIM, "3", place="또 다른 곳")
    assert case_duplicates.alike(officer(), late) == []


def test_nobody_but_officers_sees_what_was_proposed():
    first, second = reported(KIM), reported(LEE)
    assert Client().get(f"/casework/{second}/").status_code in (302, 401, 403)
    elsewhere = officer(districts=frozenset({"11680"}))
    for number in (first, second):
        with pytest.raises(UnknownCase):
            case_duplicates.alike(elsewhere, number)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (Matter(), Matter()),
        (Matter(place="…"), Matter(place="!")),
        (Matter(things={"post_number": ""}), Matter(things={"post_number": ""})),
        (Matter(place="한강로 2", point={"lon": 127.0, "lat": 37.5}),
         Matter(place="한강로 2", point={"lon": 127.01, "lat": 37.5})),
        (Matter(place="한강로 2", category="dark"), Matter(place="한강로 2", category="damaged")),
    ],
)  # fmt: skip
def test_nothing_is_alike_for_want_of_words_or_by_words_alone(one, other):
    assert likeness(one, other) is None
    assert likeness(other, one) is None
