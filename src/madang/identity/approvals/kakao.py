"""Kakao: the request arrives as a message of KakaoTalk."""

from __future__ import annotations

from typing import Any, ClassVar

from madang.identity.approvals.exchange import Exchange
from madang.identity.engine.approvals import Asked


class Kakao(Exchange):
    """Signs our token; title at most 40 characters."""

    id: ClassVar[str] = "kakao"
    title: ClassVar[str] = "카카오"
    path: ClassVar[str] = "/KAKAO/Identity"

    def _body(self, asked: Asked) -> dict[str, Any]:
        return super()._body(asked) | {
            "reqTitle": asked.title[:40],
            "token": self._wire.encrypted(asked.token),
        }
