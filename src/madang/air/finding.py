"""The air of each district as search finds it."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from django.urls import reverse
from django.utils.translation import gettext as _

from madang.air.registration import PROPERTIES
from madang.city.api import profile
from madang.kernel.findable import Findable, FindableText, speaking

_ALSO = ("미세먼지", "초미세먼지", "대기질", "air quality", "fine dust")


def findables(ids: Collection[str] | None) -> Iterator[Findable]:
    """Yield the page of each district's air, or of those named."""
    pollutants = ", ".join(one.name for one in PROPERTIES)
    for unit in profile().units(profile().district_level):
        if ids is not None and unit.code not in ids:
            continue
        texts: dict[str, FindableText] = {}
        for language in profile().languages:
            with speaking(language.code):
                title = _("Air in %(name)s") % {"name": unit.name(language.code)}
            if title not in (text.title for text in texts.values()):
                texts[language.code] = FindableText(title, pollutants)
        yield Findable(
            unit.code, "page", texts, reverse("air-district", args=[unit.code]),
            aliases=_ALSO, facets={"district": (unit.code,)},
        )  # fmt: skip
