"""The search page and the JSON API over the desk of a real search process."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from django.test import Client

from madang.kernel.config import settings
from madang.kernel.errors import Unavailable
from madang.search import api, client, limits
from madang.search.sources import sources
from madang.services.publishing import withdraw
from tests.search.searching import desk_of, swept_desk
from tests.services.publishing import COPY, OFFICE, SAMPLE, publish
from tests.web.html import page

pytestmark = [pytest.mark.data, pytest.mark.django_db]


@pytest.fixture(scope="module")
def swept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the first test leaves the index of what the rooms offer: reading it takes seconds."""
    return tmp_path_factory.mktemp("index") / "search"


@pytest.fixture
def searching(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, swept: Path):
    """A search process over what the rooms offer, with one service published."""
    limits.QUESTIONS.forget()
    publish()
    with swept_desk(tmp_path, monkeypatch, swept) as process:
        yield process


@pytest.fixture
def silent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No search process at all."""
    from dataclasses import replace

    limits.QUESTIONS.forget()
    monkeypatch.setattr(client, "settings", lambda: replace(settings(), data=tmp_path))
    client._here.cache_clear()
    yield
    client._here.cache_clear()


def text(root, path: str) -> str:
    return " ".join(" ".join(e.text_content().split()) for e in root.xpath(path))


def test_the_answer_stands_on_top_with_its_facts(client: Client, searching):
    root = page(client, "/search/?q=등본 발급", "ko")
    assert root.find(".//h1").text_content() == "주민등록표 등본·초본 발급"
    facts = text(root, "//dl[@class='key-facts']")
    assert "수수료" in facts
    assert "처리 기간" in facts
    assert root.xpath(f"//section[@class='answer']//a[@href='/services/{COPY}/']")
    assert "1.0.0" in text(root, "//section[@class='answer']")


def test_results_carry_their_language_and_marks(client: Client, searching):
    root = page(client, "/search/?q=대기질&kind=page", "en")
    titles = root.xpath("//ol[@class='hits']//a")
    assert titles, text(root, "//main")
    assert any("Air in" in title.text_content() for title in titles)
    assert root.xpath("//nav[@class='kinds']//a[@aria-current='true']")
    korean = page(client, "/search/?q=마포구 대기질", "ko")
    assert "마포구" in text(korean, "//ol[@class='hits']//mark")


def test_without_a_question_the_page_asks_for_one(client: Client, searching):
    root = page(client, "/search/", "en")
    assert root.find(".//h1").text_content() == "What are you looking for?"
    assert root.xpath("//ul[@class='event-grid']//a")


def test_where_nothing_is_found_a_person_is_named(client: Client, searching):
    root = page(client, "/search/?q=슈뢰딩거 파동함수", "en")
    assert "Nothing was found" in root.find(".//h1").text_content()
    assert root.xpath("//main//a[starts-with(@href, 'tel:')]")
    assert root.xpath("//ul[@class='event-grid']//a")


def test_a_repaired_question_is_said_so_and_can_be_undone(client: Client, searching):
    root = page(client, "/search/?q=wnalsemdfhr", "en")
    assert "Showing results for" in text(root, "//main")
    back = root.xpath("//main//a[contains(@href, 'exact=1')]/@href")
    assert len(back) == 1
    assert "Showing results for" not in text(page(client, back[0], "en"), "//main")


@pytest.mark.parametrize("more", ["kind=person", "cursor=zzz"])
def test_a_part_that_does_not_exist_is_said_so(client: Client, searching, more: str):
    answer = client.get(f"/search/?q=등본&{more}&lang=en")
    assert answer.status_code == 404
    assert "no such part" in answer.content.decode()


@pytest.mark.parametrize(
    "question",
    ["<script>alert(1)</script>", "'; DROP TABLE x; --", "등본" * 30_000, "😀", "\u202e등본"],
)
def test_whatever_is_typed_is_text(client: Client, searching, question: str):
    answer = client.get("/search/", {"q": question})
    assert answer.status_code == 200
    assert "<script>alert" not in answer.content.decode()


def test_without_the_process_services_are_found_by_title(client: Client, silent):
    publish()
    answer = client.get("/search/?q=등본&lang=en")
    assert answer.status_code == 200
    body = answer.content.decode()
    assert "does not answer just now" in body
    assert f"/services/{COPY}/" in body
    assert client.get("/search/?q=zzz").status_code == 503
    problem = client.get("/api/v1/search?q=등본")
    assert problem.status_code == 503
    assert problem["Content-Type"] == "application/problem+json"
    with pytest.raises(Unavailable):
        api.find("등본", "ko")


def test_the_api_answers_with_hits_facets_and_a_tag(client: Client, searching):
    answer = client.get("/api/v1/search", {"q": "등본 발급", "lang": "ko", "limit": 2})
    told = answer.json()
    assert told["hits"][0]["id"] == f"services:{COPY}"
    assert told["hits"][0]["url"] == f"/services/{COPY}/"
    assert told["sure"] == f"services:{COPY}"
    assert told["facets"]["kind"]["service"] == 1
    again = client.get(
        "/api/v1/search",
        {"q": "등본 발급", "lang": "ko", "limit": 2},
        headers={"if-none-match": answer["ETag"]},
    )
    assert again.status_code == 304


@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"q": "  "},
        {"q": "등본", "kind": "person"},
        {"q": "등본", "limit": 0},
        {"q": "등본", "cursor": "zzz"},
        {"q": "가" * 100_000},
    ],
)
def test_the_api_says_what_is_wrong_with_a_question(client: Client, searching, asked):
    answer = client.get("/api/v1/search", asked)
    assert answer.status_code == 422
    assert answer["Content-Type"] == "application/problem+json"


def test_the_api_suggests(client: Client, searching):
    told = client.get("/api/v1/suggest", {"q": "ㅈㅁㄷㄹ", "lang": "ko"}).json()
    assert told["suggestions"][0]["url"] == f"/services/{COPY}/"


def test_one_address_that_floods_is_slowed(client: Client, searching, monkeypatch):
    monkeypatch.setattr(limits.QUESTIONS, "a_second", 1e-6)
    codes = [client.get("/api/v1/suggest", {"q": "등"}).status_code for _ in range(70)]
    assert set(codes) == {200, 429}
    assert codes.index(429) == int(limits.BURST)


def test_a_choice_is_counted_without_the_person(client: Client, searching):
    body = json.dumps({"question": "등본 010-1234-5678", "id": f"services:{COPY}"})
    answer = client.post("/api/v1/search/chosen", body, content_type="application/json")
    assert answer.status_code == 204
    searching._writer.submit(lambda: None).result(10)
    (one,) = searching.questions.choices()
    assert (one.key, "1234" in one.text) == (f"services:{COPY}", False)


def test_a_withdrawn_service_is_found_no_more(client: Client, searching):
    assert api.find("등본 발급", "ko").hits[0].key == f"services:{COPY}"
    withdraw(COPY, OFFICE, "its law ended")
    searching.keeping._follow([("services.withdrawn", {"service": COPY})])
    assert f"services:{COPY}" not in {hit.key for hit in api.find("등본 발급", "ko").hits}
    assert api.direct_answer(f"services:{COPY}", "ko") is None


def test_what_was_made_up_for_tests_of_scale_is_not_found(tmp_path, monkeypatch):
    folder = tmp_path / "package" / COPY
    shutil.copytree(SAMPLE, folder)
    main = folder / "service.yaml"
    main.write_text(main.read_text() + "synthetic: true\n")
    publish(folder)
    with desk_of(tmp_path / "data", monkeypatch) as process:
        (services,) = (one for one in sources() if one.name == "services")
        process.holding.refresh(services)
        assert f"services:{COPY}" not in process.holding.held
        assert api.find("주민등록표 등본·초본 발급", "ko").sure == ""


def test_nobody_else_reads_the_socket(searching):
    mode = searching._here.search_socket.stat().st_mode
    assert oct(mode & 0o777) == "0o600"
