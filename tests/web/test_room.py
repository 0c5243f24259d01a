"""The operations room as the server writes it: alerts with acts, table, card, strip; lake away."""

from __future__ import annotations

import pytest
from django.test import Client

from madang.air.present import forget_present_air
from madang.identity import api as identity
from madang.kernel.errors import Unavailable
from madang.kernel.times import HOUR, hour_end, now
from madang.kernel.watchers import watching
from madang.notices import api as notices
from madang.telemetry import api as telemetry
from madang.telemetry.desk import follow as follow_silence
from madang.telemetry.events import Silence
from tests.air.conftest import MAPO, feed
from tests.staff import PASSWORD, sign_in
from tests.web.html import page

pytestmark = [pytest.mark.data, pytest.mark.django_db]
LANGUAGES = pytest.mark.parametrize("language", ["ko", "en"])
COUNTERS = {
    "datastreams": 10, "stale": 2, "lag": 0, "accepted": 99, "detections": 1, "newest_received": 0,
    "problem": "",
}  # fmt: skip


@pytest.fixture
def client(monkeypatch) -> Client:
    monkeypatch.setattr(telemetry, "pipeline_counters", lambda: COUNTERS)
    monkeypatch.setattr(telemetry, "dead_letter_counts", lambda since: {"malformed": 3})
    identity.add_user("lee", ["operator"], password=PASSWORD)
    forget_present_air()
    client = Client(headers={"accept-language": "en"})
    sign_in(client, "lee")
    return client


@pytest.fixture
def detectors(monkeypatch) -> None:
    found = {
        "id": ["silence", "pm25-stuck"], "series": [1675, 50], "events": [4, 0],
        "ran": [1_700_000_000_000, 0], "errors": [0, 2],
    }  # fmt: skip
    monkeypatch.setattr("madang.kernel.lake.client.columns", lambda *a, **k: found)


@LANGUAGES
def test_the_strip_tells_each_stage_and_each_detector(client, detectors, language):
    root = page(client, "/operations/", language)
    stages = root.xpath("//ol[contains(@class, 'stages')]/li")
    assert [stage.get("data-stage") for stage in stages] == ["doors", "bus", "lake", "rules"]
    told = {stage.get("data-stage"): stage.text_content() for stage in stages}
    assert "3" in told["doors"]  # dead letters
    assert "8" in told["lake"]
    assert "10" in told["lake"]
    assert {"stage-late", "stage-off"} & set(stages[2].get("class").split())  # two are overdue
    rows = {row.get("data-watch"): row for row in root.xpath("//tr[@data-watch]")}
    cells = [cell.text_content() for cell in rows["silence"].findall("td")]
    assert cells[:2] == ["1,675", "4"]
    assert [cell.text_content() for cell in rows["pm25-stuck"].findall("td")][3] == "2"
    assert "strip-off" in rows["pm25-stuck"].get("class")
    assert {"air-class", "advisory_pm25"} <= set(rows)  # the rules of the air, from their room


def test_detectors_that_cannot_be_asked_are_named(client, monkeypatch):
    def away(*_a, **_k):
        raise Unavailable("the lake does not answer")

    monkeypatch.setattr("madang.kernel.lake.client.columns", away)
    root = page(client, "/operations/", "en")
    assert "The detectors of telemetry cannot be asked now." in root.text_content()
    assert root.xpath("//tr[@data-watch='air-class']")


def test_a_rule_of_the_air_tells_what_it_watches_and_declared(client, station):
    streams = station(origin="simulated")
    end = hour_end(now()) - HOUR
    feed(streams["pm25"], "pm25", [(end - n * HOUR, 160.0) for n in (3, 2, 1, 0)])
    found = {watch.id: watch for watch in watching().watches}
    watch = found["warning_pm25"]
    assert (watch.series, watch.events, watch.errors) == (1, 1, 0)
    assert found["air-class"].series == 1


def opened(**more) -> int:
    return notices.open_alert(
        notices.Trouble(
            "air:measure:1", "air.measure", "critical", "%(name)s in %(place)s is in force",
            {"name": {"ko": "조치", "en": "Measure"}, "place": {"ko": "마포구", "en": "Mapo-gu"}},
            origin="simulated", layer="air-districts", thing=MAPO, **more,
        )
    )  # fmt: skip


@LANGUAGES
def test_the_room_answers_first_whether_an_alert_waits(client, language):
    root = page(client, "/operations/", language)
    assert root.find(".//h1").text_content() == (
        "확인을 기다리는 경보가 없습니다"
        if language == "ko"
        else "No alert waits to be acknowledged"
    )
    opened()
    root = page(client, "/operations/", language)
    assert "1" in root.find(".//h1").text_content()
    alert = root.find(".//li[@data-alert]")
    assert ("Mapo-gu" if language == "en" else "마포구") in alert.findtext("h3")


def test_without_a_script_the_layers_are_a_table(client, station):
    streams = station(origin="simulated")
    end = hour_end(now()) - HOUR
    feed(streams["pm25"], "pm25", [(end - HOUR, 80.0), (end, 82.0)])
    root = page(client, "/operations/?layer=air-districts", "en")
    row = root.find(".//div[@data-map-table]//tbody/tr")
    assert row.findtext("th/a") == "Mapo-gu"
    assert row.find("th/a").get("href") == f"/operations/thing/air-districts/{MAPO}/"
    card = page(client, f"/operations/thing/air-districts/{MAPO}/", "en")
    assert card.find(".//h1").text_content() == "Mapo-gu"
    assert card.find(".//figure") is not None


