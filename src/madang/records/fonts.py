"""The fonts of papers, as far as they are laid, and which characters none of them has.

`tools/assets.py` lays them beside this module. Where it could not (no npm), Typst's own fonts
serve Latin, Greek and Cyrillic, and documents in other scripts are off.
"""

from __future__ import annotations

import json
import unicodedata
from array import array
from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.utils.translation import gettext as _

from madang.records.errors import FontsNotLaid, MissingGlyphs

FOLDER = Path(__file__).parent / "fonts"
COVERAGE = "coverage.json"
OWN = "Madang Sans"
EMBEDDED = "Libertinus Serif"  # in the wheel of Typst: Latin, Greek, Cyrillic
_EMBEDDED_RANGES = ((0x20, 0x7E), (0xA0, 0x17F), (0x391, 0x3A1), (0x3A3, 0x3C9), (0x400, 0x45F),
                    (0x2010, 0x2014), (0x2018, 0x201E), (0x2020, 0x2022), (0x2026, 0x2026),
                    (0x20AC, 0x20AC))  # fmt: skip
# what a typesetter turns into space, a line's end or nothing: no font needs to have it
_UNSEEN = frozenset("\n\t\u00ad\u200b\u200c\u200d\u2028\u2029\u202a\u202b\u202c\u2066\u2067\u2069")
_SHOWN = 8


@dataclass(frozen=True)
class Fonts:
    """What a paper can be set in.

    Parameters
    ----------
    folder : where the files lie, None where only Typst's own are there.
    families : names, in the order in which a character is looked for.
    edges : by turns, where a run of characters that some family has begins, and where it has ended.
    """

    folder: Path | None
    families: tuple[str, ...]
    edges: array[int]

    def has(self, character: str) -> bool:
        """Return whether some family has this character."""
        return bisect_right(self.edges, ord(character)) % 2 == 1

    @property
    def has_hangul(self) -> bool:
        """Whether Korean documents are on."""
        return self.has("가")


@cache
def fonts(folder: Path = FOLDER) -> Fonts:
    """Return the fonts of this installation (read once)."""
    try:
        laid = json.loads((folder / COVERAGE).read_text(encoding="utf-8"))["fonts"]
    except (OSError, ValueError):
        return Fonts(None, (EMBEDDED,), _edges(_EMBEDDED_RANGES))
    found: Mapping[str, list[tuple[int, int]]] = {
        font["family"]: [(first, last) for first, last in font["ranges"]] for font in laid
    }
    families = sorted(found, key=lambda name: (name != OWN, name))
    return Fonts(folder, tuple(families), _edges(r for name in families for r in found[name]))


def _edges(ranges: Iterable[tuple[int, int]]) -> array[int]:
    """Return where runs begin and have ended; those that touch are one."""
    found = array("L")
    for first, last in sorted(ranges):
        if found and first <= found[-1]:
            found[-1] = max(found[-1], last + 1)
        else:
            found.extend((first, last + 1))
    return found


def missing_characters(text: str) -> str:
    """Return the characters of a text that no font of papers has, each once, in their order."""
    here = fonts()
    seen = dict.fromkeys(unicodedata.normalize("NFC", text))
    return "".join(c for c in seen if c not in _UNSEEN and not here.has(c))


def require_glyphs(texts: Iterable[str]) -> None:
    """Refuse texts with a character that would print as an empty box.

    Raises
    ------
    MissingGlyphs
        It names the characters.
    FontsNotLaid
        If the fonts of this installation were never laid.
    """
    missing = missing_characters("".join(texts))
    if not missing:
        return
    named = ", ".join(f"{c} (U+{ord(c):04X})" for c in missing[:_SHOWN])
    more = "" if len(missing) <= _SHOWN else _(" and %d more") % (len(missing) - _SHOWN)
    if fonts().folder is None:
        raise FontsNotLaid(
            _("the fonts of documents are not installed: run `make assets`; nothing can print %s")
            % (named + more)
        )
    raise MissingGlyphs(_("no font can print %s") % (named + more), missing)
