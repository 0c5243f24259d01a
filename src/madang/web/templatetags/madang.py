"""``{% load madang %}``: icons, and how values, times and states are written."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta, tzinfo
from functools import lru_cache
from typing import Any

from django import template
from django.conf import settings
from django.core.paginator import Page
from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from madang.city.api import profile
from madang.kernel import times
from madang.kernel.languages import direction
from madang.web import formats
from madang.web.icons import ICONS, svg

register = template.Library()
_BACK = "{back}"  # stands where the address of the page comes; no code of a language has a brace
_ENDS = re.compile(r"(?<=[.!?])\s+")
# Scripts that set no space between words: Thai and Lao, Burmese, Khmer, Chinese and Japanese with
# their punctuation. A name in such a sentence ends where they begin.
_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\ua4cf\uf900-\ufaff\uff00-\uffef"
_HYPHENED = re.compile(rf"([^\s{_UNSPACED}]*-[^\s{_UNSPACED}]*)")


@register.simple_tag
def icon(name: str) -> SafeString:
    """Return the named icon."""
    return mark_safe(svg(name))  # noqa: S308 - our own drawing, no input in it


@register.simple_tag
def language_name() -> str:
    """Return what the language of the page is called in itself."""
    return dict(settings.LANGUAGES).get(_language(), _language())


@register.simple_tag(takes_context=True)
def language_links(context: template.Context) -> SafeString:
    """Return the languages by their own names as items of a list, each linked to this page in it.

    They are the same on all pages but for the address to come back to: written once a language.
    """
    items = _language_items(tuple(settings.LANGUAGES), _language())
    return mark_safe(items.replace(_BACK, escape(context["page_address"])))  # noqa: S308 - escaped


@lru_cache(maxsize=64)
def _language_items(languages: tuple[tuple[str, str], ...], current: str) -> str:
    return "".join(
        format_html(
            '\n<li><a href="/language/{}/?next={}" lang="{}" dir="{}" hreflang="{}" '
            'rel="nofollow"{}>{}</a></li>',
            code, _BACK, code, direction(code), code,
            mark_safe(' aria-current="true"') if code == current else "",
            name,
        )
        for code, name in languages
    )  # fmt: skip


@register.simple_tag
def lang_of_name(name: str) -> str:
    """Return the attribute ``lang`` of a name that the city gave in its own language.

    Names of stations and places without a translation come so; what is plain Latin needs none.
    """
    own = profile().city.default_language
    return "" if name.isascii() or own == _language() else format_html(' lang="{}"', own)


@register.simple_tag
def moment(at: datetime | None) -> str:
    """Return day and time in the city's clock, as a ``<time>``; a dash for none."""
    if at is None:
        return "–"
    zone = city_zone()
    text = formats.moment_text(at, _language(), zone, times.now().astimezone(zone).date())
    return format_html('<time datetime="{}">{}</time>', formats.utc_stamp(at), text)


@register.simple_tag
def day_or_moment(at: date) -> str:
    """Return a day, or a moment in the city's clock, as a ``<time>``."""
    if isinstance(at, datetime):
        return moment(at)
    noon = datetime.combine(at, time(12), city_zone())
    text = formats.weekday_text(noon, _language())
    return format_html('<time datetime="{}">{}</time>', at.isoformat(), text)


@register.simple_tag
def clock(at: datetime | None) -> str:
    """Return the time of day in the city's clock, as a ``<time>``; a dash for none."""
    if at is None:
        return "–"
    text = formats.clock_text(at, _language(), city_zone())
    return format_html('<time datetime="{}">{}</time>', formats.utc_stamp(at), text)


@register.filter
def span(seconds: float | timedelta | None) -> str:
    """Return a span of time in words; a dash for none."""
    if seconds is None:
        return "–"
    if isinstance(seconds, timedelta):
        seconds = seconds.total_seconds()
    return formats.span_text(seconds, _language())


