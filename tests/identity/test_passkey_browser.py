"""Passkeys in a real browser with a virtual authenticator (WebAuthn level 3, section 11)."""

from __future__ import annotations

import pytest

from tests.web.browser import arrived, console_errors, faults, needs_browser, open_browser, resize

pytestmark = [
    pytest.mark.system, pytest.mark.data, pytest.mark.django_db(transaction=True), needs_browser,
]  # fmt: skip
DEVICE = {
    "protocol": "ctap2", "transport": "internal", "hasResidentKey": True,
    "hasUserVerification": True, "isUserVerified": True, "automaticPresenceSimulation": True,
}  # fmt: skip


@pytest.fixture
def site(live_server) -> str:
    return live_server.url.replace("127.0.0.1", "localhost")


@pytest.fixture
def browser(tmp_path):
    with open_browser(tmp_path) as opened:
        resize(opened, 360)
        yield opened


def device(browser, **more: object) -> str:
    browser.execute_cdp_cmd("WebAuthn.enable", {"enableUI": False})
    options = {"options": DEVICE | more}
    return browser.execute_cdp_cmd("WebAuthn.addVirtualAuthenticator", options)["authenticatorId"]


def press(browser, text: str) -> None:
    browser.find_element("xpath", f"//main//button[contains(., '{text}')]").click()


def test_a_resident_opens_an_account_signs_out_and_in_again(browser, site: str):
    device(browser)
    browser.get(f"{site}/account/new/?lang=en")
    assert faults(browser) == []
    browser.find_element("id", "name").send_keys("Haneul")
    press(browser, "Open the account")
    arrived(browser, "[role='status']", "number")
    browser.get(f"{site}/account/")
    arrived(browser, "h1", "Your account")
    assert "Passkey" in browser.find_element("tag name", "main").text
    assert faults(browser) == []
    browser.find_element("css selector", "header form[action='/sign-out/'] button").click()
    arrived(browser, "header a[href='/sign-in/']")
    browser.get(f"{site}/sign-in/passkey/?next=/account/")
    assert faults(browser) == []
    press(browser, "Sign in with your passkey")
    arrived(browser, "h1", "Your account")
    assert console_errors(browser) == []


def test_a_device_that_refuses_is_said_and_may_be_tried_again(browser, site: str):
    here = device(browser, isUserVerified=False, automaticPresenceSimulation=True)
    browser.execute_cdp_cmd("WebAuthn.setUserVerified",
                            {"authenticatorId": here, "isUserVerified": False})  # fmt: skip
    browser.get(f"{site}/sign-in/passkey/?lang=en")
    press(browser, "Sign in with your passkey")
    arrived(browser, "form[data-passkey] [role='status']", "Try again")
    assert browser.find_element("css selector", "form[data-passkey] button").is_enabled()


def test_without_a_script_the_page_says_so(browser, site: str):
    from tests.web.browser import scripts

    scripts(browser, on=False)
    browser.get(f"{site}/account/new/?lang=en")
    text = browser.find_element("tag name", "main").text
    assert "need JavaScript" in text
    assert "counter" in text
    scripts(browser, on=True)
