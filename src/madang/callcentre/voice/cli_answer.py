"""``madang callcentre answer``: the 120 line by telephone, alone."""

from __future__ import annotations

import asyncio
import json
import signal
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from madang.callcentre.voice.errors import WHAT_IS_LEFT, NoVoice
from madang.kernel.errors import Invalid

if TYPE_CHECKING:
    from madang.callcentre.voice.answering import Answerer
    from madang.callcentre.voice.endpoint import Endpoint, Limits, Where
    from madang.callcentre.voice.hearing import Stt
    from madang.callcentre.voice.talk import Manners, Parts
    from madang.city.api import Profile

_PATH = click.Path(path_type=Path, dir_okay=False)
_FOLDER = click.Path(path_type=Path, file_okay=False)


@click.command("answer")
@click.option("--sip-port", type=click.IntRange(0, 65535), help="UDP port (else 5060; 0: any).")
@click.option("--bind", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--told", default="", help="Address that telephones are told, behind a NAT.")
@click.option("--rtp-ports", default="16384-16783", show_default=True, help="Ports of the sound.")
@click.option("--city", default="", help="A city's profile (default: this instance's).")
@click.option("--language", default="", help="First language (default: the city's).")
@click.option(
    "--calls", default=20, show_default=True, type=click.IntRange(1, 2000), help="Calls at once."
)
@click.option(
    "--waiting",
    default=10,
    show_default=True,
    type=click.IntRange(0, 2000),
    help="Calls that ring until one ends; more are refused.",
)
@click.option(
    "--silence",
    default=20.0,
    show_default=True,
    type=click.FloatRange(1, 3600),
    help="Seconds without sound after which a call is ended.",
)
@click.option("--documents", type=_PATH, help="Answer from these, JSON lines: id, title, text.")
@click.option(
    "--live", is_flag=True, help="Answer by the assistant of the instance that runs here."
)
@click.option("--operator", default="", help="SIP address that calls are passed on to (REFER).")
@click.option("--stt", default="", help="Speech to text: off, FOLDER, or MODEL@http://host/v1.")
@click.option(
    "--stt-workers",
    default=1,
    show_default=True,
    type=click.IntRange(1, 64),
    help="Processes that understand speech.",
)
@click.option("--tts", default="", help="Voice: espeak-ng or MODEL[:VOICE]@http://host/v1.")
@click.option("--record", type=_FOLDER, help="Ask for consent and keep recordings here.")
@click.option(
    "--keep-days",
    default=30,
    show_default=True,
    type=click.IntRange(1, 3650),
    help="Recordings are deleted after so many days, and callers are told.",
)
@click.option("--out", type=_PATH, help="Add transcripts and events to this file, JSON lines.")
@click.option("--until", "last", type=click.IntRange(1), help="End after so many calls.")
@click.option("--json", "as_json", is_flag=True, help="Say at the end what happened, in JSON.")
def answer(**given: Any) -> None:
    """Answer telephones: SIP over UDP, G.711, speech understood and answered from documents."""
    from madang.kernel import logs, orm

    logs.configure("voice")
    orm.ready()
    found = asyncio.run(_run(given))
    if given["as_json"]:
        click.echo(json.dumps(found, ensure_ascii=False, indent=2))
    else:
        calls = ", ".join(f"{why} {count}" for why, count in found["calls"].items()) or "none"
        click.echo(f"calls: {calls}")


async def _run(given: dict[str, Any]) -> dict[str, Any]:
    """Answer until a signal, or until so many calls are over; return what happened."""
    endpoint = await _endpoint(given)
    over = asyncio.Event()
    _listen_to_signals(over.set)
    if given["last"]:
        endpoint.ended = lambda calls: over.set() if calls >= given["last"] else None
    try:
        await endpoint.open()
    except OSError as fault:
        await _closed(endpoint)
        raise Invalid(
            f"--sip-port: cannot listen on {endpoint.where.host}:{endpoint.where.port}: {fault}"
        ) from None
    host, port = endpoint.sip.here
    parts = endpoint.parts
    click.echo(f"hears by {parts.stt.name if parts.stt else 'keys alone'}", err=True)
    click.echo(f"speaks by {parts.tts.name}, answers by {parts.answerer.name}", err=True)
    click.echo(f"answering at sip:{host}:{port}", err=True)
    await over.wait()
    await _closed(endpoint)
    return summary(endpoint)


def summary(endpoint: Endpoint) -> dict[str, Any]:
    """Return what happened at an endpoint, as plain values."""
    pacer = endpoint.pacer
    return {
        "calls": dict(endpoint.counts),
        "sip": dict(endpoint.sip.counts),
        "pacing": {
            "beats": pacer.beats, "late": pacer.late, "missed": pacer.missed,
            "worst_ms": round(1000 * pacer.worst_s, 1),
        },
    }  # fmt: skip


async def _endpoint(given: dict[str, Any]) -> Endpoint:
    """Return the endpoint that was asked for, its models loaded."""
    from madang.assistant.api import city_of

    try:
        from madang.callcentre.voice.endpoint import Endpoint
    except ImportError as missing:
        raise NoVoice(
            f"the telephone line needs Madang's extra 'voice' ({missing.name} is not installed); "
            + WHAT_IS_LEFT
        ) from missing
    from madang.callcentre.voice.desk import JSONLines
    from madang.callcentre.voice.speaking import tts_of
    from madang.callcentre.voice.talk import Parts, rehearse

    city = city_of(given["city"])
    where, limits, manners = _where(given), _limits(given), _manners(given, city)
    desk = JSONLines(given["out"], _operator(given["operator"]))
    tts = tts_of(given["tts"])
    if tts is None:
        raise Invalid("--tts: a telephone line needs a voice")
    answerer = _answerer(given, city)
    parts = Parts(_stt(given), tts, answerer, desk, manners)
    endpoint = Endpoint(where, limits, parts, given["record"])
    try:
        await rehearse(parts)
    except NoVoice:
        await _closed(endpoint)
        raise
    return endpoint


def _stt(given: dict[str, Any]) -> Stt | None:
    from madang.callcentre.voice.hearing import stt_of
    from madang.kernel.config import settings

    return stt_of(given["stt"], settings().data / "models", given["stt_workers"])


def _where(given: dict[str, Any]) -> Where:
    from madang.callcentre.voice.endpoint import Where
    from madang.kernel.config import settings

    port = given["sip_port"]
    if port is None:
        port = 5060 + settings().port_offset
    ports = port_range(given["rtp_ports"], "--rtp-ports")
    return Where(given["bind"], port, ports, given["told"])


def port_range(text: str, option: str) -> range:
    """Return the ports of a text such as 16384-16783; raises Invalid naming the option."""
    first, _, last = text.partition("-")
    try:
        ports = range(int(first) + int(first) % 2, int(last) + 1)
    except ValueError:
        ports = range(0)
    if len(ports) < 2 or not 1024 <= ports.start < ports.stop <= 65536:
        raise Invalid(f"{option}: {text!r} is no range such as 16384-16783")
    return ports


def _limits(given: dict[str, Any]) -> Limits:
    from madang.callcentre.voice.endpoint import Limits

    return Limits(given["calls"], given["waiting"], silent_s=given["silence"])


def _manners(given: dict[str, Any], city: Profile) -> Manners:
    from madang.callcentre.voice.talk import Manners

    spoken = tuple(one.code for one in city.languages)
    language = given["language"] or city.city.default_language
    if language not in spoken:
        raise Invalid(f"--language: {language!r} is none of {', '.join(spoken)}")
    names = city.city.names
    return Manners(
        city=names.get(language) or names.get("en", city.id),
        language=language,
        languages=spoken,
        keep_days=given["keep_days"] if given["record"] else 0,
    )


def _operator(text: str) -> str:
    from madang.callcentre.voice.sip.messages import address_text

    if not text:
        return ""
    try:
        return address_text(text)
    except ValueError as fault:
        raise Invalid(f"--operator: {fault}") from None


def _answerer(given: dict[str, Any], city: Profile) -> Answerer:
    from madang.callcentre.voice.answering import DocumentAnswerer, catalogue, filed

    if given["live"]:
        from django.db import close_old_connections

        from madang.callcentre.voice.assistant_answering import AssistantAnswerer

        if given["documents"]:
            raise Invalid("--live: answers come from the instance, not from --documents")
        return AssistantAnswerer(city, close_old_connections)
    documents = filed(given["documents"]) if given["documents"] else catalogue(city)
    if not documents:
        raise Invalid(f"the city {city.id!r} has no services to answer from; name --documents")
    return DocumentAnswerer(documents, city.city.default_language)


def _listen_to_signals(stop: Callable[[], None]) -> None:
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        with suppress(NotImplementedError):  # Windows has no handlers on its loop
            loop.add_signal_handler(number, stop)


async def _closed(endpoint: Endpoint) -> None:
    parts: Parts = endpoint.parts
    await endpoint.close()
    await parts.desk.close()
    await parts.tts.close()
    if parts.stt is not None:
        await parts.stt.close()
