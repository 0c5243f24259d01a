"""What became of a turn, as the evaluation room counts it."""

from __future__ import annotations

from madang.assistant.engine.dialogue import AnswerStatus as S

ANSWERED, PARTLY, CHOICES, REFUSED, HANDED = (
    "answered", "partly", "choices", "refused", "handed-over",
)  # fmt: skip
KINDS = {
    S.ANSWERED: ANSWERED,
    S.PLANNED: ANSWERED,
    S.PARTLY: PARTLY,
    S.CHOICES: CHOICES,
    S.NO_ANSWER: REFUSED,
    S.UNCLEAR: REFUSED,
    S.CRISIS: REFUSED,
    S.REFUSED_INJECTION: REFUSED,
    S.REFUSED_OPINION: REFUSED,
    S.REFUSED_OTHERS_DATA: REFUSED,
    S.REFUSED_ACCOUNT_DATA: REFUSED,
    S.REFUSED_DISPUTE: REFUSED,
    S.HANDED_OVER: HANDED,
}
"""Turns that people judge; what only asks back, thanks, or goes to a person is not among them."""

SAYS_SOMETHING = frozenset({ANSWERED, PARTLY, CHOICES})

RIGHT, PARTLY_RIGHT, WRONG, HARMFUL = "right", "partly", "wrong", "harmful"
SCORES = (RIGHT, PARTLY_RIGHT, WRONG, HARMFUL)
REFUSAL_SCORES = (RIGHT, WRONG, HARMFUL)


def scores_of(kind: str) -> tuple[str, ...]:
    """Return what can be said of an answer, or of a refusal or hand-over."""
    return SCORES if kind in SAYS_SOMETHING else REFUSAL_SCORES


def kind_of(status: str) -> str:
    """Return how a turn with this status is counted; empty where it is not judged."""
    try:
        return KINDS.get(S(status), "")
    except ValueError:
        return ""


def topic_of(topic: str, cited: list[dict[str, str]]) -> str:
    """Return the subject of a turn: the name of a refusal, else where its first source stands."""
    if topic:
        return topic
    return cited[0].get("key", "").partition(":")[0] if cited else ""
