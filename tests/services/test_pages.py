"""Pages of the services: finding, one service, the officer's brake; kept for everybody else."""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from django.test import Client

from madang.identity import api as identity
from madang.kernel.times import fixed_clock
from madang.services import api
from tests.services.publishing import COPY, SAMPLE, publish
from tests.staff import PASSWORD, sign_in
from tests.web.html import page

pytestmark = [pytest.mark.data, pytest.mark.django_db]


@dataclass(frozen=True)
class Shown:
    """The heading and all words of a page."""

    heading: str
    text: str


def shown(client: Client, path: str, language: str = "en") -> Shown:
    root = page(client, path.removesuffix("?"), language)
    main = " ".join(root.find(".//main").text_content().split())
    return Shown(" ".join(root.find(".//h1").text_content().split()), main)


@pytest.fixture
def published(db):
    return publish()


@pytest.fixture
def officer(db) -> Client:
    identity.add_user("han", ["officer"], password=PASSWORD)
    client = Client()
    sign_in(client, "han")
    return client


def test_without_services_the_page_says_so(client):
    assert shown(client, "/services/").heading == "No service is published here yet"


def test_life_events_lead_to_services(client, published):
    front = client.get("/services/?lang=en")
    assert (
        shown(client, "/services/").heading == "1 service: what has happened, or what do you need?"
    )
    assert 'href="?event=moving"' in front.content.decode()
    found = client.get("/services/?event=moving&lang=en")
    assert shown(client, "/services/?event=moving").heading == "Moving home: 1 service"
    assert f'href="/services/{COPY}/"' in found.content.decode()


@pytest.mark.parametrize(
    ("query", "count"),
    [("q=초본", 1), ("q=주민등록 발급", 1), ("q=REGISTRATION", 1), ("q=초본 자동차", 0),
     ("audience=resident", 1), ("audience=business", 0), ("channel=post", 1),
     ("department=administration", 1), ("department=fire", 0), ("letter=ㅈ", 1), ("letter=ㄱ", 0)],
)  # fmt: skip
def test_services_are_found_by_what_is_asked(client, published, query, count):
    text = client.get(f"/services/?{query}").content.decode()
    assert text.count(f'<h2><a href="/services/{COPY}/"') == count


def test_words_that_nothing_has_lead_on(client, published):
    answer = client.get("/services/", {"q": "<b>none</b>", "lang": "en"})
    assert (
        shown(client, "/services/?q=%3Cb%3Enone%3C/b%3E").heading
        == "No service has the words “<b>none</b>”"
    )
    assert "<b>none</b>" not in answer.content.decode()


def test_a_service_says_fee_time_ways_rules_data_and_law(client, published):
    found = shown(client, f"/services/{COPY}/")
    text = found.text
    assert found.heading == "Copy of the resident registration"
    for said in ("₩400", "at once", "a machine may grant at once; only a person refuses",
                 "At a counter", "120", "주민등록법 제29조", "to work out what is paid",
                 "Your case is kept for 5 years"):  # fmt: skip
        assert said in text, said


def test_a_text_that_has_no_translation_is_labelled_with_its_language(client, published):
    text = client.get(f"/services/{COPY}/?lang=vi").content.decode()
    assert re.search(r'<span lang="en" dir="ltr">Copy of the resident registration</span>', text)
    assert '<span lang="ko" dir="ltr">주소와 세대를' in text


def test_a_deadline_in_days_is_said_with_its_date(client, tmp_path, db):
    folder = shutil.copytree(SAMPLE, tmp_path / COPY)
    main = folder / "service.yaml"
    main.write_text(main.read_text().replace("deadline: immediately", "deadline: 7 days"))
    publish(folder)
    with fixed_clock(datetime(2026, 11, 2, 1, tzinfo=UTC)):  # a Monday; Tuesday week is the 7th day
        text = shown(client, f"/services/{COPY}/?").text
    assert "7 working days" in text
    assert "sent now: by Tue 10 Nov" in text


def test_a_synthetic_service_says_so_and_lets_nobody_start(client, tmp_path, db):
    folder = shutil.copytree(SAMPLE, tmp_path / COPY)
    main = folder / "service.yaml"
    main.write_text(main.read_text() + "synthetic: true\n")
    publish(folder)
    assert "made up for tests of scale" in shown(client, f"/services/{COPY}/?").text
    assert "made up for tests" in shown(client, "/services/?all=1").text


def test_a_district_shows_its_own_texts(client, tmp_path, published):
    shutil.copytree(SAMPLE, tmp_path / COPY)
    own = tmp_path / f"{COPY}-mapo"
    own.mkdir()
    (own / "service.yaml").write_text(
        f'extends: {COPY}\ndistrict: "11440"\nsummary: 마포에서 발급합니다.\n'
    )
    publish(own)
    assert (
        "마포에서 발급합니다." in client.get(f"/services/{COPY}/?district=11440").content.decode()
    )
    whole = client.get(f"/services/{COPY}/").content.decode()
    assert "마포에서 발급합니다." not in whole
    assert 'href="?district=11440"' in whole


def test_what_does_not_exist_is_a_page_that_says_so(client, published):
    assert client.get("/services/nothing/").status_code == 404


def test_an_officer_stops_the_machine_and_the_page_says_so(officer, client, published):
    address = f"/services/{COPY}/automation/"
    assert officer.get(address).status_code == 200
    assert officer.post(address, {"wish": "off", "reason": ""}).status_code == 422
    assert api.automation_is_on(COPY)
    officer.cookies["django_language"] = "en"
    officer.post(address, {"wish": "off", "reason": "The register answers wrongly."})
    assert not api.automation_is_on(COPY)
    text = shown(officer, f"/services/{COPY}/").text
    assert "people decide every case of this service" in text
    assert officer.post(address, {"wish": "off", "reason": "again"}).status_code == 422
    officer.post(address, {"wish": "on", "reason": "It is right again."})
    assert api.automation_is_on(COPY)


def test_the_brake_is_no_residents(client, published):
    assert client.get(f"/services/{COPY}/automation/").status_code in (302, 401, 403)


def test_services_are_in_the_menu_and_on_the_home_page(client, published):
    text = client.get("/services/?lang=en").content.decode()
    assert re.search(r'<a href="/services/"[^>]*aria-current="page"', text)


@pytest.mark.parametrize("language", ["ko", "en"])
@pytest.mark.parametrize("path", ["", "?all=1", "?q=none", "?event=moving", f"{COPY}/"])
def test_every_page_is_well_built_in_both_languages(client, published, path, language):
    assert shown(client, f"/services/{path}", language).heading


@pytest.mark.parametrize("language", ["ko", "en"])
def test_the_officers_page_is_well_built_in_both_languages(officer, published, language):
    assert shown(officer, f"/services/{COPY}/automation/", language).heading
