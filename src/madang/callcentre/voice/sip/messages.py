"""SIP messages read with care and written: what aiosipua lets through, this refuses."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass

from aiosipua.headers import Via, parse_uri, parse_via, stringify_uri, stringify_via
from aiosipua.message import SipMessage, SipRequest, SipResponse, missing_required_headers

Address = tuple[str, int]

METHODS = ("INVITE", "ACK", "BYE", "CANCEL", "OPTIONS", "INFO", "NOTIFY")
LARGEST = 16_384
"""Octets of a message; UDP without fragments carries less than a tenth."""

_DEFAULT_PORT = 5060
_REASONS = {
    100: "Trying", 180: "Ringing", 182: "Queued", 200: "OK", 400: "Bad Request",
    405: "Method Not Allowed", 420: "Bad Extension", 481: "Call/Transaction Does Not Exist",
    482: "Loop Detected", 486: "Busy Here", 487: "Request Terminated",
    488: "Not Acceptable Here", 489: "Bad Event", 491: "Request Pending",
    500: "Server Internal Error", 503: "Service Unavailable", 505: "Version Not Supported",
}  # fmt: skip
_NUMBER = re.compile(r"\+?[0-9*#]{2,24}")


class Malformed(Exception):
    """A message breaks the grammar. `request` is there where it can be answered."""

    def __init__(self, message: str, request: SipRequest | None = None, status: int = 400) -> None:
        super().__init__(message)
        self.request, self.status = request, status


@dataclass(frozen=True, slots=True)
class Key:
    """What tells transactions apart (RFC 3261, 17.2.3); an ACK belongs to its INVITE."""

    branch: str
    sent_by: str
    method: str


def read_message(data: bytes, source: Address) -> SipRequest | SipResponse:
    """Return the message in a datagram, a request marked with where it came from.

    Raises
    ------
    Malformed
        If there is none in it, or one that breaks the rules.
    """
    if len(data) > LARGEST:
        raise Malformed(f"{len(data)} octets")
    try:
        message = SipMessage.parse(data)
    except (ValueError, IndexError) as fault:
        raise Malformed(str(fault)) from None
    if isinstance(message, SipResponse):
        if not 100 <= message.status_code <= 699 or not message.headers.get("via"):
            raise Malformed("no status, or no Via")
        return message
    _check(message, data, source)
    return message


def _check(request: SipRequest, data: bytes, source: Address) -> None:
    vias = request.headers.get("via")
    if not vias:
        raise Malformed("no Via")
    try:
        via = parse_via(vias[0])
    except (ValueError, UnboundLocalError):
        raise Malformed("Via cannot be read") from None
    _stamp(request, via, source)
    if missing := missing_required_headers(request):
        raise Malformed(f"no {', '.join(missing)}", request)
    first = data.partition(b"\n")[0].strip()
    if not first.endswith(b" SIP/2.0"):
        raise Malformed("not SIP/2.0", request, 505)
    if not (via.params.get("branch") or "").startswith("z9hG4bK"):
        raise Malformed("no branch of RFC 3261", request)
    try:
        sequence = request.cseq
        length = request.content_length
        sender, receiver = request.from_addr, request.to_addr
    except (ValueError, IndexError):
        raise Malformed("CSeq, From, To or Content-Length cannot be read", request) from None
    if sequence is None or sequence.method != request.method or not 0 <= sequence.seq < 2**31:
        raise Malformed("CSeq fits no request", request)
    if length < 0 or length > len(request.body):
        raise Malformed("the body is shorter than Content-Length", request)
    if sender is None or receiver is None or not sender.tag:
        raise Malformed("From without tag", request)


def _stamp(request: SipRequest, via: Via, source: Address) -> None:
    """Write into the topmost Via where the request came from (RFC 3581)."""
    if "rport" in via.params:
        via.params["rport"] = str(source[1])
    if via.host != source[0] or "rport" in via.params:
        via.params["received"] = source[0]
    others = request.headers.get("via")[1:]
    request.headers.remove("Via")
    for value in (stringify_via(via), *others):
        request.headers.append("Via", value)


def key_of(request: SipRequest, method: str = "") -> Key:
    """Return the transaction of a request; of another method on the same branch where named."""
    via = parse_via(request.headers.get("via")[0])
    asked = method or ("INVITE" if request.method == "ACK" else request.method)
    return Key(via.params.get("branch") or "", f"{via.host}:{via.port or 0}", asked)


def response(
    request: SipRequest, status: int, tag: str = "", more: Mapping[str, str] | None = None
) -> SipResponse:
    """Return a response to a request, `tag` put to To where it has none."""
    made = SipResponse(status_code=status, reason_phrase=_REASONS.get(status, "Unknown"))
    for name in ("Via", "From", "To", "Call-ID", "CSeq"):
        for value in request.headers.get(name.lower()):
            if name == "To" and tag and ";tag=" not in value.lower():
                value = f"{value};tag={tag}"  # noqa: PLW2901 - the same header, completed
            made.headers.append(name, value)
    if status == 200:
        for value in request.headers.get("record-route"):
            made.headers.append("Record-Route", value)
    for name, value in (more or {}).items():
        made.headers.set_single(name, value)
    return made


def reply_address(request: SipRequest, source: Address) -> Address:
    """Return where responses go: always back to the host that asked (RFC 3581)."""
    via = parse_via(request.headers.get("via")[0])
    if "rport" in via.params:
        return source
    return source[0], via.port or _DEFAULT_PORT


def next_hop(target: str, routes: list[str], source: Address) -> Address:
    """Return where a request within a dialog goes; names are not looked up but sent to `source`."""
    uri = parse_uri(routes[0].partition("<")[2].partition(">")[0] if routes else target)
    host = uri.host.strip("[]")
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return source
    return host, uri.port or _DEFAULT_PORT


def caller_number(request: SipRequest) -> str:
    """Return the number that calls, as the network says it; empty where it says none."""
    for name in ("p-asserted-identity", "from"):
        for value in request.headers.get(name):
            inner = value.partition("<")[2].partition(">")[0] or value
            user = inner.partition(":")[2].partition("@")[0].partition(";")[0]
            if _NUMBER.fullmatch(user):
                return user
    return ""


def address_text(value: str) -> str:
    """Return a SIP address in its plain form.

    Raises
    ------
    ValueError
        If it is none.
    """
    uri = parse_uri(value)
    if uri.scheme not in ("sip", "sips", "tel") or not uri.host or re.search(r"[\s<>\"]", value):
        raise ValueError(f"{value!r} is no SIP address, such as sip:desk@10.0.0.5")
    return stringify_uri(uri)
