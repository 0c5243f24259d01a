"""What a contact was about, drafted from its lines for the operator to confirm; and how it went.

All of it is by words: a draft to be read, and marks that say where a supervisor may look.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

OTHER = "other"
_PROMISE = re.compile(
    r"(?:드리겠습니다|드릴게요|보내\s?드리|전화\s?드리|연락\s?드리|알려\s?드리|"
    r"\b(?:i|we)(?:'ll| will)\b|\bwill (?:call|send|let you know)\b)",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"(?<=[.!?。])\s+|\n+")
LONG_SILENCE_MS = 20_000
OVERTALK_MS = 600
"""Two at once for longer than this is more than a yes in between; a choice of ours."""


@dataclass(frozen=True)
class Said:
    """A line: who, what, from when to when [ms from the beginning]."""

    side: str
    text: str
    start_ms: int = 0
    end_ms: int = 0


@dataclass(frozen=True)
class Draft:
    """A wrap-up as it is proposed: id of the reason, a summary, what was promised."""

    reason: str
    summary: str
    promised: tuple[str, ...]


def draft(lines: Sequence[Said], reasons: Mapping[str, Sequence[str]]) -> Draft:
    """Return a wrap-up of a contact.

    Parameters
    ----------
    reasons : words by the id of a reason; the one whose words residents used most often is taken,
        the first named of equals.

    Examples
    --------
    >>> said = [Said("resident", "이사하면 전입 신고는 어디서 하나요?"),
    ...         Said("operator", "주민센터입니다. 안내문을 보내드리겠습니다.")]
    >>> draft(said, {"taxes": ["세금"], "moving": ["이사", "전입"]})
    Draft(reason='moving', summary='이사하면 전입 신고는 어디서 하나요? → 주민센터입니다. \
안내문을 보내드리겠습니다.', promised=('안내문을 보내드리겠습니다.',))
    """
    asked = [one.text for one in lines if one.side == "resident" and one.text.strip()]
    told = [one.text for one in lines if one.side == "operator" and one.text.strip()]
    promised = [
        part.strip() for text in told for part in _SENTENCE.split(text) if _PROMISE.search(part)
    ]
    longest = max(asked, key=len, default="")
    answer = max(told, key=len, default="")
    summary = " → ".join(part[:300] for part in (longest, answer) if part)
    return Draft(_reason(" ".join(asked).casefold(), reasons), summary, tuple(promised[:5]))


def _reason(text: str, reasons: Mapping[str, Sequence[str]]) -> str:
    counts = {name: sum(text.count(one.casefold()) for one in words)
              for name, words in reasons.items()}  # fmt: skip
    best = max(counts, key=lambda name: counts[name], default="")
    return best if best and counts[best] else OTHER


@dataclass(frozen=True)
class Rules:
    """What is looked for: words of the greeting, verification and disclosure, forbidden ones."""

    greeting: Sequence[str] = ()
    verification: Sequence[str] = ()
    disclosure: Sequence[str] = ()
    forbidden: Sequence[str] = ()


def failed(
    lines: Sequence[Said],
    rules: Rules,
    *,
    is_personal: bool = False,
    is_assisted: bool = False,
    is_call: bool = False,
) -> tuple[tuple[str, ...], int]:
    """Return which rules a contact fails and its score: the share of those that apply [%].

    Parameters
    ----------
    is_personal : something was done for one person, so that they have to be verified.
    is_assisted : a machine's words were sent, so that it has to be said.
    is_call : times of lines are those of speech; silence and talking at once count.

    Examples
    --------
    >>> rules = Rules(greeting=["안녕"], forbidden=["몰라요"])
    >>> failed([Said("operator", "안녕하세요"), Said("operator", "몰라요")], rules)
    (('forbidden',), 50)
    """
    mine = [one.text.casefold() for one in lines if one.side == "operator"]
    said = " ".join(mine)
    checks = {
        "greeting": any(word.casefold() in (mine[0] if mine else "") for word in rules.greeting),
        "forbidden": not any(word.casefold() in said for word in rules.forbidden),
    }
    if is_personal:
        checks["verification"] = any(word.casefold() in said for word in rules.verification)
    if is_assisted:
        checks["disclosure"] = any(word.casefold() in said for word in rules.disclosure)
    if is_call:
        checks["silence"] = longest_silence_ms(lines) <= LONG_SILENCE_MS
        checks["overtalk"] = overtalk_ms(lines) <= OVERTALK_MS
    wrong = tuple(name for name, is_kept in checks.items() if not is_kept)
    return wrong, round(100 * (len(checks) - len(wrong)) / len(checks))


def longest_silence_ms(lines: Sequence[Said]) -> int:
    """Return the longest time in which nobody spoke between two lines [ms]."""
    longest, until = 0, None
    for one in sorted(lines, key=lambda one: one.start_ms):
        if until is not None:
            longest = max(longest, one.start_ms - until)
        until = max(until or 0, one.end_ms)
    return longest


def overtalk_ms(lines: Sequence[Said]) -> int:
    """Return the longest stretch in which operator and resident spoke at once [ms]."""
    mine = [one for one in lines if one.side == "operator"]
    theirs = [one for one in lines if one.side == "resident"]
    return max(
        (min(a.end_ms, b.end_ms) - max(a.start_ms, b.start_ms) for a in mine for b in theirs),
        default=0,
    )


def likeness(one: str, other: str) -> float:
    """Return how alike two texts are, 0 to 1: Dice's coefficient of their character pairs.

    Examples
    --------
    >>> likeness("이사 신고", "이사 신고"), likeness("이사", "세금"), likeness("abc", "abd")
    (1.0, 0.0, 0.5)
    """
    first, second = _pairs(one), _pairs(other)
    total = sum(first.values()) + sum(second.values())
    return 2 * sum((first & second).values()) / total if total else 0.0


def _pairs(text: str) -> Counter[str]:
    plain = "".join(text.casefold().split())
    return Counter(plain[n : n + 2] for n in range(len(plain) - 1))
