"""``{% load madang %}``: icons and how values and times are written."""

from __future__ import annotations

from django import template
from django.utils.safestring import SafeString, mark_safe

from madang.web.icons import svg

register = template.Library()


@register.simple_tag
def icon(name: str) -> SafeString:
    """Return the named icon."""
    return mark_safe(svg(name))  # noqa: S308 - our own drawing, no input in it
