"""The jobs of the evaluation room."""

from __future__ import annotations

from madang.assistant.review import drawing, editing, experiments
from madang.kernel import times


def draw() -> None:
    """Draw the sample of the month that is over, once."""
    drawing.draw_due()


def forget() -> None:
    """Delete the words of samples that are old."""
    drawing.forget_words(times.now())


def watch() -> None:
    """Look at the running experiment, and stop it where a guardrail broke."""
    experiments.watch()


def gather() -> None:
    """Bring the editors' list up to date."""
    editing.gather()
