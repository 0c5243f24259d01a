"""What can be wrong with an answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Code = Literal[
    "missing", "not-whole", "not-number", "not-date", "not-time", "not-email", "not-phone",
    "not-choice", "not-yes-no", "not-text", "too-short", "too-long", "too-small", "too-large",
    "too-early", "too-late", "not-multiple", "pattern", "too-few", "too-many", "twice",
    "control", "consent", "unknown",
]  # fmt: skip


@dataclass(frozen=True)
class Fault:
    """Something wrong with one answer.

    Parameters
    ----------
    question : fact that is asked for.
    code : what is wrong.
    values : what the text of the fault names, such as the limit.
    item : number of the repetition, from 0; None outside a repeated page.
    part : part of a date at which to look.
    """

    question: str
    code: Code
    values: Mapping[str, Any] = field(default_factory=dict)
    item: int | None = None
    part: str = ""
