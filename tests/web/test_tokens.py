"""Colours are readable: contrast by WCAG 2.2 (success criteria 1.4.3, 1.4.6, 1.4.11)."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import madang.web

CSS = Path(madang.web.__path__[0]) / "static" / "web"
ROOMS = Path(madang.web.__path__[0]).parent
# every room's own stylesheets; what comes from elsewhere is not ours to judge
SHEETS = sorted(path for path in ROOMS.glob("*/static/*/*.css") if path.parent.name != "vendor")
TOKENS = (CSS / "tokens.css").read_text(encoding="utf-8")
TEXT = [
    *((text, ground) for text in ("text-basic", "text-subtle", "text-primary")
      for ground in ("background-basic", "surface-basic", "surface-subtle")),
    ("text-primary", "surface-primary-subtle"), ("text-basic", "surface-primary-subtle"),
    ("button-primary-text", "button-primary-fill"),
    ("button-primary-text", "button-primary-fill-hover"),
    ("button-danger-text", "button-danger-fill"),
    *((f"text-{c}", f"surface-{c}-subtle")
      for c in ("danger", "warning", "success", "information")),
    *((f"text-{c}", "background-basic") for c in ("danger", "warning", "success", "information")),
    *(("text-basic", f"surface-{c}-subtle") for c in ("danger", "warning")),
    *((f"air-{c}", f"air-{c}-surface") for c in ("good", "moderate", "bad", "very-bad")),
]  # fmt: skip
SHAPES = [
    ("border-gray", "background-basic"), ("border-focus", "background-basic"),
    ("border-focus", "surface-subtle"), ("text-primary", "background-basic"),
    *((f"chart-{n}", "background-basic") for n in (1, 2, 3, 4)),
]  # fmt: skip
SCREEN = r"@media screen \{\n  "
DARK_MEDIA = r"@media screen and \(prefers-color-scheme: dark\) \{\n  "
THEMES = {
    "light": r':root,\n\[data-theme="light"\] \{(.*?)\n\}',
    "dark": SCREEN + r'\[data-theme="dark"\] \{(.*?)\n  \}',
    "contrast": r'\n\[data-display="contrast"\] \{(.*?)\n\}',
    "dark contrast": SCREEN + r'\[data-display="contrast"\]\[data-theme="dark"\] \{(.*?)\n  \}',
}
BY_THE_DEVICE = {
    "dark": DARK_MEDIA + r':root:not\(\[data-theme="light"\]\) \{(.*?)\n  \}',
    "dark contrast": DARK_MEDIA
    + r'\[data-display="contrast"\]:not\(\[data-theme="light"\]\) \{(.*?)\n  \}',
}


def colours(theme: str) -> dict[str, str]:
    return _block(THEMES[theme])


def _block(pattern: str) -> dict[str, str]:
    block = re.search(pattern, TOKENS, re.DOTALL)
    assert block is not None
    return dict(re.findall(r"--color-([a-z0-9-]+): (#[0-9a-f]{6});", block[1]))


def luminance(colour: str) -> float:
    """Return relative luminance (WCAG 2.2, definition)."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    bright, dim = sorted((luminance(one), luminance(other)), reverse=True)
    return (bright + 0.05) / (dim + 0.05)


def test_contrast_is_computed_as_the_guideline_says():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)  # WebAIM's example


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("pair", TEXT, ids="-on-".join)
def test_text_is_readable(theme: str, pair: tuple[str, str]):
    found = colours(theme)
    wanted = 7.0 if "contrast" in theme else 4.5
    assert contrast(found[pair[0]], found[pair[1]]) >= wanted


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("pair", SHAPES, ids="-on-".join)
def test_lines_that_mean_something_are_visible(theme: str, pair: tuple[str, str]):
    found = colours(theme)
    assert contrast(found[pair[0]], found[pair[1]]) >= 3.0


@pytest.mark.parametrize("theme", BY_THE_DEVICE)
def test_colours_by_the_device_and_by_choice_are_the_same(theme: str):
    assert _block(BY_THE_DEVICE[theme]) == colours(theme)


def test_every_theme_has_every_colour():
    assert len({frozenset(colours(theme)) for theme in THEMES}) == 1
    assert len(colours("light")) > 30


def test_stylesheets_know_no_left_and_right():
    """Right-to-left pages and vertical text mirror by themselves (CSS logical properties)."""
    physical = re.compile(
        r"(?<![\w-])((margin|padding|border|scroll-(margin|padding))-(left|right|top|bottom)"
        r"|(left|right|top|bottom)\s*:|text-align:\s*(left|right)|float:\s*(left|right))"
    )
    for sheet in SHEETS:
        found = physical.findall(sheet.read_text(encoding="utf-8"))
        assert not found, f"{sheet.name}: {found}"


def test_no_stylesheet_but_the_tokens_names_a_colour():
    for sheet in SHEETS:
        if sheet.name not in ("tokens.css", "print.css"):
            plain = sheet.read_text(encoding="utf-8")
            assert not re.findall(r"#[0-9a-fA-F]{3,8}\b(?!-)|rgba?\(|hsla?\(", plain), sheet.name


def test_every_token_used_exists():
    defined = set(re.findall(r"(--[a-z0-9-]+):", TOKENS))
    for sheet in SHEETS:
        used = set(re.findall(r"var\((--[a-z0-9-]+)\)", sheet.read_text(encoding="utf-8")))
        assert used <= defined
