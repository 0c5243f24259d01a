"""``madang telemetry query`` and ``madang telemetry gateway ...``."""

from __future__ import annotations

import json
import re
import sys
from dataclasses import asdict
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from madang.kernel.errors import Invalid

if TYPE_CHECKING:
    from collections.abc import Mapping

    import polars as pl

    from madang.telemetry.api import Gateway


@click.command(help="Write the observations of a datastream, oldest first.")
@click.option("--datastream", "ds", type=int, required=True, metavar="ID")
@click.option(
    "--from",
    "start",
    metavar="TIME",
    help="First moment or day (ISO 8601); a day before --to if left out.",
)
@click.option("--to", "end", metavar="TIME", help="Moment or day past the last; now if left out.")
@click.option("--format", "form", type=click.Choice(["csv", "json", "parquet"]), default="csv")
@click.option("--resolution", type=click.Choice(["raw", "hour"]), default="raw")
@click.option("--out", type=click.Path(path_type=Path), help="Write to this file.")
def query(
    ds: int,
    start: str | None,
    end: str | None,
    form: str,
    resolution: Any,
    *,
    out: Path | None,
) -> None:
    """Write a series; a time without offset is the city's."""
    from madang.kernel import times
    from madang.kernel.orm import ready

    ready()
    from madang.telemetry import api

    last = _moment("--to", end) if end else times.now()
    first = _moment("--from", start) if start else last - timedelta(days=1)
    if first > last:
        raise Invalid("--from is after --to", {"--from": "after --to"})
    found = api.series(ds, first, last, resolution)
    [stream] = api.datastreams(ids=[ds])
    frame = readable(found)
    _write(_encoded(frame, form, asdict(stream)), form, out)
    click.echo(f"{frame.height} rows of {stream.name} [{stream.unit_symbol}]", err=True)


_DAY = re.compile(r"\d{4}-\d\d-\d\d")


def _moment(option: str, text: str) -> datetime:
    from madang.city import api as city
    from madang.kernel import times

    stamp = f"{text}T00:00" if _DAY.fullmatch(text) else text
    try:
        return times.parse_utc(stamp, city.profile().timezone)
    except Invalid as error:
        raise Invalid(f"{option}: {error.message}", {option: error.message}) from None


def readable(series: Mapping[str, Any]) -> pl.DataFrame:
    """Return a series with `time` (UTC), the values, and quality as `flag` and `tests`.

    Missing values are null.
    """
    import polars as pl

    from madang.telemetry.quality import quality

    frame = pl.DataFrame(series)
    words = {int(word): quality(int(word)) for word in frame["q"].unique()}
    flags = {word: told["flag"] for word, told in words.items()}
    tests = {word: " ".join(told["tests"]) for word, told in words.items()}
    time = pl.from_epoch("t", time_unit="ms").dt.replace_time_zone("UTC").alias("time")
    return frame.select(
        time,
        *(pl.col(name).fill_nan(None) for name in frame.columns if name not in ("t", "q")),
        pl.col("q").replace_strict(flags, return_dtype=pl.String).alias("flag"),
        pl.col("q").replace_strict(tests, return_dtype=pl.String).alias("tests"),
    ).rename({"v": "value"}, strict=False)


def _encoded(frame: pl.DataFrame, form: str, stream: dict[str, Any]) -> bytes:
    import io

    if form == "parquet":
        sink = io.BytesIO()
        frame.write_parquet(sink, metadata={name: str(value) for name, value in stream.items()})
        return sink.getvalue()
    text = frame.with_columns(frame["time"].dt.strftime("%Y-%m-%dT%H:%M:%S%.3fZ"))
    if form == "csv":
        return text.write_csv(quote_style="never").encode()  # numbers and words of ours only
    document = {"datastream": stream, "observations": text.to_dicts()}
    return json.dumps(document, ensure_ascii=False, indent=1).encode() + b"\n"


def _write(content: bytes, form: str, out: Path | None) -> None:
    if out is None:
        if form == "parquet" and sys.stdout.isatty():
            raise Invalid("Parquet is not for a terminal; give --out FILE", {"--out": "missing"})
        click.echo(content, nl=False)
        return
    draft = out.with_name(out.name + ".part")
    try:
        draft.write_bytes(content)
        draft.replace(out)
    except OSError as error:
        raise Invalid(f"{out}: cannot be written ({error.strerror})", {"--out": str(out)}) from None


_as_json = click.option("--json", "as_json", is_flag=True, help="Write JSON.")


@click.command("add", help="Make a gateway NAME and show its key, this once.")
@click.argument("name")
@click.option("--origin", type=click.Choice(["real", "simulated", "replayed"]), required=True)
@click.option(
    "--scope", "scopes", type=click.Choice(["observe", "provision"]), multiple=True,
    default=("observe",), show_default=True, help="May be given twice.",
)  # fmt: skip
@click.option("--quota", type=int, default=10_000, show_default=True, help="Points per second.")
@click.option("--description", default="", metavar="TEXT")
@_as_json
def add_gateway(
    name: str,
    origin: str,
    scopes: tuple[str, ...],
    quota: int,
    description: str,
    *,
    as_json: bool,
) -> None:
    """Make a gateway."""
    from madang.kernel.orm import ready

    ready()
    from madang.telemetry import api

    gateway, key = api.create_gateway(name, origin, scopes, quota, description=description)
    if as_json:
        click.echo(json.dumps({**_shown(gateway), "key": key}))
        return
    click.echo(f"gateway {gateway.name} ({gateway.origin}), scopes {', '.join(gateway.scopes)}")
    click.echo(f"key {key}")
    click.echo("The key is not kept and cannot be shown again.", err=True)


@click.command("list", help="List the gateways.")
@_as_json
def list_gateways(*, as_json: bool) -> None:
    """List the gateways, oldest first."""
    from madang.kernel.orm import ready

    ready()
    from madang.telemetry import api

    found = api.gateways()
    if as_json:
        click.echo(json.dumps([_shown(gateway) for gateway in found]))
        return
    for one in found:
        state = "" if one.enabled else "  off"
        scopes = ",".join(one.scopes)
        click.echo(
            f"{one.name:24} {one.origin:10} {scopes:20} {one.quota:>8}/s  {one.key_prefix}…{state}"
        )


@click.command("rotate", help="Give gateway NAME a new key; the old one stops working.")
@click.argument("name")
@_as_json
def rotate_gateway(name: str, *, as_json: bool) -> None:
    """Show a new key of a gateway, this once."""
    from madang.kernel.orm import ready

    ready()
    from madang.telemetry import api

    key = api.rotate_key(name)
    click.echo(json.dumps({"name": name, "key": key}) if as_json else f"key {key}")


@click.command("enable", help="Let gateway NAME in, or with --off keep it out.")
@click.argument("name")
@click.option("--off", is_flag=True, help="Keep it out from now on.")
def enable_gateway(name: str, *, off: bool) -> None:
    """Switch a gateway on or off."""
    from madang.kernel.orm import ready

    ready()
    from madang.telemetry import api

    api.enable_gateway(name, enabled=not off)
    click.echo(f"gateway {name} is {'off' if off else 'on'}")


def _shown(gateway: Gateway) -> dict[str, Any]:
    return {**asdict(gateway), "created": gateway.created.isoformat()}
