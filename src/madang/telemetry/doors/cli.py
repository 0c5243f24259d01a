"""``madang telemetry ingest``."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from madang.kernel.errors import BadInput, NotFound

if TYPE_CHECKING:
    from madang.telemetry.doors.directory import Device, Directory
    from madang.telemetry.doors.send_file import Report, Sending


@click.command(help="Send FILE (.parquet, .jsonl, .csv) to the intake of the running instance.")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--gateway", metavar="NAME", help="Send as this gateway, to its datastreams only.")
@click.option("--key", metavar="KEY", envvar="MADANG_GATEWAY_KEY", help="That gateway's key.")
@click.option("--station", metavar="ID", help="Station of a wide file without a column 'station'.")
@click.option("--all-or-nothing", is_flag=True, help="Send nothing if one row is refused.")
@click.option("--json", "as_json", is_flag=True, help="Write the report as JSON.")
def ingest(
    file: Path,
    gateway: str | None,
    key: str | None,
    station: str | None,
    *,
    all_or_nothing: bool,
    as_json: bool,
) -> None:
    """Send a file and write the report."""
    if not file.is_file():
        raise BadInput(str(file), "there is no such file")
    sending = _sending(file, gateway, key, station)
    if all_or_nothing:
        judged = sending.judge()
        if judged.refused_total:
            judged.accepted = 0
            _write(judged, as_json=as_json)
            raise BadInput(str(file), f"{judged.refused_total} rows are refused, nothing was sent")
    report = sending.send()
    _write(report, as_json=as_json)
    if report.refused_total and not report.accepted:
        raise BadInput(str(file), "every row was refused")


def _sending(file: Path, gateway: str | None, key: str | None, station: str | None) -> Sending:
    from madang.kernel.orm import ready

    ready()
    from madang.city import api as city
    from madang.telemetry import models
    from madang.telemetry.doors.directory import load_directory
    from madang.telemetry.doors.files import Reading
    from madang.telemetry.doors.send_file import Sending, named_anywhere

    directory = load_directory()
    device = _device(directory, gateway, key)
    resolve = directory.resolver(device.id) if device else named_anywhere(directory)
    units = dict(models.ObservedProperty.objects.values_list("id", "unit_symbol"))
    reading = Reading(resolve, units, city.profile().timezone, station)

    def progress(line: int) -> None:
        click.echo(f"stored up to line {line}", err=True)

    return Sending(file, reading, directory, device, progress)


def _device(directory: Directory, gateway: str | None, key: str | None) -> Device | None:
    from madang.telemetry.doors.directory import allowed
    from madang.telemetry.keys import Credentials

    if key is not None:
        return directory.device(Credentials(gateway, key))
    if gateway is None:
        return None
    if gateway not in directory.by_name:
        raise NotFound(f"no gateway is called {gateway!r}; see 'madang telemetry gateway list'")
    return allowed(directory.by_name[gateway])


def _write(report: Report, *, as_json: bool) -> None:
    if as_json:
        json.dump(asdict(report), sys.stdout, ensure_ascii=False)
        sys.stdout.write("\n")
        return
    click.echo(
        f"{report.accepted} accepted, {report.refused_total} refused, "
        f"{report.duplicates_of_file} repeated in the file"
    )
    for item in report.refused:
        click.echo(f"  line {item['line']}: {item['code']}: {item['reason']}", err=True)
