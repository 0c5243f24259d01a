"""The page that leads to every service on paper: which form, how to get it without a printer."""

from __future__ import annotations

from dataclasses import dataclass

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from madang.services.catalogue import Wish, catalogue
from madang.services.entries import Entry
from madang.services.pages import KEPT_S, LONGEST_WORDS, PER_PAGE
from madang.services.spoken import entry_text


@dataclass(frozen=True)
class PaperForm:
    """A form as the page lists it: whose, and where it is printed from."""

    id: str
    title: str
    url: str


@require_safe
@cache_control(public=True, max_age=KEPT_S)
def on_paper(request: HttpRequest) -> HttpResponse:
    """List the forms of all services, or of those with the words that are looked for."""
    language = get_language() or ""
    words = request.GET.get("q", "").strip()[:LONGEST_WORDS]
    found = catalogue().found(Wish(words=words), language)
    forms = [_form(entry, language) for entry in found if not entry.synthetic]
    page = Paginator(forms, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "heading": _("Every service also works on paper"),
        "crumbs": [(_("Home"), "/"), (_("Services"), reverse("services"))],
        "words": words,
        "page": page,
        "forms": list(page),
        "counters": _address("counters"),
    }
    return render(request, "services/on_paper.html", context)


def _form(entry: Entry, language: str) -> PaperForm:
    title = entry_text(entry.titles, entry, language)
    return PaperForm(entry.id, title, reverse("service-form", args=[entry.id]))


def _address(page: str) -> str:
    try:
        return reverse(page)
    except NoReverseMatch:  # the room with the counters is not installed
        return ""
