"""How an offer names code: ``"package.module:name"``, loaded when it is used."""

from __future__ import annotations

import importlib
from typing import Any

Target = str


def load(target: Target) -> Any:
    """Return the object that a target names.

    >>> load("math:floor")(2.5)
    2
    """
    module, _, name = target.partition(":")
    return getattr(importlib.import_module(module), name)
