"""The widget for other sites, the public screen, and the page that says how to use them."""

from __future__ import annotations

import gzip
import html as entities
import re
from datetime import datetime, timedelta

import pytest
from django.contrib.staticfiles import finders
from django.test import Client
from lxml import html

from madang.air.present import forget_present_air
from madang.kernel.times import fixed_clock
from madang.web import context
from tests.air.conftest import MAPO, city_time, feed
from tests.web.html import page

pytestmark = [pytest.mark.data, pytest.mark.django_db]

NOON = city_time(2026, 11, 22, 12)
LANGUAGES = pytest.mark.parametrize("language", ["ko", "en"])
WIDGET, DISPLAY, EMBED = (f"/air/{MAPO}/{name}/" for name in ("widget", "display", "embed"))


@pytest.fixture(autouse=True)
def clock():
    context._kept_alerts.clear()
    forget_present_air()
    with fixed_clock(NOON + timedelta(minutes=5)):
        yield


@pytest.fixture
def mapo(station):
    streams = station(origin="simulated")
    for pollutant, value in {"pm25": 45.0, "pm10": 60.0, "o3": 0.02, "no2": 0.02}.items():
        hours = [(NOON - timedelta(hours=n), value) for n in range(11, -1, -1)]
        feed(streams[pollutant], pollutant, hours)


def root_of(client: Client, path: str, language: str) -> html.HtmlElement:
    response = client.get(path, {"lang": language})
    assert response.status_code == 200
    return html.fromstring(response.content.decode())


def test_only_the_widget_may_stand_in_a_frame(client, mapo):
    for _time in range(2):  # the second answer is the kept one
        answer = client.get(WIDGET)
        assert "frame-ancestors *" in answer["Content-Security-Policy"]
        assert "default-src 'none'; script-src 'self';" in answer["Content-Security-Policy"]
        assert not answer.has_header("X-Frame-Options")
    for path in (DISPLAY, EMBED, f"/air/{MAPO}/"):
        answer = client.get(path)
        assert "frame-ancestors 'none'" in answer["Content-Security-Policy"]
        assert answer["X-Frame-Options"] == "DENY"


def test_the_widget_with_its_styles_is_light(client, mapo):
    body = client.get(WIDGET).content
    parts = re.findall(r'(?:href|src)="/static/([^"]+\.(?:css|js))"', body.decode())
    parts = [part for part in parts if not part.startswith("vendor/fonts/")]
    assert len(parts) == 3
    size = len(gzip.compress(body))
    for part in parts:
        with open(finders.find(part), "rb") as file:  # noqa: PTH123 - a path of Django's
            size += len(gzip.compress(file.read()))
    assert size <= 7_000
    assert not client.get(WIDGET).cookies


@LANGUAGES
def test_the_widget_says_the_answer_its_time_and_its_origin(client, mapo, language: str):
    root = root_of(client, WIDGET, language)
    assert root.get("lang") == language
    text = root.text_content()
    for part in {
        "ko": ("마포구", "나쁨", "낮 12시", "모의"),
        "en": ("Mapo-gu", "Bad", "12:00", "simulated"),
    }[language]:
        assert part in text
    (link,) = root.xpath("//a")
    assert link.get("href") == f"http://testserver/air/{MAPO}/"
    assert link.get("rel") == "noopener"


@pytest.mark.parametrize(
    ("given", "taken"), [("dark", "dark"), ("light", "light"), ("auto", None), ('"><x', None)]
)
def test_the_colours_can_be_named_in_the_address(client, mapo, given, taken):
    for path in (WIDGET, DISPLAY):
        root = html.fromstring(client.get(path, {"theme": given}).content.decode())
        assert root.get("data-theme") == taken


@LANGUAGES
def test_the_display_names_place_class_advice_and_values(client, mapo, language: str):
    root = root_of(client, DISPLAY, language)
    assert root.xpath("//h1")[0].text_content().strip() == {"ko": "나쁨", "en": "Bad"}[language]
    assert root.xpath("//p[@class='advice']")[0].text_content() == {
        "ko": "바깥 운동은 짧게 하세요.",
        "en": "Keep outdoor exercise short.",
    }[language]  # fmt: skip
    assert [strong.text for strong in root.xpath("//dl//strong")][:2] == ["45", "60"]


def test_the_display_knows_until_when_its_values_are_fresh(client, mapo):
    body = html.fromstring(client.get(DISPLAY).content.decode()).xpath("//body")[0]
    assert datetime.fromisoformat(body.get("data-fresh-until")) == NOON + timedelta(hours=2)
    assert body.xpath("//noscript/meta[@http-equiv='refresh']/@content") == ["60"]


@LANGUAGES
def test_a_late_display_is_grey_and_gives_no_advice(client, mapo, language: str):
    with fixed_clock(NOON + timedelta(hours=3)):
        root = root_of(client, DISPLAY, language)
    assert "display-none" in root.xpath("//body/@class")[0]
    assert not root.xpath("//p[@class='advice']")
    assert {"ko": "새 측정값이 없습니다", "en": "No fresh readings"}[language] in (
        root.xpath("//h1")[0].text_content()
    )


@pytest.mark.parametrize("path", [WIDGET, DISPLAY, EMBED])
@LANGUAGES
def test_without_readings_each_says_so(client, path: str, language: str):
    root = root_of(client, path, language)
    if path != EMBED:
        assert {"ko": "아직 없습니다", "en": "yet"}[language] in root.text_content()


@pytest.mark.parametrize("name", ["widget", "display", "embed"])
def test_an_unknown_district_is_not_found(client, name: str):
    assert client.get(f"/air/99999/{name}/").status_code == 404


@LANGUAGES
def test_the_code_to_copy_is_a_frame_in_the_chosen_language(client, language: str):
    root = page(client, f"{EMBED}?in=vi&theme=dark", language)
    code = root.xpath("//pre/code")[0].text_content()
    frame = html.fromstring(code)
    assert frame.get("src") == f"http://testserver{WIDGET}?lang=vi&theme=dark"
    assert "&amp;theme" in code, "as it must stand in a page"
    assert frame.get("title")
    preview = entities.unescape(root.xpath("//iframe/@src")[0])
    assert preview == f"{WIDGET}?lang=vi&theme=dark"
    assert root.xpath("//select[@id='in']/option[@selected]/@value") == ["vi"]


def test_a_language_that_is_none_is_not_put_into_the_code(client):
    root = page(client, f"{EMBED}?in=%22%3E%3Cx", "en")
    assert "lang=en" in root.xpath("//pre/code")[0].text_content()
