"""Pages of the services in a real browser: axe, no sideways scroll, reached by keyboard."""

from __future__ import annotations

import pytest

from tests.services.publishing import COPY, publish
from tests.web.browser import (
    BROWSER_TEST,
    DESKTOP,
    PHONE,
    browser_of_module,
    choose,
    faults_at_widths,
)

pytestmark = BROWSER_TEST
browser = browser_of_module()
PAGES = ("/services/", "/services/?all=1", "/services/?q=none", f"/services/{COPY}/")


@pytest.mark.parametrize("language", ["ko", "en", "ar"])
def test_pages_of_services_have_no_faults(browser, live_server, language):
    publish()
    choose(browser, live_server.url, django_language=language)
    for path in PAGES:
        address = f"{live_server.url}{path}"
        browser.get(address)
        assert not faults_at_widths(browser, address, PHONE, DESKTOP), (language, path)
