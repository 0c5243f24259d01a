"""Home, status, proof, preferences, accounts: in both languages, structure and texts checked."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.test import Client

from madang.access.api import Actor
from madang.identity import api as identity
from madang.kernel import claims, registry
from madang.kernel.claims import Figure, Machine
from madang.web import context
from madang.web.choices import DISPLAYS
from tests.staff import PASSWORD, sign_in
from tests.web.html import page

pytestmark = [pytest.mark.data, pytest.mark.django_db]
LANGUAGES = pytest.mark.parametrize("language", ["ko", "en"])


@pytest.fixture(autouse=True)
def fresh():
    context._kept_alerts.clear()


@LANGUAGES
@pytest.mark.parametrize("path", ["/", "/status/", "/proof/", "/accessibility/", "/sign-in/"])
def test_the_open_pages_are_well_built(client: Client, path: str, language: str):
    page(client, path, language)


@LANGUAGES
def test_the_pages_of_accounts_are_well_built(client: Client, language: str):
    first = identity.first_administrator_link("")
    page(client, first, language)
    link = identity.add_user("kim", ["officer"]).link
    page(client, link, language)
    page(client, link[:-2] + "/", language, status=410)


@LANGUAGES
def test_the_menu_shows_what_its_reader_may_open(client: Client, language: str):
    root = page(client, "/", language)
    assert not root.xpath("//nav[@class='menu']//a[@href='/operations/']")
    identity.add_user("lee", ["operator"], password=PASSWORD)
    sign_in(client, "lee")
    root = page(client, "/status/", language)
    assert root.xpath("//nav[@class='menu']//a[@href='/operations/']")
    assert root.xpath("//form[@action='/sign-out/']")


def test_staff_who_are_nobody_in_the_register_have_no_page_of_their_own(client: Client):
    identity.add_user("lee", ["officer"], password=PASSWORD)
    sign_in(client, "lee")
    own = "//nav[@class='menu']//a[@href='/my/']"
    assert not page(client, "/status/", "ko").xpath(own)
    worker = Actor("account:lee", "Lee", frozenset({"officer"}), ial=2, aal=2)
    assert not context.has_own_page(worker)
    assert context.has_own_page(replace(worker, person="p"))
    assert context.has_own_page(replace(worker, roles=frozenset()))


def test_only_one_menu_entry_is_the_present_one(client: Client):
    root = page(client, "/air/measures/", "en")
    current = root.xpath("//nav[@class='menu']//a[@aria-current]/@href")
    assert current == ["/air/measures/"]


def test_the_browser_s_language_counts_until_one_is_chosen(client: Client):
    response = client.get("/", headers={"accept-language": "en-GB,en;q=0.9"})
    assert b'<html lang="en"' in response.content
    client.get("/language/ko/?next=/air/")
    response = client.get("/", headers={"accept-language": "en-GB,en;q=0.9"})
    assert b'<html lang="ko"' in response.content


@pytest.mark.parametrize("display", DISPLAYS)
def test_a_display_is_remembered(client: Client, display: str):
    assert client.get(f"/display/{display}/?next=/air/")["Location"] == "/air/"
    assert page(client, "/", "en").get("data-display") == display


@pytest.mark.parametrize("path", ["/language/xx/", "/display/tiny/"])
def test_what_cannot_be_chosen_is_not_found(client: Client, path: str):
    assert client.get(path).status_code == 404


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example", "javascript:x"])
def test_a_choice_never_leads_to_another_site(client: Client, target: str):
    assert client.get("/language/en/", {"next": target})["Location"] == "/"


def test_a_forged_display_cookie_is_ignored(client: Client):
    client.cookies["madang_display"] = '"><script>'
    assert page(client, "/", "en").get("data-display") == "normal"


@LANGUAGES
def test_proof_shows_ours_the_goal_and_the_others(client, monkeypatch, language: str):
    claim = registry.Claim(
        "web.pages", "Pages", "requests/CPU-s", 1000.0, "higher", "x:y",
        (registry.Anchor("Some city", 120.0, "https://example.org/report"),),
    )  # fmt: skip
    machine = Machine("a CPU", 2, 8.0, "Linux", "3.11")
    figure = Figure("web.pages", 2345.6, "", "2026-11-22T06:00:00+00:00", 3.0, machine, "0.1")
    failed = registry.Claim("web.other", "Home", "s", 1.0, "lower", "x:z")
    broken = Figure("web.other", None, "crashed", "2026-11-22T06:00:00+00:00", 3.0, machine, "0.1")
    rows = [
        claims.Kept("web", claim, figure, True),
        claims.Kept("web", failed, broken, None),
    ]
    monkeypatch.setattr(claims, "kept", lambda: rows)
    text = page(client, "/proof/", language).text_content()
    assert "2,346" in text
    assert "Some city: 120" in text
    assert "a CPU" in text
    assert ("잴 수 없었음" if language == "ko" else "could not be measured") in text
