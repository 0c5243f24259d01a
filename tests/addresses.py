"""Every address of the web process, with something written where its path has parameters."""

from __future__ import annotations

import re

from madang.app.api import api
from madang.kernel.registry import Page, registry

# a sample of each address that is a regular expression
_SAMPLES = {
    "sensorthings": "sta/v1.1",
    "sensorthings-resource": "sta/v1.1/Things",
    "seoul-dialect": "_dialect/seoul/x",
}
_PARAMETER = re.compile(r"<(?:(\w+):)?\w+>")
_KINDS = {"int": "1", "uuid": "00000000-0000-4000-8000-000000000000"}


def of_page(page: Page) -> str:
    """Return an address that reaches this page; what its parameters name need not exist."""
    if page.path.startswith("^"):
        return "/" + _SAMPLES[page.name]
    return "/" + _PARAMETER.sub(lambda found: _KINDS.get(found[1] or "str", "x"), page.path)


def of_pages() -> list[str]:
    """Return an address of each page."""
    return [of_page(page) for page in registry().offers(Page)]


def of_operations() -> list[tuple[str, str, object]]:
    """Return method, address and operation of all the JSON API has."""
    found = []
    for prefix, router in api._routers:
        for path, view in router.path_operations.items():
            address = "/api/v1/" + f"{prefix}/{path}".strip("/").replace("//", "/")
            for operation in view.operations:
                for method in sorted(operation.methods):
                    found.append((method, re.sub(r"{[^}]*}", "1", address), operation))
    return found
