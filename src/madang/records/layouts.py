"""What a paper says, as plain values, and the paper of it as PDF: this is what other rooms call.

Every text is a string, or one string per language (`Words`): a paper of two languages shows the
second below the first. All papers are A4, tagged, PDF/UA-1 (ISO 14289-1); a text with a character
that no font has is refused (`MissingGlyphs`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

Words = str | Mapping[str, str]


@dataclass(frozen=True)
class Issuer:
    """The authority that speaks.

    Parameters
    ----------
    name : the authority (``서울특별시 마포구``).
    head : who signs, by office (``마포구청장``).
    seal : what the square seal says, at most nine signs (``마포구청장인``); empty shows none.
    """

    name: Words
    head: Words = ""
    unit: Words = ""
    address: Words = ""
    phone: str = ""
    seal: str = ""


@dataclass(frozen=True)
class Fact:
    """One line of what is certified: its name and what it is."""

    name: Words
    value: Words


@dataclass(frozen=True)
class Paragraph:
    """Running text; a line break is one in the text."""

    text: Words


@dataclass(frozen=True)
class Facts:
    """A table of names and values."""

    facts: tuple[Fact, ...]
    title: Words = ""


@dataclass(frozen=True)
class Table:
    """A table with a heading row."""

    columns: tuple[Words, ...]
    rows: tuple[tuple[Words, ...], ...]
    title: Words = ""


@dataclass(frozen=True)
class Listing:
    """Points, numbered or not."""

    items: tuple[Words, ...]
    title: Words = ""
    is_numbered: bool = False


@dataclass(frozen=True)
class Note:
    """What must not be overlooked, set apart."""

    text: Words
    title: Words = ""


@dataclass(frozen=True)
class Signature:
    """The closing sentence, the day, the authority and its seal."""

    text: Words = ""


Block = Paragraph | Facts | Table | Listing | Note | Signature


@dataclass(frozen=True)
class Mark:
    """By what a paper is found again and checked.

    Parameters
    ----------
    code : the document's code as written.
    verify_url : address in the QR code; empty shows none.
    issued, expires : days in the city's calendar.
    is_sample : whether the paper is of a demonstration: every page says that it proves nothing.
    """

    code: str = ""
    verify_url: str = ""
    issued: date | None = None
    expires: date | None = None
    is_sample: bool = False


@dataclass(frozen=True)
class Certificate:
    """What the city attests, on one page where it fits."""

    title: Words
    issuer: Issuer
    blocks: tuple[Block, ...]
    languages: tuple[str, ...] = ("ko",)
    mark: Mark = Mark()


@dataclass(frozen=True)
class Recipient:
    """Who gets a letter, as the window of the envelope shows it: at most seven lines."""

    name: str
    lines: tuple[str, ...] = ()


@dataclass(frozen=True)
class Letter:
    """An official letter in a window envelope.

    Parameters
    ----------
    reference : the case or file that answers should name.
    enclosures : what lies with it.
    return_code : what is read, or scanned through the window, where it comes back.
    print : the how manieth print of it this is; from the second on every page says so.
    """

    subject: Words
    issuer: Issuer
    recipient: Recipient
    blocks: tuple[Block, ...]
    languages: tuple[str, ...] = ("ko",)
    mark: Mark = Mark()
    reference: str = ""
    enclosures: tuple[Words, ...] = ()
    return_code: str = ""
    print: int = 1


@dataclass(frozen=True)
class Remedy:
    """How a decision can be appealed: until when, where, and what it costs to try."""

    text: Words
    deadline: date | None = None
    office: Words = ""
    legal_basis: Words = ""


@dataclass(frozen=True)
class Decision:
    """A decision in a case, by letter.

    Parameters
    ----------
    outcome : in one sentence, the first thing that is read.
    reasons : why, each with its provision where one applies.
    decided_by : the office or person that decided.
    """

    subject: Words
    issuer: Issuer
    recipient: Recipient
    outcome: Words
    reasons: tuple[Words, ...]
    remedy: Remedy | None = None
    facts: tuple[Fact, ...] = ()
    blocks: tuple[Block, ...] = ()
    languages: tuple[str, ...] = ("ko",)
    mark: Mark = Mark()
    reference: str = ""
    decided_by: Words = ""
    legal_basis: Words = ""


LINE, LONG, NUMBER, DATE, CHOICE, CHOICES, CHECK = (
    "line", "long", "number", "date", "choice", "choices", "check",
)  # fmt: skip
KINDS = (LINE, LONG, NUMBER, DATE, CHOICE, CHOICES, CHECK)


@dataclass(frozen=True)
class Option:
    """One answer that can be ticked."""

    value: str
    label: Words


@dataclass(frozen=True)
class Question:
    """One question on paper.

    Parameters
    ----------
    kind : ``line``, ``long`` (several lines), ``number``, ``date``, ``choice`` (one), ``choices``
        (any of) or ``check`` (one box to tick).
    only_if : says in words when it is to be answered.
    answer : what is known already; the value of an option, several joined by a comma, for choices;
        ``true`` for a ticked box; a date in ISO form.
    lines : height of a long answer in lines of 8 mm.
    """

    number: str
    label: Words
    kind: str = LINE
    hint: Words = ""
    options: tuple[Option, ...] = ()
    is_required: bool = True
    only_if: Words = ""
    answer: str = ""
    unit: str = ""
    lines: int = 3


@dataclass(frozen=True)
class Section:
    """Questions that belong together."""

    title: Words
    questions: tuple[Question, ...]
    intro: Words = ""


@dataclass(frozen=True)
class Form:
    """A form to fill in by hand; blank, or filled in with what is known.

    Parameters
    ----------
    reference : what an officer types, or scans as QR, to key the form in.
    intake_url : address in the QR code; empty puts the reference itself there.
    submit_to : where and how the form can be handed in, one line each.
    declaration : what the signature confirms.
    """

    title: Words
    issuer: Issuer
    sections: tuple[Section, ...]
    languages: tuple[str, ...] = ("ko",)
    reference: str = ""
    intake_url: str = ""
    intro: Words = ""
    submit_to: tuple[Words, ...] = ()
    declaration: Words = ""
    privacy: Words = ""
    mark: Mark = Mark()


def certificate_pdf(certificate: Certificate) -> bytes:
    """Return a certificate as PDF/UA-1.

    Raises
    ------
    MissingGlyphs, FontsNotLaid
    """
    from madang.records.typesetting import pdf

    return pdf("certificate", certificate)


def letter_pdf(letter: Letter) -> bytes:
    """Return an official letter as PDF/UA-1; raises as `certificate_pdf`."""
    from madang.records.typesetting import pdf

    return pdf("letter", letter)


def letters_pdf(letters: Sequence[Letter], title: str) -> bytes:
    """Return many letters as one PDF/UA-1, each on its own sheets; raises as `certificate_pdf`.

    Parameters
    ----------
    title : what the file is called.
    """
    from madang.records.typesetting import letters_file

    return letters_file(letters, title)


def letter_pages(letter: Letter) -> int:
    """Return on how many pages a letter stands, for who puts it in an envelope."""
    from madang.records.typesetting import pages

    return pages("letter", letter)


def decision_pdf(decision: Decision) -> bytes:
    """Return a decision letter as PDF/UA-1; raises as `certificate_pdf`."""
    from madang.records.typesetting import pdf

    return pdf("decision", decision)


def form_pdf(form: Form) -> bytes:
    """Return a form to print as PDF/UA-1; raises as `certificate_pdf`."""
    from madang.records.typesetting import pdf

    return pdf("form", form)
