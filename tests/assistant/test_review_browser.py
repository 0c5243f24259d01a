"""The evaluation room in a real browser: answers are judged by keyboard, pages have no faults."""

from __future__ import annotations

import os
from datetime import date, timedelta
from pathlib import Path

import pytest
from selenium.webdriver.support.ui import WebDriverWait

from madang.access.api import Actor
from madang.assistant.models import EditorTask, Rating
from madang.assistant.review import drawing, experiments, history, rating
from madang.assistant.review.declared import AnswerReview, Change, Experiment
from madang.city.api import profile
from madang.kernel import times
from tests.assistant.talks import talk
from tests.identity.residents import session_key, staff
from tests.looking import rows
from tests.web.browser import BROWSER_TEST, arrived, choose, faults, open_browser, resize

pytestmark = BROWSER_TEST
PICTURES = os.environ.get("MADANG_PICTURES", "")
WIDTHS = (320, 1440)


@pytest.fixture
def browser(tmp_path):
    with open_browser(tmp_path) as opened:
        yield opened


@pytest.fixture
def month(transactional_db, monkeypatch):
    """A month with a sample half judged, a bench of two versions, an experiment, editors' rows."""
    for n in range(60):
        talk("answered" if n % 5 else "refused_opinion", channel="web" if n % 2 else "app")
    drawing.draw(date(2026, 10, 1), seed="of-october")
    for name, score in (("han", "right"), ("seo", "wrong")):
        who = Actor(f"account:{name}", roles=frozenset({"reviewer"}), aal=2)
        for _ in range(30):
            item = rating.take(who)
            if item:
                cites = "yes" if rating.shown(who, item).is_cited else ""
                rating.rate(who, item, score, cites)
    for version, value in (("0.9", 0.91), ("1.0", 0.94)):
        share = {"value": value, "low": value - 0.02, "high": value + 0.02, "n": 1000}
        history.keep("welfare", version, "f", {"r_at_5": share, "r_at_1": share})
    EditorTask.objects.create(kind="missing", about="반려동물 등록", language="ko", count=12)
    today = profile().today()
    found = Experiment(
        name="bar", since=today - timedelta(days=1), until=today + timedelta(days=9),
        arms={"now": 1, "new": 1}, control="now", changes={"new": Change(answer_at=0.2)},
    )  # fmt: skip
    from madang.assistant.review import editing_pages

    for module in (experiments, editing_pages):
        monkeypatch.setattr(module, "declared", lambda: AnswerReview(experiments=(found,)))
    for n in range(240):
        talk("answered", arm=f"bar:{'now' if n % 2 else 'new'}", at=times.now())


def looked_at(browser, name: str) -> None:
    for width in WIDTHS:
        resize(browser, width, 900)
        assert faults(browser) == [], (name, width)
        if PICTURES:
            height = browser.execute_script("return document.documentElement.scrollHeight")
            resize(browser, width, min(height, 4000))
            browser.save_screenshot(str(Path(PICTURES) / f"{name}-{width}.png"))


@pytest.mark.parametrize("language", ["ko", "en"])
def test_every_page_of_the_room_has_no_faults(browser, live_server, month, language):
    both = staff("lee", "reviewer", "officer", "operator")
    choose(browser, live_server.url, django_language=language, madang=session_key(both))
    at = f"{live_server.url}/operations/review/"
    for path in ("", "next/", "editing/", "experiments/", "disagreements/"):
        browser.get(f"{at}{path}")
        looked_at(browser, f"{language}-{path.strip('/') or 'results'}")
    browser.find_element("css selector", "main ol a").click()
    looked_at(browser, f"{language}-settle")
    browser.get(f"{at}next/")
    browser.find_element("css selector", "main form button").click()
    looked_at(browser, f"{language}-item")
    browser.find_element("css selector", "main button[value=rate]").send_keys("\n")
    arrived(browser, ".error-summary")
    looked_at(browser, f"{language}-item-missing")
    first = browser.current_url
    browser.find_element("id", "score-right").send_keys(" ")
    for cites in browser.find_elements("id", "cites-yes"):
        cites.send_keys(" ")
    browser.find_element("css selector", "main button[value=rate]").send_keys("\n")
    WebDriverWait(browser, 20).until(lambda b: b.current_url != first)
    assert "/operations/review/" in browser.current_url
    assert rows(Rating).filter(reviewer=f"account:{both.pk}", score="right").count() == 1
