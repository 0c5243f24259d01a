"""Commands of the engineer: status, doctor, migrate, service-file."""

from __future__ import annotations

import json
import sys
from typing import Any

import click


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Machine-readable summary.")
def status(as_json: bool) -> None:
    """Say whether the instance runs and how its parts are; exit 1 where it does not."""
    report = _status()
    if as_json:
        click.echo(json.dumps(report, ensure_ascii=False, indent=2))
    else:
        click.echo(f"{'running' if report['running'] else 'not running'} in {report['data']}")
        for process in report["processes"]:
            click.echo(
                f"  {process['name']:<10} {process['state']:<10} pid {process['pid']}"
                f" restarts {process['restarts']}"
            )
        for name, check in report["health"].items():
            click.echo(f"  {name:<24} {check}")
    sys.exit(0 if report["running"] else 1)


def _status() -> dict[str, Any]:
    import httpx
    import psutil

    from madang import __version__
    from madang.app.doors import public_ports
    from madang.kernel.config import settings

    here = settings()
    state_file = here.data / "run" / "processes.json"
    state = json.loads(state_file.read_text()) if state_file.exists() else {}
    running = bool(state) and psutil.pid_exists(state["supervisor"])
    ports = state["ports"] if running else public_ports(here)
    report: dict[str, Any] = {
        "version": __version__,
        "running": running,
        "data": str(here.data),
        "city": here.city,
        "url": f"http://localhost:{ports['portal']}",
        "ports": ports,
        "processes": state.get("processes", []) if running else [],
        "health": {},
    }
    if running:
        try:
            answer = httpx.get(f"http://127.0.0.1:{ports['portal']}/healthz", timeout=5)
            report["health"] = {
                name: check["problem"] or "ok" for name, check in answer.json()["checks"].items()
            }
        except (httpx.HTTPError, ValueError, KeyError) as error:
            report["health"] = {"front": f"does not answer: {error}"}
    return report


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Machine-readable findings.")
def doctor(as_json: bool) -> None:
    """Say what is missing and which feature is off; exit 1 where something needed is missing."""
    from dataclasses import asdict

    from madang.app.preflight import findings
    from madang.kernel.config import settings

    found = list(findings(settings()))
    if as_json:
        click.echo(json.dumps([asdict(item) for item in found], ensure_ascii=False, indent=2))
    else:
        for item in found:
            click.echo(f"{item.level:<4} {item.what:<12} {item.message}")
    sys.exit(1 if any(item.level == "bad" for item in found) else 0)


@click.command()
def migrate() -> None:
    """Upgrade the stores of this instance in place."""
    from madang.app.instance import prepare
    from madang.kernel.config import settings

    prepare(settings())
    click.echo("the stores are at the present version")


_UNIT = """\
[Unit]
Description=Madang, the city's digital side ({city})
After=network-online.target
Wants=network-online.target

[Service]
Type=simple
User={user}
Environment=MADANG_MODE=production
Environment=MADANG_CITY={city}
EnvironmentFile=-/etc/madang/environment
ExecStart={program} up --no-sim --data {data}
KillMode=mixed
TimeoutStopSec=90
Restart=on-failure
LimitNOFILE=65536

[Install]
WantedBy=multi-user.target
"""


@click.command("service-file")
@click.option("--user", default="madang", show_default=True, help="Account that runs it.")
def service_file(user: str) -> None:
    """Print a systemd unit for this installation."""
    from pathlib import Path

    from madang.kernel.config import settings

    here = settings()
    program = Path(sys.argv[0]).resolve()
    click.echo(_UNIT.format(city=here.city, user=user, program=program, data=here.data), nl=False)
