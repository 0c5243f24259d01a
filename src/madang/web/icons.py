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
    "globe": (
        f'<circle {_STROKE} cx="12" cy="12" r="8.8"/>'
        f'<path {_STROKE} d="M3.2 12h17.6M12 3.2c5 5 5 12.6 0 17.6c-5-5-5-12.6 0-17.6"/>'
    ),
    "display": (
        f'<path {_STROKE} d="m2.5 18 5-12.5L12.5 18M4.3 14h6.4M14.5 18l3.5-9 3.5 9M15.6 15.5h4.8"/>'
    ),
    "phone": (
        f'<path {_STROKE} d="M6 3h3l2 5-2.5 2a12 12 0 0 0 5.5 5.5l2-2.5 5 2v3a3 3 0 0 1-3 3'
        'A16 16 0 0 1 3 6a3 3 0 0 1 3-3z"/>'
    ),
    "call-back": (
        f'<path {_STROKE} d="M6 5h2.5l1.5 4-2 1.6a10 10 0 0 0 5.4 5.4l1.6-2 4 1.5V18a2.5 '
        '2.5 0 0 1-2.5 2.5A13.5 13.5 0 0 1 3.5 7.5 2.5 2.5 0 0 1 6 5z"/>'
        f'<path {_STROKE} d="M20.5 3.5 15 9m0-4.5V9h4.5"/>'
    ),
    "counter": f'<path {_STROKE} d="M3 9.5 12 4l9 5.5M5 10v9M9.7 10v9M14.3 10v9M19 10v9M3 20h18"/>',
    "paper": f'<path {_STROKE} d="M6 3h8l4 4v14H6zM14 3v4h4M9 12h6M9 16h6"/>',
    "search": (
        f'<circle {_STROKE} cx="10.5" cy="10.5" r="6.5"/><path {_STROKE} d="m15.5 15.5 5 5"/>'
    ),
    "info": (
        f'<circle {_STROKE} cx="12" cy="12" r="8.8"/><path {_STROKE} d="M12 11v5.5M12 7.5v.1"/>'
    ),
    "sound": (
        f'<path {_STROKE} d="M4 9.5v5h3.5L12 19V5L7.5 9.5zM15.5 9a4.5 4.5 0 0 1 0 6'
        'M18 6.5a8 8 0 0 1 0 11"/>'
    ),
    "place": (
        f'<path {_STROKE} d="M12 21c-4.5-5-6.5-8-6.5-11a6.5 6.5 0 0 1 13 0c0 3-2 6-6.5 11z"/>'
        f'<circle {_STROKE} cx="12" cy="10" r="2.3"/>'
    ),
    "outside": (
        f'<circle {_STROKE} cx="12" cy="12" r="4"/>'
        f'<path {_STROKE} d="M12 2.5v2.8M12 18.7v2.8M2.5 12h2.8M18.7 12h2.8M5.3 5.3l2 2'
        'M16.7 16.7l2 2M18.7 5.3l-2 2M7.3 16.7l-2 2"/>'
    ),
    "house": f'<path {_STROKE} d="M3 11.5 12 4l9 7.5M5.5 9.5V20h13V9.5M10 20v-6h4v6"/>',
    "window": f'<path {_STROKE} d="M4.5 3.5h15v17h-15zM12 3.5v17M4.5 12h15"/>',
    "mask": (
        f'<path {_STROKE} d="M5.5 9c4-2.5 9-2.5 13 0v5c-3 5.5-10 5.5-13 0zM9 11.5h6M9 14.5h6"/>'
        f'<path {_STROKE} d="M5.5 10.5H2.5M18.5 10.5h3"/>'
    ),
    "no-running": (
        f'<circle {_STROKE} cx="14.5" cy="4.5" r="1.6"/>'
        f'<path {_STROKE} d="m6 9 4-2 3.5 2-2 5 4 2.5v5M11.5 14 9 17.5H5M14 10l2 2h3'
        'M3 3l18 18"/>'
    ),
    "empty": f'<path {_STROKE} d="M3.5 13.5 6 5h12l2.5 8.5V19h-17zM3.5 13.5H9a3 3 0 0 0 6 0h5.5"/>',
    "wait": f'<path {_STROKE} d="M12 3.5a8.5 8.5 0 1 0 8.5 8.5"/>',
    "broken": (
        f'<circle {_STROKE} cx="12" cy="12" r="8.8"/><path {_STROKE} d="m8.5 8.5 7 7m0-7-7 7"/>'
    ),
    "lock": f'<path {_STROKE} d="M5 11h14v9.5H5zM8 11V8a4 4 0 0 1 8 0v3"/>',
    "up": f'<path {_STROKE} d="m5 15 7-7 7 7"/>',
    "down": f'<path {_STROKE} d="m5 9 7 7 7-7"/>',
    "both": f'<path {_STROKE} d="m6 10 6-6 6 6M6 14l6 6 6-6"/>',
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
