"""Questions in other languages, said in the city's own: a port, and LibreTranslate behind it.

Without a translator such questions go by the thesaurus and by the model that reads meaning. With
one, what it says is looked up beside them. It is asked with a deadline, and left alone for a while
after it failed: search answers without it.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import OrderedDict
from typing import Any, Protocol
from urllib.parse import unquote, urlsplit, urlunsplit

from madang.kernel.errors import Invalid, Unavailable
from madang.search.engine.masking import masked

log = logging.getLogger(__name__)

WAIT_S = 1.0
"""Longer than this nobody waits for words that thesaurus and meaning stand in for."""

REST_S = 30.0
_KEPT = 2_000
_MOST = 2_000  # characters of a translation
_TAGS = {"zh": "zh-Hans", "zh-hans": "zh-Hans", "zh-hant": "zh-Hant", "fil": "tl"}


class Translator(Protocol):
    """What says a text in another language."""

    name: str

    def translate(self, text: str, source: str, target: str) -> str:
        """Return a text in `target`; languages as BCP 47 tags.

        Raises
        ------
        Unavailable
            If it does not answer, or not for these languages.
        """
        ...


class LibreTranslate:
    """A LibreTranslate server (``POST /translate``).

    Parameters
    ----------
    url : ``http://[:KEY@]host:port``; the key as its `api_key`.
    seconds : waited for an answer.
    """

    def __init__(self, url: str, seconds: float = WAIT_S) -> None:
        import httpx

        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise Invalid(
                f"MADANG_SEARCH_TRANSLATOR is {_without_key(url)!r}; it is http://[:KEY@]host:port",
                {"MADANG_SEARCH_TRANSLATOR": "http://[:KEY@]host:port of a LibreTranslate"},
            )
        self.name = _without_key(url).rstrip("/")
        self._key = unquote(parts.password or "")
        self._client = httpx.Client(timeout=seconds, follow_redirects=False)

    def translate(self, text: str, source: str, target: str) -> str:
        """See `Translator.translate`."""
        import httpx

        wanted: dict[str, Any] = {
            "q": text, "source": _TAGS.get(source.lower(), source),
            "target": _TAGS.get(target.lower(), target), "format": "text",
        }  # fmt: skip
        if self._key:
            wanted["api_key"] = self._key
        try:
            answer = self._client.post(f"{self.name}/translate", json=wanted)
            answer.raise_for_status()
            said = answer.json()["translatedText"]
            if not isinstance(said, str):
                raise TypeError("translatedText is no text")
        except (httpx.HTTPError, ValueError, KeyError, TypeError) as fault:
            raise Unavailable(f"the translator at {self.name} did not answer: {fault}") from fault
        return said[:_MOST]


class Translating:
    """Says questions in the city's language; an empty text where that cannot be had now.

    Personal data are masked before a question leaves the house. Translations are kept in memory
    only: a question is a person's.

    Parameters
    ----------
    into : the city's own language.
    """

    def __init__(self, translator: Translator, into: str) -> None:
        self.name, self.into = translator.name, into
        self._translator = translator
        self._kept: OrderedDict[tuple[str, str], str] = OrderedDict()
        self._lock = threading.Lock()
        self._rests_until = 0.0

    @property
    def is_resting(self) -> bool:
        """Return whether the translator failed just now and is left alone."""
        return time.monotonic() < self._rests_until

    def __call__(self, text: str, language: str) -> str:
        """Return a folded question in the city's language, empty for none."""
        if not text or not language or language == self.into:
            return ""
        known = self._known((text, language))
        if known is not None:
            return known
        if self.is_resting:
            return ""
        try:
            said = self._translator.translate(masked(text), language, self.into)
        except Unavailable as fault:
            self._rests_until = time.monotonic() + REST_S
            log.warning("search goes by thesaurus and meaning only: %s", fault)
            return ""
        with self._lock:
            self._kept[text, language] = said
            while len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        return said

    def _known(self, key: tuple[str, str]) -> str | None:
        with self._lock:
            found = self._kept.get(key)
            if found is not None:
                self._kept.move_to_end(key)
            return found


def _without_key(url: str) -> str:
    parts = urlsplit(url)
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))
