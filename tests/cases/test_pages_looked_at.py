"""Pages of services and cases that are seen seldom, at two widths and in two languages.

A district is asked for, an officer decides blind, a clerk keys in and helps, a resident browses; in
high contrast and easy to read, too. MADANG_PICTURES names a folder for pictures.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from madang.cases.audit import blind
from madang.cases.audit.models import AuditItem
from tests.cases.applying import COPY, published
from tests.cases.audit.sampled import drawn, granted
from tests.cases.test_application_browser import empty_the_log
from tests.identity.residents import actor_of
from tests.looking import rows
from tests.records.conftest import empty_the_ledger
from tests.staff import joined
from tests.web.browser import BROWSER_TEST, browser_of_module, choose, come_anew, faults, resize

pytestmark = [*BROWSER_TEST, pytest.mark.long]
PICTURES = os.environ.get("MADANG_PICTURES", "")
WASTE = "bulky-waste-pickup"
PUBLIC = {
    "catalogue": "/services/", "found": "/services/?q=등본", "service": f"/services/{COPY}/",
    "on-paper": "/on-paper/", "district": f"/apply/{WASTE}/", "start": f"/apply/{COPY}/",
    "home": "/",
}  # fmt: skip
opened = browser_of_module()


@pytest.fixture
def browser(opened, live_server):
    come_anew(opened, live_server.url)
    return opened


@pytest.fixture
def site(live_server, transactional_db):
    for service in (COPY, WASTE, "bulky-waste-pickup-mapo", "senior-transport-card"):
        published(service)
    yield live_server.url
    empty_the_log()
    empty_the_ledger()


def looked_at(browser, name: str) -> list[str]:
    found = []
    for width in (360, 1440):
        resize(browser, width)
        found += [f"{name} at {width}: {fault}" for fault in faults(browser)]
        if PICTURES:
            height = browser.execute_script("return document.documentElement.scrollHeight")
            resize(browser, width, height)
            browser.save_screenshot(str(Path(PICTURES) / f"{name}-{width}.png"))
    return found


@pytest.mark.parametrize(
    ("language", "display"),
    [("ko", "normal"), ("en", "normal"), ("ko", "contrast"), ("ko", "easy"), ("en", "senior")],
)
def test_what_everybody_sees(browser, site, language: str, display: str):
    choose(browser, site, django_language=language, madang_display=display)
    wrong = []
    for name, path in PUBLIC.items():
        browser.get(site + path)
        wrong += looked_at(browser, f"{language}-{display}-{name}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("language", ["ko", "en"])
def test_what_staff_see(browser, site, language: str):
    granted(1)
    drawn()
    officer, clerk = joined("min", ["officer"]), joined("seo", ["clerk"])
    rows(AuditItem).filter(planted__isnull=True).update(place="0")
    item = blind.take(actor_of(officer))
    pages = {
        "blind": (officer, f"/audits/case/{item}/"), "key-in": (clerk, f"/apply/{COPY}/key-in/"),
        "assist": (clerk, "/counter/assist/"), "mandate": (clerk, "/counter/mandates/new/"),
    }  # fmt: skip
    wrong = []
    for name, (who, path) in pages.items():
        key = who.cookies["madang"].value
        choose(browser, site, django_language=language, madang=key)
        browser.get(site + path)
        wrong += looked_at(browser, f"{language}-staff-{name}")
    assert not wrong, "\n".join(wrong)
