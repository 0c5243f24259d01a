"""A case that is sent on: had, sent back, or back by itself; doors of bodies outside; clocks."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from django.test import Client

from madang.access.api import Actor
from madang.cases import api, case_notices, case_told, transfer_delivery, transfers
from madang.cases.api import Asked
from madang.cases.case_errors import CaseChanged, NotPossible, UnknownCase
from madang.cases.models import Case, CaseTransfer
from madang.cases.transfer_delivery import deliver, key_of
from madang.cases.transfer_rules import Bodies, Body, is_final_answer, way_to
from madang.city.api import profile
from madang.kernel.errors import Forbidden, Invalid
from tests.cases.booking import MONDAY
from tests.cases.packages import lent
from tests.cases.people import KIM, officer
from tests.cases.test_case_notices import due, messages
from tests.looking import rows
from tests.staff import joined

pytestmark = [pytest.mark.data, pytest.mark.django_db]
FACTS = {"place": "마포대로 12", "fault": "dark", "phone": "010-1234-5678"}
HAN, CHO = officer("han"), officer("cho", departments=frozenset({"transport"}))
DOOR = "https://door.example/cases"


@pytest.fixture(autouse=True)
def at_nine(clock):
    return clock


def hours(number: float) -> datetime:
    return MONDAY + timedelta(hours=number)


def opened(key: str = "k", service: str = "streetlight-report") -> str:
    return api.open_case(
        package_hash=lent(service).hash, subject=KIM.person, facts=FACTS, actor=KIM,
        channel="web", key=key,
    ).number  # fmt: skip


def sent_on(number: str, target: str = "department:transport", by: Actor = HAN) -> CaseTransfer:
    api.act(number, "forward", by, Asked(reasons="도로 담당", target=target))
    return rows(CaseTransfer).get(state="sent")


def kinds(number: str) -> list[str]:
    return [event.kind for event in api.events_for(HAN, number)]


def test_the_receiver_has_it_and_the_clock_of_the_case_runs_on(at_nine):
    number = opened()
    due = rows(Case).get().due
    sent_on(number)
    at_nine(hours(1))
    assert [one.number for one in transfers.waiting(CHO)[0]] == [number]
    transfers.acknowledge(CHO, number)
    assert transfers.waiting(CHO)[0] == []
    assert transfers.waiting(HAN)[1][0].state == "acknowledged"
    case = rows(Case).get()
    assert (case.due, case.department, case.pauses) == (due, "transport", [])
    assert kinds(number) == ["submit", "forward", "taken"]
    assert api.verify().faults == ()
    with pytest.raises(NotPossible):
        transfers.acknowledge(CHO, number)


def test_whoever_acts_on_it_as_its_receiver_has_it_by_that():
    number = opened()
    sent_on(number)
    api.act(number, "assign", CHO, Asked(target="me"))
    assert rows(CaseTransfer).get().state == "acknowledged"
    assert kinds(number) == ["submit", "forward", "taken", "assign"]


def test_it_goes_back_with_a_reason_to_whoever_had_it(at_nine):
    number = opened()
    api.act(number, "assign", HAN, Asked(target="me"))
    before = rows(Case).get().department
    sent_on(number)
    with pytest.raises(Invalid):
        transfers.send_back(CHO, number, reasons=" ")
    transfers.send_back(CHO, number, reasons="가로등은 우리 일이 아닙니다")
    case = rows(Case).get()
    assert (case.department, case.assignee) == (before, HAN.id)
    event = api.events_for(HAN, number)[-1]
    assert (event.kind, event.content["reasons"]) == ("return", "가로등은 우리 일이 아닙니다")


def test_who_sent_it_cannot_answer_for_the_receiver_and_strangers_see_nothing():
    number = opened()
    sent_on(number)
    with pytest.raises(Forbidden):
        transfers.acknowledge(HAN, number)
    elsewhere = officer("park", departments=frozenset({"culture"}))
    with pytest.raises(UnknownCase):
        transfers.acknowledge(elsewhere, number)
    with pytest.raises(CaseChanged):
        transfers.acknowledge(CHO, number, expects=1)


def test_nobody_says_anything_first_a_reminder_then_it_is_back_and_comes_first(at_nine):
    number = opened()
    row = sent_on(number)
    # MONDAY is nine o'clock; four working hours with an hour of rest are two, eight are six
    assert (row.remind_at, row.lapse_at) == (hours(5), hours(9))
    at_nine(hours(4.9))
    transfers.clock()
    assert "remind" not in kinds(number)
    at_nine(hours(5))
    transfers.clock()
    transfers.clock()
    assert kinds(number).count("remind") == 1
    assert transfers.waiting(CHO)[0][0].reminded_at == hours(5)
    at_nine(hours(9))
    transfers.clock()
    transfers.clock()
    case = rows(Case).get()
    assert (case.department, case.priority) != ("transport", 0)
    assert kinds(number).count("return") == 1
    assert rows(CaseTransfer).get().state == "lapsed"
    assert api.verify().faults == ()


def test_the_evening_and_the_weekend_are_no_working_hours(at_nine):
    friday = MONDAY + timedelta(days=4, hours=8)  # 17:00
    at_nine(friday)
    row = sent_on(opened())
    monday = MONDAY + timedelta(days=7)
    # one hour on Friday; three more from nine on Monday; seven more, with the rest, until five
    assert (row.remind_at, row.lapse_at) == (
        monday + timedelta(hours=3),
        monday + timedelta(hours=8),
    )


def test_a_case_that_is_over_is_not_brought_back(at_nine):
    number = opened()
    sent_on(number)
    api.act(number, "withdraw", KIM, Asked())
    at_nine(hours(9))
    transfers.clock()
    assert "return" not in kinds(number)
    assert rows(CaseTransfer).get().state == "returned"


def test_with_a_body_outside_our_clock_stands_from_when_it_has_the_case(at_nine):
    number = opened()
    due = rows(Case).get().due
    sent_on(number, "body:seoul-police")
    assert rows(Case).get().due == due, "until somebody has it, it is ours"
    at_nine(hours(2))
    with pytest.raises(Invalid):
        transfers.acknowledge(HAN, number)  # how does she know?
    transfers.acknowledge(HAN, number, reasons="전화로 확인했습니다")
    assert rows(Case).get().due is None
    at_nine(hours(26))
    transfers.send_back(HAN, number, reasons="경찰 소관이 아니라고 합니다")
    case = rows(Case).get()
    assert case.body == ""
    assert case.due is not None
    assert case.due > due
    assert case.pauses == [[hours(2).isoformat(), hours(26).isoformat()]]


def test_only_one_is_on_its_way_when_it_is_sent_on_once_more():
    number = opened()
    sent_on(number)
    again = sent_on(number, "department:culture", by=CHO)
    assert again.target == "department:culture"
    assert rows(CaseTransfer).filter(state="acknowledged").count() == 1
    with pytest.raises(Invalid):
        api.act(number, "forward", officer(), Asked(reasons="x", target="department:moon"))


class FakeDoor:
    """A body that answers as it is told, and remembers what it was sent."""

    def __init__(self, *answers: object) -> None:
        self.answers = list(answers)
        self.seen: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.seen.append(request)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        if isinstance(answer, dict):
            return httpx.Response(202, json=answer)
        return httpx.Response(answer)

    def client(self) -> httpx.Client:
        return httpx.Client(transport=httpx.MockTransport(self))


@pytest.fixture
def police(monkeypatch):
    said = Bodies(bodies=(Body("seoul-police", {"ko": "경찰"}, DOOR),))
    for module in ("transfers", "transfer_effects", "transfer_delivery"):
        monkeypatch.setattr(f"madang.cases.{module}.bodies", lambda: said)
    monkeypatch.setenv("MADANG_BODY_KEY_SEOUL_POLICE", "secret")


def test_a_door_that_is_shut_is_tried_again_later_under_the_same_key(at_nine, police):
    number = opened()
    row = sent_on(number, "body:seoul-police")
    door = FakeDoor(httpx.ConnectError("shut"), 503, {"taken": True})
    assert deliver(door.client()) == 0
    assert deliver(door.client()) == 0, "not before five minutes"
    at_nine(MONDAY + timedelta(minutes=5))
    deliver(door.client())
    shown = transfers.of_case(HAN, number)
    assert (shown.attempts, shown.fault) == (2, "HTTP 503")
    assert shown.next_try == MONDAY + timedelta(minutes=20)
    at_nine(MONDAY + timedelta(minutes=20))
    assert deliver(door.client()) == 1
    assert {one.headers["Idempotency-Key"] for one in door.seen} == {row.pk}
    assert {one.headers["Authorization"] for one in door.seen} == {"Bearer secret"}
    shown = transfers.of_case(HAN, number)
    assert (shown.state, shown.fault, shown.next_try) == ("sent", "", None)
    assert shown.delivered_at == MONDAY + timedelta(minutes=20)
    assert kinds(number).count("deliver") == 3
    assert deliver(door.client()) == 0


def test_killed_between_door_and_note_it_is_sent_again_under_the_same_key(
    at_nine, police, monkeypatch
):
    number = opened()
    sent_on(number, "body:seoul-police")
    door = FakeDoor(202, 202)

    def killed(*given: object) -> None:
        raise KeyboardInterrupt

    real = transfer_delivery._noted
    monkeypatch.setattr(transfer_delivery, "_noted", killed)
    with pytest.raises(KeyboardInterrupt):
        deliver(door.client())
    monkeypatch.setattr(transfer_delivery, "_noted", real)
    at_nine(MONDAY + timedelta(minutes=5))
    assert deliver(door.client()) == 1
    assert len({one.headers["Idempotency-Key"] for one in door.seen}) == 1
    assert kinds(number).count("deliver") == 1


def test_a_door_that_says_no_for_good_is_not_tried_again(police):
    number = opened()
    sent_on(number, "body:seoul-police")
    deliver(FakeDoor(422).client())
    assert rows(CaseTransfer).get().state == "returned"
    assert api.events_for(HAN, number)[-1].content["reasons"] == "HTTP 422"
    assert rows(Case).get().body == ""


def test_a_body_says_that_it_has_it_by_the_key_that_came_with_the_case(police):
    number = opened()
    row = sent_on(number, "body:seoul-police")
    door = FakeDoor(202)
    deliver(door.client())
    import msgspec

    told = msgspec.json.decode(door.seen[0].content)
    assert told["facts"]["phone"]["value"] == FACTS["phone"]
    assert told["answer"]["key"] == key_of(row.pk)
    url = told["answer"]["acknowledge"].partition("8000")[2] or told["answer"]["acknowledge"]
    url = url[url.index("/api/") :]
    body = Client()
    wrong = body.post(url, {}, "application/json", headers={"Authorization": "Bearer mdt_x"})
    assert wrong.status_code == 401
    right = {"Authorization": f"Bearer {told['answer']['key']}"}
    assert body.post(url, {}, "application/json", headers=right).status_code == 204
    assert body.post(url, {}, "application/json", headers=right).status_code == 204
    assert kinds(number).count("taken") == 1
    back = url.replace("acknowledge", "return")
    said = {"reasons": "관할이 아닙니다"}
    assert body.post(back, said, "application/json", headers=right).status_code == 204
    assert body.post(url, {}, "application/json", headers=right).status_code == 409
    assert rows(Case).get().body == ""


def test_a_door_may_have_it_at_once(police):
    number = opened()
    sent_on(number, "body:seoul-police")
    deliver(FakeDoor({"acknowledged": True}).client())
    assert rows(CaseTransfer).get().state == "acknowledged"


def test_officers_answer_on_the_page_and_over_the_api():
    number, other = opened("1"), opened("2")
    for one in (number, other):
        api.act(one, "forward", HAN, Asked(reasons="도로 담당", target="department:transport"))
    cho = joined("cho", ["officer"])
    page = cho.get("/casework/transfers/").content.decode()
    assert number in page
    assert other in page
    assert "교통실" in cho.get(f"/casework/{number}/").content.decode()
    answer = cho.post(f"/casework/{number}/transfer/", {"do": "return", "reasons": "아닙니다"})
    assert answer.status_code == 302
    assert rows(CaseTransfer).get(case__number=number).state == "returned"
    url = f"/api/v1/transfers/cases/{other}/acknowledge"
    assert cho.post(url, {}, "application/json").status_code == 204
    listed = cho.get("/api/v1/transfers").json()
    assert listed["coming"] == []


def test_programs_are_told_every_field_that_officers_see():
    sent_on(opened())
    shown = transfers.waiting(CHO)[0][0]
    cho = joined("cho2", ["officer"])
    [told_to_programs] = cho.get("/api/v1/transfers").json()["coming"]
    assert told_to_programs.keys() == asdict(shown).keys()
    paths = cho.get("/api/v1/openapi.json").json()["components"]["schemas"]
    assert paths["ShownTransfer"]["properties"].keys() == told_to_programs.keys()


@pytest.mark.parametrize(
    ("status", "final"), [(200, False), (400, True), (408, False), (429, False), (503, False)]
)
def test_which_answers_of_a_door_are_final(status, final):
    assert is_final_answer(status) is final


def test_a_body_without_a_door_is_told_by_people():
    said = Bodies(bodies=(Body("a-b", {"ko": "가"}, DOOR), Body("c", {"ko": "다"})))
    assert way_to("body:a-b", said, {"MADANG_BODY_KEY_A_B": "k"}).key == "k"
    assert (way_to("body:c", said, {}).door, way_to("body:other", said, {}).door) == ("", "")
    assert way_to("unit:11440", said, {}).limits.back == "8 hours"


def test_the_clock_of_tests_is_a_monday_at_nine():
    assert datetime(2026, 1, 1, tzinfo=UTC) < MONDAY
    from madang.city.api import profile

    assert (profile().local(MONDAY).weekday(), profile().local(MONDAY).hour) == (0, 9)


def told() -> list[tuple[str, str]]:
    """Bring out the notices that are due; return title and text of all in their order."""
    for event in due():
        case_notices.told(event)
    return [(one.title, one.text) for one in messages()]


def test_who_applied_is_told_that_another_body_has_it_and_the_case_keeps_that(at_nine):
    number = opened()
    before = len(told())
    sent_on(number, "body:power-corporation")
    [(title, text)] = told()[before:]
    assert "다른 기관" in title
    assert "한국전력공사" in text
    assert number in text
    assert messages()[-1].required
    kept = case_told.told_for(KIM, number)[-1]
    assert (kept.notice, kept.required, kept.language) == ("sent-on", True, "ko")
    transfers.send_back(HAN, number, reasons="관할이 아니라고 전화함")
    assert told()[before + 1][0].startswith("다시 저희가")
    assert case_told.told_for(HAN, number)[-1].notice == "back"


def test_the_notice_speaks_every_language_of_its_service(at_nine):
    number = opened()
    sent_on(number, "body:power-corporation")
    pinned = lent("streetlight-report")
    values = {"case": number, "sent_to": "body:power-corporation"}
    said = {
        tag: case_notices.worded(pinned.package, "sent-on", values, tag, profile())
        for tag in case_notices.languages(pinned.package)
    }
    assert {"ko", "en"} <= said.keys()
    assert "Korea Electric Power Corporation" in said["en"].text
    unknown = case_notices.worded(pinned.package, "back", values | {"sent_to": "body:한강청"}, "ko",
                                  profile())  # fmt: skip
    assert "한강청" in unknown.text


def test_nobody_is_told_when_it_goes_to_another_office_of_the_city():
    number = opened()
    before = len(told())
    sent_on(number)
    transfers.send_back(CHO, number, reasons="우리 일이 아닙니다")
    assert len(told()) == before
