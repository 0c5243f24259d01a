"""The services to which a mandate or an assisted session can be limited."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from madang.kernel.registry import Doorway, registry

# what this room itself serves; other rooms' services are their doorways
NAMES, LOOKS = "names", "looks"
_OWN = {
    NAMES: gettext_noop("Your name, as we write it"),
    LOOKS: gettext_noop("Who looked, and what others did for you"),
}


def services() -> dict[str, str]:
    """Return the services by id, with their titles in the reader's language."""
    doors = sorted(registry().offers(Doorway), key=lambda one: one.order)
    return {
        **{name: _(title) for name, title in _OWN.items()},
        **{one.page: _(one.title) for one in doors if one.kind == "service"},
    }
