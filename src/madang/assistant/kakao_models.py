"""Which conversation somebody in KakaoTalk is having."""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from madang.access.api import PersonalModel
from madang.assistant.models import Conversation


class KakaoTalk(PersonalModel):
    """The conversation of a person in KakaoTalk, known by a keyed hash of their id alone.

    offered: keys of the choices that stand under the last answer, by the words of their buttons.
    seen: number of the last turn that was shown.
    """

    person = models.CharField(max_length=64, unique=True)
    conversation = models.OneToOneField(Conversation, models.CASCADE, related_name="kakao")
    offered = models.JSONField(default=dict)
    seen = models.PositiveIntegerField(default=0)
    at = models.DateTimeField(default=timezone.now)

    class Personal:
        dataset = "assistant.kakao"
        columns = {"secret": {"person"}, "message": {"offered"}}

    def __str__(self) -> str:
        return f"KakaoTalk {self.pk}"
