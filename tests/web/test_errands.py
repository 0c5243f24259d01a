"""A person of 75 and the air: five errands in large type, each in at most twelve taps, counted.

A tap is a click, a choice from a list two (open it, choose), a field to type into one; typing
itself is not counted. Every errand starts at the home page of a browser that was never here before.
What is tapped must be seen and at least 44 px high. `pytest -rP` on this file prints the counts.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from madang.air.present import forget_present_air
from madang.notices.models import RecordedMessage, Subscriber
from madang.web import context
from tests.air.conftest import MAPO, feed
from tests.looking import rows
from tests.notices.conftest import go_out
from tests.web.browser import BROWSER_TEST, browser_of_module, come_anew
from tests.web.taps import LEAST_PX, Reader

pytestmark = BROWSER_TEST
MOST_TAPS = 12
WORDS = {
    "ko": {"show": "이 구 보기", "tell": "바뀌면 알려 주세요"},
    "en": {"show": "Show this district", "tell": "Tell me when it changes"},
}
# headless Chromium has no voices; these record what they are told to say
VOICES = """
window.said = [];
class Utterance { constructor(text) { this.text = text; } }
const voices = ['ko-KR', 'en-US'].map(lang => ({lang, name: lang}));
Object.defineProperty(window, 'SpeechSynthesisUtterance', {value: Utterance});
Object.defineProperty(window, 'speechSynthesis', {value: {
  speaking: false, getVoices: () => voices, cancel() {}, addEventListener() {},
  speak(one) { window.said.push({text: one.text, lang: one.lang, rate: one.rate}); }}});
"""


class AirReader(Reader):
    """Somebody who taps, and asks about the air."""

    def my_district(self) -> None:
        """Find my district's air from the home page."""
        self.choose("#code", MAPO)
        self.tap_words(WORDS[self.language]["show"])


browser = browser_of_module()


@contextmanager
def voices(browser, script: str = VOICES) -> Iterator[None]:
    """Give the pages that are opened inside these voices."""
    added = browser.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": script})
    try:
        yield
    finally:
        browser.execute_cdp_cmd("Page.removeScriptToEvaluateOnNewDocument", added)


@pytest.fixture
def site(live_server, station) -> Iterator[str]:
    """Return a site on a day of bad air in Mapo-gu."""
    from madang.kernel.times import HOUR, hour_end, now

    context._kept_alerts.clear()
    forget_present_air()
    streams = station(origin="simulated")
    end = hour_end(now()) - HOUR
    for pollutant, value in {"pm25": 45.0, "pm10": 60.0, "o3": 0.02, "no2": 0.02}.items():
        feed(streams[pollutant], pollutant, [(end - n * HOUR, value) for n in range(11, -1, -1)])
    yield live_server.url
    forget_present_air()


def is_it_bad(reader: AirReader) -> None:
    reader.my_district()
    assert reader.one(".cai-bad").is_displayed()


def what_should_i_do(reader: AirReader) -> None:
    reader.my_district()
    reader.tap(f"main a[href='/air/{MAPO}/']")
    assert {"ko": "나쁨", "en": "is bad"}[reader.language] in reader.heading()
    assert reader.one("#advice-over-65s dd").text == {
        "ko": "외출은 짧게 하고 운동은 실내에서 하세요.",
        "en": "Go out only for a short time. Exercise inside.",
    }[reader.language]  # fmt: skip


def tell_me(reader: AirReader) -> None:
    reader.my_district()
    reader.tap(f"main a[href='/air/{MAPO}/']")
    reader.tap_words(WORDS[reader.language]["tell"])
    assert reader.one("#place").get_attribute("value") == MAPO
    reader.type_into("input[name='email']", "grandmother@example.org")
    reader.tap("button[name='channel'][value='email']")
    reader.gone("#sign-up")
    go_out()
    mail = rows(RecordedMessage).latest("pk").text
    link = re.search(r"http://localhost:8000(/alerts/confirm/\S+)", mail)
    assert link is not None
    reader.driver.get(reader.site + link[1])
    reader.taps += 1  # the link in the mail
    reader.tap("main form button[type='submit']")
    reader.arrived("/alerts/mine/")
    assert rows(Subscriber).count() == 1
    rows(Subscriber).all().delete()


def read_it_large(reader: AirReader) -> None:
    reader.my_district()
    reader.tap(f"main a[href='/air/{MAPO}/']")
    reader.tap(".tools details:nth-of-type(2) summary")
    reader.tap(".tools a[href^='/display/senior/']")
    size = reader.driver.execute_script(
        "return parseFloat(getComputedStyle(document.querySelector('main p')).fontSize)"
    )
    assert size >= 22
    assert {"ko": "나쁨", "en": "is bad"}[reader.language] in reader.heading(), "the same page"


def hear_it(reader: AirReader) -> None:
    reader.my_district()
    reader.tap(f"main a[href='/air/{MAPO}/']")
    reader.tap("[data-read-aloud]")
    (said,) = reader.driver.execute_script("return window.said")
    assert said["lang"] == reader.language
    assert said["rate"] < 1, "slowly"
    for part in {
        "ko": ("나쁨", "초미세먼지는 세제곱미터당 45 마이크로그램", "65세", "120"),
        "en": ("is bad", "45 micrograms", "over 65", "120"),
    }[reader.language]:
        assert part in said["text"]


ERRANDS = {
    "is the air bad today in my district": (is_it_bad, "senior"),
    "what should I do": (what_should_i_do, "senior"),
    "tell me when it gets bad": (tell_me, "senior"),
    "read it in large type": (read_it_large, "normal"),
    "hear it read aloud": (hear_it, "senior"),
}


@pytest.mark.parametrize("language", ["ko", "en"])
def test_five_errands_in_twelve_taps_each(browser, site, language: str):
    metrics = {"width": 360, "height": 740, "deviceScaleFactor": 1, "mobile": True}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    counts, small = {}, []
    with voices(browser):
        for errand, (run, display) in ERRANDS.items():
            reader = AirReader(browser, site, language, display)
            reader.arrive()
            run(reader)
            counts[errand] = reader.taps
            small += reader.small
            phone = reader.one("a[href='tel:120']")
            assert phone.size["height"] >= LEAST_PX, "the phone number is large on every page"
    sys.stdout.write(
        f"taps ({language}): {', '.join(f'{name} {n}' for name, n in counts.items())}\n"
    )
    assert max(counts.values()) <= MOST_TAPS, counts
    assert not small, small


@pytest.mark.parametrize(("language", "voice"), [("en", "fr-FR"), ("ko", None)])
def test_without_a_voice_for_the_language_nothing_is_offered(browser, site, language, voice):
    come_anew(browser, site)
    others = VOICES.replace("['ko-KR', 'en-US']", f"['{voice}']" if voice else "[]")
    with voices(browser, others):
        browser.get(f"{site}/air/{MAPO}/?lang={language}")
        (button,) = browser.find_elements("css selector", "main [data-read-aloud]")
        assert not button.is_displayed()
