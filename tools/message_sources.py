"""Where the texts of pages are: code, templates, offers; and which of them are the shell."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator, Sequence
from fnmatch import fnmatch
from functools import cache
from pathlib import Path

from babel.messages.catalog import Catalog, Message
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
    ("AlertKind", "title"),
    ("AlertKind", "help"),
    ("AlertKind", "subjects"),
    ("AlertKind", "levels"),
    ("Purpose", "title"),
)
# ... and to those who run the platform
STAFF_OFFERS = (
    ("Purpose", "legal_basis"),
    ("SensitiveAct", "title"),
    ("Schedule", "help"),
    ("Claim", "what"),
    ("MapLayer", "title"),
)
# The shell: what a resident meets around and in front of every answer, and all that is said about
# safety. A text found in one of these files is part of it and has to be there in every language.
SHELL = (
    "web/templates/web/base.html",
    "web/templates/web/chart.html",
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
    "access/errors.py",
    "air/groups.py",
    "air/history.py",
    "air/map_*.py",
    "air/measure_pages.py",
    "air/nearest.py",
    "air/now.py",
    "air/outlook.py",
    "air/pages.py",
    "air/screens.py",
    "air/summary.py",
    "air/templates/air/*",
    "air/templatetags/*.py",
    "air/until.py",
    "identity/account_pages.py",
    "identity/acting.py",
    "identity/app_code_pages.py",
    "identity/assistance_pages.py",
    "identity/assisted.py",
    "identity/assisted_approval.py",
    "identity/assisted_kiosk*.py",
    "identity/assisted_passkey.py",
    "identity/assisted_rules.py",
    "identity/approval_pages.py",
    "identity/certificate_pages.py",
    "identity/code_pages.py",
    "identity/contact_pages.py",
    "identity/contacts.py",
    "identity/guardians.py",
    "identity/kiosk_pages.py",
    "identity/look_pages.py",
    "identity/looked.py",
    "identity/mandate_*.py",
    "identity/names.py",
    "identity/mandates.py",
    "identity/messages.py",
    "identity/methods.py",
    "identity/page_parts.py",
    "identity/pages.py",
    "identity/paper_pages.py",
    "identity/passkey_pages.py",
    "identity/password_pages.py",
    "identity/passwords.py",
    "identity/pending.py",
    "identity/provider/a[!d]*.py",
    "identity/provider/consent*.py",
    "identity/provider/device*.py",
    "identity/provider/ending.py",
    "identity/provider/guardian_*.py",
    "identity/provider/scopes.py",
    "identity/recovery_pages.py",
    "identity/scopes.py",
    "identity/templates/identity/a[cgp]*.html",
    "identity/templates/identity/assistance*.html",
    "identity/templates/identity/broken_request.html",
    "identity/templates/identity/certificate*.html",
    "identity/templates/identity/change_password.html",
    "identity/templates/identity/choose_account.html",
    "identity/templates/identity/code_*.html",
    "identity/templates/identity/con*.html",
    "identity/templates/identity/decided.html",
    "identity/templates/identity/device*.html",
    "identity/templates/identity/form_post.html",
    "identity/templates/identity/going_back.html",
    "identity/templates/identity/kept_form.html",
    "identity/templates/identity/guardian_consents.html",
    "identity/templates/identity/kiosk.html",
    "identity/templates/identity/kiosk_agree.html",
    "identity/templates/identity/logout.html",
    "identity/templates/identity/look_ask.html",
    "identity/templates/identity/looks*.html",
    "identity/templates/identity/mandate*.html",
    "identity/templates/identity/more.html",
    "identity/templates/identity/names.html",
    "identity/templates/identity/pa*.html",
    "identity/templates/identity/recover*.html",
    "identity/templates/identity/sign_in*.html",
    "identity/templates/identity/signed_out.html",
    "identity/told.py",
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
# Easy words: what a resident meets on the pages that are written in them. Each text found in one of
# these files, as a reader of easy words gets it, is short and plain, or is written anew.
EASY = (
    "*/templates/*/easy/*.html",
    "web/templates/web/base.html",
    "web/templates/web/parts/alerts.html",
    "web/templates/web/parts/breadcrumb.html",
    "web/templates/web/parts/choices.html",
    "web/templates/web/parts/district_form.html",
    "web/templates/web/parts/errors.html",
    "web/templates/web/parts/field.html",
    "web/templates/web/parts/masthead.html",
    "web/templates/web/parts/read_aloud.html",
    "web/templates/web/parts/ways_out.html",
    "web/templates/web/error.html",
    "web/context.py",
    "web/errors.py",
    "web/home.py",
    "web/my.py",
    "web/pages.py",
    "web/status.py",
    "web/templatetags/madang.py",
    "web/templates/web/own_*.html",
    "*/own_panels.py",
    "cases/own_suggestions.py",
    "cases/application_check_pages.py",
    "cases/application_errors.py",
    "cases/application_fields.py",
    "cases/application_pages.py",
    "cases/application_parts.py",
    "cases/application_sending.py",
    "cases/drafts.py",
    "cases/templates/cases/apply_[!k]*.html",
    "services/catalogue.py",
    "services/forms/words.py",
    "services/pages.py",
    "services/shown_service.py",
    "services/templates/services/service*.html",
    "air/groups.py",
    "air/measure_pages.py",
    "air/now.py",
    "air/pages.py",
    "air/summary.py",
    "notices/actions.py",
    "notices/addresses.py",
    "notices/call_back_pages.py",
    "notices/calls.py",
    "notices/forms.py",
    "notices/kinds.py",
    "notices/sign_up_pages.py",
    "notices/templates/notices/call_asked.html",
    "notices/templates/notices/call_back.html",
    "notices/templates/notices/confirm.html",
    "notices/templates/notices/language_field.html",
    "notices/templates/notices/manner_fields.html",
    "notices/templates/notices/sign_up.html",
    "notices/templates/notices/signed_up.html",
    "notices/templates/notices/spent.html",
    "notices/templates/notices/stop.html",
    "notices/templates/notices/wish_fields.html",
)
ONLY_EASY = EASY[:1]  # shown to nobody else
_BASIS = re.compile(r'@basis\("([^"]+)"\)')  # the law that a policy rests on, shown with each look


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
    for path in sorted(room.rglob("*.cedar")):
        for basis in _BASIS.findall(path.read_text(encoding="utf-8")):
            catalog.add(basis, locations=[(_place(path), 1)])
    for message in (*_in_offers(room.name, SHELL_OFFERS), *_in_offers(room.name, STAFF_OFFERS)):
        catalog.add(message, locations=[(f"src/madang/{room.name}/registration.py", 1)])
    return catalog


def shell_of(room: Path) -> Catalog:
    """Return those texts of a room that belong to the shell, by the files that show them."""
    return _of_places(room, lambda place: _is_in(place, SHELL) and not _is_in(place, ONLY_EASY))


def _of_places(room: Path, is_meant: Callable[[str], bool]) -> Catalog:
    """Return the texts found in these places, and what the room offers residents."""
    catalog = Catalog(locale="en", domain="django")
    offered = set(_in_offers(room.name, SHELL_OFFERS, for_residents=True))
    of_staff = set(_in_offers(room.name, (*SHELL_OFFERS, *STAFF_OFFERS))) - offered
    for message in texts_of(room):
        if not message.id or message.id in of_staff:
            continue
        places = (place for place, _line in message.locations)
        if message.id in offered or any(map(is_meant, places)):
            catalog.add(message.id, locations=message.locations, context=message.context)
    return catalog


def easy_of(room: Path) -> Catalog:
    """Return those texts of a room that readers of easy words meet, by the files that show them."""
    return _of_places(room, lambda place: _is_in(place, EASY))


def in_plain_words(room: Path) -> Catalog:
    """Return those texts of a room that others than readers of easy words meet."""
    catalog = Catalog(locale="en", domain="django")
    for message in texts_of(room):
        if message.id and not is_only_easy(message):
            catalog.add(message.id, locations=message.locations, context=message.context)
    return catalog


def is_only_easy(message: Message) -> bool:
    """Return whether a text is shown to readers of easy words alone."""
    return all(_is_in(place, ONLY_EASY) for place, _line in message.locations)


def rooms() -> list[Path]:
    """Return the folders of all rooms."""
    return sorted(p.parent for p in ROOMS.glob("*/__init__.py"))


def _is_in(place: str, patterns: Sequence[str]) -> bool:
    path = place.removeprefix("src/madang/")
    return any(fnmatch(path, pattern) for pattern in patterns)


def _in_python(source: str) -> Iterator[tuple[int, str | tuple[str, ...], str | None]]:
    found = extract("python", io.BytesIO(source.encode()), keywords=KEYWORDS)
    for line, message, _comments, context in found:
        if message:
            yield line, message, context


def _in_template(path: Path) -> Iterator[tuple[int, str | tuple[str, ...], str | None]]:
    from django.utils.translation.template import templatize

    source = templatize(path.read_text(encoding="utf-8"), origin=str(path))
    yield from _in_python(source)


def _in_offers(
    room: str, kinds: Sequence[tuple[str, str]], *, for_residents: bool = False
) -> Iterator[str]:
    from madang.kernel import registry

    for kind, field in kinds:
        for offer in registry.registry().offers(getattr(registry, kind), room):
            if for_residents and getattr(offer, "access", "").startswith("role:"):
                continue
            text = getattr(offer, field)
            yield from [text] if isinstance(text, str) else [title for _id, title in text]


def _place(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()
