"""The door for telephones: one UDP socket, all calls, every malformed message counted."""

from __future__ import annotations

import asyncio
import logging
import re
from collections import Counter
from collections.abc import Callable

from aiosipua.headers import parse_via
from aiosipua.message import SipRequest, SipResponse
from aiosipua.utils import generate_tag

from madang.callcentre.voice.sip.description import Offer, Unacceptable, read_offer
from madang.callcentre.voice.sip.leg import ALLOW, Leg, State
from madang.callcentre.voice.sip.messages import (
    Address,
    Key,
    Malformed,
    key_of,
    read_message,
    reply_address,
    response,
)
from madang.callcentre.voice.sip.transactions import AskedTransactions, ServedTransactions

log = logging.getLogger(__name__)

_SWEEP_S = 5.0
_SIPFRAG = re.compile(r"SIP/2\.0 (\d{3})")
_SIGNAL = re.compile(r"(?:Signal\s*=\s*)?([0-9*#A-D])\s*", re.ASCII)
_UNDERSTOOD = frozenset({"timer", "replaces", "norefersub"})
"""Extensions that may be required without our doing anything for them."""


class SipServer(asyncio.DatagramProtocol):
    """Answers telephones.

    Parameters
    ----------
    newcomer : is given each new call; it refuses, lets wait or answers it, and sets its owner.
    t1 : estimate of a round trip [s].
    """

    def __init__(self, newcomer: Callable[[Leg], None], t1: float = 0.5) -> None:
        self._newcomer, self._t1 = newcomer, t1
        self._legs: dict[tuple[str, str], Leg] = {}
        self._by_invite: dict[Key, Leg] = {}
        self._served = ServedTransactions(t1, self._write)
        self._asked = AskedTransactions(t1, self._write)
        self._transport: asyncio.DatagramTransport | None = None
        self._sweeping: asyncio.TimerHandle | None = None
        self._here: Address = ("127.0.0.1", 0)
        self.counts: Counter[str] = Counter()
        self._methods: dict[str, Callable[[SipRequest, Address], None]] = {
            "INVITE": self._invite, "BYE": self._bye, "CANCEL": self._cancel,
            "OPTIONS": self._options, "INFO": self._info, "NOTIFY": self._notify,
        }  # fmt: skip

    async def open(self, host: str, port: int, told: str = "") -> None:
        """Listen; raises OSError where the port is taken.

        Parameters
        ----------
        told : address that telephones are told, where it is not that of the socket.
        """
        loop = asyncio.get_running_loop()
        transport, _ = await loop.create_datagram_endpoint(lambda: self, local_addr=(host, port))
        name = transport.get_extra_info("sockname")
        self._transport = transport
        self._here = (told or name[0], name[1])
        self._sweep()

    def close(self) -> None:
        """Stop listening."""
        if self._sweeping is not None:
            self._sweeping.cancel()
        self._served.close()
        self._asked.close()
        if self._transport is not None:
            self._transport.close()

    @property
    def here(self) -> Address:
        """Where telephones reach us."""
        return self._here

    @property
    def t1(self) -> float:
        """Estimate of a round trip [s]."""
        return self._t1

    def datagram_received(self, data: bytes, addr: Address) -> None:
        """Take a datagram; nothing in it can end the process."""
        self.counts["datagrams"] += 1
        if not data.strip(b"\r\n\0 "):
            return  # RFC 5626: kept alive
        source = (addr[0], addr[1])
        try:
            message = read_message(data, source)
            if isinstance(message, SipResponse):
                self._response(message)
            else:
                self._request(message, source)
        except Malformed as fault:
            self.counts["malformed"] += 1
            log.debug("sip: malformed from %s: %s", source, fault)
            if fault.request is not None and fault.request.method != "ACK":
                made = response(fault.request, fault.status, generate_tag())
                self.send(made, reply_address(fault.request, source))
        except Exception:
            self.counts["faults"] += 1
            log.exception("sip: a message from %s was not understood", source)

    def error_received(self, exc: Exception) -> None:
        """Count what the network could not deliver."""
        self.counts["undelivered"] += 1

    def reply(self, request: SipRequest, source: Address, made: SipResponse) -> None:
        """See `Wire.reply`."""
        to, data = reply_address(request, source), bytes(made)
        self._served.answered(key_of(request), made.status_code, data, to)
        self._write(data, to)

    def send(self, message: SipRequest | SipResponse, to: Address) -> None:
        """See `Wire.send`."""
        self._write(bytes(message), to)

    def ask(self, request: SipRequest, to: Address) -> asyncio.Future[int]:
        """See `Wire.ask`."""
        return self._asked.begin(key_of(request), bytes(request), to)

    def forget(self, leg: Leg) -> None:
        """See `Wire.forget`."""
        self._legs.pop(leg.key, None)
        for key in [key for key, held in self._by_invite.items() if held is leg]:
            del self._by_invite[key]

    def _write(self, data: bytes, to: Address) -> None:
        if self._transport is not None and not self._transport.is_closing():
            self._transport.sendto(data, to)

    def _response(self, made: SipResponse) -> None:
        via = parse_via(made.headers.get("via")[0])
        sequence = made.cseq
        method = sequence.method if sequence else ""
        key = Key(via.params.get("branch") or "", f"{via.host}:{via.port or 0}", method)
        if not self._asked.answered(key, made.status_code):
            self.counts["stray"] += 1

    def _request(self, request: SipRequest, source: Address) -> None:
        if request.method == "ACK":
            self._ack(request)
            return
        key = key_of(request)
        if (served := self._served.find(key)) is not None:
            self.counts["repeated"] += 1
            if served.reply:
                self._write(served.reply, served.to)
            return
        if self._served.begin(key) is None:
            self.counts["dropped"] += 1
            return
        required = {value.strip().lower() for value in request.headers.get("require")}
        if unknown := required - _UNDERSTOOD:
            self._refuse(request, source, 420, {"Unsupported": ", ".join(sorted(unknown))})
        elif (method := self._methods.get(request.method)) is None:
            self._refuse(request, source, 405, ALLOW)
        else:
            method(request, source)

    def _refuse(
        self, request: SipRequest, source: Address, status: int, more: dict[str, str] | None = None
    ) -> None:
        self.reply(request, source, response(request, status, generate_tag(), more))

    def _leg(self, request: SipRequest) -> Leg | None:
        """Return the call that a request within one belongs to, its tags and order right."""
        sender, receiver = request.from_addr, request.to_addr
        leg = self._legs.get((request.call_id or "", (sender.tag if sender else "") or ""))
        tag = (receiver.tag if receiver else "") or ""
        return leg if leg is not None and tag == leg.dialog.local_tag else None

    def _within(self, request: SipRequest, source: Address) -> Leg | None:
        """Return the call of a request; answer it and return None where it belongs to none."""
        leg = self._leg(request)
        sequence = request.cseq.seq if request.cseq else 0
        if leg is None:
            self._refuse(request, source, 481)
        elif sequence <= leg.dialog.remote_cseq:
            self._refuse(request, source, 500)
            return None
        else:
            leg.dialog.remote_cseq = sequence
        return leg

    def _invite(self, request: SipRequest, source: Address) -> None:
        receiver = request.to_addr
        if receiver is not None and receiver.tag:
            self._again(request, source)
            return
        try:
            offer = self._offer_in(request)
        except Unacceptable as fault:
            self.counts["codec-mismatch"] += 1
            warning = {"Warning": f'305 madang "{fault}"'}
            self._refuse(request, source, 488, warning)
            return
        except ValueError as fault:
            raise Malformed(str(fault), request) from None
        leg = Leg(self, request, source, offer)
        if leg.key in self._legs:  # RFC 3261, 8.2.2.2: the same call by two ways
            self._refuse(request, source, 482)
            return
        self._legs[leg.key] = leg
        self._by_invite[key_of(request)] = leg
        self.reply(request, source, response(request, 100))
        self._newcomer(leg)

    def _offer_in(self, request: SipRequest) -> Offer | None:
        if not request.body.strip():
            return None
        kind = (request.content_type or "").partition(";")[0].strip().lower()
        if kind != "application/sdp":
            raise Unacceptable(f"no session description but {kind or 'something'}")
        return read_offer(request.text)

    def _again(self, request: SipRequest, source: Address) -> None:
        leg = self._within(request, source)
        if leg is None:
            return
        if leg.state is not State.TALKING or leg.owner is None:
            self._refuse(request, source, 491)
            return
        try:
            offer = self._offer_in(request) or leg.offer
            if offer is None:
                raise Unacceptable("no offer")
            description = leg.owner.reoffered(offer)
        except Unacceptable:
            self._refuse(request, source, 488)
            return
        except ValueError as fault:
            raise Malformed(str(fault), request) from None
        leg.offer = offer
        leg.accept_again(request, source, description)

    def _ack(self, request: SipRequest) -> None:
        if self._served.acknowledged(key_of(request)):
            return
        leg = self._leg(request)
        if leg is None:
            self.counts["stray"] += 1
            return
        if leg.offer is None and request.body.strip() and leg.owner is not None:
            try:
                leg.offer = read_offer(request.text)
                leg.owner.accepted(leg.offer)
            except (ValueError, Unacceptable):
                leg.acknowledged()
                leg.hang_up("codec-mismatch")
                return
        leg.acknowledged()

    def _bye(self, request: SipRequest, source: Address) -> None:
        leg = self._within(request, source)
        if leg is not None:
            self.reply(request, source, response(request, 200, leg.dialog.local_tag))
            leg.hung_up()

    def _cancel(self, request: SipRequest, source: Address) -> None:
        leg = self._by_invite.get(key_of(request, "INVITE"))
        if leg is None:
            self._refuse(request, source, 481)
            return
        self.reply(request, source, response(request, 200, leg.dialog.local_tag))
        leg.cancelled()

    def _options(self, request: SipRequest, source: Address) -> None:
        more = {**ALLOW, "Accept": "application/sdp"}
        self.reply(request, source, response(request, 200, generate_tag(), more))

    def _info(self, request: SipRequest, source: Address) -> None:
        leg = self._within(request, source)
        if leg is None:
            return
        self.reply(request, source, response(request, 200, leg.dialog.local_tag))
        kind = (request.content_type or "").lower()
        if leg.owner is not None and kind in ("application/dtmf-relay", "application/dtmf"):
            found = _SIGNAL.match(request.text.strip())
            if found:
                leg.owner.pressed(found.group(1))

    def _notify(self, request: SipRequest, source: Address) -> None:
        leg = self._within(request, source)
        if leg is None:
            return
        event = (request.get_header("event") or "").partition(";")[0].strip().lower()
        if event != "refer":
            self._refuse(request, source, 489)
            return
        self.reply(request, source, response(request, 200, leg.dialog.local_tag))
        found = _SIPFRAG.match(request.text.strip())
        if found and leg.owner is not None:
            leg.owner.transferred(int(found.group(1)))

    def _sweep(self) -> None:
        loop = asyncio.get_running_loop()
        self._served.sweep(loop.time())
        self._sweeping = loop.call_later(_SWEEP_S, self._sweep)
