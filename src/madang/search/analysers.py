"""Analysers of Korean behind one port: MeCab where nothing is asked for, Kiwi where it is wished.

Both were measured equal in quality on this house's development data; MeCab takes 6 MB and 0.2 ms a
question, Kiwi 490 MB and 0.6 ms but guesses unknown words better.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Protocol

from madang.kernel.errors import Unavailable
from madang.search.engine.morphemes import Morpheme

PIECE = 60
"""Characters handed to an analyser at once, cut at spaces: a lattice costs more than its length."""


_KNOWN = 200_000


class Analyser(Protocol):
    """What takes Korean text apart."""

    name: str

    def morphemes(self, text: str) -> list[Morpheme]:
        """Return the morphemes of a folded text in their order."""
        ...


def pieces(text: str, limit: int = PIECE) -> list[str]:
    """Return a text in pieces of about `limit` characters, cut only at spaces.

    A run without spaces is cut at ten times the limit: no word is that long.

    Examples
    --------
    >>> pieces("one two three", limit=7)
    ['one two', 'three']
    """
    out: list[str] = []
    start = 0
    while len(text) - start > limit:
        cut = text.rfind(" ", start + 1, start + limit + 1)
        if cut < 0:
            cut = text.find(" ", start + limit, start + 10 * limit)
        if cut < 0:
            cut = min(start + 10 * limit, len(text))
        out.append(text[start:cut])
        start = cut + 1 if text[cut : cut + 1] == " " else cut
    return [*out, text[start:]] if start < len(text) else out


class MeCabAnalyser:
    """MeCab with the Korean dictionary of its wheel; compounds and inflected words taken apart."""

    name = "mecab"

    def __init__(self) -> None:
        import mecab
        from mecab.utils import create_lattice

        # The wheel's own `parse` makes three objects of each piece; here a piece that was seen
        # before costs one look.
        self._tagger = mecab.MeCab()._tagger
        self._lattice = create_lattice
        self._known: dict[tuple[str, str], tuple[tuple[str, str], ...]] = {}
        self._lock = threading.Lock()

    def morphemes(self, text: str) -> list[Morpheme]:
        """See `Analyser`."""
        found: list[Morpheme] = []
        for piece in pieces(text):
            with self._lock:
                self._read(piece, found)
        return found

    def _read(self, text: str, found: list[Morpheme]) -> None:
        lattice = self._lattice(text)
        if not self._tagger.parse(lattice):
            raise RuntimeError(self._tagger.what())
        end = -1
        for (start, stop), node in lattice:
            touches = start == end
            for form, tag in self._parts(node.surface, node.feature):
                found.append(Morpheme(form, tag, touches))
                touches = True
            end = stop

    def _parts(self, surface: str, feature: str) -> tuple[tuple[str, str], ...]:
        parts = self._known.get((surface, feature))
        if parts is None:
            if len(self._known) > _KNOWN:
                self._known.clear()
            parts = self._known[surface, feature] = _parts(surface, feature)
        return parts


def _parts(surface: str, feature: str) -> tuple[tuple[str, str], ...]:
    """Return the (form, tag) pairs of a dictionary entry [1]_.

    References
    ----------
    .. [1] mecab-ko-dic: tag, meaning, final consonant, reading, type, first tag, last tag,
       expression; an expression is form/tag/meaning, joined by "+".
    """
    values = feature.split(",")
    tag, kind, expression = values[0], values[4], values[7]
    if expression == "*" or (kind != "Compound" and "+" not in tag):
        return ((surface, tag),)
    return tuple((p.split("/")[0], p.split("/")[1]) for p in expression.split("+") if "/" in p)


class KiwiAnalyser:
    """Kiwi, of the extra ``local-models``."""

    name = "kiwi"

    def __init__(self) -> None:
        try:
            from kiwipiepy import Kiwi
        except ImportError as missing:
            raise Unavailable(
                "the analyser 'kiwi' is not installed; install Madang's extra 'local-models'"
            ) from missing
        self._tokenize = Kiwi(num_workers=1).tokenize
        self._lock = threading.Lock()

    def morphemes(self, text: str) -> list[Morpheme]:
        """See `Analyser`."""
        found: list[Morpheme] = []
        for piece in pieces(text):
            with self._lock:
                tokens = self._tokenize(piece)
            end = -1
            for token in tokens:
                # Irregular stems carry a mark after a dash (VV-R); the tag before it is Sejong's.
                tag = token.tag.partition("-")[0]
                found.append(Morpheme(token.form, tag, token.start == end))
                end = token.start + token.len
        return found


_MAKERS: dict[str, Callable[[], Analyser]] = {"mecab": MeCabAnalyser, "kiwi": KiwiAnalyser}


def analyser(name: str = "mecab") -> Analyser:
    """Return an analyser, loaded.

    Raises
    ------
    Unavailable
        If there is none of that name, or it is not installed.
    """
    if name not in _MAKERS:
        raise Unavailable(f"no analyser '{name}'; there are {', '.join(sorted(_MAKERS))}")
    return _MAKERS[name]()
