"""Toss: the request arrives in the Toss app."""

from __future__ import annotations

from typing import Any, ClassVar

from madang.identity.approvals.exchange import Exchange
from madang.identity.engine.approvals import Asked


class Toss(Exchange):
    """Takes no token for identification: bound by the receipt, name, birth and phone."""

    id: ClassVar[str] = "toss"
    title: ClassVar[str] = "토스"
    path: ClassVar[str] = "/TOSS/Identity"
    signs_token: ClassVar[bool] = False

    def _body(self, asked: Asked) -> dict[str, Any]:
        return super()._body(asked) | {"callCenterNum": self._call_centre}
