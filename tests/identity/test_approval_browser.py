"""Approval by phone in a real browser, by keyboard, with and without scripts."""

from __future__ import annotations

import httpx
import pytest

from madang.identity.approval_models import ApprovalRequest
from madang.identity.approvals import registry
from madang.kernel import times
from madang.kernel.config import settings
from tests.identity.fake_broker import CLIENT_CODE, LINK_ID, SECRET, Broker
from tests.web.browser import (
    BROWSER_TEST,
    PHONE,
    arrived,
    browser_of_module,
    choose,
    come_anew,
    console_errors,
    faults_at_widths,
    resize,
    scripts,
)

pytestmark = BROWSER_TEST
PAGE = "/sign-in/approval/"


browser = browser_of_module()


@pytest.fixture
def broker(monkeypatch):
    broker = Broker(times.now)
    monkeypatch.setenv("MADANG_APPROVAL_BROKER", f"{LINK_ID}:{CLIENT_CODE}")
    monkeypatch.setenv("MADANG_APPROVAL_SECRET", SECRET)
    monkeypatch.setattr(registry, "transport", lambda: httpx.WSGITransport(broker))
    settings.cache_clear()
    registry.forget()
    yield broker
    monkeypatch.undo()
    settings.cache_clear()
    registry.forget()


@pytest.fixture
def site(live_server, browser, broker):
    come_anew(browser, live_server.url, django_language="en")
    return live_server.url


def ask(browser, site: str, phone: str = "010-1234-5678") -> None:
    """Fill the form by keyboard alone and send it."""
    from selenium.webdriver import Keys

    browser.get(f"{site}{PAGE}")
    browser.find_element("id", "provider-kakao").send_keys(Keys.SPACE)
    for field, text in (("name", "홍길동"), ("born", "19700101"), ("phone", phone)):
        browser.find_element("id", field).send_keys(text)
    browser.find_element("id", "phone").send_keys(Keys.ENTER)


@pytest.mark.parametrize("on", [True, False], ids=["scripts", "no scripts"])
def test_a_resident_signs_in_by_approving(browser, site, broker, on):
    scripts(browser, on)
    resize(browser, PHONE)
    ask(browser, site)
    arrived(browser, "h1", "Approve in 카카오 now")
    browser.find_element("css selector", "main form button").click()
    arrived(browser, "[role=alert]", "not approved yet")
    broker.sign(ApprovalRequest.objects.get().receipt)
    browser.find_element("css selector", "main form button").click()
    arrived(browser, "h1")
    assert browser.current_url == f"{site}/my/"
    assert "홍길동" not in browser.current_url
    scripts(browser, True)


@pytest.mark.parametrize("language", ["ko", "en"])
def test_the_pages_are_accessible_wide_and_narrow(browser, site, broker, language):
    choose(browser, site, django_language=language)
    browser.get(f"{site}{PAGE}")
    found = faults_at_widths(browser, "form")
    broker.down = "error"
    ask(browser, site)
    arrived(browser, "[role=alert]")
    found += faults_at_widths(browser, "down")
    broker.down = ""
    registry.forget()
    ask(browser, site)
    arrived(browser, "ol b")
    found += faults_at_widths(browser, "wait")
    found += console_errors(browser, "503", "422")
    assert not found, "\n".join(found)
