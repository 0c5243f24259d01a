"""Alerts in a real browser: signed up on the page, delivered, shown, opened, stopped.

A browser without a window has no push service. The test plays that service and nothing else: it
makes the subscription's keys, takes what the city posts, and hands the plain text to the worker.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from madang.notices.models import Contact, RecordedMessage, SignUp, Subscriber
from tests.looking import rows
from tests.web.browser import (
    PHONE,
    arrived,
    choose,
    console_errors,
    faults,
    needs_browser,
    open_browser,
    resize,
)
from tests.web.devtools import Target, attached

from .conftest import MAPO, Browser, go_out, told

pytestmark = [
    pytest.mark.system,
    pytest.mark.data,
    pytest.mark.timeout(240),
    pytest.mark.django_db(transaction=True),
    needs_browser,
]
# what the browser's maker would answer; the test has the private key
_SUBSCRIBED = """
const made = %s;
PushManager.prototype.subscribe = async function (options) {
  if (!options.userVisibleOnly) throw new Error("Chromium asks for userVisibleOnly");
  window.askedWith = [...new Uint8Array(options.applicationServerKey)];
  localStorage.setItem("subscribed", "yes");
  return {...made, options, toJSON: () => made, unsubscribe: async () => true};
};
PushManager.prototype.getSubscription = async function () {
  return localStorage.getItem("subscribed")
    ? {...made, options: {applicationServerKey: null}, toJSON: () => made,
       unsubscribe: async () => true}
    : null;
};
"""
_SHOWN = """
self.registration.getNotifications().then(all => JSON.stringify(all.map(n => ({
  title: n.title, body: n.body, lang: n.lang, dir: n.dir, tag: n.tag, data: n.data,
  actions: n.actions.map(a => a.action + ": " + a.title)}))))
"""
# only a hand on the notification lets a worker open a window; so note what it would open
_CLICKED = """
(async () => {
  const [one] = await self.registration.getNotifications({tag: %s});
  const opened = [];
  self.clients.openWindow = async (address) => { opened.push(address); };
  self.dispatchEvent(new NotificationEvent("notificationclick", {notification: one, action: %s}));
  return opened[0];
})()
"""


@pytest.fixture
def browser(tmp_path: Path) -> Iterator[Any]:
    with open_browser(tmp_path) as driver:
        resize(driver, 360)
        yield driver


@pytest.fixture
def site(live_server, configured) -> str:
    configured(public_url=live_server.url)
    return live_server.url


class Worker:
    """The service worker of a page, with what it showed."""

    def __init__(self, browser: Any, site: str) -> None:
        self.browser, self.site = browser, site

    def push(self, message: dict[str, Any]) -> None:
        """Bring a message as the push service of the browser's maker would."""
        with attached(self.browser, "page", self.site) as page:
            page.send("ServiceWorker.enable")
            page.send("ServiceWorker.deliverPushMessage", origin=self.site,
                      registrationId=_registration(page), data=json.dumps(message))  # fmt: skip

    def shown(self) -> list[dict[str, Any]]:
        """Return the notifications that stand on the screen."""
        return json.loads(self._evaluate(_SHOWN))

    def click(self, tag: str, action: str = "") -> str:
        """Press a notification or its button; return the address that the worker opens."""
        return self._evaluate(_CLICKED % (json.dumps(tag), json.dumps(action)))

    def _evaluate(self, expression: str) -> Any:
        with attached(self.browser, "service_worker", "/alerts/worker.js") as worker:
            return worker.evaluate(expression)


def _registration(page: Target) -> str:
    while True:
        told = page.event("ServiceWorker.workerRegistrationUpdated")["registrations"]
        if told:
            return str(told[0]["registrationId"])


def allow(browser: Any, site: str) -> None:
    """Say yes to notifications, as a reader does in the browser's own question."""
    browser.execute_cdp_cmd(
        "Browser.grantPermissions", {"origin": site, "permissions": ["notifications"]}
    )


def subscribe(browser: Any, subscription: str) -> None:
    """Let the push service of the browser's maker answer with this subscription."""
    browser.execute_cdp_cmd(
        "Page.addScriptToEvaluateOnNewDocument", {"source": _SUBSCRIBED % subscription}
    )


