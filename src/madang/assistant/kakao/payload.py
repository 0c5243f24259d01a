"""What Kakao posts to a skill: only what is used is looked at, whatever else may stand there.

References
----------
.. [1] Kakao Business, "응답 타입별 JSON 포맷": SkillPayload.
.. [2] Kakao Business, "AI 챗봇 콜백 개발 가이드": `userRequest.callbackUrl`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from madang.kernel.errors import Invalid

LARGEST = 64 * 1024
"""Bytes of a request; Kakao's are below 10 kB."""

_LONGEST_ID = 200
_LONGEST_URL = 1_000
_LANGUAGES = {"kr": "ko", "jp": "ja", "cn": "zh-Hans", "zh": "zh-Hans", "tw": "zh-Hant"}


@dataclass(frozen=True, slots=True)
class SkillRequest:
    """What a resident wrote in KakaoTalk.

    user: id of the person within the bot; never stored as it is.
    choice: key of a choice, where a button brings one along (`clientExtra`).
    callback_url: where a late answer may be posted; "" where the block allows none.
    """

    utterance: str
    user: str
    bot: str = ""
    lang: str = ""
    choice: str = ""
    callback_url: str = ""


def read_payload(body: bytes) -> SkillRequest:
    """Return the request in a body.

    Raises
    ------
    Invalid
        If it cannot be read; `fields` names each member that is missing or wrong.
    """
    if len(body) > LARGEST:
        raise Invalid(f"the payload is larger than {LARGEST:,} bytes", {"body": "too large"})
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        raise Invalid("the payload is no JSON", {"body": "no JSON"}) from None
    if not isinstance(found, dict):
        raise Invalid("the payload is no object", {"body": "no object"})
    wrong: dict[str, str] = {}
    asked = _object(found, "userRequest", wrong, needed=True)
    person = _object(asked, "user", wrong, needed=True, inside="userRequest.")
    request = SkillRequest(
        utterance=_text(asked, "utterance", wrong, needed=True, inside="userRequest."),
        user=_text(person, "id", wrong, needed=True, inside="userRequest.user.", most=_LONGEST_ID),
        bot=_text(_object(found, "bot", wrong), "id", wrong, inside="bot.", most=_LONGEST_ID),
        lang=_text(asked, "lang", wrong, inside="userRequest.", most=20),
        choice=_choice(found),
        callback_url=_text(asked, "callbackUrl", wrong, inside="userRequest.", most=_LONGEST_URL),
    )
    if wrong:
        said = "; ".join(f"{name}: {why}" for name, why in wrong.items())
        raise Invalid(f"the payload is none of a skill: {said}", wrong)
    return request


def language_of(lang: str, utterance: str, known: Mapping[str, str], usual: str) -> str:
    """Return the language to answer in.

    Parameters
    ----------
    lang : as the payload has it; Kakao writes `kr` for Korean.
    known : the city's languages, by tag in lower case.
    usual : the city's own. KakaoTalk says Korean for most people, whatever they write: a text in
        Latin letters alone is answered in English.
    """
    tag = _LANGUAGES.get(lang.lower(), lang).lower()
    found = known.get(tag) or known.get(tag.partition("-")[0]) or usual
    latin = sum(sign.isascii() and sign.isalpha() for sign in utterance)
    others = sum(sign.isalpha() and not sign.isascii() for sign in utterance)
    if found == usual == "ko" and latin >= 4 and not others:
        return known.get("en", found)
    return found


def _object(
    found: Mapping[str, Any], name: str, wrong: dict[str, str], *, needed: bool = False,
    inside: str = "",
) -> Mapping[str, Any]:  # fmt: skip
    value = found.get(name)
    if isinstance(value, dict):
        return value
    if needed or value is not None:
        wrong[inside + name] = "must be an object"
    return {}


def _text(
    found: Mapping[str, Any],
    name: str,
    wrong: dict[str, str],
    *,
    needed: bool = False,
    inside: str = "",
    most: int = LARGEST,
) -> str:
    value = found.get(name)
    if value is None and not (needed and found):
        return ""
    if not isinstance(value, str) or (needed and not value.strip()):
        wrong[inside + name] = "must be text"
        return ""
    if len(value) > most:
        wrong[inside + name] = f"is longer than {most} characters"
        return ""
    return value.strip()


def _choice(found: Mapping[str, Any]) -> str:
    action = found.get("action")
    extra = action.get("clientExtra") if isinstance(action, dict) else None
    choice = extra.get("choice") if isinstance(extra, dict) else None
    return choice[:_LONGEST_ID] if isinstance(choice, str) else ""
