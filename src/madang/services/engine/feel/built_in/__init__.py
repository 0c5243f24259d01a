"""The built-in functions of FEEL, by subject; importing a subject registers its functions."""

from madang.services.engine.feel.built_in import (
    contexts,
    conversion,
    lists,
    logic,
    moments,
    numbers,
    ranges,
    statistics,
    strings,
)
from madang.services.engine.feel.built_in.signature import LIBRARY, Builtin

__all__ = [
    "LIBRARY",
    "Builtin",
    "contexts",
    "conversion",
    "lists",
    "logic",
    "moments",
    "numbers",
    "ranges",
    "statistics",
    "strings",
]
