"""Reading many ISO 8601 stamps at once, where they are all written the same way.

A sender writes its stamps with one program, so they agree in length, separators and zone. Then the
digits of all of them are checked and read as one array; anything else is left to `rows.stamp`.
"""

from __future__ import annotations

import re
from datetime import datetime

import numpy as np

_FORM = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d{1,6})?(Z|[+-]\d\d:\d\d)\Z", re.ASCII)


def uniform_stamps(texts: list[str]) -> np.ndarray | None:
    """Return the stamps as int64 [ms since 1970-01-01 UTC], or None where they are not uniform.

    Parameters
    ----------
    texts : stamps such as ``2026-11-22T05:00:00Z`` or ``2026-11-22T14:00:00.250+09:00``.
    """
    form = _FORM.match(texts[0]) if texts else None
    if form is None:
        return None
    model, zone = texts[0], form[2]
    cut = len(model) - len(zone)
    if set(map(len, texts)) != {len(model)} or not all(text.endswith(zone) for text in texts):
        return None
    local = np.array(texts, dtype=f"U{cut}")
    marks = local.view(np.uint32).reshape(len(texts), cut)
    digits = np.array([character.isdigit() for character in model[:cut]])
    written = marks[:, digits]
    if (written < ord("0")).any() or (written > ord("9")).any():
        return None
    if (marks[:, ~digits] != marks[0, ~digits]).any():
        return None
    try:
        shift = datetime.fromisoformat(model).utcoffset()
        moments = local.astype("datetime64[us]").astype(np.int64) // 1000
    except ValueError:  # one of them is no date
        return None
    assert shift is not None
    return moments - int(shift.total_seconds() * 1000)
