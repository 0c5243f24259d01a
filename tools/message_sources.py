"""Where the texts of pages are: code, templates, offers; and which of them are the shell."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from fnmatch import fnmatch
from functools import cache
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract

ROOT = Path(__file__).parents[1]
ROOMS = ROOT / "src" / "madang"
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
# offers whose field is shown to people (kind, field): to residents in menus and beside values ...
SHELL_OFFERS = (
    ("MenuEntry", "title"),
    ("ObservedProperty", "name"),
    ("SearchPage", "label"),
    ("Doorway", "title"),
    ("Doorway", "help"),
)
# ... and to those who run the platform
STAFF_OFFERS = (("Schedule", "help"), ("Claim", "what"), ("MapLayer", "title"))
# The shell: what a resident meets around and in front of every answer, and all that is said about
# safety. A text found in one of these files is part of it and has to be there in every language.
SHELL = (
    "web/templates/web/base.html",
    "web/templates/web/parts/*.html",
    "web/templates/web/home.html",
    "web/templates/web/error.html",
    "web/templates/web/translation_note.html",
    "web/templates/web/accessibility.html",
    "web/templates/web/privacy.html",
    "web/templates/web/status.html",
    "web/context.py",
    "web/errors.py",
    "web/home.py",
    "web/pages.py",
    "web/preferences.py",
    "web/status.py",
    "web/templatetags/*.py",
    "air/summary.py",
    "air/now.py",
    "air/groups.py",
    "air/templates/air/now.html",
    "air/templates/air/notices/*.txt",
    "notices/actions.py",
    "notices/addresses.py",
    "notices/calls.py",
    "notices/feed.py",
    "notices/forms.py",
    "notices/kinds.py",
    "notices/pages.py",
    "notices/sign_up_pages.py",
    "notices/texts.py",
    "notices/templates/notices/alert*.html",
    "notices/templates/notices/call_asked.html",
    "notices/templates/notices/call_back.html",
    "notices/templates/notices/confirm.html",
    "notices/templates/notices/language_field.html",
    "notices/templates/notices/ma*",
    "notices/templates/notices/notices/*.txt",
    "notices/templates/notices/recorded.html",
    "notices/templates/notices/s*.html",
    "notices/templates/notices/wish_fields.html",
)


@cache
def texts_of(room: Path) -> Catalog:
    """Return the texts that a room shows to people: code, templates, offers; do not change it."""
    catalog = Catalog(locale="en", domain="django")
    for path in sorted(room.rglob("*.py")):
        for line, message, context in _in_python(path.read_text(encoding="utf-8")):
            catalog.add(message, locations=[(_place(path), line)], context=context)
    for path in sorted((room / "templates").rglob("*.*")):
        for line, message, context in _in_template(path):
            catalog.add(message, locations=[(_place(path), line)], context=context)
    for message in (*_in_offers(room.name, SHELL_OFFERS), *_in_offers(room.name, STAFF_OFFERS)):
        catalog.add(message, locations=[(f"src/madang/{room.name}/registration.py", 1)])
    return catalog


def shell_of(room: Path) -> Catalog:
    """Return those texts of a room that belong to the shell, by the files that show them."""
    catalog = Catalog(locale="en", domain="django")
    offered = set(_in_offers(room.name, SHELL_OFFERS))
    for message in texts_of(room):
        files = (place for place, _line in message.locations)
        if message.id and (message.id in offered or any(_in_shell(place) for place in files)):
            catalog.add(message.id, locations=message.locations, context=message.context)
    return catalog


def rooms() -> list[Path]:
    """Return the folders of all rooms."""
    return sorted(p.parent for p in ROOMS.glob("*/__init__.py"))


def _in_shell(place: str) -> bool:
    path = place.removeprefix("src/madang/")
    return any(fnmatch(path, pattern) for pattern in SHELL)


def _in_python(source: str) -> Iterator[tuple[int, str | tuple[str, ...], str | None]]:
    found = extract("python", io.BytesIO(source.encode()), keywords=KEYWORDS)
    for line, message, _comments, context in found:
        if message:
            yield line, message, context


def _in_template(path: Path) -> Iterator[tuple[int, str | tuple[str, ...], str | None]]:
    from django.utils.translation.template import templatize

    source = templatize(path.read_text(encoding="utf-8"), origin=str(path))
    yield from _in_python(source)


def _in_offers(room: str, kinds: Sequence[tuple[str, str]]) -> Iterator[str]:
    from madang.kernel import registry

    for kind, field in kinds:
        for offer in registry.registry().offers(getattr(registry, kind), room):
            yield getattr(offer, field)


def _place(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()
