"""A crowd asking for one page costs one rendering."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.http import HttpResponse
from django.test import RequestFactory

from madang.web import page_cache
from madang.web.page_cache import PageCacheMiddleware


class Site:
    """A site of one page that counts how often it is rendered."""

    def __init__(self, control: str = "public, max-age=1", status: int = 200) -> None:
        self.rendered = 0
        self.control = control
        self.status = status
        self.middleware = PageCacheMiddleware(self.page)

    def page(self, request) -> HttpResponse:
        self.rendered += 1
        response = HttpResponse(f"page {self.rendered}", status=self.status)
        response["Cache-Control"] = self.control
        return response

    def get(self, path: str = "/", **headers: str) -> HttpResponse:
        cookie = headers.pop("cookie", "")
        request = RequestFactory().get(path, headers=headers)
        request.META["HTTP_COOKIE"] = cookie
        request.COOKIES.update(c.split("=", 1) for c in cookie.split("; ") if c)
        return self.middleware(request)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch):
    now = [1000.0]
    monkeypatch.setattr(page_cache.time, "monotonic", lambda: now[0])
    return now


def test_a_second_reader_gets_the_kept_page(clock):
    site = Site()
    assert site.get().content == site.get().content == b"page 1"


def test_after_its_age_the_page_is_rendered_anew(clock):
    site = Site()
    site.get()
    clock[0] += 1.01
    assert site.get().content == b"page 2"


def test_pages_differ_by_address_query_language_and_display(clock):
    site = Site()
    for path, cookie in [
        ("/", ""), ("/a/", ""), ("/?page=2", ""), ("/", "django_language=en"),
        ("/", "madang_display=contrast"),
    ]:  # fmt: skip
        site.get(path, cookie=cookie)
    assert site.rendered == 5


def test_who_has_a_session_never_gets_or_leaves_a_kept_page(clock):
    site = Site()
    site.get(cookie="madang=abc")
    assert site.get(cookie="madang=abc")["Cache-Control"] == "private, no-cache"
    assert site.rendered == 2
    site.get()
    assert site.rendered == 3


@pytest.mark.parametrize("control", ["", "no-store", "private, max-age=5", "public"])
def test_a_page_that_does_not_say_so_is_not_kept(clock, control: str):
    site = Site(control)
    site.get()
    site.get()
    assert site.rendered == 2


def test_an_error_is_not_kept(clock):
    site = Site(status=503)
    site.get()
    site.get()
    assert site.rendered == 2


def test_a_reader_who_has_the_page_gets_304(clock):
    site = Site()
    first = site.get()
    again = site.get(**{"if-none-match": first["ETag"]})
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
    assert {"Cookie", "Accept-Language"} <= set(again["Vary"].split(", "))


def test_memory_is_bounded(clock, monkeypatch: pytest.MonkeyPatch):
    site = Site()
    monkeypatch.setattr(page_cache, "KEPT_BYTES", 3 * len(b"page 10"))
    for number in range(10):
        site.get(f"/?{number}")
    assert len(site.middleware._pages) == 3
    assert len(site.middleware._rendering) == 3


def test_a_page_that_nobody_gets_any_more_takes_no_memory(clock):
    site = Site()
    site.get("/?once")
    clock[0] += 2.01
    site.get("/?other")
    assert len(site.middleware._pages) == len(site.middleware._rendering) == 1
    assert site.middleware._size == len(b"page 2")


def test_a_crowd_at_the_moment_of_renewal_costs_one_rendering(clock):
    site = Site()
    site.get()
    clock[0] += 1.5
    inside, go = threading.Event(), threading.Event()
    plain = site.page

    def slow(request):
        inside.set()
        assert go.wait(10)
        return plain(request)

    site.middleware.get_response = slow
    with ThreadPoolExecutor(8) as pool:
        first = pool.submit(site.get)
        assert inside.wait(10)
        others = [pool.submit(site.get) for _ in range(6)]
        assert {other.result(10).content for other in others} == {b"page 1"}
        go.set()
        assert first.result(10).content == b"page 2"
    assert site.rendered == 2
