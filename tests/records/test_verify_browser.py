"""The public check in a real browser: 320 px, both languages, without scripts, by file."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from madang.records import api, patience
from tests.records.issuing import issued, pdf_of
from tests.records.papers import needs_fonts
from tests.web.browser import (
    BROWSER_TEST,
    DESKTOP,
    PHONE,
    arrived,
    browser_of_module,
    choose,
    console_errors,
    faults_at_widths,
    resize,
    scripts,
)

pytestmark = [*BROWSER_TEST, needs_fonts]
browser = browser_of_module()
SHOTS = os.environ.get("MADANG_SHOTS", "")


@pytest.fixture
def site(live_server) -> str:
    patience.NUMBERS.forget()
    patience.FILES.forget()
    return live_server.url


def _shot(browser, name: str) -> None:
    if SHOTS:
        browser.save_screenshot(str(Path(SHOTS) / f"{name}.png"))


@pytest.mark.parametrize("language", ["ko", "en"])
def test_the_check_is_good_on_every_screen(browser, site, language):
    good, bad = issued(), issued("second")
    api.revoke(bad.id, by="account:officer", reason="wrong")
    pages = {
        "form": "/verify/", "good": f"/verify/{good.code}/", "revoked": f"/verify/{bad.code}/",
        "unknown": "/verify/BX6WT-NWJF-4776X-S5J9/", "slip": "/verify/BX6WT/",
    }  # fmt: skip
    for name, page in pages.items():
        choose(browser, site, django_language=language)
        browser.get(f"{site}{page}")
        resize(browser, PHONE)
        _shot(browser, f"{name}-{language}")
        assert not faults_at_widths(browser, page, PHONE, DESKTOP), name
        _shot(browser, f"{name}-{language}-wide")
    assert not console_errors(browser, "404", "422", "favicon")


def test_number_and_file_are_checked_without_scripts(browser, site, tmp_path):
    document = issued()
    file = tmp_path / "paper.pdf"
    file.write_bytes(pdf_of(document))
    choose(browser, site, django_language="en")
    scripts(browser, on=False)
    try:
        browser.get(f"{site}/verify/")
        browser.find_element("id", "code").send_keys(document.code.lower())
        browser.find_element("css selector", "main form button").click()
        arrived(browser, "h1", "genuine and valid")
        browser.get(f"{site}/verify/")
        browser.find_element("id", "file").send_keys(str(file))
        browser.find_element("css selector", "form[method=post] button").click()
        arrived(browser, "h1", "exactly what the city issued")
    finally:
        scripts(browser, on=True)
