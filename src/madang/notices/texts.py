"""How a notice is worded: templates of the rooms, in every language of the pages.

A template ``air/class`` is four small files of the room ``air``, each a Django template without
markup whose texts are message ids of the room's catalogue:

    air/templates/air/notices/class.title.txt    one line
    air/templates/air/notices/class.body.txt     paragraphs, parted by empty lines
    air/templates/air/notices/class.short.txt    for push and phone, at most 300 characters
    air/templates/air/notices/class.action.txt   what the link says; may be left out

Mail wraps the same paragraphs in ``notices/mail.txt`` and ``notices/mail.html``, which escapes
them. Values are never read as templates. The version is what ``{# version 3 #}`` in the body says,
and a hash over the files and frames.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

from django.conf import settings as django_settings
from django.template import Context, Template, engines
from django.template.exceptions import TemplateDoesNotExist
from django.utils.html import escape
from django.utils.translation import get_language_bidi, override
from django.utils.translation import gettext as _

from madang.city.api import profile
from madang.kernel.config import settings
from madang.kernel.errors import Invalid
from madang.kernel.language_marks import unmarked
from madang.notices.values import Value, worded

PARTS = ("title", "body", "short", "action")
LONGEST_SHORT = 300
LONGEST_TITLE = 200
MANAGE, CONFIRM = "@@manage@@", "@@confirm@@"
_VERSION = re.compile(r"\{# version (\d+) #\}")
_LINE_ENDS = re.compile(r"\s+")


@dataclass(frozen=True)
class Wording:
    """A notice in one language; `version` names the template's state."""

    language: str
    version: str
    title: str
    short: str
    text: str
    html: str


@dataclass(frozen=True)
class _Source:
    """A template's files, compiled, and their version."""

    parts: Mapping[str, Template]
    version: str


def wording(
    template: str,
    values: Mapping[str, Value],
    language: str,
    *,
    origin: str = "real",
    url: str = "",
) -> Wording:
    """Return the notice in a language of the pages.

    Parameters
    ----------
    origin : of what it tells; what is simulated or replayed says so in every part.
    url : where the link leads, empty for none; `CONFIRM` for the personal link.

    Raises
    ------
    Invalid
        If there is no such template.
    """
    source = _source(template)
    with override(language):
        filled = {name: worded(value, language) for name, value in values.items()}
        context = Context({**filled, "city": profile().name(language)}, autoescape=False)
        said = {name: part.render(context).strip() for name, part in source.parts.items()}
        label = _label(origin)
        title = unmarked(_LINE_ENDS.sub(" ", f"{label} {said['title']}".strip()))[:LONGEST_TITLE]
        short = unmarked(_LINE_ENDS.sub(" ", f"{label} {said['short']}".strip()))
        frame = Context(
            {
                "title": title,
                "city": profile().name(language),
                "paragraphs": _paragraphs(said["body"]),
                "action": _LINE_ENDS.sub(" ", said.get("action", "")),
                "url": url,
                "origin": origin,
                "manage": "" if url == CONFIRM else MANAGE,
                "language": language,
                "direction": "rtl" if get_language_bidi() else "ltr",
            }
        )
        return Wording(
            language=language,
            version=source.version,
            title=title,
            short=short if len(short) <= LONGEST_SHORT else short[: LONGEST_SHORT - 1] + "…",
            text=_frame("notices/mail.txt", frame, escapes=False),
            html=_frame("notices/mail.html", frame, escapes=True),
        )


def page_language(language: str) -> str:
    """Return the language if pages speak it, else the first language of the pages."""
    spoken = dict(django_settings.LANGUAGES)
    return language if language in spoken else django_settings.LANGUAGE_CODE


def personal(text: str, links: Mapping[str, str], *, is_html: bool = False) -> str:
    """Return a text with its personal places filled in."""
    for place, link in links.items():
        text = text.replace(place, escape(link) if is_html else link)
    return text


def version_of(template: str) -> str:
    """Return a template's version: its number and the first half of its hash."""
    return _source(template).version


def _label(origin: str) -> str:
    return {"simulated": _("[Simulated]"), "replayed": _("[Replayed]")}.get(origin, "")


def _paragraphs(body: str) -> list[str]:
    return [
        _LINE_ENDS.sub(" ", part).strip() for part in re.split(r"\n\s*\n", body) if part.strip()
    ]


def _frame(name: str, context: Context, *, escapes: bool) -> str:
    context.autoescape = escapes
    return unmarked(_compiled(name)[0].render(context)).strip() + "\n"


@lru_cache(maxsize=64)
def _source(template: str) -> _Source:
    room, _slash, name = template.partition("/")
    parts, sources = {}, []
    for part in PARTS:
        try:
            parts[part], text = _compiled(f"{room}/notices/{name}.{part}.txt")
        except TemplateDoesNotExist:
            if part == "action":
                continue
            raise Invalid(f"there is no template {template!r}: no {name}.{part}.txt") from None
        sources.append(text)
    frames = [_compiled(f"notices/mail.{kind}")[1] for kind in ("txt", "html")]
    numbers = _VERSION.findall(sources[1])
    digest = sha256("\x00".join([*sources, *frames]).encode()).hexdigest()
    return _Source(parts, f"{template}@{numbers[0] if numbers else 0}:{digest[:12]}"[:100])


@lru_cache(maxsize=256)
def _compiled(name: str) -> tuple[Template, str]:
    """Return a template and its source."""
    template: Template = engines["django"].get_template(name).template  # type: ignore[attr-defined]
    return template, Path(template.origin.name).read_text(encoding="utf-8")


def origin_url(path: str) -> str:
    """Return the whole address of a path of the portal, as messages name it."""
    if path == CONFIRM:  # a personal link, filled in when it is sent
        return path
    return settings().public_origin + path if path else ""
