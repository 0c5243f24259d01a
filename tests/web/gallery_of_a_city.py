"""The gallery in those languages of a city (`MADANG_CITY`) that the pages of Seoul do not have.

See test_gallery_elsewhere.py; the name keeps it out of the usual run, because Django's settings
belong to one city.
"""

from __future__ import annotations

from itertools import product
from pathlib import Path

import pytest
from django.conf import settings

from madang.city.api import load_profile
from madang.web.choices import DISPLAYS
from madang.web.gallery import addresses
from tests.web.browser import (
    DESKTOP,
    PHONE,
    browser_of_module,
    console_errors,
    faults,
    resize,
    tab_faults,
)

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(540)]
OF_SEOUL = {language.code.lower() for language in load_profile("seoul").languages}
OWN = [code for code, _name in settings.LANGUAGES if code not in OF_SEOUL]


browser = browser_of_module()


def test_the_gallery_is_without_faults_in_every_display_and_theme(browser, live_server):
    paths = [path for path in addresses() if any(f"lang={code}&" in path for code in OWN)]
    assert len(paths) == len(OWN) * len(DISPLAYS) * 2
    found = []
    for path, width in product(paths, (PHONE, DESKTOP)):
        resize(browser, width)
        browser.get(live_server.url + path)
        lang = browser.execute_script("return document.documentElement.lang")
        assert lang.lower() in OWN
        found += [f"{path} at {width}: {f}" for f in faults(browser, axe=width == DESKTOP)]
    found += console_errors(browser)
    assert not found, "\n".join(found)


def test_the_gallery_can_be_walked_by_the_keyboard(browser, live_server):
    resize(browser, DESKTOP)
    for code in OWN:
        browser.get(f"{live_server.url}/design/?lang={code}")
        assert tab_faults(browser) == []


def test_the_letters_are_larger_for_seniors_and_lines_do_not_touch(browser, live_server):
    for code in OWN:
        browser.get(f"{live_server.url}/design/?lang={code}&display=senior")
        size, line = browser.execute_script(
            "const s = getComputedStyle(document.querySelector('main p'));"
            "return [parseFloat(s.fontSize), parseFloat(s.lineHeight)]"
        )
        assert size >= 22
        assert line >= 1.5 * size


def test_a_page_tells_its_language_and_direction(browser, live_server):
    assert OWN, f"{Path(__file__).name} is for a city with a language that Seoul has not"
    for code in OWN:
        browser.get(f"{live_server.url}/design/?lang={code}")
        direction = browser.execute_script("return document.documentElement.dir")
        assert direction == ("rtl" if code in settings.LANGUAGES_BIDI else "ltr")
