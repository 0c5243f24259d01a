"""PASS of the three phone companies: the request arrives in the PASS app."""

from __future__ import annotations

from typing import Any, ClassVar

from madang.identity.approvals.exchange import Exchange
from madang.identity.engine.approvals import Asked


class Pass(Exchange):
    """Signs our token; answers only until midnight in Seoul, and wants the person again."""

    id: ClassVar[str] = "pass"
    title: ClassVar[str] = "PASS"
    path: ClassVar[str] = "/PASS/Identity"
    same_day: ClassVar[bool] = True

    def _body(self, asked: Asked) -> dict[str, Any]:
        return super()._body(asked) | {
            "reqTitle": asked.title[:50],
            "callCenterNum": self._call_centre,
            "token": self._wire.encrypted(asked.token),
            "userAgreementYN": True,
            "receiverInfoYN": True,
        }

    def _verify_body(self, asked: Asked) -> dict[str, Any] | None:
        return {
            "receiverHP": self._wire.encrypted(asked.phone),
            "receiverName": self._wire.encrypted(asked.name),
        }
