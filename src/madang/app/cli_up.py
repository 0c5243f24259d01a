"""``madang up``: start everything and open the portal."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import click


@click.command()
@click.option("--city", help="City profile: a name in cities/, or a folder (MADANG_CITY).")
@click.option("--no-sim", is_flag=True, help="Do not start the city simulator.")
@click.option("--port", type=int, help="Public HTTP port (MADANG_PORT, else 8000).")
def up(city: str | None, no_sim: bool, port: int | None) -> None:
    """Start everything, open the portal, stop all on Ctrl-C."""
    if city is not None:
        folder = Path(city)
        os.environ["MADANG_CITY"] = str(folder.resolve()) if folder.is_dir() else city
    if port is not None:
        os.environ["MADANG_PORT"] = str(port)
    from madang.app import preflight
    from madang.app.doors import public_ports
    from madang.app.instance import demo_gateway, prepare
    from madang.app.leftovers import end_leftovers
    from madang.app.processes import core, simulator
    from madang.app.supervisor import Supervisor
    from madang.kernel.config import settings

    began = time.monotonic()
    here = settings()
    preflight.check_disk(here)
    here.data.mkdir(parents=True, exist_ok=True)
    lock = preflight.hold_data_folder(here)
    end_leftovers(here.data, lambda text: click.echo(f"madang: {text}", err=True))
    for variable, moved in preflight.moved_side_doors(here).items():
        click.echo(
            f"madang: the usual port of {variable[7:]} is in use; it moves to {moved}", err=True
        )
        os.environ[variable] = str(moved)
    settings.cache_clear()
    here = settings()
    preflight.check_start(here)
    prepare(here)
    supervisor = Supervisor(
        here.data,
        lambda text: click.echo(f"madang: {text}", err=True),
        public_ports(here),
    )
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: supervisor.ask_to_stop())
    try:
        for group in core(here):
            supervisor.start(*group, within_s=60)
        if not (no_sim or here.is_production):
            supervisor.start(simulator(here, demo_gateway()), within_s=10)
        _greet(time.monotonic() - began)
        supervisor.watch()
    finally:
        click.echo("madang: stopping", err=True)
        supervisor.stop()
        lock.close()


def _greet(seconds: float) -> None:
    from madang.app.doors import speaks_seoul
    from madang.identity.api import first_administrator_link
    from madang.kernel.config import settings

    here = settings()
    url = f"http://localhost:{here.front_port}"
    click.echo(f"Madang is up after {seconds:.1f} s: {url}")
    if speaks_seoul(here.city):
        click.echo(
            f"  Seoul Open API dialect  http://localhost:{here.dialect_port}/sample/json/..."
        )
    click.echo(f"  MQTT                    localhost:{here.mqtt_port}")
    click.echo(f"  data                    {here.data}")
    if link := first_administrator_link(url):
        click.echo(f"  first administrator     {link}")
    click.echo("Ctrl-C stops everything.")
