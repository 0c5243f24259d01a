"""Texts of pages: find them, keep the Korean catalogues complete, compile them.

    python tools/messages.py           .po -> .mo where the .mo is older; run at set-up
    python tools/messages.py update    add new texts to the catalogues, drop old ones
    python tools/messages.py check     say which texts lack a translation; exit 1 if any do

Needs Babel and Django of the set-up environment, not GNU gettext.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).parents[1]
ROOMS = ROOT / "src" / "madang"
LANGUAGES = ("ko",)
HEADER = "# Texts of Madang. `python tools/messages.py update` adds what the code shows anew."
STARTED = datetime(2026, 11, 22, tzinfo=UTC)  # a fixed date keeps the files free of noise
# the calls whose first argument is a text (gettext's own names, and ours where imported as `_`)
KEYWORDS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}
# offers whose field is shown to people: (kind, field)
SHOWN = (
    ("MenuEntry", "title"),
    ("SearchPage", "label"),
    ("Doorway", "title"),
    ("Doorway", "help"),
    ("ObservedProperty", "name"),
    ("Schedule", "help"),
    ("Claim", "what"),
)


def texts_of(room: Path) -> Catalog:
    """Return the texts that a room's code, templates and offers show to people."""
    catalog = Catalog(locale="en", domain="django")
    for path in sorted(room.rglob("*.py")):
        for line, message, context in _in_python(path.read_text(encoding="utf-8")):
            catalog.add(message, locations=[(_place(path), line)], context=context)
    for path in sorted((room / "templates").rglob("*.*")):
        for line, message, context in _in_template(path):
            catalog.add(message, locations=[(_place(path), line)], context=context)
    for message in _in_offers(room.name):
        catalog.add(message, locations=[(f"src/madang/{room.name}/registration.py", 1)])
    return catalog


def catalogue_path(room: Path, language: str) -> Path:
    """Return where a room keeps its texts in a language."""
    return room / "locale" / language / "LC_MESSAGES" / "django.po"


def rooms() -> list[Path]:
    """Return the folders of all rooms."""
    return sorted(p.parent for p in ROOMS.glob("*/__init__.py"))


def compile_catalogues() -> list[Path]:
    """Write the .mo beside each .po that is newer; return those written."""
    written = []
    for source in sorted(ROOMS.glob("*/locale/*/LC_MESSAGES/*.po")):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
            continue
        language = source.parts[-3]
        with source.open("rb") as file:
            catalog = read_po(file, locale=language, domain=source.stem)
        fresh = target.with_suffix(".mo.new")
        with fresh.open("wb") as file:
            write_mo(file, catalog)
        fresh.replace(target)
        written.append(target)
    return written


def untranslated(room: Path, language: str) -> list[str]:
    """Return the texts of a room without a finished translation."""
    wanted, path = texts_of(room), catalogue_path(room, language)
    have = Catalog(locale=language)
    if path.exists():
        with path.open("rb") as file:
            have = read_po(file, locale=language)
    return [str(m.id) for m in wanted if m.id and not _finished(have.get(m.id, m.context))]


def update() -> None:
    """Bring the catalogues up to the texts of the code."""
    for room in rooms():
        template = texts_of(room)
        if not any(message.id for message in template):
            continue
        for language in LANGUAGES:
            _update(template, catalogue_path(room, language), language)


def _update(template: Catalog, path: Path, language: str) -> None:
    catalog = Catalog(
        locale=language,
        domain="django",
        header_comment=HEADER,
        project="Madang",
        version="1",
        msgid_bugs_address="issues",
        last_translator="Madang",
        language_team="Madang",
        revision_date=STARTED,
        creation_date=STARTED,
        fuzzy=False,
    )
    if path.exists():
        with path.open("rb") as file:
            catalog = read_po(file, locale=language, domain="django")
    catalog.update(template, no_fuzzy_matching=True, update_creation_date=False)
    catalog.obsolete.clear()
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        write_po(
            file, catalog, width=100, omit_header=False, sort_output=True, include_lineno=False
        )


def _finished(message: Message | None) -> bool:
    if message is None or message.fuzzy:
        return False
    strings = message.string if isinstance(message.string, (tuple, list)) else [message.string]
    return all(strings) and bool(strings)


def _in_python(source: str) -> Iterator[tuple[int, str | tuple[str, ...], str | None]]:
    found = extract("python", io.BytesIO(source.encode()), keywords=KEYWORDS)
    for line, message, _comments, context in found:
        if message:
            yield line, message, context


def _in_template(path: Path) -> Iterator[tuple[int, str | tuple[str, ...], str | None]]:
    from django.utils.translation.template import templatize

    source = templatize(path.read_text(encoding="utf-8"), origin=str(path))
    yield from _in_python(source)


def _in_offers(room: str) -> Iterator[str]:
    from madang.kernel import registry

    for kind, field in SHOWN:
        for offer in registry.registry().offers(getattr(registry, kind), room):
            yield getattr(offer, field)


def _place(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def main() -> None:
    """Run one of the three commands."""
    sys.path.insert(0, str(ROOMS.parent))
    command = sys.argv[1] if len(sys.argv) > 1 else "compile"
    if command == "compile":
        for path in compile_catalogues():
            print(f"compiled {_place(path)}")
    elif command == "update":
        update()
    elif command == "check":
        missing = [(r.name, n, t) for r in rooms() for n in LANGUAGES for t in untranslated(r, n)]
        for room, language, text in missing:
            print(f"{room}: no {language} for {text!r}")
        sys.exit(1 if missing else 0)
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    main()