@register.filter
def number(value: float | None, decimals: int = 0) -> str:
    """Return a number with that many decimals; a dash for none and for NaN."""
    if value is None or value != value:  # noqa: PLR0124 - NaN differs from itself
        return "–"
    return formats.number_text(value, int(decimals), _language())


@register.filter
def unbroken(text: str) -> SafeString:
    """Return the text with words that carry a hyphen (Mapo-gu) kept on one line."""
    parts = (
        format_html('<span class="nowrap">{}</span>', part) if "-" in part else escape(part)
        for part in _HYPHENED.split(str(text))
    )
    return mark_safe("".join(parts))  # noqa: S308 - each part is escaped


@register.filter
def sentences(text: str) -> SafeString:
    """Return the text with each sentence on its own line, as easy language wants it."""
    return format_html_join(mark_safe("<br>"), "{}", ((part,) for part in _ENDS.split(str(text))))


@register.filter
def figure(value: float) -> str:
    """Return a measured figure with three significant digits, all digits above a thousand."""
    decimals = 0 if abs(value) >= 100 else 1 if abs(value) >= 10 else 2
    text = formats.number_text(value, decimals, _language())
    return formats.number_text(value, 0, _language()) if float(value).is_integer() else text


@register.simple_tag
def origin(name: str) -> str:
    """Return where a value comes from, as a tag; simulated and replayed stand out."""
    words = {
        "real": _("measured"),
        "simulated": _("simulated"),
        "replayed": _("replayed"),
        "mixed": _("partly simulated or replayed"),
        "forecast": _("forecast"),
    }
    return format_html('<span class="tag tag-{}">{}</span>', name, words.get(name, name))


@register.simple_tag
def state_icon(kind: str) -> SafeString:
    """Return the icon of a state of a part: empty, loading, stale, failed, offline, forbidden."""
    icons = {"empty": "empty", "loading": "wait", "stale": "clock", "forbidden": "lock"}
    return icon(icons.get(kind, "broken"))


@register.filter
def nearby_pages(page: Page[Any]) -> list[int | None]:
    """Return the pages a pager names: first, last, neighbours; None where some are left out."""
    last = page.paginator.num_pages
    named = sorted({1, last, *range(max(1, page.number - 1), min(last, page.number + 1) + 1)})
    shown: list[int | None] = []
    for number_of in named:
        before = next((n for n in reversed(shown) if n is not None), 0)
        shown += [None, number_of] if number_of > before + 1 else [number_of]
    return shown


@register.simple_tag(takes_context=True)
def sort_header(context: template.Context, key: str, title: str, kind: str = "") -> SafeString:
    """Return a column head that sorts the table by ``?sort=KEY``, on a second click ``-KEY``.

    The view sorts; `kind` is a class of the head, ``num`` for numbers.
    """
    request = context["request"]
    now = request.GET.get("sort", context.get("sort", ""))
    query = request.GET.copy()
    query["sort"] = f"-{key}" if now == key else key
    query.pop("page", None)
    order = {key: "ascending", f"-{key}": "descending"}.get(now, "")
    return format_html(
        '<th scope="col" class="{}"{}><a href="?{}">{}{}</a></th>',
        kind,
        format_html(' aria-sort="{}"', order) if order else "",
        query.urlencode(),
        title,
        icon({"ascending": "up", "descending": "down"}.get(order, "both")),
    )


@register.simple_tag
def cai_class(name: str) -> str:
    """Return an air class as icon, word and colour; `name` is ``good`` to ``very-bad``, or none."""
    words = {
        "good": _("Good"),
        "moderate": _("Moderate"),
        "bad": _("Bad"),
        "very-bad": _("Very bad"),
    }
    known = name if name in words else "unknown"
    word = words.get(name, _("No index"))
    assert f"cai-{known}" in ICONS
    return format_html('<span class="cai cai-{}">{}{}</span>', known, icon(f"cai-{known}"), word)


def city_zone() -> tzinfo:
    """Return the time zone of the city."""
    return profile().timezone


def _language() -> str:
    return get_language() or "en"
