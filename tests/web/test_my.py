"""The residents' own page: all that is theirs, nothing of others, and what a mandate covers."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from madang.cases import api as cases
from madang.cases import suggesting
from madang.cases.suggestion_models import SuggestionChoice
from madang.identity.mandate_entry import Evidence, enter
from madang.identity.mandates import Wish
from madang.kernel import registry
from madang.kernel.errors import Unavailable
from madang.kernel.readability import reading_faults
from madang.kernel.registry import OwnPanel
from madang.services import api as services
from madang.web import my
from tests.cases.conftest import clock  # noqa: F401
from tests.cases.people import officer
from tests.identity.residents import COUNTER, client_of, resident
from tests.looking import rows
from tests.staff import joined
from tests.web.html import page
from tests.web.own_things import COPY, actor, furnished, opened, paper, published
from tests.web.test_easy_words import blocks

pytestmark = [pytest.mark.data, pytest.mark.django_db, pytest.mark.usefixtures("clock")]
LANGUAGES = pytest.mark.parametrize("language", ["ko", "en"])
PARTS = ["cases", "drafts", "appointments", "messages", "payments", "documents", "mandates",
         "looks", "suggested"]  # fmt: skip


@pytest.fixture
def kim():
    return resident("김하늘", latin="KIM Haneul")


@pytest.fixture
def lee():
    return resident("이봄", latin="Lee Bom")


@pytest.fixture
def full(kim, lee):
    """Kim with something in every part of the page."""
    published()
    return furnished(kim, lee)


def text_of(root, part: str = "") -> str:
    found = root.xpath(f"//section[@aria-labelledby='{part}']" if part else "//main")[0]
    return " ".join(found.text_content().split())


def told(client: Client) -> dict[str, dict]:
    found = client.get("/api/v1/my").json()
    return {one["id"]: one for one in found["parts"]}


@LANGUAGES
def test_the_page_says_what_waits_and_has_a_part_of_every_room(kim, full, language):
    root = page(client_of(kim), "/my/", language)
    heading = {"ko": "나의 서울: 할 일이 2가지 있습니다", "en": "My Seoul: 2 things wait for you"}
    assert root.find(".//h1").text_content() == heading[language]
    assert root.xpath("//main/section/@aria-labelledby") == PARTS
    asked = root.xpath("//ul[contains(@class, 'own-waiting')]/li//a/@href")
    assert f"/cases/{full['waiting']}/" in asked
    assert any(url.startswith("/pay/") for url in asked)
    said = {
        "ko": {"cases": "문의에 답하기", "drafts": "보관 기한", "messages": "2건",
               "payments": "내야 함", "documents": "거주 확인서", "mandates": "이봄",
               "suggested": "이사"},
        "en": {"cases": "Answer what the office asks", "drafts": "Kept until",
               "messages": "2 messages are new", "payments": "to pay",
               "documents": "Certificate of residence", "mandates": "Act for",
               "suggested": "You told us of this: Moving home"},
    }  # fmt: skip
    for part, words in said[language].items():
        assert words in text_of(root, part), part
    appointment = root.xpath("//section[@aria-labelledby='appointments']//a/@href")
    one = f"/appointments/one/{full['appointment']}/"
    assert appointment[:3] == [one, f"{one}move/", f"{one}cancel/"]


@LANGUAGES
def test_who_has_nothing_yet_is_told_what_to_do(lee, language):
    root = page(client_of(lee), "/my/", language)
    heading = {"ko": "나의 서울: 할 일이 없습니다", "en": "My Seoul: nothing waits for you"}
    assert root.find(".//h1").text_content() == heading[language]
    assert root.xpath("//main/section/@aria-labelledby") == PARTS
    links = root.xpath("//main//a/@href")
    for way in ("/services/", "/apply/resume/", "/appointments/", "/verify/", "/suggestions/"):
        assert way in links, way
    assert not root.xpath("//main//ul[@class='own']/li")


def test_an_account_of_nobody_known_is_told_where_to_go():
    root = page(joined("han", ["officer"]), "/my/", "en")
    assert "Come to a counter with a document" in text_of(root)


def test_nobody_sees_what_is_anothers(kim, lee, full):
    paper(kim.person_id, "another paper")
    mine, theirs = told(client_of(kim)), told(client_of(lee))
    for part in ("cases", "drafts", "appointments", "messages", "payments", "documents"):
        assert mine[part]["rows"], part
        assert not theirs[part]["rows"], part
    assert [row["state"] for row in theirs["mandates"]["rows"]]  # what they gave
    assert full["waiting"] not in client_of(lee).get("/my/").content.decode()


def test_a_visitor_is_asked_to_sign_in_and_lands_there():
    assert Client().get("/my/").headers["Location"].startswith("/sign-in/")
    assert Client().get("/api/v1/my").status_code == 401


def acting(giver, holder, *verbs: str, services: tuple[str, ...] = ()) -> Client:
    one = enter(COUNTER, giver.person_id, holder.person_id, Wish("child", verbs, services),
                Evidence("counter"))  # fmt: skip
    client = client_of(holder)
    answer = client.post("/account/act-for/", {"mandate": one})
    assert answer.headers["Location"] == "/my/"
    return client


def test_who_acts_for_another_sees_theirs_as_far_as_the_mandate_goes(kim, full):
    choi = resident("최달", latin="Choi Dal")
    opened(actor(choi), "choi's own")
    client = acting(kim, choi, "view", "apply")
    found = told(client)
    assert list(found) == ["cases", "drafts", "appointments", "messages", "payments", "documents",
                           "looks"]  # fmt: skip
    assert {row["id"] for row in found["cases"]["rows"]} == {full["waiting"], full["over"]}
    assert not found["drafts"]["rows"], "what Kim writes is Kim's until it is sent"
    root = page(client, "/my/", "en")
    assert root.find(".//h1").text_content() == "2 things wait for KIM Haneul"
    assert "nothing of your own" in text_of(root)


def test_a_mandate_for_one_service_shows_nothing_of_another(kim, full):
    choi = resident("최달", latin="Choi Dal")
    found = told(acting(kim, choi, "view", services=("resident-parking-permit",)))
    assert {part: len(one["rows"]) for part, one in found.items()} == {
        "cases": 0, "payments": 0, "documents": 0,
    }  # fmt: skip
    park = resident("박별")
    hers = acting(kim, park, "view", services=(COPY,))
    found = told(hers)
    assert len(found["cases"]["rows"]) == 2
    assert {row["asks_url"] for row in found["cases"]["rows"]} == {""}, "seeing is not acting"
    for row in found["cases"]["rows"]:
        assert row["url"] == f"/cases/{row['id']}/"
        seen = page(hers, row["url"], "en")
        assert "see this case, not act in it" in text_of(seen)
        assert not seen.xpath("//main//form")
        assert hers.post(row["url"], {"verb": "withdraw"}).status_code == 403
    assert len(found["documents"]["rows"]) == len(found["payments"]["rows"]) == 1
    assert "messages" not in found


def test_who_was_refused_is_shown_how_to_object(kim):
    number = opened(actor(kim), "a")
    cases.act(number, "refuse", officer(), cases.Asked(reasons="등록이 없습니다"))
    client = client_of(kim)
    client.cookies["django_language"] = "en"
    (row,) = told(client)["cases"]["rows"]
    assert row["state"] == "refused"
    assert row["asks"] == ""
    assert [(one["title"], one["url"]) for one in row["links"]] == [
        ("Object to the decision", f"/cases/{number}/")
    ]


def test_a_mandate_to_pay_shows_the_fees_alone(kim, full):
    assert list(told(acting(kim, resident("최달", latin="Choi Dal"), "pay"))) == ["payments"]


def test_a_part_shows_five_and_leads_to_all(kim):
    for number in range(6):
        paper(kim.person_id, f"paper {number}")
        opened(actor(kim), f"case {number}")
    client = client_of(kim)
    found = told(client)
    assert len(found["documents"]["rows"]) == len(found["cases"]["rows"]) == 5
    assert found["documents"]["has_more"]
    assert found["documents"]["all_url"] == "/my/documents/"
    assert found["cases"]["all_url"] == "/cases/"
    root = page(client, "/my/documents/", "ko")
    assert len(root.xpath("//ul[@class='own']/li")) == 6
    assert client.get("/my/nothing/").status_code == 404


def test_more_things_ask_no_more_questions_of_the_database(kim, lee, full):
    client = client_of(kim)
    client.get("/my/")

    def count() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert client.get("/my/").status_code == 200
        return len(asked)

    few = count()
    for number in range(8):
        paper(kim.person_id, f"paper {number}")
        opened(actor(kim), f"case {number}")
    client.get("/my/")
    assert count() == few
    assert few <= 45


def test_a_room_that_does_not_answer_is_named_and_the_rest_is_shown(lee, monkeypatch):
    def broken(_actor, _limit):
        raise Unavailable("the ledger is being repaired")

    monkeypatch.setattr(my, "_target", lambda offer: broken if offer.name == "payments"
                        else registry.load(offer.target))  # fmt: skip
    root = page(client_of(lee), "/my/", "en")
    assert "Not all that is yours could be shown" in text_of(root)
    assert root.xpath("//main/section/@aria-labelledby") == [n for n in PARTS if n != "payments"]


def test_a_city_without_a_room_has_a_page_without_its_part(lee, monkeypatch):
    left = tuple(one for one in my.panels() if one.name not in ("cases", "drafts"))
    monkeypatch.setattr(my, "panels", lambda: left)
    assert list(told(client_of(lee))) == [one for one in PARTS if one not in ("cases", "drafts")]
    assert all(isinstance(one, OwnPanel) for one in left)


# --- suggestions: only from what was allowed


def suggested(client: Client) -> list[tuple[str, str]]:
    rows_ = told(client)["suggested"]["rows"]
    return [(row["id"], row["facts"][0]["text"]) for row in rows_]


def test_nothing_is_suggested_from_cases_until_that_is_allowed_and_never_after(kim):
    published()
    client = client_of(kim)
    client.cookies["django_language"] = "en"
    opened(actor(kim), "a")
    assert suggested(client) == []
    assert client.post("/suggestions/", {"from_cases": "yes"}).headers["Location"] == "/my/"
    found = suggested(client)
    assert found
    assert all("You have a case" in why for _service, why in found)
    assert COPY not in [service for service, _why in found], "they have it already"
    client.post("/suggestions/", {})
    assert suggested(client) == []
    assert not rows(SuggestionChoice).exists()


def test_moving_home_suggests_what_belongs_to_it(kim):
    published()
    client = client_of(kim)
    client.cookies["django_language"] = "en"
    client.post("/suggestions/", {"events": ["moving"]})
    found = dict(suggested(client))
    assert {"move-in-report", "water-bill-name-change"} <= found.keys()
    assert set(found.values()) == {"You told us of this: Moving home."}


def test_what_follows_a_case_is_named_by_packages_or_of_the_same_event():
    published()
    found = services.suggestions(["move-in-report"], [], "en", limit=5)
    assert [(one.service, one.event) for one in found] == [
        (COPY, "Moving home"), ("water-bill-name-change", "Moving home"),
        ("resident-parking-permit", "Finding and keeping a home"),
    ]  # fmt: skip
    assert {one.near for one in found} == {"Report of moving in"}
    few = services.suggestions(["move-in-report"], [], "en", but={COPY}, limit=1)
    assert [one.service for one in few] == ["water-bill-name-change"]
    assert services.suggestions(["no-longer-offered"], [], "en", limit=5) == []


def test_only_the_service_of_a_case_is_looked_at(kim):
    """The policy opens no fact, no place, no reason for suggestions."""
    from madang.access import guard
    from madang.access.personal import holding, personal_models

    open_to = {
        holding(model).dataset
        for model in personal_models()
        if guard.decide(suggesting.SUGGESTIONS, suggesting.SUGGEST, holding(model).dataset,
                        "read").is_allowed
    }  # fmt: skip
    assert open_to == {"cases.case", "cases.suggestion-choice"}
    of_cases = guard.decide(suggesting.SUGGESTIONS, suggesting.SUGGEST, "cases.case", "read")
    assert of_cases.columns == {"plain"}


def test_an_event_that_the_city_has_not_is_refused_and_nobody_chooses_for_another(kim, lee):
    client = client_of(kim)
    assert client.post("/suggestions/", {"events": ["flying"]}).status_code == 422
    assert not rows(SuggestionChoice).exists()
    assert acting(kim, lee, "view", "apply").get("/suggestions/").status_code == 403


@LANGUAGES
def test_the_choice_is_asked_in_words(kim, language):
    root = page(client_of(kim), "/suggestions/", language)
    assert len(root.xpath("//main//input[@type='checkbox']")) == 26


@LANGUAGES
def test_in_easy_words_every_sentence_is_easy(kim, full, language):
    root = page(client_of(kim), "/my/?display=easy", language)
    assert root.xpath("//aside[@class='easy-note']")
    hard = {text: list(reading_faults(text, language)) for text in blocks(root)}
    assert {text: faults for text, faults in hard.items() if faults} == {}
