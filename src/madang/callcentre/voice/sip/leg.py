"""One call as SIP has it: rung, answered, held, passed on, ended; each step with a time limit."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from enum import Enum
from typing import Protocol

from aiosipua.dialog import Dialog, create_dialog_from_request
from aiosipua.message import SipRequest, SipResponse

from madang.callcentre.voice.sip.description import Offer
from madang.callcentre.voice.sip.messages import (
    Address,
    caller_number,
    next_hop,
    reply_address,
    response,
)

ALLOW = {"Allow": "INVITE, ACK, BYE, CANCEL, OPTIONS, INFO, NOTIFY"}


class State(Enum):
    """How far a call is."""

    ASKED = "asked"
    ANSWERED = "answered"
    TALKING = "talking"
    OVER = "over"


class Owner(Protocol):
    """What leads a call; it is told what the other side does."""

    def reoffered(self, offer: Offer) -> str:
        """Return the answer to a changed offer; raises Unacceptable."""

    def accepted(self, offer: Offer) -> None:
        """Take the other side's answer to an offer of ours."""

    def confirmed(self) -> None:
        """Know that the other side knows that we answered."""

    def pressed(self, digit: str) -> None:
        """Take a digit that came by SIP INFO."""

    def transferred(self, status: int) -> None:
        """Know how far passing the call on is: the status of the new call."""

    def over(self, why: str) -> None:
        """Know that the call is over, and why: caller, cancelled, no-ack, desk ..."""


class Wire(Protocol):
    """What a leg needs of the server."""

    @property
    def here(self) -> Address:
        """Where we are reached."""

    @property
    def t1(self) -> float:
        """Estimate of a round trip [s]; RFC 3261 says half a second."""

    def reply(self, request: SipRequest, source: Address, made: SipResponse) -> None:
        """Send a response and keep it for repeated requests."""

    def send(self, message: SipRequest | SipResponse, to: Address) -> None:
        """Send a message once."""

    def ask(self, request: SipRequest, to: Address) -> asyncio.Future[int]:
        """Send a request until it is answered; the status, or 408."""

    def forget(self, leg: Leg) -> None:
        """Hold a leg no longer."""


class Leg:
    """The telephone's side of a call."""

    def __init__(
        self, wire: Wire, invite: SipRequest, source: Address, offer: Offer | None
    ) -> None:
        self._wire, self._invite, self._source = wire, invite, source
        self.offer = offer
        self.dialog: Dialog = create_dialog_from_request(invite)
        self.caller = caller_number(invite)
        self.state = State.ASKED
        self.owner: Owner | None = None
        self._repeating: asyncio.TimerHandle | None = None
        self._tasks: set[asyncio.Future[int]] = set()

    @property
    def key(self) -> tuple[str, str]:
        """Call-ID and the other side's tag: what it names the call by."""
        return self.dialog.call_id, self.dialog.remote_tag

    @property
    def call_id(self) -> str:
        """Call-ID."""
        return self.dialog.call_id

    def progress(self, status: int) -> None:
        """Say how far we are: 180 ringing, 182 queued."""
        if self.state is State.ASKED:
            self._respond(status)

    def refuse(self, status: int, more: Mapping[str, str] | None = None) -> None:
        """Refuse the call."""
        if self.state is State.ASKED:
            self._respond(status, more=more)
            self._end("refused")

    def answer(self, description: str) -> None:
        """Answer the call; it is repeated until the other side says that it knows."""
        if self.state is not State.ASKED:
            return
        self.state = State.ANSWERED
        made = self._respond(200, description)
        loop = asyncio.get_running_loop()
        self._repeat(made, self._wire.t1, loop.time() + 64 * self._wire.t1)

    def acknowledged(self) -> None:
        """Take the ACK of our answer."""
        self._stop_repeating()
        if self.state is State.ANSWERED:
            self.state = State.TALKING
            if self.owner is not None:
                self.owner.confirmed()

    def cancelled(self) -> None:
        """Take a CANCEL: the caller no longer waits for an answer."""
        if self.state is State.ASKED:
            self._respond(487)
            self._end("cancelled")

    def hung_up(self, why: str = "caller") -> None:
        """Take a BYE."""
        self._end(why)

    def hang_up(self, why: str) -> None:
        """End the call from our side, whatever its state."""
        if self.state is State.ASKED:
            self.refuse(486)
        elif self.state is not State.OVER:
            self._ask("BYE")
            self._end(why)

    def refer(self, target: str) -> None:
        """Ask the telephone to call somebody else; its owner is told how that goes (RFC 3515)."""
        if self.state is not State.TALKING:
            return
        asked = self._ask(
            "REFER", {"Refer-To": f"<{target}>", "Referred-By": f"<{self.dialog.local_uri}>"}
        )

        def known(done: asyncio.Future[int]) -> None:
            if self.owner is not None and not done.cancelled() and done.result() >= 300:
                self.owner.transferred(done.result())

        asked.add_done_callback(known)

    def accept_again(self, request: SipRequest, source: Address, description: str) -> None:
        """Answer a second INVITE within the call."""
        self._invite, self._source = request, source
        self._stop_repeating()
        made = self._respond(200, description)
        loop = asyncio.get_running_loop()
        self._repeat(made, self._wire.t1, loop.time() + 64 * self._wire.t1)

    def _respond(
        self, status: int, body: str = "", more: Mapping[str, str] | None = None
    ) -> SipResponse:
        headers = {**(more or {})}
        if 100 < status < 300:
            host, port = self._wire.here
            shown = f"[{host}]" if ":" in host else host
            headers |= {"Contact": f"<sip:{shown}:{port}>", **ALLOW}
        tag = self.dialog.local_tag if status > 100 else ""
        made = response(self._invite, status, tag, headers)
        if body:
            made.text = body
            made.set_header("Content-Type", "application/sdp")
        self._wire.reply(self._invite, self._source, made)
        return made

    def _repeat(self, made: SipResponse, after: float, until: float) -> None:
        loop = asyncio.get_running_loop()

        def again() -> None:
            if loop.time() >= until:
                self.hang_up("no-ack")  # RFC 3261, 13.3.1.4: the call is ended by BYE
                return
            self._wire.send(made, reply_address(self._invite, self._source))
            self._repeat(made, min(2 * after, 8 * self._wire.t1), until)

        self._repeating = loop.call_later(after, again)

    def _stop_repeating(self) -> None:
        if self._repeating is not None:
            self._repeating.cancel()
            self._repeating = None

    def _ask(self, method: str, more: Mapping[str, str] | None = None) -> asyncio.Future[int]:
        host, port = self._wire.here
        request = self.dialog.create_request(method, via_host=host, via_port=port)
        shown = f"[{host}]" if ":" in host else host
        request.set_header("Contact", f"<sip:{shown}:{port}>")
        for name, value in (more or {}).items():
            request.set_header(name, value)
        target = self.dialog.remote_target or self.dialog.remote_uri
        asked = self._wire.ask(request, next_hop(target, self.dialog.route_set, self._source))
        self._tasks.add(asked)
        asked.add_done_callback(self._tasks.discard)
        return asked

    def _end(self, why: str) -> None:
        if self.state is State.OVER:
            return
        self.state = State.OVER
        self._stop_repeating()
        self._wire.forget(self)
        if self.owner is not None:
            self.owner.over(why)
