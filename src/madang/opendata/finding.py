"""The open tables as search finds them."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from urllib.parse import urlsplit

from madang.city.api import profile
from madang.kernel.config import settings
from madang.kernel.findable import EVERYWHERE, Findable, FindableText
from madang.kernel.registry import OpenTable, registry
from madang.opendata.keys import SAMPLE
from madang.opendata.seoul import SAMPLE_ROWS


def findables(ids: Collection[str] | None) -> Iterator[Findable]:
    """Yield the tables of the dialect, or those named; none where the city does not speak it."""
    if "seoul" not in profile().city.dialects:
        return
    for offer in registry().offers(OpenTable):
        if ids is None or offer.name in ids:
            yield Findable(
                offer.name,
                "dataset",
                {"en": FindableText(offer.name, offer.help)},
                _address(offer.name),
                aliases=("Open API", "열린데이터", "공공데이터"),
                facets={"district": (EVERYWHERE,)},
            )


def _address(table: str) -> str:
    """Return an address that answers with the first rows, for everybody."""
    here = settings()
    origin = urlsplit(here.public_origin)
    at = f"{origin.scheme}://{origin.hostname}:{here.dialect_port}"
    return f"{at}/{SAMPLE}/json/{table}/1/{SAMPLE_ROWS}/"
