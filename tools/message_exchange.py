"""A catalogue out to a translator and back in: one PO file per language, for all rooms."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po, write_po

from madang.kernel.readability import reading_faults
from tools.message_catalogues import (
    catalogue_path,
    forms,
    is_easy,
    may_have,
    new_catalogue,
    plurals,
    read_catalogue,
    spoken,
    wanted,
    write_catalogue,
)
from tools.message_sources import rooms
from tools.message_states import HOME_LANGUAGE, is_finished, is_stale, set_state, state_of

_PLACE = re.compile(r"%\(\w+\)[sd]|%%|\{\w+\}")


def export(language: str, file: Path, *, states: tuple[str, ...] = ()) -> int:
    """Write all texts of a language into one PO file for its translator; return how many.

    Each has its room, its state and the Korean text beside it. `states` narrows it to texts in
    these states (missing, machine, reviewed, approved); stale ones count as missing.
    """
    out = new_catalogue(language)
    for room in rooms():
        have = read_catalogue(catalogue_path(room, language), language)
        korean = read_catalogue(catalogue_path(room, HOME_LANGUAGE), HOME_LANGUAGE)
        for message in wanted(room, language):
            if message.id:
                _put(out, message, have.get(message.id, message.context), korean, room.name)
    kept = [m for m in out if m.id and (not states or _state(m, language) in states)]
    chosen = new_catalogue(language)
    for message in kept:
        chosen[message.id] = message
    with file.open("wb") as stream:
        write_po(stream, chosen, width=100, sort_output=True)
    return len(kept)


def _put(out: Catalog, message: Message, have: Message | None, korean: Catalog, room: str) -> None:
    known = korean.get(message.id, message.context)
    hints = [f"room: {room}"]
    if known is not None and is_finished(known):
        hints.append(f"ko: {forms(known)[0]}")
    out.add(
        message.id,
        have.string if have is not None and have.string else None,
        flags=have.flags if have is not None else (),
        auto_comments=hints,
        user_comments=have.user_comments if have is not None else (),
        context=message.context,
    )


def _state(message: Message, language: str) -> str:
    return "missing" if is_stale(message, language) else state_of(message, language).name


def take_in(language: str, file: Path, state: str, by: str = "") -> tuple[int, list[str]]:
    """Take a translator's PO file into the rooms' catalogues; return how many texts, and faults.

    Nothing is written where there is a fault: a missing place for a value, or a wrong number of
    plural forms.
    """
    with file.open("rb") as stream:
        given = read_po(stream, locale=language)
    texts = [message for message in given if message.id and is_finished(message)]
    texts = [message for message in texts if not message.fuzzy]
    faults = [fault for message in texts for fault in faults_of(message, language)]
    if faults:
        return 0, faults
    taken = set()
    for room in rooms():
        path = catalogue_path(room, language)
        catalog = read_catalogue(path, language)
        shown = may_have(room, language)
        changed = False
        for message in texts:
            source = shown.get(message.id, message.context)
            if source is None:
                continue
            changed |= _take(catalog, source, message, state, by)
            taken.add((message.id, message.context))
        if changed:
            write_catalogue(catalog, path, language)
    return len(taken), []


def _take(catalog: Catalog, source: Message, given: Message, state: str, by: str) -> bool:
    old = catalog.get(source.id, source.context)
    flags = {flag for flag in source.flags if flag != "fuzzy"}
    comments = old.user_comments if old is not None else ()
    new = Message(
        source.id,
        given.string,
        locations=source.locations,
        flags=flags,
        user_comments=comments,
        context=source.context,
    )
    set_state(new, state, by)
    same = old is not None and (old.string, old.user_comments) == (new.string, new.user_comments)
    if same and not old.fuzzy:
        return False
    if old is not None:
        catalog.delete(source.id, source.context)
    catalog[source.id] = new
    return True


def faults_of(message: Message, language: str) -> Iterator[str]:
    """Yield what is wrong with a translation: lost or invented places, wrong number of forms.

    What is written in easy words may leave out a value, and must be easy to read.
    """
    ids = message.id if isinstance(message.id, (tuple, list)) else [message.id]
    texts, number = forms(message), plurals(language)[0]
    if len(ids) > 1 and len(texts) != number:
        yield f"{ids[0]!r}: {len(texts)} plural forms; {language} has {number}"
    places = set(_PLACE.findall(ids[-1]))
    count = set(_PLACE.findall(ids[0])) ^ places  # a singular may name the one in words
    for text in texts:
        missing = _droppable(len(texts), places) if not is_easy(language) else places
        wrong = (set(_PLACE.findall(text)) ^ places) - count - missing
        if wrong:
            yield f"{ids[0]!r}: {', '.join(sorted(wrong))} differs in {text!r}"
        if is_easy(language):
            yield from (f"{ids[0]!r}: {fault}" for fault in reading_faults(text, spoken(language)))


def _droppable(forms: int, places: set[str]) -> set[str]:
    """Return the places that one plural form may leave out: the number itself (Arabic's two)."""
    return places & {"%(n)s", "%(n)d"} if forms > 1 else set()
