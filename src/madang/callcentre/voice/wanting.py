"""What a caller wants besides an answer: a person, yes, no. Read from few words in many languages.

Requests are matched anywhere; a word such as agent or 사람 only where it is most of what was said,
so that a question about an estate agent is a question.
"""

from __future__ import annotations

from madang.callcentre.voice.engine.error_rate import spoken

_SHORT = 24

_PERSON = (
    "상담원", "상담사", "교환원", "직원연결", "사람바꿔", "사람하고", "사람과통화", "사람연결",
    "operator", "realperson", "humanbeing", "talktoaperson", "speaktoaperson", "talktosomeone",
    "speaktosomeone", "talktoahuman", "speaktoahuman", "customerservice", "representative",
    "人工", "转人工", "接線員", "接线员", "客服", "オペレーター", "担当者",
    "tổngđàiviên", "nhânviên", "оператор", "человек", "operateur", "opérateur", "conseiller",
    "operador", "agentehumano", "mitarbeiter", "موظف", "petugas", "เจ้าหน้าที่", "operatör",
)  # fmt: skip
_PERSON_SHORT = ("사람", "agent", "person", "human", "직원", "상담")
_YES = (
    "네", "예", "응", "그래", "좋아", "동의", "yes", "yeah", "okay", "ok", "sure", "agree", "是",
    "好", "可以", "はい", "vâng", "да", "oui", "sí", "ja", "نعم", "ya",
)  # fmt: skip
_NO = (
    "아니", "싫", "안돼", "안해", "거부", "괜찮", "no", "nope", "不", "いいえ", "không", "нет",
    "non", "nein", "لا", "tidak",
)  # fmt: skip


def wants_person(text: str) -> bool:
    """Return whether somebody asks for a person.

    >>> wants_person("상담원 연결해 주세요"), wants_person("부동산 중개 수수료 알려줘")
    (True, False)
    """
    said = _plain(text)
    if any(_plain(word) in said for word in _PERSON):
        return True
    return any(word in said and len(said) <= 3 * len(word) for word in _PERSON_SHORT)


def agrees(text: str) -> bool | None:
    """Return whether somebody said yes or no; None for neither.

    >>> agrees("네, 동의합니다"), agrees("아니요"), agrees("전입신고 어떻게 해요")
    (True, False, None)
    """
    said = _plain(text)
    if not said or len(said) > _SHORT:
        return None
    if any(said.startswith(_plain(word)) for word in _NO):
        return False
    return True if any(said.startswith(_plain(word)) for word in _YES) else None


def _plain(text: str) -> str:
    return spoken(text)
