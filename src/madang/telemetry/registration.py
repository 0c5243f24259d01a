"""What telemetry offers the house."""

from __future__ import annotations

from collections.abc import Iterable

from madang.kernel.registry import (
    API,
    Anchor,
    Claim,
    Command,
    LakeService,
    LakeTable,
    MapLayer,
    Offer,
    Page,
    StreamRoute,
    StreamTask,
    Subscriber,
    Watcher,
)


def offers() -> Iterable[Offer]:
    """Return the offers of this room."""
    yield from _lake()
    yield from _doors()
    yield from _sensorthings()
    yield from _maps()


def _lake() -> Iterable[Offer]:
    yield LakeTable(
        "obs",
        (
            ("ds", "UInt32", "Delta, ZSTD(1)"),
            ("t", "DateTime", "Delta, ZSTD(1)"),
            ("v", "Int32", "T64, ZSTD(1)"),
            ("q", "UInt16", "ZSTD(1)"),
        ),
        order_by=("ds", "t"),
        partition_by="toYYYYMMDD(t)",
        retention_days=3650,
        help="Observations: v x the datastream's resolution; v = -2147483648 is missing.",
    )
    yield LakeTable(
        "obs_ms",
        (
            ("ds", "UInt32", "Delta, ZSTD(1)"),
            ("t", "DateTime64(3)", "DoubleDelta, ZSTD(1)"),
            ("v", "Float64", "ZSTD(1)"),
            ("q", "UInt16", "ZSTD(1)"),
        ),
        order_by=("ds", "t"),
        partition_by="toYYYYMMDD(t)",
        retention_days=400,
        help="Observations that need milliseconds or are not quantised (resolution 0).",
    )
    yield LakeTable(
        "obs_1h",
        (
            ("ds", "UInt32", "Delta, ZSTD(1)"),
            ("t", "DateTime", "Delta, ZSTD(1)"),
            ("n", "UInt32", "T64, ZSTD(1)"),
            ("sum", "Float64", "ZSTD(1)"),
            ("min", "Float64", "ZSTD(1)"),
            ("max", "Float64", "ZSTD(1)"),
            ("last", "Float64", "ZSTD(1)"),
            ("q", "UInt16", "ZSTD(1)"),
        ),
        order_by=("ds", "t"),
        partition_by="toYYYYMM(t)",
        replacing_by="n",
        help="Closed hours; t is the end of the hour.",
    )
    yield LakeTable(
        "obs_flag",
        (
            ("ds", "UInt32", "Delta, ZSTD(1)"),
            ("t", "DateTime64(3)", "Delta, ZSTD(1)"),
            ("q", "UInt16", "ZSTD(1)"),
        ),
        order_by=("ds", "t"),
        partition_by="toYYYYMM(t)",
        retention_days=3650,
        replacing_by="q",
        help="Later verdicts on observations (a spike shows when its next neighbour has come).",
    )
    yield LakeTable(
        "dead_letter",
        (
            ("t", "DateTime", "Delta, ZSTD(1)"),
            ("door", "String", "ZSTD(1)"),
            ("gateway", "String", "ZSTD(1)"),
            ("code", "String", "ZSTD(1)"),
            ("reason", "String", "ZSTD(1)"),
            ("payload", "String", "ZSTD(1)"),
        ),
        order_by=("t",),
        partition_by="toYYYYMM(t)",
        retention_days=90,
        help="What was refused, with the reason.",
        exported=False,
    )
    yield LakeService("telemetry", "madang.telemetry.pipeline.service:Pipeline")


def _maps() -> Iterable[Offer]:
    yield Subscriber("telemetry.silence", "telemetry-desk", "madang.telemetry.desk:follow")
    yield Watcher("telemetry", "madang.telemetry.watches:watches")
    here = "madang.telemetry.map_sensors"
    yield MapLayer(
        "sensors", "Sensors that report", "point", f"{here}:rows", f"{here}:legend",
        f"{here}:detail", unit="datastreams", access="role:operator", order=30,
    )  # fmt: skip


