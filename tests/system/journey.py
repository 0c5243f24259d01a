"""One journey of a resident and an operator, the same in every city, through a running instance.

The resident comes to the home page, chooses a district, reads its air and what to do, asks to be
told, reads the message, says yes, and looks at the measures. The operator chooses a password, sees
that a sensor is silent, acknowledges it and looks at the pipeline. Each page is in the city's main
language, without a fault that axe finds, and does not scroll sideways on a phone of 320 pixels.
"""

from __future__ import annotations

import json
import re
import time
from dataclasses import dataclass, field
from typing import Any

import httpx

from madang.city.api import Profile
from madang.telemetry.models import FRESHNESS_CLASSES_S
from tests.system.instance import Instance, until
from tests.web.browser import DESKTOP, PHONE, arrived, choose, console_errors, faults, resize

PASSWORD = "courtyard lantern persimmon"
OPERATOR = "shift-lead"
GATEWAY = "drill"
ALERT = f"//li[@data-alert][contains(., '{GATEWAY}')]"
ACKNOWLEDGE = ALERT + "//form[contains(@action, '/acknowledge/')]//button"
SILENT_AFTER_S = min(FRESHNESS_CLASSES_S)


@dataclass
class Journey:
    """A way through one instance: what was read, and what was wrong with it."""

    browser: Any
    instance: Instance
    profile: Profile
    read: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    @property
    def language(self) -> str:
        """The main language of the city, as the page's ``lang`` has it."""
        return self.profile.city.default_language

    def go(self, path: str) -> None:
        """Open a page."""
        self.browser.get(self.instance.url + path)

    def one(self, css: str) -> Any:
        """Return the one part of the page."""
        return self.browser.find_element("css selector", css)

    def look(self, what: str) -> None:
        """Check the page that is shown, on a phone and on a desk."""
        path = self.browser.current_url.removeprefix(self.instance.url)
        self.read.append(what)
        lang = self.browser.execute_script("return document.documentElement.lang")
        if lang.lower() != self.language.lower():
            self.wrong.append(f"{what} ({path}): is in {lang}, not {self.language}")
        if not self.one("h1").text.strip():
            self.wrong.append(f"{what} ({path}): has no heading")
        for width in (PHONE, DESKTOP):
            resize(self.browser, width)
            found = faults(self.browser, axe=width == DESKTOP)
            self.wrong += [f"{what} ({path}) at {width}: {fault}" for fault in found]
        self.wrong += [f"{what} ({path}): {error}" for error in console_errors(self.browser)]

    def click(self, css: str) -> None:
        """Click a part, wherever it stands on the page."""
        part = self.one(css)
        self.browser.execute_script("arguments[0].scrollIntoView({block: 'center'})", part)
        part.click()

    def fill(self, css: str, text: str) -> None:
        """Type into a field."""
        self.one(css).send_keys(text)


def walk(browser: Any, instance: Instance, profile: Profile) -> Journey:
    """Go the whole way; the journey returned says what was read and what was wrong."""
    journey = Journey(browser, instance, profile)
    browser.delete_all_cookies()
    choose(browser, instance.url, django_language=profile.city.default_language.lower())
    last_heard_at = a_sensor_speaks_once(instance)
    resident(journey)
    operator(journey, last_heard_at)
    return journey


def a_sensor_speaks_once(instance: Instance) -> float:
    """Let a sensor of the shortest patience send one reading; return when [s]."""
    key = instance.gateway(GATEWAY, "real")
    metadata = {"description": "drill", "encodingType": "text/html", "metadata": "x"}
    datastream = {
        "name": "pm25", "description": "pm25",
        "observationType": "http://www.opengis.net/def/observationType/OGC-OM/2.0/OM_Measurement",
        "unitOfMeasurement": {"name": "u", "symbol": "ug/m3", "definition": "u"},
        "ObservedProperty": {"@iot.id": "pm25"},
        "Sensor": {"name": "drill", **metadata},
        "properties": {"external_id": "pm25", "period_s": 1, "freshness_s": SILENT_AFTER_S},
    }  # fmt: skip
    with httpx.Client(base_url=instance.url, auth=(GATEWAY, key), timeout=60) as client:
        thing = client.post(
            "/sta/v1.1/Things",
            json={"name": "drill", "description": "drill", "Datastreams": [datastream],
                  "properties": {"external_id": "drill", "station_class": "sensor"}},
        )  # fmt: skip
        assert thing.status_code == 201, thing.text
        query = {"$filter": "Thing/name eq 'drill'"}
        ds = client.get("/sta/v1.1/Datastreams", params=query).json()["value"][0]["@iot.id"]
        stamp = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        reading = {"result": 12.5, "phenomenonTime": stamp}
        address = f"/sta/v1.1/Datastreams({ds})/Observations"
        # the doors learn of a new gateway within seconds
        until(lambda: client.post(address, json=reading).is_success, 60, "the first reading")
    return time.monotonic()


