"""Mandates, assisted sessions and looks in a real browser: each page, on a phone and on a desk."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

import pytest

from madang.access.api import purpose
from madang.identity import people, vouched
from madang.identity.people import KEEP_PEOPLE
from madang.identity.person_models import Person
from madang.identity.vouched import Vouched
from tests.identity.residents import COUNTER, actor_of, client_of, resident, session_key, staff
from tests.web.browser import (
    BROWSER_TEST,
    DESKTOP,
    arrived,
    browser_of_module,
    come_anew,
    console_errors,
    faults,
    resize,
    scripts,
    tab_faults,
)

pytestmark = BROWSER_TEST
PHONE = 360
KEY = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True,
       "hasUserVerification": True, "isUserVerified": True,
       "automaticPresenceSimulation": True}  # fmt: skip
HASH = "ab" * 32
# where pictures of the pages go, for whoever wants to look at them
PICTURES = os.environ.get("MADANG_PICTURES", "")


opened = browser_of_module()


@pytest.fixture
def browser(opened, live_server):
    come_anew(opened, live_server.url)
    opened.get_log("browser")  # what the test before left there
    resize(opened, PHONE)
    return opened


@pytest.fixture
def kim(transactional_db):
    return resident("김하늘", number="510302-2345678", latin="KIM Haneul")


@pytest.fixture
def mother(transactional_db):
    return resident("이봄", number="300101-2345678", born=date(1950, 1, 1), latin="LEE Bom")


@pytest.fixture
def clerk(transactional_db):
    return staff("lee", "clerk")


def become(browser, site: str, account) -> None:
    """Let the browser be signed in as this account, just now and with two factors."""
    browser.get(f"{site}/static/web/mark.svg")
    browser.delete_all_cookies()
    key = session_key(account)
    browser.add_cookie({"name": "madang", "value": key, "path": "/"})
    browser.add_cookie({"name": "django_language", "value": "en", "path": "/"})


def press(browser, text: str) -> None:
    browser.find_element(
        "xpath", f"//button[not(@aria-hidden)][contains(normalize-space(), '{text}')]"
    ).click()


def choose(browser, name: str, *values: str) -> None:
    for value in values:
        browser.find_element("css selector", f"label[for={name}-{value}]").click()


def looked_at(browser, name: str) -> None:
    """Check the page shown, on a phone and on a desk; keep its picture where asked to."""
    for width in (PHONE, DESKTOP):
        resize(browser, width)
        assert faults(browser) == [], f"{name} at {width}"
        if PICTURES:
            height = browser.execute_script("return document.documentElement.scrollHeight")
            resize(browser, width, min(height, 3000))
            Path(PICTURES, f"{name}-{width}.png").write_bytes(browser.get_screenshot_as_png())
    resize(browser, PHONE)


def test_a_resident_lets_a_parent_act_who_acts_and_the_resident_sees_it(
    browser, live_server, kim, mother, clerk
):
    site = live_server.url
    scripts(browser, on=False)  # all of it works without
    become(browser, site, kim)
    browser.get(f"{site}/account/mandates/")
    arrived(browser, "h1", "Nobody acts for you")
    browser.find_element("link text", "Let somebody act for you").click()
    press(browser, "Get the code")
    arrived(browser, ".error-summary", "Choose who acts")
    choose(browser, "kind", "parent")
    choose(browser, "verbs", "view", "apply", "sign")
    press(browser, "Get the code")
    arrived(browser, "h1", "Hand this code")
    code = browser.find_element("css selector", "p.lead code").text

    become(browser, site, mother)
    browser.get(f"{site}/account/mandates/accept/")
    browser.find_element("id", "code").send_keys(code)
    press(browser, "See what it is")
    arrived(browser, "h1", "Do you want to act for KIM Haneul?")
    press(browser, "Yes, I act for them")
    arrived(browser, "h2", "You may act for")
    press(browser, "Act for KIM Haneul now")
    arrived(browser, "[aria-label='Acting for somebody else']", "You act for KIM Haneul.")
    browser.get(f"{site}/account/names/")
    choose(browser, "form", "preferred")
    browser.find_element("id", "full").send_keys("하늘이")
    press(browser, "Keep this name")
    arrived(browser, "[role='status']", "changed")
    press(browser, "Act for myself again")
    arrived(browser, "h1")
    assert not browser.find_elements("css selector", "[aria-label='Acting for somebody else']")

    with purpose(actor_of(client_of(clerk)), KEEP_PEOPLE):
        Person.objects.get(pk=kim.person_id)
    become(browser, site, kim)
    browser.get(f"{site}/account/looks/")
    shown = browser.find_element("tag name", "main").text
    assert "Clerk" in shown
    assert "LEE Bom" in shown
    assert "Change a form of your name" in shown
    browser.get(f"{site}/account/mandates/")
    browser.find_element("partial link text", "End it").click()
    press(browser, "End it now")
    arrived(browser, "h1", "Nobody acts for you")
    assert console_errors(browser, "/account/mandates/new/") == []


def test_an_operators_assisted_session_shows_up_at_the_residents(browser, live_server, kim, clerk):
    site = live_server.url
    become(browser, site, clerk)
    browser.get(f"{site}/counter/assist/")
    browser.find_element("id", "number").send_keys("510302-2345678")
    browser.find_element("css selector", "#service option:nth-child(2)").click()
    press(browser, "Ask for their consent")
    arrived(browser, "h1", "Read this number to the resident:")
    number = browser.find_element("tag name", "h1").text.split()[-1]
    looked_at(browser, "assist-wait")
    waiting = browser.current_url

    become(browser, site, kim)
    browser.get(f"{site}/account/assistance/")
    arrived(browser, "h1", "Staff ask to act for you")
    looked_at(browser, "assistance")
    press(browser, number)
    arrived(browser, "h1", "Staff act for you now")

    become(browser, site, clerk)
    browser.get(waiting)
    arrived(browser, "h1", "The resident agreed")
    press(browser, "Act for them now")
    arrived(browser, "[aria-label='Acting for somebody else']", "15 minutes left")
    looked_at(browser, "acting-looks")
    browser.get(f"{site}/account/names/")
    browser.find_element("id", "full").send_keys("하늘이")
    press(browser, "Keep this name")
    arrived(browser, "main", "a second officer has to confirm it")
    press(browser, "End now")
    arrived(browser, "h1")

    become(browser, site, kim)
    browser.get(f"{site}/account/confirmations/")
    looked_at(browser, "confirmations")
    press(browser, "Yes, change it")
    arrived(browser, "[role='status']", "It is done")
    browser.get(f"{site}/account/looks/")
    arrived(browser, "main", "Find your record to help you")
    arrived(browser, "main", "Change a form of your name")
    assert "assisted" in browser.find_element("tag name", "main").text
    looked_at(browser, "looks")
    assert tab_faults(browser) == []
    assert console_errors(browser) == []


def test_the_page_of_staff_goes_on_by_itself_once_the_resident_approved(
    browser, live_server, kim, clerk
):
    site = live_server.url
    become(browser, site, clerk)
    browser.get(f"{site}/counter/assist/")
    browser.find_element("id", "number").send_keys("510302-2345678")
    browser.find_element("css selector", "#service option:nth-child(2)").click()
    choose(browser, "consent", "approval")
    press(browser, "Ask for their consent")
    arrived(browser, "h1", "Read this number to the resident:")
    number = browser.find_element("tag name", "h1").text.split()[-1]
    looked_at(browser, "assist-wait-approval")
    waiting = browser.current_url

    become(browser, site, kim)
    browser.get(f"{site}/approve/")
    browser.find_element("partial link text", "Staff ask to act for you").click()
    arrived(browser, "h1", "Did you ask staff to help you?")
    looked_at(browser, "approve-assisted")
    press(browser, number)
    arrived(browser, "h1", "Approved")
    looked_at(browser, "approved-assisted")

    become(browser, site, clerk)
    browser.get(waiting)
    arrived(browser, "[aria-label='Acting for somebody else']", "15 minutes left")
    assert browser.current_url.endswith("/account/names/")
    assert console_errors(browser) == []


def test_a_passkey_says_yes_in_the_browser_of_the_counter(browser, live_server, clerk):
    site = live_server.url.replace("127.0.0.1", "localhost")
    browser.execute_cdp_cmd("WebAuthn.enable", {"enableUI": False})
    browser.execute_cdp_cmd("WebAuthn.addVirtualAuthenticator", {"options": KEY})
    kim = resident("김하늘", number="510302-2345678")
    become(browser, site, kim)
    browser.get(f"{site}/account/passkeys/add/")
    press(browser, "Make the passkey")
    arrived(browser, "[role='status']", "added")

    become(browser, site, clerk)
    browser.get(f"{site}/counter/assist/")
    browser.find_element("id", "number").send_keys("510302-2345678")
    browser.find_element("css selector", "#service option:nth-child(2)").click()
    choose(browser, "consent", "passkey")
    press(browser, "Ask for their consent")
    arrived(browser, "h1", "The resident agrees with their passkey")
    looked_at(browser, "assist-wait-passkey")
    press(browser, "They agree with their passkey")
    arrived(browser, "[aria-label='Acting for somebody else']", "15 minutes left")
    assert console_errors(browser) == []


def test_the_pages_of_children_and_of_whom_may_be_known_are_whole(browser, live_server, clerk):
    site = live_server.url
    mother = resident("이봄", number="800101-2234567")
    people.add_person(people.Particulars((people.NameForm("registered", "홍길동"),),
                                         born=date(1970, 1, 1)), by=COUNTER)  # fmt: skip
    vouched.open_account(Vouched("ci", "1", "홍길동", "approval", date(1970, 1, 1)))
    for account, path in ((mother, "account/children/"), (clerk, "counter/known/")):
        become(browser, site, account)
        browser.get(f"{site}/{path}")
        looked_at(browser, path.replace("/", "-"))
    press(browser, "One person: join the records")
    arrived(browser, "main", "Choose the document that you saw")
    browser.find_element("css selector", "select option[value='passport']").click()
    press(browser, "One person: join the records")
    arrived(browser, "h1", "Nobody seems to be known twice")
    assert [one for one in console_errors(browser) if "422" not in one] == []
