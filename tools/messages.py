"""Texts of pages: find them, keep the catalogues complete, compile them.

    python tools/messages.py                 .po -> .mo where the .mo is older; run at set-up
    python tools/messages.py update          add new texts to the Korean catalogues, drop old ones
    python tools/messages.py update all      the same in all languages (or name some: vi ar)
    python tools/messages.py check           say which texts lack a translation; exit 1 if any do
    python tools/messages.py report          how far each language is: machine, reviewed, approved
    python tools/messages.py export vi FILE [STATE ...]     all texts of a language for a translator
    python tools/messages.py import vi FILE machine|reviewed|approved [NAME]    and back

Korean has every text; the other languages have the shell (`message_sources.SHELL`). Easy words are
catalogues like a language, `ko_easy` and `en_easy`: they hold what the pages of
`message_sources.EASY` say and is too hard as it stands (`madang.kernel.readability`). States are in
`message_states`. Needs Babel and Django of the set-up environment, not GNU gettext.
"""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[1]), str(Path(__file__).parents[1] / "src")]

from babel.messages.catalog import Message  # noqa: E402

from tools.message_catalogues import (  # noqa: E402
    EASY_LANGUAGES,
    LANGUAGES,
    catalogue_path,
    compile_catalogues,
    read_catalogue,
    update,
    wanted,
)
from tools.message_exchange import export, faults_of, take_in  # noqa: E402
from tools.message_sources import ROOT, rooms  # noqa: E402
from tools.message_states import HOME_LANGUAGE, STATES, is_finished, is_stale, state_of  # noqa: E402

# languages whose catalogues have to be complete for a change to be accepted: Korean in everything,
# the others in the shell, easy words in what is too hard without them
ALL = ENFORCED = (*LANGUAGES, *EASY_LANGUAGES)

__all__ = [
    "EASY_LANGUAGES",
    "ENFORCED",
    "LANGUAGES",
    "catalogue_path",
    "compile_catalogues",
    "rooms",
    "untranslated",
    "wanted",
]


def untranslated(room: Path, language: str) -> list[str]:
    """Return the texts of a room without a finished translation of the present source."""
    have = read_catalogue(catalogue_path(room, language), language)
    return [
        str(message.id)
        for message in wanted(room, language)
        if message.id and not _is_good(have.get(message.id, message.context), language)
    ]


def faults(room: Path, language: str) -> list[str]:
    """Return what is wrong with the translations that are there."""
    have = read_catalogue(catalogue_path(room, language), language)
    found = []
    for message in have:
        if message.id and is_finished(message):
            found += faults_of(message, language)
            if state_of(message, language).name == "unknown":
                found.append(f"{message.id!r}: has no state; take it in by `import`")
    return found


def counts(language: str) -> Counter[str]:
    """Return how many texts of a language are in which state; stale ones are named so."""
    found: Counter[str] = Counter()
    for room in rooms():
        have = read_catalogue(catalogue_path(room, language), language)
        for message in wanted(room, language):
            if message.id:
                found[_state(have.get(message.id, message.context), language)] += 1
    return found


def _state(message: Message | None, language: str) -> str:
    if message is not None and is_finished(message) and is_stale(message, language):
        return "stale"
    return state_of(message, language).name


def _is_good(message: Message | None, language: str) -> bool:
    return is_finished(message) and not is_stale(message, language)


def _check() -> int:
    bad = [
        f"{room.name}: no {language} for {text!r}"
        for language in ENFORCED
        for room in rooms()
        for text in untranslated(room, language)
    ]
    bad += [
        f"{room.name}, {language}: {fault}"
        for language in ALL
        for room in rooms()
        for fault in faults(room, language)
    ]
    print("\n".join(bad), end="\n" if bad else "")
    return 1 if bad else 0


def _report() -> None:
    columns = ("missing", "stale", *STATES[1:])
    print("  ".join(["language", *(f"{name:>8}" for name in columns)]))
    for language in ALL:
        found = counts(language)
        print("  ".join([f"{language:8}", *(f"{found[name]:8}" for name in columns)]))


def _update(names: list[str]) -> None:
    chosen = ALL if names == ["all"] else tuple(names) or (HOME_LANGUAGE,)
    _known(chosen)
    update(chosen)


def _export(language: str, file: str, *states: str) -> None:
    _known((language,))
    print(f"{export(language, Path(file), states=states)} texts in {file}")


def _import(language: str, file: str, state: str, *by: str) -> int:
    _known((language,))
    if state not in STATES[1:]:
        sys.exit(f"{state!r} is no state; states are {', '.join(STATES[1:])}")
    taken, bad = take_in(language, Path(file), state, " ".join(by))
    print("\n".join(bad) if bad else f"{taken} texts are {state}")
    return 1 if bad else 0


def _known(languages: tuple[str, ...]) -> None:
    for language in languages:
        if language not in ALL:
            sys.exit(f"{language!r} is no language here; languages are {', '.join(ALL)}")


def main(arguments: list[str]) -> int:
    """Run one command; return its exit status."""
    command, *rest = arguments or ["compile"]
    if command == "compile":
        for path in compile_catalogues():
            print(f"compiled {path.relative_to(ROOT).as_posix()}")
    elif command == "update":
        _update(rest)
    elif command == "check":
        return _check()
    elif command == "report":
        _report()
    elif command == "export" and len(rest) > 1:
        _export(*rest)
    elif command == "import" and len(rest) > 2:
        return _import(*rest)
    else:
        sys.exit(__doc__)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
