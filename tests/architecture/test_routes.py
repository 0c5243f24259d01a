"""Every address of the house has an authorisation decision."""

from __future__ import annotations

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

from madang.access.api import requirement
from madang.app.api import api
from madang.kernel.registry import MenuEntry, Page, StreamRoute, registry


def patterns(resolver: URLResolver) -> list[URLPattern]:
    found = []
    for item in resolver.url_patterns:
        found += patterns(item) if isinstance(item, URLResolver) else [item]
    return found


@pytest.mark.asvs("8.2.1", "8.3.1")
def test_every_page_is_guarded():
    unguarded = [
        str(pattern.pattern)
        for pattern in patterns(get_resolver())
        if not hasattr(pattern.callback, "access")
        and not (pattern.lookup_str or "").startswith("ninja.")
    ]
    assert not unguarded


@pytest.mark.asvs("6.3.3", "8.2.1")
@pytest.mark.parametrize(
    "offer",
    [*registry().offers(Page), *registry().offers(StreamRoute), *registry().offers(MenuEntry)],
    ids=lambda offer: getattr(offer, "name", None) or getattr(offer, "pattern", None) or offer.page,
)
def test_every_decision_is_one(offer):
    asked = requirement(offer.access)
    assert asked.aal >= 2 or not asked.roles, "staff show two factors"


@pytest.mark.asvs("8.2.1", "8.3.1")
def test_every_api_operation_states_who_may():
    undecided = []
    for prefix, router in api._routers:
        for path, view in router.path_operations.items():
            for operation in view.operations:
                decided = operation.auth_callbacks or operation.auth_param is None
                if not decided or (
                    not operation.auth_callbacks and operation.auth_param is not None
                ):
                    undecided.append(f"{operation.methods} {prefix}{path}")
    assert not undecided


def test_page_names_are_unique():
    names = [page.name for page in registry().offers(Page)]
    assert len(names) == len(set(names))
