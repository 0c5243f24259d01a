"""Numbers to call: from the city's profile, each with what it is for."""

from __future__ import annotations

from collections.abc import Iterator

from madang.assistant.asking import Asking
from madang.assistant.engine.dialogue import Line
from madang.kernel.language_marks import unmarked


def person_lines(asking: Asking) -> Iterator[Line]:
    """Yield the city's own line: where a person answers everything else."""
    for one in asking.city.city.phones.numbers:
        if one.city_line:
            yield Line(one.number, unmarked(asking.city.text(one.names, asking.language)))
