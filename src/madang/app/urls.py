"""Every address of the web process, from what the rooms offer.

A page's authorisation decision is enforced here, once, before its view runs; API operations state
theirs as ninja `auth` (madang.identity.api has the callables), and a test walks all of them.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from django.http import HttpRequest, HttpResponseBase
from django.urls import URLPattern, URLResolver, path, re_path
from django.views.decorators.csrf import csrf_exempt

from madang.access.api import require, required_roles
from madang.app.api import api
from madang.identity.api import current_actor
from madang.kernel.registry import Page, load, registry

View = Callable[..., HttpResponseBase]


def guarded(page: Page) -> View:
    """Return the page's view, loaded on first use, behind its authorisation decision."""
    required_roles(page.access)  # a decision that is none fails at start, not at the first visit
    loaded: list[View] = []

    def view(request: HttpRequest, **arguments: str) -> HttpResponseBase:
        if not loaded:
            loaded.append(load(page.target))
        require(current_actor(request), page.access)
        return loaded[0](request, **arguments)

    view.__name__ = page.name
    view.access = page.access  # type: ignore[attr-defined]
    return csrf_exempt(wraps(view)(view)) if page.csrf_exempt else view


def _pattern(page: Page) -> URLPattern:
    if page.path.startswith("^"):
        return re_path(page.path, guarded(page), name=page.name)
    return path(page.path, guarded(page), name=page.name)


urlpatterns: list[URLPattern | URLResolver] = [
    path("api/v1/", api.urls),
    *(_pattern(page) for page in registry().offers(Page)),
]

handler400 = "madang.web.errors.bad_request"
handler403 = "madang.web.errors.forbidden"
handler404 = "madang.web.errors.not_found"
handler500 = "madang.web.errors.server_error"