def test_an_unknown_layer_or_thing_is_not_found(client):
    assert client.get("/operations/thing/air-districts/99999/").status_code == 404
    assert client.get("/operations/thing/nothing/1/").status_code == 404
    assert client.get("/operations/thing/sensors/77/").status_code == 404


def test_an_alert_is_acknowledged_assigned_and_annotated_by_forms(client):
    number = opened()
    for verb, data in (("acknowledge", {}), ("assign", {"to": "lee"}), ("note", {"text": "Seen."})):
        answer = client.post(f"/operations/alerts/{number}/{verb}/", data)
        assert (answer.status_code, answer["Location"]) == (302, "/operations/")
    alert = notices.on_desk()[0]
    assert (alert.acknowledged_by, alert.assigned_to) == ("lee", "lee")
    assert alert.entries[-1].text == "Seen."
    root = page(client, "/operations/", "en")
    assert "Seen." in root.find(".//ol[@class='desk-log small']").text_content()


def test_the_script_gets_the_part_alone(client):
    number = opened()
    part = client.post(f"/operations/alerts/{number}/acknowledge/", headers={"x-part": "room"})
    assert part.status_code == 200
    assert b"<html" not in part.content
    assert b"lee" in part.content
    assert b"<html" not in client.get("/operations/strip/").content
    assert client.post(f"/operations/alerts/{number}/explode/").status_code == 404


def test_notes_are_shown_as_written_not_run(client):
    number = opened()
    client.post(f"/operations/alerts/{number}/note/", {"text": "<script>alert(1)</script>"})
    assert b"<script>alert(1)" not in client.get("/operations/").content


def test_nobody_else_enters_the_room(client):
    stranger = Client()
    assert stranger.get("/operations/").status_code == 302
    identity.add_user("park", ["officer"], password=PASSWORD)
    sign_in(stranger, "park")
    for path in ("/operations/", "/operations/desk/", "/operations/strip/"):
        assert stranger.get(path).status_code == 403
    assert stranger.post(f"/operations/alerts/{opened()}/acknowledge/").status_code == 403


@LANGUAGES
def test_with_the_lake_away_alerts_are_still_worked_on(client, monkeypatch, language):
    def away(*_args, **_more):
        raise Unavailable("the lake does not answer")

    for name in ("pipeline_counters", "dead_letter_counts", "latest", "readings"):
        monkeypatch.setattr(telemetry, name, away)
    number = opened()
    root = page(client, "/operations/?layer=sensors", language)
    assert root.find(".//li[@data-alert]") is not None
    assert root.xpath("//div[contains(@class, 'banner-warn')]")
    assert client.post(f"/operations/alerts/{number}/acknowledge/").status_code == 302


def test_silent_sensors_are_one_alert_a_gateway_until_all_are_heard(station):
    streams = list(station(origin="simulated").values())
    from madang.telemetry.models import Gateway

    gateway = Gateway.objects.get(name="gw-simulated").pk
    follow_silence(Silence(gateway=gateway, state="opened", datastreams=streams[:1]))
    follow_silence(Silence(gateway=gateway, state="opened", datastreams=streams[1:3]))
    alert = notices.on_desk()[0]
    assert (alert.values["n"], alert.severity, alert.origin) == (3, "serious", "simulated")
    follow_silence(Silence(gateway=gateway, state="opened", datastreams=streams))
    assert notices.on_desk()[0].severity == "critical"
    follow_silence(Silence(gateway=gateway, state="closed", datastreams=streams[1:]))
    assert notices.on_desk()[0].values["n"] == 1
    follow_silence(Silence(gateway=gateway, state="closed", datastreams=streams[:1]))
    assert notices.on_desk() == []


def test_a_measure_is_on_the_desk_from_its_declaration_to_its_end(station):
    from madang.air import events
    from madang.air.desk import follow
    from madang.air.models import Measure

    streams = station(origin="replayed")
    end = hour_end(now()) - 3 * HOUR
    feed(streams["pm25"], "pm25", [(end + n * HOUR, 160.0) for n in range(-3, 1)])
    measure = Measure.objects.exclude(status="lifted").first()
    assert measure is not None
    about = {"measure": measure.pk, "rule": measure.rule, "district": MAPO, "origin": "replayed"}
    follow(events.MeasureInForce(**about, turned_at=end))
    alert = notices.on_desk()[0]
    assert (alert.layer, alert.thing, alert.origin) == ("air-measures", MAPO, "replayed")
    measure.status = "lifted"
    measure.save()
    follow(events.MeasureLifted(**about, turned_at=end))
    assert notices.on_desk() == []


def test_a_part_that_fails_is_on_the_desk_until_it_works(monkeypatch):
    from madang.app import watch
    from madang.kernel.health import Check, Health

    fails = Health(False, (Check("bus", False, "no answer", 1.0),))
    works = Health(True, (Check("bus", True, "", 1.0),))
    monkeypatch.setattr(watch, "health", lambda: fails)
    watch.watch_parts()
    assert notices.on_desk()[0].severity == "critical"
    monkeypatch.setattr(watch, "health", lambda: works)
    watch.watch_parts()
    assert notices.on_desk() == []
