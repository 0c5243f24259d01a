"""``{% load madang_air %}``: the word of a grade, and distances."""

from __future__ import annotations

from django import template
from django.utils.formats import number_format
from django.utils.translation import gettext as _

register = template.Library()


@register.simple_tag
def grade_word(look: str) -> str:
    """Return what a grade is called; `look` is ``good`` to ``very-bad``, or none."""
    words = {
        "good": _("Good"),
        "moderate": _("Moderate"),
        "bad": _("Bad"),
        "very-bad": _("Very bad"),
    }
    return words.get(look, _("No index"))


@register.simple_tag
def grade_icon(look: str) -> str:
    """Return the name of a grade's icon."""
    return f"cai-{look}" if look != "none" else "cai-unknown"


@register.simple_tag
def distance(metres: float | None) -> str:
    """Return a distance in words of everyday use: tens of metres, then tenths of kilometres."""
    if metres is None:
        return "–"
    if metres < 950:
        return _("%(n)s m") % {"n": number_format(max(10, round(metres, -1)), 0)}
    return _("%(n)s km") % {"n": number_format(metres / 1000, 1)}
