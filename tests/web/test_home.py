"""Home: the reader's district, the ways in that rooms offer, what the house keeps of a reader."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.test import Client

from madang.air.present import forget_present_air
from madang.kernel import registry
from madang.kernel.errors import Unavailable
from madang.kernel.registry import DistrictNow, Doorway, Registry
from madang.kernel.times import HOUR, hour_end, now
from madang.web import choices, context, home
from tests.air.conftest import MAPO, feed
from tests.web.html import page

pytestmark = [pytest.mark.data, pytest.mark.django_db]
LANGUAGES = pytest.mark.parametrize("language", ["ko", "en"])


@pytest.fixture(autouse=True)
def fresh():
    context._kept_alerts.clear()
    forget_present_air()


@pytest.fixture
def offered(monkeypatch):
    """Add offers to those of the installed rooms."""

    def add(*offers):
        real = registry.registry()
        more = Registry({**real.by_room, "guest": offers})
        for module in (home, context):
            monkeypatch.setattr(module, "registry", lambda: more)

    return add


@LANGUAGES
def test_a_district_is_chosen_without_a_script_and_kept(client: Client, station, language: str):
    streams = station(origin="simulated")
    end = hour_end(now()) - HOUR
    feed(streams["pm25"], "pm25", [(end, 31.0)])
    form = page(client, "/", language).find(".//form[@data-near]")
    assert form.get("action") == "/district/"
    assert len(form.findall(".//option")) == 26
    assert client.get(f"/district/?code={MAPO}&next=/")["Location"] == "/"
    root = page(client, "/", language)
    assert {"ko": "마포구의 지금", "en": "Mapo-gu now"}[language] in root.text_content()
    card = root.find(f".//article//a[@href='/air/{MAPO}/']/../..")
    assert "31" in card.text_content()
    assert ("모의" if language == "ko" else "simulated") in card.text_content()


def test_a_district_can_be_forgotten(client: Client):
    client.get(f"/district/?code={MAPO}")
    client.get("/district/?code=")
    assert page(client, "/", "en").get("data-display") == "normal"
    assert not client.cookies[choices.DISTRICT_COOKIE].value


@pytest.mark.parametrize("code", ["99999", "1144000", "'><script>"])
def test_what_is_no_district_is_not_found(client: Client, code: str):
    assert client.get("/district/", {"code": code}).status_code == 404


def test_a_forged_district_cookie_is_ignored(client: Client):
    client.cookies[choices.DISTRICT_COOKIE] = "99999"
    assert "My district now" in page(client, "/", "en").text_content()


def test_readers_of_two_districts_do_not_share_a_page(client: Client):
    for code, name in ((MAPO, "Mapo-gu now"), ("11680", "Gangnam-gu now"), (MAPO, "Mapo-gu now")):
        client.get(f"/district/?code={code}")
        assert name in page(client, "/", "en").text_content()


def test_a_silent_district_has_a_state_of_its_own(client: Client):
    client.get(f"/district/?code={MAPO}")
    assert page(client, "/", "en").find(".//div[@class='state state-empty']") is not None


def absent(code: str) -> None:
    raise Unavailable("lake away")


def test_a_room_that_does_not_answer_is_named_and_the_rest_is_shown(client: Client, offered):
    offered(DistrictNow("away", "tests.web.test_home:absent", "air/now.html", 5))
    client.get(f"/district/?code={MAPO}")
    assert "Not all that is known of your district" in page(client, "/", "en").text_content()


def test_no_section_stands_empty(client: Client):
    text = page(client, "/", "en").text_content()
    assert "What has happened in your life?" not in text


def test_ways_in_appear_with_their_offers_in_order(client: Client, offered):
    offered(
        Doorway("service", "proof", "Services", "More", 2),
        Doorway("service", "status", "Search", "", 1, icon="phone"),
        Doorway("life-event", "air", "Home", "", 1),
        Doorway("service", "operations", "Operations", "", 3, access="role:operator"),
        Doorway("service", "no-such-page", "Gone", "", 4),
    )
    root = page(client, "/", "en")
    cards = [a.get("href") for a in root.findall(".//li[@class='card card-link']//a")]
    assert cards == ["/air/", "/status/", "/proof/", "/services/", "/ask/", "/plan/"]
    assert root.find(".//form[@role='search']").get("action") == "/search/"


@LANGUAGES
def test_the_phone_stands_on_every_page_and_no_way_out_is_dead(client: Client, language: str):
    for path in ("/", "/air/", "/sign-in/", "/privacy/"):
        root = page(client, path, language)
        assert root.xpath("//aside[@class='ways-out']//a[starts-with(@href, 'tel:')]//strong")
        for way in root.xpath("//aside[@class='ways-out']//a[starts-with(@href, '/')]/@href"):
            assert client.get(way).status_code == 200


def test_the_privacy_page_names_every_cookie(client: Client):
    text = page(client, "/privacy/", "en").text_content()
    for cookie in (
        settings.LANGUAGE_COOKIE_NAME, settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME,
        choices.DISPLAY_COOKIE, choices.THEME_COOKIE, choices.DISTRICT_COOKIE,
    ):  # fmt: skip
        assert cookie in text


@LANGUAGES
def test_the_page_in_easy_words_leads_to_what_happens_in_a_life(client: Client, language: str):
    from tests.cases.applying import published

    published()
    root = page(client, "/?display=easy", language)
    links = root.xpath("//main//ul[@class='event-grid']//a")
    said = {link.get("href"): link.text_content().strip() for link in links}
    moving = {"ko": "이사를 해요", "en": "I move to a new home"}[language]
    assert moving in said.values()
    assert said.keys() == {
        link.get("href")
        for link in page(client, "/", language).xpath("//main//ul[@class='event-grid']//a")
    }
