"""What can be found: an entry is one thing a person may look for, with its texts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Text:
    """The texts of an entry in one language."""

    title: str
    body: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that can be found.

    Parameters
    ----------
    key : unique over all sources, ``source:id``.
    kind : service, office, event, dataset, page, place.
    texts : by language; the first is what is analysed as the city's own words.
    aliases : other names of the thing, in any language.
    facets : what results can be narrowed by: ``{"district": ("mapo",), "topic": ("housing",)}``.
    shown : plain values that come back with a hit (url, version, date); never searched.
    """

    key: str
    kind: str
    texts: Mapping[str, Text]
    aliases: tuple[str, ...] = ()
    facets: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    shown: Mapping[str, str] = field(default_factory=dict)

    @property
    def own(self) -> Text:
        """Return the texts in the first language."""
        return next(iter(self.texts.values()))
