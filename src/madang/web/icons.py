"""Icons, drawn in the page so that they take its colours; shape alone tells classes apart."""

from __future__ import annotations

_STROKE = (
    'fill="none" stroke="currentColor" stroke-width="2.2" '
    'stroke-linecap="round" stroke-linejoin="round"'
)

ICONS: dict[str, str] = {
    # a courtyard: quiet ground, one lit thing
    "mark": (
        f'<path {_STROKE} d="M3.5 3.5h17v17h-17z"/><circle class="lit" cx="15" cy="15" r="3.2"/>'
    ),
    "alert": f'<path {_STROKE} d="M12 3.5 2.5 20h19z"/><path {_STROKE} d="M12 10v4.5M12 17.4v.1"/>',
    "done": f'<path {_STROKE} d="m4 12.5 5 5L20 6.5"/>',
    "clock": f'<circle {_STROKE} cx="12" cy="12" r="8.8"/><path {_STROKE} d="M12 7v5.2l3.4 2"/>',
    # open circle, half circle, triangle, filled square: told apart without colour
    "cai-good": f'<circle {_STROKE} cx="12" cy="12" r="8.5"/>',
    "cai-moderate": (
        f'<circle {_STROKE} cx="12" cy="12" r="8.5"/>'
        '<path fill="currentColor" d="M12 3.5a8.5 8.5 0 0 1 0 17z"/>'
    ),
    "cai-bad": '<path fill="currentColor" d="M12 3 22 20.5H2z"/>',
    "cai-very-bad": '<path fill="currentColor" d="M3 3h18v18H3z"/>',
    "cai-unknown": f'<path {_STROKE} stroke-dasharray="3 4" d="M4 12h16"/>',
}


def svg(name: str) -> str:
    """Return the icon as SVG, hidden from screen readers: a word always stands beside it."""
    return (
        '<svg viewBox="0 0 24 24" width="24" height="24" aria-hidden="true" focusable="false">'
        f"{ICONS[name]}</svg>"
    )
