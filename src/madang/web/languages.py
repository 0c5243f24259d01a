"""The language of a page: the reader's choice, else what the browser asks for, else the city's."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import translation
from django.utils.cache import patch_vary_headers

from madang.kernel.easy import easy_words
from madang.kernel.language_marks import has_marks, labelled, marking, unmarked
from madang.kernel.languages import negotiated
from madang.web.choices import display_of

HEADER_LIMIT = 500  # characters of Accept-Language that are read; Django's own limit


def language_of(request: HttpRequest) -> str:
    """Return the language of the page that answers this request.

    An address may name it (``?lang=ar``), for that page alone.
    """
    for chosen in (request.GET.get("lang"), request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME)):
        if chosen in offered():
            return str(chosen)
    asked = request.META.get("HTTP_ACCEPT_LANGUAGE", "")[:HEADER_LIMIT].lower()
    return negotiated(asked, offered(), settings.LANGUAGE_CODE)


@cache
def offered() -> tuple[str, ...]:
    """Return the tags of the languages that pages can be read in, in lower case."""
    return tuple(code for code, _name in settings.LANGUAGES)


class LanguageMiddleware:
    """Speak the reader's language, in easy words if asked; label parts in another language."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Return the response, with its language in a header."""
        language = language_of(request)
        easy = easy_words(display_of(request) == "easy")
        with translation.override(language), marking(), easy:
            request.LANGUAGE_CODE = language  # as Django's own does
            response = self.get_response(request)
        patch_vary_headers(response, ("Accept-Language",))
        response.headers.setdefault("Content-Language", language)
        if _is_text(response) and has_marks(response.content):  # type: ignore[attr-defined]
            _label(response, language)
        return response


def _is_text(response: HttpResponseBase) -> bool:
    kind = response.headers.get("Content-Type", "").partition(";")[0]
    textual = kind.startswith("text/") or kind.endswith(("json", "xml", "javascript"))
    return textual and not response.streaming and "Content-Encoding" not in response.headers


def _label(response: HttpResponseBase, language: str) -> None:
    text = response.content.decode(response.charset)  # type: ignore[attr-defined]
    is_page = response.headers.get("Content-Type", "").startswith("text/html")
    response.content = labelled(text, language) if is_page else unmarked(text)  # type: ignore[attr-defined]
    if response.has_header("Content-Length"):
        response.headers["Content-Length"] = str(len(response.content))  # type: ignore[attr-defined]
