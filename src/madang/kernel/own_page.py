"""What a room tells residents of their own affairs: the parts of which their own page is made.

Plain values, so that the page and the HTTP door say the same. Texts are in the reader's language.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True)
class OwnLink:
    """Something to do: a page to open, or with `fields` a form that is sent there."""

    title: str
    url: str
    fields: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class OwnFact:
    """A line of a row: what it is, and a text, a moment (UTC) or a day."""

    label: str
    text: str = ""
    at: datetime | date | None = None


@dataclass(frozen=True)
class OwnRow:
    """One thing of a resident's: a case, a document, a payment.

    Parameters
    ----------
    lang : language of the title where it is not the page's.
    state : how it stands, in a word or two.
    said : a sentence on it.
    asks : what the resident is asked to do; empty where nothing waits for them.
    asks_url, asks_by : where they do it, and until when.
    is_late : whether the moment is over.
    """

    id: str
    title: str
    url: str = ""
    lang: str = ""
    state: str = ""
    said: str = ""
    facts: tuple[OwnFact, ...] = ()
    asks: str = ""
    asks_url: str = ""
    asks_by: datetime | None = None
    is_late: bool = False
    links: tuple[OwnLink, ...] = ()


@dataclass(frozen=True)
class OwnPart:
    """What a room has to say: rows, most pressing first.

    Parameters
    ----------
    rows : one more than was asked for where there are more.
    said : a sentence above them.
    empty : what to say where there are none, with the next step in `links`.
    all_url : the room's own list of all; empty: the page shows all of this part by itself.
    links : what one can do besides.
    """

    title: str
    rows: tuple[OwnRow, ...] = ()
    said: str = ""
    empty: str = ""
    all_url: str = ""
    links: tuple[OwnLink, ...] = ()