def resident(journey: Journey) -> None:
    """Home, my district, its air, what to do, sign-up by mail, measures."""
    browser, here = journey.browser, journey.profile
    district = here.districts()[0]
    name = district.name(journey.language)
    journey.go("/")
    assert here.name(journey.language) in browser.page_source
    journey.look("home")
    journey.click(f"form[data-near] option[value='{district.code}']")
    journey.click("form[data-near] button[type=submit]")
    arrived(browser, "#my-district", name)
    journey.look("my district")
    journey.click(f"article a[href='/air/{district.code}/']")
    arrived(browser, "h1", name)
    assert browser.find_elements("css selector", "dl.figures dd"), "the district has values"
    assert browser.find_elements("css selector", "dl.advice dd"), "it says what to do"
    journey.look("air of the district, what to do")
    journey.click("main a.button[href^='/alerts/sign-up/']")
    arrived(browser, "#sign-up")
    assert journey.one("#place").get_attribute("value") == district.code
    journey.look("sign-up")
    journey.fill("input[name=email]", "resident@example.org")
    journey.click("button[name=channel][value=email]")
    arrived(browser, "main a[href='/alerts/']")
    journey.look("signed up")
    journey.go("/air/measures/")
    journey.look("measures")
    journey.go("/alerts/")
    journey.look("alerts")


def show_a_second_proof(journey: Journey) -> None:
    """Ask for the operations room, be led to a second proof, show a printed code, and be there."""
    journey.go("/operations/")
    arrived(journey.browser, "main a[href='/account/app-codes/add/']")
    journey.look("second proof")
    printed = journey.instance.madang("identity", "user", "codes", OPERATOR, "--json")
    journey.click("main a[href='/sign-in/paper/']")
    journey.fill("input[name=code]", json.loads(printed.stdout)["codes"][0])
    journey.click("main form button[type=submit]")
    arrived(journey.browser, "[data-desk]")


def operator(journey: Journey, last_heard_at: float) -> None:
    """Choose a password, sign in, acknowledge the silent sensor; the resident's mail in between."""
    browser = journey.browser
    made = journey.instance.madang(
        "identity", "user", "add", OPERATOR, "--role", "operator", "--json"
    )
    link = json.loads(made.stdout)["link"]
    journey.go("/" + link.split("/", 3)[3])
    journey.look("password")
    for name in ("password", "again"):
        journey.fill(f"input[name={name}]", PASSWORD)
    journey.click("main form button[type=submit]")
    arrived(browser, "h1")
    if "/sign-in/" in browser.current_url or not browser.get_cookie("madang"):
        journey.go("/sign-in/")
        journey.look("sign-in")
        journey.fill("#name", OPERATOR)
        journey.fill("#password", PASSWORD)
        journey.click("main form button[type=submit]")
        arrived(browser, "h1")
    show_a_second_proof(journey)
    read_the_mail(journey)
    journey.go("/operations/")
    journey.look("operations room")
    wait_for(journey, ALERT, SILENT_AFTER_S + 60 - (time.monotonic() - last_heard_at))
    resize(browser, DESKTOP)
    journey.browser.find_element("xpath", ACKNOWLEDGE).click()
    wait_for(journey, f"{ALERT}//p[contains(., '{OPERATOR}')]", 20)
    assert not browser.find_elements("xpath", ACKNOWLEDGE), "it is acknowledged once"
    journey.look("operations room, acknowledged")
    journey.go("/operations/pipeline/")
    stages = browser.find_elements("css selector", "[data-stage]")
    assert [one.get_attribute("data-stage") for one in stages] == ["doors", "bus", "lake", "rules"]
    assert browser.find_elements("css selector", "[data-watch='silence']")
    journey.look("pipeline")


def read_the_mail(journey: Journey) -> None:
    """Find the resident's message among those recorded, follow its link and say yes."""
    deadline = time.monotonic() + 60
    while True:
        journey.go("/operations/notices/recorded/")
        found = re.search(r"/alerts/confirm/[^\s\"<]+", journey.browser.page_source)
        if found:
            break
        assert time.monotonic() < deadline, "the mail is recorded"
        time.sleep(1.0)
    journey.look("recorded messages")
    journey.go(found[0])
    journey.look("confirmation")
    journey.click("main form button[type=submit]")
    arrived(journey.browser, "main form")
    assert "/alerts/mine/" in journey.browser.current_url
    journey.look("my alerts")


def wait_for(journey: Journey, xpath: str, within_s: float) -> None:
    """Wait until the page, kept fresh by its script, has that part."""
    deadline = time.monotonic() + within_s
    while not journey.browser.find_elements("xpath", xpath):
        assert time.monotonic() < deadline, f"no {xpath} within {within_s:.0f} s"
        time.sleep(0.25)
