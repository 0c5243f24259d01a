"""The pages at officers' desks in a real browser: lists, search, letters, the watch over rules."""

from __future__ import annotations

import os
from base64 import b64decode
from pathlib import Path

import pytest

from madang.cases import api
from madang.cases.audit import monitoring
from madang.cases.models import Case
from tests.cases.packages import lent
from tests.cases.test_application_browser import empty_the_log
from tests.cases.test_cases import FACTS
from tests.cases.test_print_room import somebody, waits
from tests.identity.residents import actor_of, client_of, resident
from tests.looking import rows
from tests.records.conftest import empty_the_ledger
from tests.staff import joined
from tests.web.browser import (
    BROWSER_TEST,
    DESKTOP,
    browser_of_module,
    choose,
    come_anew,
    console_errors,
    faults,
    resize,
)

pytestmark = BROWSER_TEST
PICTURES = os.environ.get("MADANG_PICTURES", "")
PAGES = (
    "casework/", "casework/find/", "letters/", "audits/", "audits/groups/", "audits/findings/",
    "decisions/automated/",
)  # fmt: skip
opened = browser_of_module()


@pytest.fixture
def browser(opened, live_server):
    come_anew(opened, live_server.url)
    return opened


@pytest.fixture
def work(transactional_db):
    """Two cases of one person that are alike, a letter that waits, and figures of the watch."""
    account = resident("김하늘")
    for key in ("a", "b"):
        api.open_case(
            package_hash=lent().hash, subject=str(account.person_id), facts=FACTS,
            actor=actor_of(client_of(account)), channel="web", key=key,
        )  # fmt: skip
    waits(somebody("이바다"))
    monitoring.watch()
    yield
    empty_the_log()
    empty_the_ledger()


def picture(browser, name: str) -> None:
    shot = browser.execute_cdp_cmd(
        "Page.captureScreenshot", {"captureBeyondViewport": True, "format": "png"}
    )
    Path(PICTURES, f"{name}.png").write_bytes(b64decode(shot["data"]))


@pytest.mark.parametrize("language", ["ko", "en"])
def test_pages_of_a_desk_fit_and_are_without_faults(browser, live_server, work, language):
    client = joined("han", ["officer"])
    choose(
        browser, live_server.url, madang=client.cookies["madang"].value, django_language=language
    )
    case = rows(Case).order_by("number").first()
    assert case is not None
    found = []
    for path in (*PAGES, f"casework/{case.number}/"):
        browser.get(f"{live_server.url}/{path}")
        assert browser.find_elements("css selector", "main h1"), path
        for width in (320, DESKTOP):
            resize(browser, width)
            found += [f"{path} at {width}: {one}" for one in faults(browser, axe=width == DESKTOP)]
            if PICTURES:
                name = path.strip("/").replace("/", "-")
                picture(browser, f"desk-{name}-{language}-{width}")
    assert not found, "\n".join(found)
    assert not console_errors(browser)
