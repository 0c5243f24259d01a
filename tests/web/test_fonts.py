"""Fonts: cut from the source without its reserved name, covering what pages show, small."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.test import Client

from madang.city.api import known_cities, load_profile
from madang.kernel.languages import script
from madang.web import fonts as pages
from madang.web import vendor
from madang.web.fonts import SHEET_OF, font_sheets
from tools import fonts

LAID = vendor.FOLDER / fonts.FOLDER
needs_fonts = pytest.mark.skipif(not LAID.is_dir(), reason="not fetched (make assets)")
DEVICE = {"Hans", "Hant", "Jpan"}  # shapes that the device brings
PRETENDARD = {"Latn", "Cyrl"}


def test_the_slices_share_no_character_and_hold_our_own_texts():
    cut = fonts.slices()
    points = [point for slice_ in cut.values() for point in slice_]
    assert len(points) == len(set(points))
    assert {ord(c) for c in "서울대기질마포구㎍㎥①"} <= set(cut["core"])
    syllables = [point for point in (*cut["core"], *cut["common"]) if 0xAC00 <= point <= 0xD7A3]
    assert 2350 <= len(syllables) < 2500  # those of KS X 1001, and some in names


def test_a_range_of_one_stands_alone():
    assert fonts.ranges([5, 3, 4, 9]) == "U+3-5,U+9"


@pytest.mark.parametrize("city", known_cities())
def test_every_language_of_every_city_has_letters(city: str):
    for language in load_profile(city).languages:
        letters = script(language.code)
        assert letters in DEVICE | PRETENDARD or letters in SHEET_OF, language.code


def test_without_fonts_pages_go_by_the_device(monkeypatch):
    monkeypatch.setattr(pages, "is_here", lambda name: False)
    font_sheets.cache_clear()
    assert font_sheets("ko") == ()
    font_sheets.cache_clear()


@needs_fonts
def test_a_page_links_latin_and_its_own_script_only():
    font_sheets.cache_clear()
    assert font_sheets("ko") == tuple(
        f"/static/vendor/fonts/{name}.css" for name in ("latin", "hangul")
    )
    assert font_sheets("ar")[1:] == ("/static/vendor/fonts/arabic.css",)
    assert font_sheets("vi") == font_sheets("en") == font_sheets("zh-hans")


@needs_fonts
@pytest.mark.django_db
def test_fonts_stand_below_the_text(client: Client):
    page = client.get("/status/").content.decode()
    assert page.index("vendor/fonts/latin.css") > page.index("</footer>")


@needs_fonts
@pytest.mark.parametrize("sheet", sorted(path.name for path in LAID.glob("*.css")))
def test_each_file_is_there_covers_its_range_and_swaps(sheet: str):
    from fontTools.ttLib import TTFont

    rules = re.findall(r"@font-face\{(.*?)\}", (LAID / sheet).read_text(encoding="utf-8"))
    assert rules
    for rule in rules:
        assert "font-display:swap" in rule
        file = LAID / re.search(r'url\("(.*?)"\)', rule)[1]
        font = TTFont(file)
        if "Madang Sans" in rule:
            covered = set(font.getBestCmap())
            assert promised(rule) <= covered
            assert file.stat().st_size < 140_000
        names = {record.nameID: str(record) for record in font["name"].names}
        assert names.get(1, "").startswith("Madang Sans" if "Madang" in rule else "Noto Sans")
        if "Madang Sans" in rule:
            kept = " ".join(text for number, text in names.items() if number not in (0, 13, 14))
            assert not re.search("Pretendard|Inter|Source", kept)


def promised(rule: str) -> set[int]:
    found: set[int] = set()
    for part in re.search(r"unicode-range:(.*)$", rule)[1].split(","):
        start, _, end = part.strip().removeprefix("U+").partition("-")
        found |= set(range(int(start, 16), int(end or start, 16) + 1))
    return found


@needs_fonts
def test_the_licence_is_shipped():
    notice = (vendor.FOLDER / "NOTICE.txt").read_text(encoding="utf-8")
    assert "Reserved Font Name 'Pretendard'" in notice
    assert "OFL" in notice or "SIL OPEN FONT LICENSE" in notice


def test_no_font_is_in_the_repository():
    ours = Path(pages.__file__).parents[1]
    for path in ours.rglob("*"):
        if path.suffix in {".woff", ".woff2", ".ttf", ".otf"}:
            assert vendor.FOLDER in path.parents, path
