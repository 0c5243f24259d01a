"""The three calls that all four providers share; what differs is in each adapter."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, ClassVar

from madang.identity.approvals.barocert import Barocert, moment_of
from madang.identity.approvals.base import ProviderDown
from madang.identity.engine.approvals import Asked, Confirmed, Progress, Receipt, State

_STATES = {
    0: State.WAITING,
    1: State.SIGNED,
    2: State.EXPIRED,
    3: State.REFUSED,
    4: State.FAILED,
}
EXPIRE_S = 300


class Exchange:
    """A provider reached through the broker; subclasses say what is theirs."""

    id: ClassVar[str]
    title: ClassVar[str]
    path: ClassVar[str]
    same_day: ClassVar[bool] = False
    signs_token: ClassVar[bool] = True

    def __init__(self, wire: Barocert, call_centre: str) -> None:
        self._wire = wire
        self._call_centre = call_centre

    def request(self, asked: Asked) -> Receipt:
        """Send the request to the person's phone."""
        found = self._wire.post(f"{self.path}/{self._wire.client_code}", self._body(asked))
        receipt = str(found.get("receiptID") or "")
        if not receipt:
            raise ProviderDown("the approval broker gave no receipt")
        return Receipt(receipt, str(found.get("scheme") or ""))

    def progress(self, receipt: str) -> Progress:
        """Return how far it has come."""
        found = self._wire.get(f"{self.path}/{self._wire.client_code}/{receipt}")
        state = _STATES.get(_number(found.get("state")), State.FAILED)
        return Progress(state, moment_of(str(found.get("completeDT") or "")))

    def verify(self, receipt: str, asked: Asked) -> Confirmed:
        """Return what was signed; once."""
        address = f"{self.path}/Verify/{self._wire.client_code}/{receipt}"
        found = self._wire.post(address, self._verify_body(asked))
        state = _STATES.get(_number(found.get("state")))
        return Confirmed(
            receipt=str(found.get("receiptID") or ""),
            signed_data=str(found.get("signedData") or "") if state is State.SIGNED else "",
            ci=str(found.get("ci") or ""),
            name=str(found.get("receiverName") or ""),
            born=_born(found),
            phone=str(found.get("receiverHP") or ""),
        )

    def _body(self, asked: Asked) -> dict[str, Any]:
        """Return the fields of a request that all providers take."""
        return {
            "receiverHP": self._wire.encrypted(asked.phone),
            "receiverName": self._wire.encrypted(asked.name),
            "receiverBirthday": self._wire.encrypted(f"{asked.born:%Y%m%d}"),
            "expireIn": EXPIRE_S,
            "appUseYN": False,
        }

    def _verify_body(self, asked: Asked) -> dict[str, Any] | None:
        return None


def _number(value: Any) -> int:
    try:
        return int(value)
    except (TypeError, ValueError):
        return -1


def _born(found: Mapping[str, Any]) -> date | None:
    """Return the date in ``receiverYear`` (1970) and ``receiverDay`` (0101), None without."""
    text = f"{found.get('receiverYear') or ''}{found.get('receiverDay') or ''}"
    try:
        return date.fromisoformat(text) if len(text) == 8 else None
    except ValueError:
        return None