def until(condition: Callable[[], Any], what: str) -> Any:
    """Return the first true value of `condition`."""
    from selenium.webdriver.support.wait import WebDriverWait

    return WebDriverWait(None, 20, 0.1).until(lambda _: condition(), what)


def press(browser: Any, selector: str) -> None:
    """Press a button where it stands."""
    button = browser.find_element("css selector", selector)
    browser.execute_script("arguments[0].scrollIntoView({block: 'center'})", button)
    button.click()


LANGUAGES = {
    "en": ("Mapo-gu: PM2.5 is now bad", "ltr", "Change or stop these messages"),
    "ar": ("PM2.5", "rtl", ""),
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_browser_signs_up_is_told_and_stops(browser, site, push_service, language):
    title, direction, button = LANGUAGES[language]
    me = push_service.browser("kim")
    allow(browser, site)
    subscribe(browser, me.subscription())
    worker = Worker(browser, site)

    browser.get(f"{site}/alerts/sign-up/?lang={language}&district={MAPO}&pollutant=pm25")
    assert not browser.find_element("css selector", "#push-here").is_displayed()
    press(browser, "#push-button")
    done = browser.find_element("css selector", "#push").get_attribute("data-done")
    arrived(browser, "#push-status", done)
    asked_with = browser.execute_script("return window.askedWith")
    assert len(asked_with) == 65, "the city's public key, P-256, uncompressed"
    assert rows(SignUp).count() == 1
    assert not rows(Subscriber).exists(), "a stranger's subscription counts only once read"

    go_out("push")
    worker.push(me.read(push_service.taken[0].body))
    (confirmed,) = until(worker.shown, "the notification that confirms")
    assert rows(Subscriber).count() == 1
    assert (confirmed["lang"], confirmed["dir"]) == (language, direction)
    browser.get(worker.click(confirmed["tag"]))
    assert re.search(r"/alerts/mine/[^/]+/$", browser.current_url), "it leads to the own page"
    assert browser.find_elements("css selector", "form[action*='/alerts/stop/']")

    told()
    go_out("push")
    message = me.read(push_service.taken[1].body)
    browser.get(f"{site}/alerts/")  # any page of the scope; the sign-up page is closed
    worker.push(message)
    (shown,) = until(worker.shown, "the notification of the alert")
    assert title in shown["title"]
    assert shown["body"] == message["body"]
    assert (shown["lang"], shown["dir"]) == (language, direction)
    assert shown["actions"][0].startswith("change: ")
    assert shown["actions"][0].endswith(button)
    worker.push(message)
    assert len(worker.shown()) == 1, "what had to be sent twice is shown once"
    assert worker.click(shown["tag"]) == f"{site}/air/{MAPO}/"
    assert not worker.shown(), "a notification that was read is gone"

    worker.push(message)
    (shown,) = until(worker.shown, "the notification again")
    browser.get(worker.click(shown["tag"], "change"))
    press(browser, "form[action*='/alerts/stop/'] button")
    arrived(browser, "main a[href='/alerts/sign-up/']")
    assert not rows(Subscriber).exists()
    assert not rows(Contact).exists()
    told("n2", thread="other")
    go_out("push")
    assert len(push_service.taken) == 2, "nothing is sent any more"
    assert not console_errors(browser)


def test_the_sign_up_page_leads_a_browser_to_its_own_alerts(browser, site, push_service):
    me = push_service.browser("kim")
    allow(browser, site)
    subscribe(browser, me.subscription())
    worker = Worker(browser, site)
    browser.get(f"{site}/alerts/sign-up/?lang=en")
    press(browser, "#push-button")
    arrived(browser, "#push-status", "Done.")
    go_out("push")
    asked = me.read(push_service.taken[0].body)
    worker.push(asked)
    until(worker.shown, "the notification that confirms")
    worker.push(asked)  # a push service may bring a message twice
    (shown,) = worker.shown()
    assert shown["body"] == "Done. From now on you get these alerts."
    browser.get(worker.click(shown["tag"]))
    assert browser.current_url == f"{site}/alerts/sign-up/"
    resize(browser, PHONE)
    until(browser.find_element("css selector", "#push-here").is_displayed, "the button")
    assert not faults(browser)
    press(browser, "#push-here button")
    arrived(browser, "h1", "Your alerts")
    press(browser, "form[action*='/alerts/stop/'] button")
    arrived(browser, "h1", "You get no more alerts")
    browser.get(f"{site}/alerts/sign-up/?lang=en")
    press(browser, "#push-here button")
    arrived(browser, "main", "You hear about nothing at the moment.")


def test_a_worker_that_cannot_confirm_says_so_and_the_page_does(browser, site, push_service):
    me = push_service.browser("kim")
    allow(browser, site)
    subscribe(browser, me.subscription())
    worker = Worker(browser, site)
    browser.get(f"{site}/alerts/sign-up/?lang=en")
    press(browser, "#push-button")
    arrived(browser, "#push-status", "Done.")
    go_out("push")
    asked = me.read(push_service.taken[0].body)
    with attached(browser, "service_worker", "/alerts/worker.js") as target:
        target.evaluate("self.fetch = async () => { throw new TypeError('offline'); }; 1")
        worker.push(asked)
        (shown,) = until(worker.shown, "the notification that asks")
    assert shown["title"].startswith("Confirm your alerts")
    browser.get(worker.click(shown["tag"]))
    arrived(browser, "h1", "Do you want these alerts?")
    press(browser, "main form button")
    arrived(browser, "h1", "Your alerts")
    assert rows(Subscriber).count() == 1


def test_who_says_no_to_notifications_is_told_what_else_there_is(browser, site, push_service):
    browser.execute_cdp_cmd(
        "Browser.setPermission",
        {"origin": site, "permission": {"name": "notifications"}, "setting": "denied"},
    )
    browser.get(f"{site}/alerts/sign-up/?lang=en")
    press(browser, "#push-button")
    arrived(browser, "#push-status", "use e-mail")
    assert not rows(SignUp).exists()


def test_what_the_city_refuses_is_said_beside_the_button(browser, site, push_service):
    allow(browser, site)
    elsewhere = Browser("https://push.example.org/kim")
    subscribe(browser, elsewhere.subscription())
    browser.get(f"{site}/alerts/sign-up/?lang=en")
    press(browser, "#push-button")
    arrived(browser, "#push-status", "no push service that this city asks")
    assert not rows(SignUp).exists()


def test_signing_up_by_mail_goes_from_the_page_to_the_letter_and_back(
    browser, site, configured, mail_server
):
    configured(public_url=site, smtp_url=mail_server.url, mail_from="alerts@city.example")
    choose(browser, site)
    browser.get(f"{site}/alerts/sign-up/?lang=en&district={MAPO}&pollutant=pm25")
    browser.find_element("css selector", "#email").send_keys("kim@example.org")
    press(browser, "button[value=email]")
    arrived(browser, "h1", "One more step: open your mail")
    go_out()
    browser.get(_link(mail_server.mails[0], "/alerts/confirm/"))
    assert not rows(Subscriber).exists(), "looking at the link confirms nothing"
    press(browser, "main form button")
    arrived(browser, "h1", "Your alerts")
    told()
    go_out()
    alert = mail_server.mails[1]
    assert alert["Subject"] == "Mapo-gu: PM2.5 is now bad"
    browser.get(_link(alert, f"/air/{MAPO}/"))
    assert "Mapo-gu" in browser.find_element("css selector", "h1").text
    stop = alert["List-Unsubscribe"].strip("<>")
    assert alert["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    browser.get(stop)
    assert rows(Subscriber).exists(), "looking at the link stops nothing"
    press(browser, "main form button")
    arrived(browser, "h1", "You get no more alerts")
    assert not rows(Subscriber).exists()
    browser.get(_link(alert, "/alerts/mine/"))
    arrived(browser, "h1", "This link does not work any more")
    assert not rows(RecordedMessage).exists()


def _link(mail: Any, part: str) -> str:
    """Return the link of the letter that people press: it is in its HTML."""
    text = mail.get_body(("html",)).get_content()
    return next(link for link in re.findall(r'href="([^"]+)"', text) if part in link)
