"""The planner's pages and its JSON API, as people without JavaScript and programs use them."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime

import pytest
from django.test import Client

from madang.assistant import api
from madang.city.api import load_profile
from madang.kernel.times import fixed_clock
from madang.services.api import read_package
from tests.services.publishing import publish
from tests.web.html import page

pytestmark = [pytest.mark.data, pytest.mark.django_db]

FACTS = {"from": "11680", "to": "11440", "date": "2126-12-20"}


def _main(client: Client, path: str, told: dict[str, str], language: str = "en") -> str:
    answer = client.post(path, told, headers={"accept-language": language})
    assert answer.status_code == 200
    text = answer.content.decode()
    return text[text.index("<main") : text.index("</main>")]


def test_the_front_lists_the_events(client: Client) -> None:
    root = page(client, "/plan/", "en")
    assert len(root.findall(".//main//ul[@class='event-grid']/li")) == 12
    korean = page(client, "/plan/", "ko")
    assert "언제까지 할지" in korean.find(".//h1").text_content()


def test_an_event_asks_first_and_knows_nothing(client: Client) -> None:
    root = page(client, "/plan/move/", "en")
    assert "a few questions" in root.find(".//h1").text_content()
    assert root.findall(".//select[@name='tenure']")
    assert not root.findall(".//ol[@class='plan-steps']")


def test_answers_lead_to_a_dated_checklist(client: Client) -> None:
    main = _main(client, "/plan/move/", FACTS | {"foreign": "no", "tenure": "other"})
    assert "things to do, the first by" in main
    assert "Report of moving in" in main
    assert 'datetime="2127-01-03"' in main  # a Friday in that century
    assert "Mapo-gu Community Centre" in main
    assert "주민등록법 제16조제1항" in main
    assert 'value="2126-12-20"' in main  # the fact, to be corrected
    assert 'value="11440" selected' in main
    assert "Registered foreign resident: no" in main


def test_a_corrected_fact_moves_the_dates(client: Client) -> None:
    main = _main(client, "/plan/move/", FACTS | {"foreign": "no", "date": "2126-12-21"})
    assert 'datetime="2127-01-03"' not in main.partition('id="move-in-report"')[2][:2000]


def test_a_fact_that_cannot_be_is_told_at_its_field_and_the_rest_kept(client: Client) -> None:
    main = _main(client, "/plan/move/", FACTS | {"date": "2126-02-30"})
    assert "error-summary" in main
    assert 'aria-invalid="true"' in main
    assert "no day of the calendar" in main
    assert 'value="11440" selected' in main


def test_all_texts_are_in_korean(client: Client) -> None:
    main = _main(client, "/plan/move/", FACTS | {"foreign": "no"}, "ko")
    assert "전입신고" in main
    assert "할 일" in main
    assert "Still to be told" not in main


def test_the_calendar_is_a_file(client: Client) -> None:
    answer = client.post("/plan/move/calendar/", FACTS | {"foreign": "no"})
    assert answer["Content-Type"].startswith("text/calendar")
    assert b"BEGIN:VEVENT" in answer.content
    assert client.get("/plan/move/calendar/").status_code == 405


def test_an_unknown_event_is_not_found_and_another_name_leads_on(client: Client) -> None:
    assert client.get("/plan/moon/").status_code == 404
    assert client.get("/plan/job-loss/").headers["Location"].endswith("/plan/job_loss/")


def test_answers_stay_out_of_the_address_and_of_caches(client: Client) -> None:
    answer = client.post("/plan/disability/", {"severe": "yes"})
    assert "no-store" in answer["Cache-Control"]
    assert 'method="post"' in answer.content.decode()


def test_every_event_has_its_page_with_all_maybes(client: Client) -> None:
    for one in client.get("/api/v1/assistant/events?lang=en").json():
        main = _main(client, f"/plan/{one['event']}/", {"district": "11440", "to": "11440"})
        assert "plan-step" in main, one["event"]


def test_the_api_plans_from_address_and_body(client: Client) -> None:
    path = "/api/v1/assistant/plan"
    got = client.get(path, {"event": "move", "on": "2026-11-24", "to": "Mapo",
                            "date": "2026-12-20", "foreign": "no"}).json()  # fmt: skip
    body = {"event": "move", "on": "2026-11-24",
            "facts": {"to": "Mapo", "date": "2026-12-20", "foreign": False}}  # fmt: skip
    posted = client.post(path, json.dumps(body), content_type="application/json").json()
    steps = {step["id"]: step for step in posted["steps"]}
    assert steps["move-in-report"]["due"] == "2027-01-04"
    assert date.fromisoformat(posted["on"]) == date(2026, 11, 24)
    assert [one["due"] for one in got["steps"]] == [one["due"] for one in posted["steps"]]


def test_bad_facts_are_a_problem_document_that_names_the_field(client: Client) -> None:
    path = "/api/v1/assistant/plan"
    bad = client.get(path, {"event": "move", "date": "2026-02-30"})
    assert bad.status_code == 422
    assert bad["Content-Type"].startswith("application/problem+json")
    assert "there is no day" in bad.content.decode()
    assert client.get(path, {"event": "moon"}).status_code == 404


def test_the_calendar_of_the_api(client: Client) -> None:
    body = {"event": "move", "facts": {"date": "2026-12-20"}, "on": "2026-11-24"}
    answer = client.post(
        "/api/v1/assistant/plan.ics", json.dumps(body), content_type="application/json"
    )
    assert answer.content.startswith(b"BEGIN:VCALENDAR\r\n")


def test_apply_opens_the_form_with_what_was_told(client: Client) -> None:
    publish(load_profile("seoul").folder / "services" / "move-in-report")
    told = {"from": "11680", "to": "11440", "date": "2026-11-20", "foreign": "no"}
    main = _main(client, "/plan/move/", told, "ko")
    assert 'action="/apply/move-in-report/"' in main
    assert 'name="answer.move_date" value="2026-11-20"' in main
    start = client.post(
        "/apply/move-in-report/", {"show": "1", "answer.move_date": "2026-11-20"}
    ).content.decode()
    assert "이미 알려 주신 것은 채워 두었습니다" in start
    assert 'name="answer.move_date" value="2026-11-20"' in start
    begun = client.post(
        "/apply/move-in-report/", {"answer.move_date": "2026-11-20", "look": "no"}, follow=True
    )
    assert "새 주소" in begun.content.decode()  # the date is answered: the next question
    first = client.get("/apply/move-in-report/when/?change=1").content.decode()
    assert "2026" in first
    assert "20" in first


def test_a_carried_answer_that_does_not_fit_is_asked(client: Client) -> None:
    publish(load_profile("seoul").folder / "services" / "move-in-report")
    begun = client.post(
        "/apply/move-in-report/", {"answer.move_date": "2126-11-20", "look": "no"}, follow=True
    )
    assert "언제 이사했습니까" in begun.content.decode()


def test_prefills_name_questions_of_their_packages() -> None:
    city = load_profile("seoul")
    for graph in api.graphs(city):
        for one in graph.file.procedures:
            if one.prefill:
                package, _sources, _problems = read_package(city.folder / "services" / one.service)
                assert package is not None
                asked = {question.id for question in package.pages.questions}
                assert set(one.prefill) <= asked, one.id


def test_a_rule_past_its_review_says_whom_to_ask(client: Client) -> None:
    with fixed_clock(lambda: datetime(2028, 1, 3, tzinfo=UTC)):
        main = _main(client, "/plan/car/", {"what": "sold", "date": "2027-12-20"})
    assert "Ask at 120 before you rely on it" in main
