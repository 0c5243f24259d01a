"""Compose a page of parts that may be missing: the known is shown, the missing is named."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TypeVar

from madang.kernel.errors import MadangError

log = logging.getLogger("madang.web")
T = TypeVar("T")


class Parts:
    """Asks for the parts of a page and remembers in `failed` which did not answer."""

    def __init__(self) -> None:
        self.failed: list[str] = []

    def ask(self, sentence: str, call: Callable[[], T], otherwise: T) -> T:
        """Return the part; where it does not answer, `otherwise`, and say `sentence` on the page.

        Our own mistakes (any other exception) are not hidden: they are a 500.
        """
        try:
            return call()
        except MadangError as error:
            log.warning("%s (%s)", error.message, error.code)
            if sentence not in self.failed:
                self.failed.append(sentence)
            return otherwise
