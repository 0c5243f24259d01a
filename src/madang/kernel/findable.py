"""What rooms hand to search: a thing with its texts, and the key facts of one thing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

EVERYWHERE = "city"
"""Value of the facet ``district`` of what holds in the whole city."""


@dataclass(frozen=True, slots=True)
class FindableText:
    """The texts of a thing in one language; `body` is searched and quoted from."""

    title: str
    body: str = ""


@dataclass(frozen=True, slots=True)
class Findable:
    """One thing that people may look for. Nothing personal.

    Parameters
    ----------
    id : unique in its source.
    kind : service, office, dataset, page, place, event, life-event.
    texts : by language tag, those of the city's own language first.
    url : its page: a path of the portal, or a whole address.
    aliases : other names, in any language.
    facets : what results are narrowed by: ``district`` (codes, or `EVERYWHERE`), ``life_event``,
        ``audience``, ``topic``.
    version : which version of it this is; empty where it has none.
    changed : day since which it is so (ISO 8601); empty where nobody says.
    """

    id: str
    kind: str
    texts: Mapping[str, FindableText]
    url: str
    aliases: tuple[str, ...] = ()
    facets: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    version: str = ""
    changed: str = ""


@dataclass(frozen=True, slots=True)
class KeyFact:
    """A fact of a thing: its name, its values in lines.

    Parameters
    ----------
    about : what it tells, in a word that is the same in all languages: one of `ABOUT`, or empty.
    """

    name: str
    values: tuple[str, ...]
    about: str = ""


ABOUT = (
    "what", "who", "fee", "time", "papers", "ways", "office", "where", "phone", "hours", "matters",
    "law", "result", "deadline",
)  # fmt: skip
"""What people ask of a thing: what it is, for whom, how much, how long it takes, what to bring, how
to do it, who answers for it, where, by phone, when open, what for, by which law, what comes of it,
by when."""


@dataclass(frozen=True, slots=True)
class DirectAnswer:
    """What is shown of one thing at once: the facts that most people ask for, with their version.

    Parameters
    ----------
    state : of the texts in this language: machine, reviewed, approved; empty for the own language.
    action : (words, address) of what one can do at once; None where there is nothing.
    more : further facts, for who asks for them.
    districts : codes of districts whose facts differ from those of the whole city.
    """

    title: str
    summary: str
    facts: tuple[KeyFact, ...]
    url: str
    version: str = ""
    changed: str = ""
    state: str = ""
    action: tuple[str, str] | None = None
    more: tuple[KeyFact, ...] = ()
    districts: tuple[str, ...] = ()


def in_languages(texts: Mapping[str, str], order: Iterable[str]) -> dict[str, str]:
    """Return the texts of some languages without those that only repeat an earlier one.

    >>> in_languages({"ko": "마포", "en": "Mapo", "fr": "Mapo"}, ["ko", "en", "fr"])
    {'ko': '마포', 'en': 'Mapo'}
    """
    found: dict[str, str] = {}
    for tag in order:
        text = texts.get(tag, "")
        if text and text not in found.values():
            found[tag] = text
    return found


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Have texts of code in a language inside the block."""
    from django.utils import translation

    with translation.override(language):
        yield