def _doors() -> Iterable[Offer]:
    doors = "madang.telemetry.doors"
    for pattern in (
        r"^/sta/v1\.1/(Datastreams\([0-9]+\)/)?Observations/?$",
        r"^/sta/v1\.1/CreateObservations/?$",
        r"^/ingest/v1/(columns|jsonl|arrow)/?$",
    ):
        yield StreamRoute(pattern, ("POST",), f"{doors}.asgi:application", "key")
    yield StreamRoute(r"^/events/?$", ("GET",), f"{doors}.events_asgi:application", "public")
    yield from _intake_claims(f"{doors}.proof.figures")
    yield from _live_claim()
    yield from _engine_claims()
    yield StreamTask("doors", f"{doors}.state:keep_open")
    yield StreamTask("mqtt-bridge", f"{doors}.bridge:run_bridge")
    yield StreamTask("live-fanout", f"{doors}.live:run_fanout")
    yield Command(
        "telemetry ingest", f"{doors}.cli:ingest", "Send a file of observations to the intake."
    )


def _sensorthings() -> Iterable[Offer]:
    views = "madang.telemetry.sta.views"
    yield Page(r"^sta/v1\.1/?$", f"{views}:root", "sensorthings", "public")
    # reads are open; the view asks writers for a gateway key
    yield Page(
        r"^sta/v1\.1/(?P<path>.+)$", f"{views}:resource", "sensorthings-resource", "key", True
    )
    yield API("telemetry", "madang.telemetry.http:router")
    cli = "madang.telemetry.cli"
    yield Command("telemetry query", f"{cli}:query", "Write the observations of a datastream.")
    yield Command("telemetry gateway add", f"{cli}:add_gateway", "Make a gateway and its key.")
    yield Command("telemetry gateway list", f"{cli}:list_gateways", "List the gateways.")
    yield Command("telemetry gateway rotate", f"{cli}:rotate_gateway", "Make a new key.")
    yield Command(
        "telemetry gateway enable", f"{cli}:enable_gateway", "Switch a gateway on or off."
    )


def _intake_claims(figures: str) -> Iterable[Offer]:
    yield Claim(
        "telemetry.intake-points",
        "Durable points per second over HTTP, 1,000 points a request",
        "points/s",
        1_000_000.0,
        "higher",
        f"{figures}:points_per_s",
        (Anchor("FROST-Server, observations/s", 5000.0, "FraunhoferIOSB/FROST-Server issue 115"),),
    )
    yield Claim(
        "telemetry.intake-p99",
        "Answer to 1,000 durable points over HTTP, 99th percentile under that load",
        "ms",
        30.0,
        "lower",
        f"{figures}:p99_ms",
        (
            Anchor(
                "Orion-LD, upsert of 2,000 entities", 15_000.0, "FIWARE/context.Orion-LD issue 1951"
            ),
        ),
    )
    yield Claim(
        "telemetry.intake-single",
        "Durable single SensorThings observations per second over HTTP",
        "requests/s",
        4000.0,
        "higher",
        f"{figures}:singles_per_s",
        (Anchor("FROST-Server, observations/s", 5000.0, "FraunhoferIOSB/FROST-Server issue 115"),),
    )


def _live_claim() -> Iterable[Offer]:
    yield Claim(
        "telemetry.listeners",
        "From an update to the last of 2,000 who listen to server-sent events, the longest",
        "ms",
        1000.0,
        "lower",
        "madang.telemetry.doors.proof.listeners:last_listener_ms",
    )


def _engine_claims() -> Iterable[Offer]:
    proof = "madang.telemetry.proof"
    yield Claim(
        "telemetry.end-to-end",
        "Durable points per CPU-second from the bus through four detectors to the store",
        "points/s",
        1_000_000.0,
        "higher",
        f"{proof}.end_to_end:points_per_core",
        (
            Anchor("FROST-Server, observations/s", 5000.0, "FraunhoferIOSB/FROST-Server issue 115"),
            Anchor(
                "QuantumLeap, notifications/s",
                100.0,
                "orchestracities/ngsi-timeseries-api issue 349",
            ),
        ),
    )
    yield Claim(
        "telemetry.quality",
        "Points per CPU-second through the fused quality pass",
        "points/s",
        50_000_000.0,
        "higher",
        f"{proof}.passes:quality_points",
    )
    yield Claim(
        "telemetry.detectors",
        "Points per CPU-second through four detectors",
        "points/s",
        20_000_000.0,
        "higher",
        f"{proof}.passes:detector_points",
    )
    yield Claim(
        "telemetry.latest",
        "Newest observation of 50,000 datastreams as columns, asked by another process",
        "ms",
        5.0,
        "lower",
        f"{proof}.end_to_end:latest_ms",
    )
