"""What no telephone should send is refused or dropped, counted, and ends nothing."""

from __future__ import annotations

import asyncio
import contextlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from madang.callcentre.voice.sip.description import Unacceptable, read_offer
from madang.callcentre.voice.sip.messages import Malformed, read_message
from madang.callcentre.voice.sip.server import SipServer
from tests.callcentre.voice.handset import Handset, header, scene

HERE = ("127.0.0.1", 5060)


def test_options_say_what_we_can():
    async def call():
        async with scene() as here:
            phone = await here.handset()
            phone.send(phone.request("OPTIONS"))
            answer = await phone.next("SIP/2.0 200")
            assert "INVITE" in header(answer, "Allow")

    asyncio.run(call())


def edited(phone: Handset, old: str, new: str) -> str:
    text = phone.request("INVITE", phone.sdp())
    assert old in text
    return text.replace(old, new)


@pytest.mark.parametrize(
    ("old", "new", "status"),
    [
        ("CSeq: 1 INVITE", "CSeq: 1 BYE", "400"),
        ("CSeq: 1 INVITE", "CSeq: one INVITE", "400"),
        ("CSeq: 1 INVITE\r\n", "", "400"),
        ("Call-ID", "X-ID", "400"),
        (";tag=me", "", "400"),
        ("z9hG4bK", "old", "400"),
        (" SIP/2.0\r\nVia", " SIP/9.0\r\nVia", "505"),
        ("Content-Length: ", "Content-Length: 9", "400"),
        ("v=0", "x=0", "400"),
        ("c=IN IP4 127.0.0.1", "c=IN IP4 somewhere", "400"),
        ("m=audio", "m=video", "488"),
        ("RTP/AVP", "RTP/SAVP", "488"),
        ("application/sdp", "text/plain", "488"),
        ("Max-Forwards: 70", "Require: 100rel", "420"),
        ("To: <sip:120@127.0.0.1>", "To: <sip:120@127.0.0.1>;tag=none", "481"),
    ],
)
def test_a_wrong_invite_is_told_what_is_wrong(old, new, status):
    async def call():
        async with scene() as here:
            phone = await here.handset()
            phone.send(edited(phone, old, new))
            await phone.next(f"SIP/2.0 {status}")
            assert here.endpoint.live == 0

    asyncio.run(call())


@pytest.mark.parametrize("method", ["SUBSCRIBE", "MESSAGE", "REGISTER", "NONSENSE"])
def test_what_we_do_not_do_is_said(method):
    async def call():
        async with scene() as here:
            phone = await here.handset()
            phone.send(phone.request(method))
            await phone.next("SIP/2.0 405")

    asyncio.run(call())


def test_junk_is_dropped_and_counted():
    async def call():
        async with scene() as here:
            phone = await here.handset()
            for junk in (b"\xff" * 50, b"INVITE", b"GET / HTTP/1.1\r\n\r\n", b"SIP/2.0 abc\r\n\r\n",
                         b"A" * 20_000, b"\r\n\r\n"):  # fmt: skip
                phone.sip.transport.sendto(junk, phone.server)
            phone.send(phone.request("OPTIONS"))
            await phone.next("SIP/2.0 200")
            assert here.endpoint.sip.counts["malformed"] == 5

    asyncio.run(call())


@pytest.mark.parametrize("method", ["BYE", "INFO", "NOTIFY"])
def test_a_stranger_cannot_end_a_call(method):
    async def call():
        async with scene() as here:
            phone, other = await here.handset(), await here.handset()
            await phone.call()
            other.call_id = phone.call_id
            other.send(other.request(method))
            await other.next("SIP/2.0 481")
            assert here.endpoint.live == 1
            await phone.hang_up()

    asyncio.run(call())


_LINES = st.lists(
    st.one_of(
        st.sampled_from([
            "INVITE sip:120@h SIP/2.0", "BYE sip:120@h SIP/2.0", "SIP/2.0 200 OK",
            "CSeq: 1 INVITE",
            "Via: SIP/2.0/UDP h;branch=z9hG4bK1", "Via: ;;;",
            "Via: SIP/2.0/UDP [::;branch=z9hG4bKx",
            "From: <sip:a@b>;tag=1", "From: \"<sip", "To: <sip:120@h>", "To: x;tag=",
            "Call-ID: 1", "Contact: <sip:@:99999>", "Content-Length: -3",
            "Content-Type: application/sdp",
            "", "v=0", "m=audio 99999999 RTP/AVP 0", "m=audio 1 RTP/AVP x", "c=IN IP4 1.2.3.4",
            "a=rtpmap:0", "a=rtpmap:x y/z", "m=", "t=", "b=AS:x",
        ]),
        st.text(max_size=30),
    ),
    max_size=16,
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(_LINES)
def test_no_message_is_a_fault_of_ours(lines):
    async def take():
        server = SipServer(lambda leg: leg.refuse(486))
        data = "\r\n".join(lines).encode("utf-8", "surrogatepass")
        server.datagram_received(data, HERE)
        server.close()
        assert not server.counts["faults"]

    asyncio.run(take())


@given(st.binary(max_size=200))
def test_octets_are_read_or_refused(data):
    with contextlib.suppress(Malformed):
        read_message(data, HERE)


@given(st.text(max_size=200))
def test_descriptions_are_read_or_refused(text):
    for whole in (text, f"v=0\r\nc=IN IP4 1.2.3.4\r\nm=audio 9 RTP/AVP 0\r\n{text}"):
        with contextlib.suppress(ValueError, Unacceptable):
            read_offer(whole)
