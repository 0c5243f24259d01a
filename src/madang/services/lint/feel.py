"""FEEL texts: each compiles and uses names that are there."""

from __future__ import annotations

from collections.abc import Iterator

from madang.services.lint.fault import Fault
from madang.services.lint.subject import Subject


def feel(subject: Subject) -> Iterator[Fault]:
    """Yield texts that are no FEEL, or that use unknown names."""
    for item in subject.written:
        if item.wrong:
            message = f"`{item.text}` is no FEEL: {item.wrong}"
            yield subject.fault("bad-feel", item.file, item.path, message)
        for name in sorted(item.names - set(item.scope)):
            message = f"there is no {name!r} here; there are {', '.join(item.scope)}"
            yield subject.fault("unknown-name", item.file, item.path, message)
