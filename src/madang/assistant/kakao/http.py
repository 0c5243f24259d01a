"""The skill as an address of the JSON API; Kakao posts to it."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.http import HttpRequest, JsonResponse
from ninja import Router

from madang.assistant.kakao import gate, payload
from madang.assistant.kakao.skill import Skill
from madang.city.api import profile
from madang.identity.api import client_address
from madang.kernel.config import settings

router = Router(tags=["assistant"])


@router.post("/kakao", auth=None, summary="KakaoTalk skill (version 2.0)")
def kakao(request: HttpRequest) -> Any:
    """Answer what a resident wrote in KakaoTalk, as bubbles.

    The header `X-Skill-Secret` has the secret of `MADANG_KAKAO_SECRET`. The body is Kakao's
    SkillPayload; what takes longer than three seconds is posted to its `callbackUrl`.
    """
    gate.admit(request.headers.get(gate.HEADER, ""), client_address(request), settings())
    asked = payload.read_payload(_body(request))
    city = profile()
    known = {one.code.lower(): one.code for one in city.languages}
    language = payload.language_of(asked.lang, asked.utterance, known, city.city.default_language)
    return JsonResponse(skill().answer(asked, language), json_dumps_params={"ensure_ascii": False})


@cache
def skill() -> Skill:
    """Return the skill of this process."""
    from madang.assistant.kakao.sorry import sorry

    return Skill(_talked, sorry, settings())


def _talked(request: payload.SkillRequest, language: str) -> dict[str, Any]:
    from django.db import connections

    from madang.assistant.kakao.talks import talked

    try:
        return talked(request, language)
    finally:
        connections.close_all()  # those of this thread


def _body(request: HttpRequest) -> bytes:
    """Return the body; of one that is too large only as much as tells so."""
    if int(request.headers.get("Content-Length") or 0) > payload.LARGEST:
        return b" " * (payload.LARGEST + 1)
    return request.body
