"""Words of a plan as text, in the two languages that procedures are written in."""

from __future__ import annotations

from collections.abc import Mapping

from madang.assistant.engine.model import Dated

Texts = Mapping[str, str]

WORDS: Mapping[str, Texts] = {
    "free": {"ko": "무료", "en": "free"},
    "won": {"ko": "원", "en": " won"},
    "depends": {"ko": "답변에 따라 다름", "en": "depends on your answers"},
    "yes": {"ko": "예", "en": "yes"},
    "no": {"ko": "아니요", "en": "no"},
    "due": {"ko": "기한", "en": "by"},
    "opens": {"ko": "시작", "en": "from"},
    "advice": {"ko": "권하는 날", "en": "advice"},
    "needed_by": {"ko": "다음 일에 필요한 날", "en": "needed for the next step by"},
    "overdue": {"ko": "기한 지남", "en": "overdue"},
    "papers": {"ko": "서류", "en": "Papers"},
    "may": {"ko": "경우에 따라", "en": "in some cases"},
    "questions": {"ko": "더 알려 주세요", "en": "Still to be asked"},
    "maybe": {"ko": "다음에 따라 필요합니다: {facts}", "en": "Depends on: {facts}"},
    "always": {"ko": "{event}: 언제나 필요합니다", "en": "{event}: always needed"},
    "moved": {
        "ko": ", {day}은 쉬는 날이라 다음 근무일까지",
        "en": ", {day} is a day off, so until the next working day",
    },
    "check": {
        "ko": "이 규칙은 다시 확인할 때가 되었습니다. {line}에 확인하세요.",
        "en": "This rule is due for review. Check with {line}.",
    },
    "said": {"ko": "직접 말함", "en": "you said so"},
    "profile": {"ko": "등록 정보", "en": "from your profile"},
    "inferred": {"ko": "미루어 앎", "en": "inferred"},
}

CHANNELS: Mapping[str, Texts] = {
    "web": {"ko": "온라인", "en": "online"},
    "app": {"ko": "앱", "en": "app"},
    "counter": {"ko": "방문 창구", "en": "counter"},
    "phone": {"ko": "전화", "en": "phone"},
    "post": {"ko": "우편", "en": "post"},
    "visit": {"ko": "찾아가는 접수", "en": "home visit"},
    "kiosk": {"ko": "무인발급기", "en": "kiosk"},
}

WEEKDAYS = {"ko": "월화수목금토일", "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")}

_UNITS = {
    "ko": {"days": "일", "weeks": "주", "months": "개월", "years": "년"},
    "en": {"days": "days", "weeks": "weeks", "months": "months", "years": "years"},
}


def told(names: Texts, lang: str) -> str:
    """Return a text in a language, else in English, else in the first there is; empty for none.

    >>> told({"ko": "이사", "en": "Moving home"}, "vi")
    'Moving home'
    """
    short = lang.partition("-")[0]
    for tag in (lang, short, "en"):
        if tag in names:
            return names[tag]
    return next(iter(names.values()), "")


def counted(one: Dated, fact: str, day: str, lang: str) -> str:
    """Return in words from what and how long a day was reckoned."""
    korean = lang == "ko"
    term, size = one.term, abs(one.term.amount)
    unit = _UNITS["ko" if korean else "en"][term.unit]
    start = f"{fact} {day}" if korean else f"{fact} ({day})"
    if term.month_day is not None:
        return f"{start} 기준" if korean else f"by the year of {start}"
    if term.amount < 0:
        return f"{start} {size}{unit} 전" if korean else f"{size} {unit} before {start}"
    if term.amount == 0 and not term.from_month_end:
        return f"{start} 당일" if korean else f"on {start}"
    length = f"{size}{unit}" if korean else f"{size} {unit}"
    if term.from_month_end:
        return (
            f"{start}이 속한 달의 말일부터 {length}"
            if korean
            else (f"{length} from the end of the month of {start}")
        )
    if korean:
        return f"{start}부터 {length}" + ("(첫날 포함)" if term.first_day_counts else "")
    return f"{length} from {start}" + (", that day counted" if term.first_day_counts else "")
