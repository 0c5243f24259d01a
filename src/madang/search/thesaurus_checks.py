"""What may be wrong with files of the thesaurus: signs, scripts, doubles, links."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from madang.kernel.data_files import FieldPath
    from madang.search.thesaurus_files import Entry, Subject

Fault = tuple[str, "FieldPath", str]

_ID = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")
_LONGEST_TERM = 80
# Unseen signs. A zero-width joiner behind a virama is how Sinhala, Nepali and Bengali are written.
_UNSEEN = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\xa0\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2000-\u200c\u200e\u200f"
    "\u2028-\u202f\u205f-\u206f\u3000\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\uffff\ue000-\uf8ff]"
    "|(?<![\u094d\u09cd\u0dca])\u200d"
)
_HAN = "一-鿿㐀-䶿々"
_LATIN = "A-Za-zÀ-ɏḀ-ỿʻʼ"
_LETTERS = {
    "ko": "가-힣", "zh-Hans": _HAN, "zh-Hant": _HAN, "ja": f"{_HAN}ぁ-ゖァ-ヺー",
    "th": "\u0e01-\u0e3a\u0e40-\u0e4e", "km": "\u1780-\u17d3\u17d7", "my": "\u1000-\u109f",
    "lo": "\u0e81-\u0edf", "ru": "А-Яа-яЁё", "mn": "А-Яа-яЁёӨөҮү", "kk": "Ѐ-ӿ",
    "ne": "\u0900-\u0963\u0966-\u097f\u200d", "hi": "\u0900-\u0963\u0966-\u097f\u200d",
    "bn": "\u0980-\u09e3\u09e6-\u09ff\u200d", "si": "\u0d80-\u0dff\u200d",
    "ur": "\u0621-\u0652\u0670-\u06d3\u06d5", "fa": "\u0621-\u0652\u0670-\u06d3",
    "ar": "\u0621-\u0652\u0670", "am": "\u1200-\u139f",
}  # fmt: skip
_LATIN_LANGUAGES = ("en", "vi", "fil", "id", "uz", "fr", "es", "de", "pt", "tr")
_COMMON = r"0-9 '’.,/()&+·・%-"
_WRITTEN = {
    **{
        tag: re.compile(f"[{_COMMON}]*[{_LATIN}][{_LATIN}{_COMMON}]*") for tag in _LATIN_LANGUAGES
    },
    "en": re.compile(f"[{_COMMON}]*[{_LATIN}][{_LATIN}{_COMMON}]*|[0-9]{{2,8}}"),  # a short number
    **{
        tag: re.compile(f"[A-Z{_COMMON}a-z]*[{signs}][{signs}A-Za-z{_COMMON}]*")
        for tag, signs in _LETTERS.items()
    },
}  # fmt: skip

# What is written in Latin alone (Wi-Fi) must be an English term, too: no typing in a wrong field.
_FOREIGN = re.compile(r"^[\x20-\x7e]+$", re.MULTILINE)
_SPACES = re.compile(r"  |^ | $", re.MULTILINE)
_ALL_WRITTEN = {
    tag: re.compile(rf"(?:(?:{_FOREIGN.pattern[1:-1]}|{pattern.pattern})(?:\n|$))*")
    for tag, pattern in _WRITTEN.items()
}


class Written(NamedTuple):
    """A file that has the right shape."""

    file: str
    subject: Subject


def is_clean(text: str) -> bool:
    """Return whether a file has no signs that nobody sees and is in normal form C."""
    return unicodedata.is_normalized("NFC", text) and _UNSEEN.search(text) is None


def unclean(text: str) -> Iterator[tuple[int, str]]:
    """Yield line and message of signs that nobody sees and of letters not in normal form C."""
    for number, line in enumerate(text.split("\n") if not is_clean(text) else (), 1):
        unseen = _UNSEEN.search(line)
        if unseen:
            yield number, f"has a sign that nobody sees: U+{ord(unseen[0]):04X}"
        if not unicodedata.is_normalized("NFC", line):
            yield number, "is not in Unicode's normal form C"


def faults(written: Sequence[Written]) -> Iterator[Fault]:
    """Yield file, field and message of what is wrong inside and between files."""
    entries: dict[str, tuple[str, Entry]] = {}
    for file, subject in written:
        if not _ID.fullmatch(subject.subject):
            yield file, ("subject",), "must be small letters and hyphens"
        if subject.edition < 1:
            yield file, ("edition",), "must be 1 or more"
        for name, entry in subject.concepts.items():
            if name in entries:
                yield file, ("concepts", name), f"stands in {entries[name][0]}, too"
                continue
            entries[name] = (file, entry)
            yield from _concept_faults(file, name, entry)
    yield from _term_faults(entries)
    yield from _link_faults(entries)


def _concept_faults(file: str, name: str, entry: Entry) -> Iterator[Fault]:
    path = ("concepts", name)
    if not _ID.fullmatch(name):
        yield file, path, "must be small letters, digits and hyphens"
    if "en" not in entry.terms:
        yield file, path, "lacks English terms"
    for tag in entry.reviewed:
        if tag not in entry.terms:
            yield file, (*path, "reviewed"), f"names {tag}, in which there is no term"
    for tag in entry.terms.keys() - _WRITTEN.keys():
        yield file, (*path, "terms", tag), "is no language that the thesaurus knows"
    if not all(entry.terms.values()):
        for tag, terms in entry.terms.items():
            if not terms:
                yield file, (*path, "terms", tag), "has no term; leave the language out"


def _term_faults(entries: dict[str, tuple[str, Entry]]) -> Iterator[Fault]:
    by_language: dict[str, list[str]] = {}
    for _file, entry in entries.values():
        for tag, terms in entry.terms.items():
            by_language.setdefault(tag, []).extend(terms)
    english = set(by_language.get("en", ()))
    for tag, every in by_language.items():
        if tag in _WRITTEN and not _are_sound(tag, every, english):
            yield from _faults_in(tag, entries, english)
        keys = _keys(tag, every)
        if len(set(keys)) < len(keys):
            yield from _doubles_in(tag, entries)


def _are_sound(tag: str, terms: Sequence[str], english: set[str]) -> bool:
    """Return whether no term of a language is at fault, at one look at all of them."""
    text = "\n".join(terms)
    return (
        _ALL_WRITTEN[tag].fullmatch(text) is not None
        and _SPACES.search(text) is None
        and max(map(len, terms), default=0) <= _LONGEST_TERM
        and (tag in _LATIN_LANGUAGES or english.issuperset(_FOREIGN.findall(text)))
    )


def _faults_in(
    tag: str, entries: dict[str, tuple[str, Entry]], english: set[str]
) -> Iterator[Fault]:
    for name, (file, entry) in entries.items():
        for number, term in enumerate(entry.terms.get(tag, ())):
            path = ("concepts", name, "terms", tag, number)
            if _SPACES.search(term):
                yield file, path, "has a space too many"
            elif len(term) > _LONGEST_TERM:
                yield file, path, f"is longer than {_LONGEST_TERM} characters"
            elif not _WRITTEN[tag].fullmatch(term) and term not in english:
                yield file, path, f"{term!r} is not written as this language is"


def _keys(tag: str, terms: Sequence[str]) -> list[str]:
    """Return terms as they are compared: in lower case, in Korean without spaces."""
    text = "\n".join(terms).casefold()
    return (text.replace(" ", "") if tag == "ko" else text).split("\n")


def _doubles_in(tag: str, entries: dict[str, tuple[str, Entry]]) -> Iterator[Fault]:
    first: dict[str, str] = {}
    for name, (file, entry) in entries.items():
        own = entry.terms.get(tag, ())
        keys = _keys(tag, own) if own else []
        for number, (term, key) in enumerate(zip(own, keys, strict=True)):
            other = first.setdefault(key, name)
            path = ("concepts", name, "terms", tag, number)
            if other == name:
                if key in keys[:number]:
                    yield file, path, f"{term!r} stands twice"
            elif term not in entry.ambiguous or term not in entries[other][1].ambiguous:
                message = f"{term!r} is a term of {other}, too: both must list it as ambiguous"
                yield file, path, message


def _link_faults(entries: dict[str, tuple[str, Entry]]) -> Iterator[Fault]:
    for name, (file, entry) in entries.items():
        for link in ("broader", "related"):
            for other in getattr(entry, link):
                if other == name:
                    yield file, ("concepts", name, link), "names the concept itself"
                elif other not in entries:
                    yield file, ("concepts", name, link), f"there is no concept {other!r}"
        said = {t for terms in entry.terms.values() for t in terms} if entry.ambiguous else set()
        for term in entry.ambiguous:
            if term not in said:
                yield file, ("concepts", name, "ambiguous"), f"{term!r} is no term of this concept"
        if entry.broader and name in _above(name, entries):
            yield file, ("concepts", name, "broader"), "comes back to itself"


def _above(name: str, entries: dict[str, tuple[str, Entry]]) -> set[str]:
    above: set[str] = set()
    waiting = list(entries[name][1].broader)
    while waiting:
        other = waiting.pop()
        if other in entries and other not in above:
            above.add(other)
            waiting += entries[other][1].broader
    return above
