"""The portal's own pages as search finds them: those of the menu, and those below every page."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from madang.access.api import ANONYMOUS, may
from madang.city.api import profile
from madang.kernel.findable import EVERYWHERE, Findable, FindableText, speaking
from madang.kernel.registry import Doorway, MenuEntry, registry
from madang.web.context import address

# Names of pages that stand in no menu but are looked for all the same.
_OTHERS = {
    "status": gettext_noop("Status of the service"),
    "proof": gettext_noop("How we know this"),
    "accessibility": gettext_noop("Accessibility"),
    "privacy-notice": gettext_noop("Privacy"),
    "counters": gettext_noop("Nearest counter"),
    "on-paper": gettext_noop("On paper"),
    "call-back": gettext_noop("Call me back"),
}


def findables(ids: Collection[str] | None) -> Iterator[Findable]:
    """Yield the public pages, or those named."""
    for page, (title, help) in _pages().items():
        url = address(page)
        if url is None or (ids is not None and page not in ids):
            continue
        texts: dict[str, FindableText] = {}
        for language in profile().languages:
            with speaking(language.code):
                text = FindableText(_(title), _(help) if help else "")
            if text.title not in (one.title for one in texts.values()):
                texts[language.code] = text
        yield Findable(page, "page", texts, url, facets={"district": (EVERYWHERE,)})


def _pages() -> dict[str, tuple[str, str]]:
    """Return message ids (title, help) of the pages that everybody may open, by name."""
    found = {page: (title, "") for page, title in _OTHERS.items()}
    for entry in registry().offers(MenuEntry):
        if may(ANONYMOUS, entry.access):
            found[entry.page] = (entry.title, "")
    for door in registry().offers(Doorway):
        if may(ANONYMOUS, door.access):
            found[door.page] = (door.title, door.help)
    return found
