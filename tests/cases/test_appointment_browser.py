"""The way to an appointment in a real browser, without scripts, on a phone; and the counter.

MADANG_PICTURES names a folder for pictures.
"""

from __future__ import annotations

import os
from base64 import b64decode
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from madang.cases import api, appointments
from madang.cases.models import Appointment
from tests.cases.booking import MAPO, PASSPORT, guest
from tests.looking import rows
from tests.staff import joined
from tests.web.browser import (
    BROWSER_TEST,
    DESKTOP,
    PHONE,
    arrived,
    browser_of_module,
    choose,
    come_anew,
    console_errors,
    faults,
    faults_at_widths,
    resize,
    scripts,
)

pytestmark = [*BROWSER_TEST, pytest.mark.usefixtures("clock")]  # offices close in the evening
browser = browser_of_module(wait_s=5)
LANGUAGE = settings.LANGUAGE_COOKIE_NAME
PICTURES = os.environ.get("MADANG_PICTURES")


class Walk:
    """A visitor in the browser, who looks at each page at two widths."""

    def __init__(self, browser: Any, site: str, language: str, display: str = "normal") -> None:
        self.browser, self.site, self.found = browser, site, []
        self.has_scripts = True
        self.name = f"{language}-{display}"
        come_anew(browser, site, **{LANGUAGE: language, "madang_display": display})

    def open(self, path: str) -> None:
        scripts(self.browser, on=self.has_scripts)
        self.browser.get(f"{self.site}{path}")

    def click(self, css: str) -> None:
        """Click once the part is there; the page before may just be going."""
        from selenium.common.exceptions import StaleElementReferenceException
        from selenium.webdriver.support.wait import WebDriverWait

        gone = (StaleElementReferenceException,)
        WebDriverWait(self.browser, 20, 0.1, ignored_exceptions=gone).until(
            lambda b: b.find_element("css selector", css).click() is None
        )

    def fill(self, name: str, text: str) -> None:
        self.browser.find_element("name", name).send_keys(text)

    def look(self, page: str) -> None:
        """Note what is wrong with the page shown; take its picture at two widths."""
        if not self.has_scripts:  # axe needs them
            return
        for width in (PHONE, 360, DESKTOP):
            resize(self.browser, width)
            self.found += [f"{page} at {width}: {one}" for one in faults(self.browser)]
            if PICTURES and width != PHONE:
                self.picture(f"{self.name}-{page}-{width}")
        resize(self.browser, 360)

    def picture(self, name: str) -> None:
        shot = self.browser.execute_cdp_cmd(
            "Page.captureScreenshot", {"captureBeyondViewport": True, "format": "png"}
        )
        Path(PICTURES, f"{name}.png").write_bytes(b64decode(shot["data"]))

    def heading(self) -> str:
        return self.browser.find_element("css selector", "h1").text


@pytest.mark.parametrize(
    ("language", "display", "has_scripts"),
    [("ko", "normal", True), ("en", "senior", True), ("ko", "normal", False),
     pytest.param("ar", "normal", True, marks=pytest.mark.long)],
)  # fmt: skip
def test_from_the_matter_to_the_booked_appointment_and_its_end(
    browser, live_server, language, display, has_scripts
):
    walk = Walk(browser, live_server.url, language, display)
    walk.has_scripts = has_scripts
    walk.open("/appointments/")
    walk.look("matter")
    walk.click("label[for=matter-passport]")
    walk.click("main form button")
    walk.click(f"option[value='{MAPO}']")
    walk.click("main form button")
    walk.look("office")
    walk.click("main .card-link")
    walk.look("time")
    walk.click("table button")
    walk.look("details")
    walk.click("main form button")  # nothing filled in: the browser itself, or the page, says so
    walk.fill("name", "김영수")
    walk.fill("address", "010-1234-5678")
    walk.click("label[for=needs-wheelchair]")
    walk.click("main form button[type=submit]")
    walk.look("check")
    walk.click("button[value=book]")
    arrived(browser, "a[href$='/move/']")
    walk.look("booked")
    (row,) = rows(Appointment)
    assert (row.state, row.name, row.needs) == ("booked", "김영수", ["wheelchair"])
    assert row.number[:4] in browser.find_element("css selector", "main").text
    walk.click("a[href$='/move/']")
    arrived(browser, "table caption")
    walk.look("move")
    browser.find_elements("css selector", "table button")[-1].click()
    arrived(browser, "main .banner-done")
    walk.click("a[href$='/cancel/']")
    arrived(browser, "main button.danger")
    walk.look("cancel")
    walk.click("main button.danger")
    arrived(browser, "main .banner-done")
    (row,) = rows(Appointment)
    assert (row.state, row.revision) == ("cancelled", 2)
    walk.look("cancelled")
    assert not walk.found, "\n".join(walk.found)
    assert not console_errors(browser)


def test_the_counter_sees_who_comes_gives_numbers_and_calls(browser, live_server):
    free = next(one for day in range(8) for one in api.free_slots(MAPO, PASSPORT, *(two_days(day))))
    appointments.book(appointments_guest(), api.Booking(MAPO, PASSPORT, free.start, guest()))
    clerk = joined("desk", ["clerk"])
    walk = Walk(browser, live_server.url, "ko")
    choose(browser, live_server.url, madang=clerk.cookies["madang"].value)
    walk.open("/counter/appointments/?district=11440")
    walk.look("desk-choose")
    walk.open(f"/counter/appointments/{MAPO}/")
    walk.look("desk")
    day = f"{free.start.astimezone():%Y-%m-%d}"
    walk.open(f"/counter/appointments/{MAPO}/?day={day}")
    walk.look("desk-day")
    walk.open(f"/counter/appointments/{MAPO}/letters/")
    walk.look("desk-letters")
    walk.open(f"/counter/appointments/{MAPO}/close/")
    walk.look("desk-close")
    walk.open(f"/offices/?near={MAPO}")
    walk.look("counters")
    walk.open(f"/appointments/check-in/?office={MAPO}")
    walk.look("check-in")
    walk.open(f"/appointments/wait/?office={MAPO}&matter={PASSPORT}")
    walk.look("wait")
    walk.open("/appointments/mine/")
    walk.look("mine")
    assert not walk.found, "\n".join(walk.found)


def test_the_way_by_keyboard(browser, live_server):
    come_anew(browser, live_server.url, **{LANGUAGE: "ko"})
    found = []
    for path in ("/appointments/", f"/appointments/time/?matter={PASSPORT}&office={MAPO}"):
        browser.get(f"{live_server.url}{path}")
        found += faults_at_widths(browser, path, PHONE)
    assert not found, "\n".join(found)


def two_days(ahead: int) -> tuple[Any, Any]:
    from datetime import timedelta

    from madang.city.api import profile

    day = profile().today() + timedelta(days=ahead)
    return day, day


def appointments_guest() -> Any:
    from madang.access.api import ANONYMOUS

    return ANONYMOUS
