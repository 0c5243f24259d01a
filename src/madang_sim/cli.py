"""``madang_sim run`` and ``madang_sim replay FILE``: the city comes in through the front doors."""

from __future__ import annotations

import json
import signal
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import click

from madang_sim.doors import HTTPDoor, MQTTDoor, Refused, Stopped

Function = TypeVar("Function", bound=Callable[..., Any])


def _door_options(function: Function) -> Function:
    for option in (
        click.option(
            "--url", default="http://127.0.0.1:8000", show_default=True, help="The portal."
        ),
        click.option(
            "--gateway", default="city-simulator", show_default=True, help="Gateway's name."
        ),
        click.option("--key", envvar="MADANG_SIM_KEY", required=True, help="Gateway's key."),
    ):
        function = option(function)
    return function


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def madang_sim() -> None:
    """Act as the city: sensors, devices, people. Speaks only MQTT and HTTP."""


@madang_sim.command()
@_door_options
@click.option("--mqtt", default="127.0.0.1:1883", show_default=True, help="host:port of MQTT.")
@click.option("--seed", default=1, show_default=True, help="Same seed, same city, same air.")
@click.option("--scale", default=1.0, show_default=True, help="Share of the usual stations.")
@click.option("--history-h", default=26.0, show_default=True, help="Hours sent before now.")
@click.option("--speed", default=60.0, show_default=True, help="Pace while still in the past.")
@click.option("--faults/--no-faults", default=True, show_default=True, help="Sensors fail.")
@click.option("--dust-from", help="Begin of a dust episode asked for by hand (ISO 8601).")
@click.option("--dust-h", default=12.0, show_default=True, help="Its length in hours.")
@click.option("--dust-pm25", default=80.0, show_default=True, help="Its height in ug/m3.")
@click.option(
    "--climate",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="What the city's air is like: simulator.yaml of its profile (default: as in Seoul).",
)
def run(**options: Any) -> None:
    """Run the city's air sensors: some hours of history, then live."""
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    try:
        _run(stop, options)
    except Stopped:
        _say("stopped")
    except Refused as error:
        _fail(error)


def _run(stop: threading.Event, options: dict[str, Any]) -> None:
    from madang_sim.climate import Climate, InvalidClimate, read_climate
    from madang_sim.field import AirField, Episode
    from madang_sim.layout import city_stations
    from madang_sim.run import (
        city_at_work,
        city_zone,
        districts_and_places,
        go_live,
        last_sent_s,
        send_history,
    )

    try:
        climate = read_climate(options["climate"]) if options["climate"] else Climate()
    except InvalidClimate as error:
        raise Refused(f"{options['climate']}:{error.line or 1}: {error}") from error
    door = HTTPDoor(options["url"], options["gateway"], options["key"], stop)
    offset = datetime.now(ZoneInfo(city_zone(door))).utcoffset() or timedelta(0)
    districts, places = districts_and_places(door)
    stations = city_stations(districts, places, options["seed"], options["scale"])
    episodes: tuple[Episode, ...] = ()
    if options["dust_from"]:
        begin = datetime.fromisoformat(options["dust_from"]).timestamp()
        episodes = (Episode(begin, options["dust_h"], options["dust_pm25"]),)
    field = AirField(options["seed"], offset.total_seconds() / 3600.0, episodes, climate)
    reference = stations.kind == 0
    sent_until = 0
    # The reference stations first: a city's page lives from them while the rest is introduced.
    for only, which in (("reference", reference), ("", ~reference)):
        city = city_at_work(
            door, stations, field, options["seed"], faults=options["faults"], only=only
        )
        now = int(time.time())
        begin_s = max(now - int(options["history_h"] * 3600), last_sent_s(door, city, which) + 1)
        sent = send_history(city, door, which, (begin_s, now), stop.is_set)
        if sent_until:
            sent += send_history(city, door, reference, (sent_until, now), stop.is_set)
        sent_until = now
        _say(f"{len(city.datastreams)} datastreams introduced, {sent} past readings sent")
    host, _, port = options["mqtt"].rpartition(":")
    wire = MQTTDoor(host, int(port), options["gateway"], options["key"])
    try:
        go_live(city, wire, now, speed=options["speed"], stop=stop.is_set)
    finally:
        wire.close()
        door.close()


@madang_sim.command("check-climate")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def check_climate(file: Path) -> None:
    """Say what is wrong with a simulator.yaml, as JSON: null, or {"line", "message"}; exit 2."""
    from madang_sim.climate import InvalidClimate, read_climate

    try:
        read_climate(file)
    except InvalidClimate as error:
        click.echo(json.dumps({"line": error.line, "message": str(error)}))
        sys.exit(2)
    click.echo("null")


@madang_sim.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@_door_options
@click.option("--district", help="Code of the district the stations stand in (default: the first).")
@click.option("--zone", help="Time zone of bare stamps (default: that of the city).")
@click.option("--speed", type=float, help="Times faster than life; as fast as it goes if absent.")
@click.option(
    "--forecast",
    type=click.Choice(["none", "next-day-mean"]),
    default="none",
    show_default=True,
    help="Forecast posted before: each day's mean from the file itself.",
)
@click.option("--json", "as_json", is_flag=True, help="Machine-readable report.")  # fmt: skip
def replay(file: Path, **options: Any) -> None:
    """Send a real data file (.csv, .csv.gz) through the front door."""
    from madang_sim.replay import daily_means
    from madang_sim.replay import replay as send
    from madang_sim.run import city_zone, districts_and_places

    door = HTTPDoor(options["url"], options["gateway"], options["key"])
    try:
        zone = ZoneInfo(options["zone"] or city_zone(door))
        districts, _ = districts_and_places(door)
        wanted = options["district"] or districts[0].code
        chosen = next((place for place in districts if place.code == wanted), None)
        if chosen is None:
            raise Refused(f"the city has no district {wanted}")
        if options["forecast"] == "next-day-mean":
            means = daily_means(file, zone)
            door.request("POST", "/api/v1/air/forecasts", {
                "forecasts": [
                    {"date": day, "district": wanted, "pm25_mean_ugm3": mean}
                    for day, mean in sorted(means.items())
                ]
            })  # fmt: skip
        report = send(
            file, door, zone=zone, district=wanted,
            place=(chosen.lon, chosen.lat), speed=options["speed"],
        )  # fmt: skip
    except Refused as error:
        _fail(error)
    finally:
        door.close()
    if options["as_json"]:
        click.echo(json.dumps(asdict(report), ensure_ascii=False))
        return
    for name, value in asdict(report).items():
        click.echo(f"{name:<18} {len(value) if isinstance(value, list) else value}")


def _say(text: str) -> None:
    click.echo(f"madang_sim: {text}", err=True)


def _fail(error: Refused) -> None:
    _say(str(error))
    sys.exit(2)
