"""Keep public pages for a second: a crowd asking for one page costs one rendering.

A view takes part by saying so in HTTP: ``Cache-Control: public, max-age=N`` (Django's decorator
`cache_control`). Only answers to
anonymous GETs without cookies to set are kept, one per host, address and choices of the reader.
While one thread renders a page anew, others get the last one, never older than twice its age limit.
"""

from __future__ import annotations

import re
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import blake2b

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers

from madang.web.choices import display_of, district_of, theme_of
from madang.web.languages import language_of

KEPT_BYTES = 3 << 20  # of pages: what a crowd asks for is few; the rest would only weigh
_MAX_AGE = re.compile(r"max-age=(\d+)")

DISTRICT_PATHS = frozenset({"/", "/air/"})  # the pages that show the reader's own district

Key = tuple[str, ...]
View = Callable[[HttpRequest], HttpResponse]


@dataclass(frozen=True)
class _Kept:
    body: bytes
    headers: tuple[tuple[str, str], ...]
    etag: str
    made: float
    max_age_s: float

    def age(self, now: float) -> float:
        return now - self.made

    def is_past(self, now: float) -> bool:
        """Return whether nobody gets it any more, not even while it is rendered anew."""
        return self.age(now) > 2 * self.max_age_s


class PageCacheMiddleware:
    """Answer from memory where the page allows it; add ETags and answer 304."""

    def __init__(self, get_response: View) -> None:
        self.get_response = get_response
        self._pages: OrderedDict[Key, _Kept] = OrderedDict()
        self._rendering: dict[Key, threading.Lock] = {}
        self._lock = threading.Lock()
        self._size = 0  # bytes of all that is kept

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Return the kept page, or render it, once for all who ask at that moment."""
        if request.method not in ("GET", "HEAD"):
            return self.get_response(request)
        if settings.SESSION_COOKIE_NAME in request.COOKIES:
            return _personal(self.get_response(request))
        return self._shared(request, _key(request))

    def _shared(self, request: HttpRequest, key: Key) -> HttpResponse:
        now = time.monotonic()
        kept = self._pages.get(key)
        if kept is not None and kept.age(now) < kept.max_age_s:
            return _answer(request, kept)
        lock = self._rendering.get(key)
        if lock is None:
            return self._render(request, key)
        if not lock.acquire(blocking=kept is None or kept.is_past(now)):
            assert kept is not None
            return _answer(request, kept)
        try:
            fresh = self._pages.get(key)
            if fresh is not None and fresh.age(time.monotonic()) < fresh.max_age_s:
                return _answer(request, fresh)
            return self._render(request, key)
        finally:
            lock.release()

    def _render(self, request: HttpRequest, key: Key) -> HttpResponse:
        response = self.get_response(request)
        kept = _kept(response)
        if kept is None:
            return response
        with self._lock:
            before = self._pages.pop(key, None)
            self._size += len(kept.body) - (len(before.body) if before else 0)
            self._pages[key] = kept
            self._rendering.setdefault(key, threading.Lock())
            for old in [one for one, page in self._pages.items() if page.is_past(kept.made)]:
                self._drop(old)
            while self._size > KEPT_BYTES and len(self._pages) > 1:
                self._drop(next(iter(self._pages)))
        return _answer(request, kept)

    def _drop(self, key: Key) -> None:
        self._size -= len(self._pages.pop(key).body)
        self._rendering.pop(key, None)


def _personal(response: HttpResponse) -> HttpResponse:
    """Return a page for one signed-in reader: whatever the view says, nobody may keep it."""
    if "public" in response.headers.get("Cache-Control", ""):
        response["Cache-Control"] = "private, no-cache"
    return response


def _key(request: HttpRequest) -> Key:
    language = language_of(request)
    district = district_of(request) if request.path in DISTRICT_PATHS else ""
    shown = display_of(request), theme_of(request), district
    # pages with whole addresses name the host that this reader asked for
    return request.get_host(), request.path, request.META.get("QUERY_STRING", ""), language, *shown


def _kept(response: HttpResponse) -> _Kept | None:
    control = response.headers.get("Cache-Control", "")
    age = _MAX_AGE.search(control)
    if response.status_code != 200 or response.streaming or response.cookies:
        return None
    if "public" not in control or age is None:
        return None
    patch_vary_headers(response, ("Cookie", "Accept-Language"))
    body = response.content
    return _Kept(
        body=body,
        headers=tuple(response.headers.items()),
        etag=f'"{blake2b(body, digest_size=12).hexdigest()}"',
        made=time.monotonic(),
        max_age_s=float(age[1]),
    )


def _answer(request: HttpRequest, kept: _Kept) -> HttpResponse:
    unchanged = kept.etag in request.META.get("HTTP_IF_NONE_MATCH", "")
    response = HttpResponse(status=304) if unchanged else HttpResponse(kept.body)
    for name, value in kept.headers:
        if not (unchanged and name in ("Content-Type", "Content-Length")):
            response.headers[name] = value
    response.headers["ETag"] = kept.etag
    return response
