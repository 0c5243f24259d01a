"""The telephone line of a running city: the assistant answers, the call centre keeps the calls.

    python -m madang.callcentre.voice.service

It runs where `MADANG_TELEPHONE` says so. On SIGTERM calls are ended by BYE.
"""

from __future__ import annotations

import asyncio
import signal
import sys
from typing import TYPE_CHECKING

from madang.callcentre.voice.errors import WHAT_IS_LEFT, NoVoice
from madang.callcentre.voice.line_health import ready_file
from madang.kernel import logs, metrics, orm, tracing
from madang.kernel.config import Settings, settings
from madang.kernel.errors import Invalid, MadangError

if TYPE_CHECKING:
    from madang.callcentre.voice.endpoint import Endpoint

log = logs.logger("voice")


def address(here: Settings) -> tuple[str, int]:
    """Return host and port of the line; raises Invalid."""
    host, _, port = here.telephone.rpartition(":")
    if not host or not port.isdecimal() or not 0 < int(port) < 65536:
        raise Invalid(
            f"MADANG_TELEPHONE is {here.telephone!r}; it is an address and a port",
            {"MADANG_TELEPHONE": "0.0.0.0:5060"},
        )
    return host.strip("[]"), int(port) + here.port_offset


async def run(here: Settings) -> None:
    """Answer until SIGTERM or SIGINT."""
    from madang.callcentre.voice.talk import rehearse

    endpoint = _endpoint(here)
    over = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, over.set)
    parts = endpoint.parts
    ready = ready_file(here)
    try:
        await rehearse(parts)
        await endpoint.open()
        ready.write_text("")
        log.info("the telephone line answers", at="sip:{}:{}".format(*endpoint.sip.here))
        await over.wait()
    except OSError as fault:
        raise Invalid(f"MADANG_TELEPHONE: cannot listen on {here.telephone}: {fault}") from None
    finally:
        ready.unlink(missing_ok=True)
        await endpoint.close()
        await parts.desk.close()
        await parts.tts.close()
        if parts.stt is not None:
            await parts.stt.close()


def _endpoint(here: Settings) -> Endpoint:
    """Return the line that the settings describe; raises Invalid and NoVoice."""
    from django.db import close_old_connections

    from madang.callcentre.voice.assistant_answering import AssistantAnswerer
    from madang.callcentre.voice.cli_answer import port_range
    from madang.callcentre.voice.contact_desk import ContactDesk
    from madang.callcentre.voice.endpoint import Endpoint, Limits, Where
    from madang.callcentre.voice.hearing import stt_of
    from madang.callcentre.voice.speaking import tts_of
    from madang.callcentre.voice.talk import Manners, Parts
    from madang.city.api import profile

    city = profile()
    language = city.city.default_language
    names = city.city.names
    manners = Manners(
        city=names.get(language) or names.get("en", city.id),
        language=language,
        languages=tuple(one.code for one in city.languages),
    )
    tts = tts_of(here.telephone_speaks)
    if tts is None:
        raise Invalid("MADANG_TELEPHONE_SPEAKS: a telephone line needs a voice")
    stt = stt_of(here.telephone_hears, here.data / "models")
    parts = Parts(stt, tts, AssistantAnswerer(city, close_old_connections), ContactDesk(), manners)
    host, port = address(here)
    ports = port_range(here.telephone_rtp, "MADANG_TELEPHONE_RTP")
    shifted = range(ports.start + here.port_offset, ports.stop + here.port_offset)
    limits = Limits(here.telephone_calls, here.telephone_calls)
    return Endpoint(Where(host, port, shifted, here.telephone_told), limits, parts)


def main() -> None:
    """Run the telephone line."""
    here = settings()
    logs.configure("voice", here.log_format)
    orm.ready()
    tracing.configure("voice")
    metrics.start_writing("voice")
    try:
        asyncio.run(run(here))
    except ImportError as missing:
        sys.exit(f"voice: the extra 'voice' is not installed ({missing.name}); {WHAT_IS_LEFT}")
    except (NoVoice, MadangError) as error:
        sys.exit(f"voice: {error.message}")


if __name__ == "__main__":
    main()
