"""Colours are readable: contrast by WCAG 2.2 (success criteria 1.4.3, 1.4.6, 1.4.11)."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import madang.web

CSS = Path(madang.web.__path__[0]) / "static" / "web"
TOKENS = (CSS / "tokens.css").read_text(encoding="utf-8")
TEXT = [
    ("ink", "paper"), ("ink", "ground"), ("ink-soft", "paper"), ("ink-soft", "ground"),
    ("accent", "paper"), ("accent", "ground"), ("accent-ink", "accent"),
    ("accent", "accent-ground"), ("danger", "paper"), ("danger", "danger-ground"),
    ("warn", "paper"), ("warn", "warn-ground"), ("ink", "danger-ground"), ("ink", "warn-ground"),
    *((f"cai-{c}", f"cai-{c}-ground") for c in ("good", "moderate", "bad", "very-bad")),
]  # fmt: skip
SHAPES = [("line-strong", "paper"), ("focus", "paper"), ("focus", "ground"), ("accent", "paper")]
THEMES = {
    "light": r":root \{(.*?)\n\}",
    "dark": r'\n:root\[data-theme="dark"\]:not\(\[data-display="contrast"\]\) \{(.*?)\n\}',
    "contrast": r'\n:root\[data-display="contrast"\] \{(.*?)\n\}',
}


def colours(theme: str) -> dict[str, str]:
    block = re.search(THEMES[theme], TOKENS, re.DOTALL)
    assert block is not None
    return dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", block[1]))


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
    wanted = 7.0 if theme == "contrast" else 4.5
    assert contrast(found[pair[0]], found[pair[1]]) >= wanted


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("pair", SHAPES, ids="-on-".join)
def test_lines_that_mean_something_are_visible(theme: str, pair: tuple[str, str]):
    found = colours(theme)
    assert contrast(found[pair[0]], found[pair[1]]) >= 3.0


def test_dark_by_the_system_and_dark_by_the_page_are_the_same():
    media = re.search(
        r"prefers-color-scheme: dark\) \{\s*:root[^{]*\{(.*?)\n  \}", TOKENS, re.DOTALL
    )
    assert media is not None
    assert dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", media[1])) == colours("dark")


def test_every_theme_has_every_colour():
    assert colours("light").keys() == colours("dark").keys() == colours("contrast").keys()


def test_no_stylesheet_but_the_tokens_names_a_colour():
    for sheet in CSS.glob("*.css"):
        if sheet.name != "tokens.css":
            plain = sheet.read_text(encoding="utf-8").split("@media print")[0]
            assert not re.findall(r"#[0-9a-fA-F]{3,8}\b(?!-)|rgba?\(|hsla?\(", plain), sheet.name


def test_every_token_used_exists():
    defined = set(re.findall(r"(--[a-z0-9-]+):", TOKENS))
    for sheet in CSS.glob("*.css"):
        used = set(re.findall(r"var\((--[a-z0-9-]+)\)", sheet.read_text(encoding="utf-8")))
        assert used <= defined
