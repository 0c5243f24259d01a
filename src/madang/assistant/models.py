"""Conversations and their turns. Texts are masked before they are stored; all goes in time.

Nobody is known here: a conversation is opened by its id, which nobody can guess.
"""

from __future__ import annotations

import secrets

from django.db import models
from django.utils import timezone

from madang.access.api import PersonalModel
from madang.assistant.review.models import (
    BenchRun,
    EditorTask,
    ExperimentRun,
    Helpful,
    Rating,
    ReviewDraw,
    ReviewItem,
)

__all__ = [
    "BenchRun",
    "Conversation",
    "EditorTask",
    "ExperimentRun",
    "Helpful",
    "Rating",
    "ReviewDraw",
    "ReviewItem",
    "Turn",
    "new_public_id",
]


def new_public_id() -> str:
    """Return an id that nobody can guess (128 random bits)."""
    return secrets.token_urlsafe(16)


class Conversation(PersonalModel):
    """One conversation; `state` is what the next turn starts from, `ticket` of a hand-over."""

    public = models.CharField(max_length=32, unique=True, default=new_public_id)
    channel = models.CharField(max_length=8)
    language = models.CharField(max_length=16)
    state = models.JSONField(default=dict)
    turns = models.PositiveIntegerField(default=0)
    ticket = models.CharField(max_length=64, blank=True, db_index=True)
    started = models.DateTimeField(default=timezone.now)
    kept_until = models.DateTimeField(db_index=True)

    class Personal:
        dataset = "assistant.conversation"
        columns = {"message": {"state"}, "secret": {"public"}}

    def __str__(self) -> str:
        return f"conversation {self.pk}"


class Turn(PersonalModel):
    """One turn of a conversation: what was written (masked), what was answered, how it went.

    side: resident, machine, or operator, who writes without being asked.
    cited: keys and versions of what was quoted. arm: of an experiment that ran then.
    """

    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="said")
    number = models.PositiveIntegerField()
    side = models.CharField(max_length=8, default="resident")
    text = models.TextField(blank=True)
    choice = models.CharField(max_length=120, blank=True)
    answer = models.JSONField(default=dict)
    status = models.CharField(max_length=24, db_index=True)
    topic = models.CharField(max_length=40, blank=True)
    language = models.CharField(max_length=16)
    sure = models.FloatField(null=True)
    cited = models.JSONField(default=list)
    latency_ms = models.FloatField(default=0.0)
    arm = models.CharField(max_length=40, blank=True)
    by = models.CharField(max_length=64, blank=True)
    at = models.DateTimeField(default=timezone.now, db_index=True)

    class Meta:
        ordering = ("number",)
        constraints = [
            models.UniqueConstraint("conversation", "number", name="assistant_turn_once")
        ]

    class Personal:
        dataset = "assistant.turn"
        columns = {"message": {"text", "answer", "choice"}}

    def __str__(self) -> str:
        return f"turn {self.number} of conversation {self.conversation_id}"


from madang.assistant.kakao_models import KakaoTalk  # noqa: E402, F401 - a table too
