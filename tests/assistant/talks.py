"""Stored conversations for tests of the evaluation room."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from madang.assistant.models import Conversation, Turn
from madang.assistant.purposes import CONVERSE, opened
from madang.kernel import times

SEOUL = ZoneInfo("Asia/Seoul")
OCTOBER = datetime(2026, 10, 10, 12, tzinfo=SEOUL)
COPY = "services:resident-register-copy"


def talk(
    *statuses: str, at: datetime = OCTOBER, channel: str = "web", arm: str = "", cited: str = COPY,
    text: str = "등본 수수료가 얼마예요?", ms: float = 80.0, apart_s: float = 30.0,
) -> list[int]:  # fmt: skip
    """Keep a conversation with a turn of each status; return the ids of the turns."""
    with opened(CONVERSE):
        kept = Conversation.objects.create(
            channel=channel, language="ko", turns=len(statuses), started=at,
            kept_until=times.now() + timedelta(days=35),
        )  # fmt: skip
        source = {"key": cited, "title": "등본", "url": "/services/x/", "version": "1.0.0",
                  "date": "2026-01-01", "office": ""}  # fmt: skip
        said = cited if statuses[0] in ("answered", "partly", "choices") else ""
        return [
            Turn.objects.create(
                conversation=kept, number=n, text=text, status=status, language="ko",
                at=at + timedelta(seconds=apart_s * (n - 1)), arm=arm, latency_ms=ms,
                cited=[{"key": cited, "version": "1.0.0"}] if said else [],
                answer={"text": "한 통에 400원입니다.", "conversation": kept.public,
                        "passages": [{"section": "수수료", "lines": ["400원"], "source": source}]
                        if said else []},
            ).pk
            for n, status in enumerate(statuses, start=1)
        ]  # fmt: skip


def public_of(turn: int) -> str:
    """Return the id of the conversation that a turn is in."""
    with opened(CONVERSE):
        return Turn.objects.get(pk=turn).conversation.public
