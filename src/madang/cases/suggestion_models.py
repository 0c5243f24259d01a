"""Table of what residents let the city suggest services from."""

from __future__ import annotations

from django.db import models

from madang.access.api import PersonalModel
from madang.kernel import times


class SuggestionChoice(PersonalModel):
    """What a person said about suggestions; without a row, nothing is suggested.

    from_cases: whether the services of their cases may be looked at for it.
    events: ids of life events that they named themselves.
    """

    class Personal:
        dataset = "cases.suggestion-choice"
        subject = "person"
        columns = {"life": {"events"}}

    person = models.CharField(primary_key=True, max_length=36)
    from_cases = models.BooleanField(default=False)
    events = models.JSONField(default=list)
    said = models.DateTimeField(default=times.now)

    def __str__(self) -> str:
        return f"suggestions for {self.person}"
