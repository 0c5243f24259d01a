"""What a telephone offers to hear and to say (SDP), and what we answer (RFC 3264)."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass

from aiosipua.sdp import Codec, MediaDescription, SdpMessage, parse_sdp

MULAW, ALAW = 0, 8
_NAMES = {"pcmu": MULAW, "pcma": ALAW}
_ANSWERED = {"sendrecv": "sendrecv", "sendonly": "recvonly", "recvonly": "sendonly"}
_MOST_MEDIA = 16


class Unacceptable(Exception):
    """Nothing in an offer is something that we speak."""


@dataclass(frozen=True, slots=True)
class Offer:
    """The sound that a telephone wants.

    address: where it hears; None while it is on hold by an address of zeros.
    law: `MULAW` or `ALAW`; `payload_type` is what it calls it.
    digits_type: payload type of telephone events; None where it has none.
    answer: direction of our answer: sendrecv, recvonly, sendonly, inactive.
    """

    address: tuple[str, int] | None
    law: int
    payload_type: int
    digits_type: int | None
    answer: str
    lines: tuple[str, ...]
    place: int

    @property
    def may_hear(self) -> bool:
        """Whether it wants to hear us now."""
        return self.address is not None and self.answer in ("sendrecv", "sendonly")

    @property
    def is_held(self) -> bool:
        """Whether it will say nothing for now."""
        return self.answer in ("sendonly", "inactive") or not self.may_hear


def read_offer(text: str) -> Offer:
    """Return the offer in a session description.

    Raises
    ------
    ValueError
        If it is no session description.
    Unacceptable
        If it has no G.711 over plain RTP.
    """
    if not text.lstrip().startswith("v="):
        raise ValueError("no session description")
    session = parse_sdp(text)
    if len(session.media) > _MOST_MEDIA:
        raise ValueError(f"{len(session.media)} media in one description")
    for place, media in enumerate(session.media):
        if media.media == "audio" and media.port and media.proto == "RTP/AVP":
            return _offer(session, media, place)
    raise Unacceptable("no sound over plain RTP is offered")


def _offer(session: SdpMessage, media: MediaDescription, place: int) -> Offer:
    speech = next((c for c in media.codecs if _law(c) is not None), None)
    if speech is None:
        names = ", ".join(c.encoding_name or str(c.payload_type) for c in media.codecs)
        raise Unacceptable(f"no G.711 among {names or 'nothing'}")
    events = [c for c in media.codecs if c.encoding_name.lower() == "telephone-event"]
    digits = next((c.payload_type for c in events if c.clock_rate in (0, 8000)), None)
    direction = _direction(session, media)
    law = _law(speech)
    assert law is not None
    return Offer(
        _address(session, media),
        law,
        speech.payload_type,
        digits,
        _ANSWERED.get(direction, "inactive"),
        tuple(f"{m.media} 0 {m.proto} {' '.join(m.formats)}" for m in session.media),
        place,
    )


def _law(codec: Codec) -> int | None:
    if codec.clock_rate not in (0, 8000):
        return None
    return _NAMES.get(codec.encoding_name.lower())


def _direction(session: SdpMessage, media: MediaDescription) -> str:
    for attributes in (media.attributes, session.attributes):
        for direction in (*_ANSWERED, "inactive"):
            if direction in attributes:
                return direction
    return "sendrecv"


def _address(session: SdpMessage, media: MediaDescription) -> tuple[str, int] | None:
    connection = media.connection or session.connection
    if connection is None:
        raise ValueError("no address (c=) in the session description")
    host = connection.address.partition("/")[0]
    address = ipaddress.ip_address(host)
    if not 0 < media.port < 65536:
        raise ValueError(f"port {media.port} in the session description")
    if address.is_multicast:
        raise Unacceptable("sound for many at once")
    return None if address.is_unspecified else (host, media.port)


def answer_text(offer: Offer, host: str, port: int, session: int, version: int) -> str:
    """Return our answer to an offer: one law, digits as it numbers them, 20 ms."""
    name = "PCMU" if offer.law == MULAW else "PCMA"
    formats = [str(offer.payload_type)]
    said = [f"a=rtpmap:{offer.payload_type} {name}/8000"]
    if offer.digits_type is not None:
        formats.append(str(offer.digits_type))
        said.append(f"a=rtpmap:{offer.digits_type} telephone-event/8000")
        said.append(f"a=fmtp:{offer.digits_type} 0-15")
    said += ["a=ptime:20", f"a={offer.answer}"]
    lines = _head(host, session, version)
    for place, refused in enumerate(offer.lines):
        if place == offer.place:
            lines += [f"m=audio {port} RTP/AVP {' '.join(formats)}", *said]
        else:
            lines.append(f"m={refused}")
    return "\r\n".join(lines) + "\r\n"


def offer_text(host: str, port: int, session: int) -> str:
    """Return an offer of ours, for a telephone that asked for one."""
    lines = [
        *_head(host, session, 1),
        f"m=audio {port} RTP/AVP 0 8 101",
        "a=rtpmap:0 PCMU/8000",
        "a=rtpmap:8 PCMA/8000",
        "a=rtpmap:101 telephone-event/8000",
        "a=fmtp:101 0-15",
        "a=ptime:20",
        "a=sendrecv",
    ]
    return "\r\n".join(lines) + "\r\n"


def _head(host: str, session: int, version: int) -> list[str]:
    kind = "IP6" if ":" in host else "IP4"
    return [
        "v=0",
        f"o=- {session} {version} IN {kind} {host}",
        "s=-",
        f"c=IN {kind} {host}",
        "t=0 0",
    ]
