"""The page that gives the blank form of a service as PDF."""

from __future__ import annotations

from functools import lru_cache

from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from madang.services.form_paper import form_paper, paper_language
from madang.services.versions import current

KEPT_S = 3600
KEPT_FORMS = 16  # papers per process, some 50 KB each


@require_safe
@cache_control(public=True, max_age=KEPT_S)
def form(request: HttpRequest, service: str) -> HttpResponse:
    """Return the blank form as an accessible PDF, in the reader's language where the texts are."""
    found = current(service, request.GET.get("district", ""))
    body = blank(found.hash, paper_language(found.package, get_language() or ""))
    response = HttpResponse(body, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{service}.pdf"'
    return response


@lru_cache(maxsize=KEPT_FORMS)
def blank(hash: str, language: str) -> bytes:  # the format's own word
    """Return the blank form of a published version."""
    return form_paper(hash, language)
