"""``{% load madang_maps %}``: the map, for any page of any room."""

from __future__ import annotations

from typing import Any

import orjson
from django import template

from madang.access.api import ANONYMOUS
from madang.web import maps

register = template.Library()


@register.inclusion_tag("web/map.html", takes_context=True)
def map_panel(
    context: dict[str, Any],
    layers: str = "",
    *,
    on: str = "",
    select: str = "",
    table: bool = False,
    label: str = "",
    first: str = "",
    thing: str = "",
    own: bool = False,
) -> dict[str, Any]:
    """Show a map of layers (ids with spaces between; none: all that the reader may see).

    `on` names those shown at first, `select` is the address of a thing's page with ``{id}`` in it,
    `table` puts a table of the same rows below (leave it out where the page has one; without a
    script it shows the layer `first`, rows linked to `thing`), `label` names the map for a screen
    reader, `own` says that a script of the page mounts it.
    """
    actor = context.get("actor", ANONYMOUS)
    wanted = layers.split()
    known = {one.id: one for one in maps.layers(actor)}
    shown = [known[name] for name in wanted if name in known] if wanted else list(known.values())
    setup = maps.setup(shown, on=[first] if first in known else on.split(), select=select)
    return {
        "setup": setup,
        "set_up": orjson.dumps(setup).decode(),
        "layers": [(n + 1, one) for n, one in enumerate(setup["layers"])],
        "table": maps.table(known.get(first, shown[0]), thing) if table and shown else None,
        "own": own,
        "label": label,
    }
