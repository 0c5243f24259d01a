"""What a door or the lake refuses, on its way to the table `dead_letter`."""

from __future__ import annotations

import base64
import json
from dataclasses import asdict, dataclass

from madang.kernel.errors import Invalid

MALFORMED = "malformed"
UNKNOWN_DATASTREAM = "unknown-datastream"
FORBIDDEN_DATASTREAM = "forbidden-datastream"
NOT_FINITE = "not-finite"
FUTURE_STAMP = "future-stamp"
OUT_OF_RANGE_TIME = "out-of-range-time"
OUT_OF_RANGE_VALUE = "out-of-range-value"
CONFLICTING_DUPLICATE = "conflicting-duplicate"
OVER_QUOTA = "over-quota"
TOO_LARGE = "too-large"
CODES = (
    MALFORMED,
    UNKNOWN_DATASTREAM,
    FORBIDDEN_DATASTREAM,
    NOT_FINITE,
    FUTURE_STAMP,
    OUT_OF_RANGE_TIME,
    OUT_OF_RANGE_VALUE,
    CONFLICTING_DUPLICATE,
    OVER_QUOTA,
    TOO_LARGE,
)

PAYLOAD_LIMIT = 4096  # bytes of the refused input that are kept


@dataclass(frozen=True)
class Refusal:
    """One refused input and why.

    Parameters
    ----------
    received_ms : server time [ms since 1970-01-01 UTC].
    door : http, mqtt, bulk, ... or `lake` for what the pipeline refused itself.
    gateway : id of the sender, empty where it is not known.
    reason : a sentence for people.
    code : one of `CODES`.
    payload : the input, cut at 4 KiB; base64 where it is not UTF-8.
    """

    received_ms: int
    door: str
    gateway: str
    reason: str
    code: str
    payload: str

    def encode(self) -> bytes:
        """Return the bytes for `madang.dead.<door>`."""
        return json.dumps(asdict(self), ensure_ascii=False).encode()


def shown(payload: bytes) -> str:
    """Return the first 4 KiB of a refused input as text; base64 where it is not UTF-8."""
    head = payload[:PAYLOAD_LIMIT]
    for cut in range(4):  # a multi-byte character may be cut in two
        try:
            return head[: len(head) - cut].decode()
        except UnicodeDecodeError:
            if len(payload) <= PAYLOAD_LIMIT:
                break
    return base64.b64encode(head).decode("ascii")


def decode(data: bytes) -> Refusal:
    """Return the refusal that a message holds.

    Raises
    ------
    Invalid
        If the bytes are not the JSON object of a refusal.
    """
    try:
        fields = json.loads(data)
        return Refusal(
            received_ms=int(fields["received_ms"]),
            door=str(fields["door"]),
            gateway=str(fields["gateway"]),
            reason=str(fields["reason"]),
            code=str(fields["code"]),
            payload=str(fields["payload"]),
        )
    except (ValueError, KeyError, TypeError) as error:
        raise Invalid(f"not a dead letter: {error}", {"payload": "json"}) from None
