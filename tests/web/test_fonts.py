"""Fonts: cut from the source without its reserved name, covering what pages show, small."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from django.test import Client

from madang.city.api import known_cities, load_profile
from madang.kernel.languages import script
from madang.web import fonts as pages
from madang.web import vendor
from madang.web.fonts import SHEET_OF, font_sheets
from tools import assets, font_slices, fonts
from tools.font_cutting import ONE_WEIGHT
from tools.message_catalogues import LANGUAGES, catalogue_path, read_catalogue

LAID = vendor.FOLDER / fonts.FOLDER
needs_fonts = pytest.mark.skipif(not LAID.is_dir(), reason="not fetched (make assets)")
DEVICE = {"Hans", "Hant", "Jpan"}  # shapes that the device brings
PRETENDARD = {"Latn", "Cyrl"}
ROOMS = Path(pages.__file__).parents[1]


def test_syllables_are_in_one_slice_and_hold_our_own_texts():
    cut = font_slices.slices()
    points = [point for name in ("first", "core", "common") for point in cut[name]]
    assert len(points) == len(set(points))
    assert {ord(c) for c in "서울대기질마포구"} <= set(cut["first"])
    assert {ord(c) for c in "㎍㎥①"} <= set(cut["core"])
    syllables = [point for point in points if 0xAC00 <= point <= 0xD7A3]
    assert 2350 <= len(syllables) < 2500  # those of KS X 1001, and some in names
    assert {ord(c) for c in "공덕동국민재난"} <= set(cut["names"])


@pytest.mark.parametrize("language", sorted({*LANGUAGES, "am"} - {"ko"}))
def test_an_alphabet_holds_every_letter_of_our_texts(language: str):
    """A word is shaped within one font, and a page needs no second file."""
    tag = language.replace("_", "-").lower()
    sheet = pages._sheet(tag)
    cut = font_slices.slices()
    held = set(cut[sheet] if sheet in cut else font_slices.ALPHABETS[sheet]) | set(cut["latin"])
    device = script(tag) in DEVICE
    for room in ("air", "notices", "web"):
        for message in read_catalogue(catalogue_path(ROOMS / room, language), language):
            texts = message.string if isinstance(message.string, tuple) else (message.string,)
            found = {c for text in texts for c in text if message.id and c.isprintable()}
            missing = {c for c in found if ord(c) not in held and not (device and c > "\u2000")}
            assert not missing, f"{language}: {missing} in {message.id!r}"


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
    assert font_sheets("ko") == ("/static/vendor/fonts/hangul.css",)
    assert font_sheets("ar") == ("/static/vendor/fonts/arabic.css",)
    assert font_sheets("vi") == ("/static/vendor/fonts/vietnamese.css",)
    assert font_sheets("en") == font_sheets("zh-hans") == ("/static/vendor/fonts/latin.css",)


@needs_fonts
def test_the_names_of_a_city_have_letters_on_pages_in_other_scripts(monkeypatch):
    monkeypatch.setattr(pages, "profile", lambda: load_profile("addis_ababa"))
    font_sheets.cache_clear()
    assert font_sheets("en") == tuple(
        f"/static/vendor/fonts/{name}.css" for name in ("ethiopic", "latin")
    )
    assert font_sheets("am") == ("/static/vendor/fonts/ethiopic.css",)
    font_sheets.cache_clear()
    for sheet in ("latin", "bengali", "vietnamese"):
        assert "U+AC00-D7A3" in (LAID / f"{sheet}.css").read_text(encoding="utf-8")


@needs_fonts
@pytest.mark.django_db
def test_a_page_asks_at_once_for_the_files_that_all_its_texts_need(client: Client):
    page = client.get("/status/?lang=ko").content.decode()
    asked = re.findall(r'rel="preload" href="/static/vendor/fonts/(.*?)"', page)
    assert asked == ["latin-400.woff2", "latin-700.woff2", "first-400.woff2", "first-700.woff2"]
    assert page.index("first-700.woff2") < page.index("</head>")


@needs_fonts
def test_the_files_of_every_stylesheet_are_there():
    first = json.loads((LAID / fonts.FIRST).read_text(encoding="utf-8"))
    assert set(first) == {path.stem for path in LAID.glob("*.css")} - set(font_slices.WHOLE)
    for sheet, names in first.items():
        rules = (LAID / f"{sheet}.css").read_text(encoding="utf-8")
        assert all(f'url("{name}")' in rules and (LAID / name).is_file() for name in names)


@needs_fonts
@pytest.mark.parametrize("sheet", sorted(path.name for path in LAID.glob("*.css")))
def test_each_file_is_there_covers_its_range_and_swaps(sheet: str):
    from fontTools.ttLib import TTFont

    rules = re.findall(r"@font-face\{(.*?)\}", (LAID / sheet).read_text(encoding="utf-8"))
    rules = [rule for rule in rules if "url(" in rule]  # others name a face of the device
    assert rules
    for rule in rules:
        assert "font-display:swap" in rule
        file = LAID / re.search(r'url\("(.*?)"\)', rule)[1]
        font = TTFont(file)
        if "Madang Sans" in rule:
            covered = set(font.getBestCmap())
            assert promised(rule) <= covered or "U+AC00-D7A3" in rule
            assert file.stat().st_size < 140_000
        names = {record.nameID: str(record) for record in font["name"].names}
        assert names.get(1, "").startswith("Madang Sans" if "Madang" in rule else "Noto Sans")
        if "Madang Sans" in rule:
            kept = " ".join(text for number, text in names.items() if number not in (0, 13, 14))
            assert not re.search("Pretendard|Inter|Source", kept)


@needs_fonts
def test_a_later_rule_takes_a_character_from_an_earlier_one():
    """CSS Fonts 4, 4.5: of rules that promise a character the last counts; ours come last."""
    for sheet in ("vietnamese", "cyrillic", "western"):
        text = (LAID / f"{sheet}.css").read_text(encoding="utf-8")
        assert f'url("{sheet}-700.woff2")' in text.splitlines()[-1]
        assert 0x41 in promised(text.splitlines()[-1].rstrip("}"))


@needs_fonts
def test_letters_that_join_still_join_and_the_bold_is_bold():
    """A cut alphabet keeps its rules of joining, and a variable one both ends of its weights.

    Where letters join in hundreds of ways there is one weight, and its whole file behind it.
    """
    from fontTools.ttLib import TTFont

    for script_ in ("arabic", "bengali", "devanagari", "khmer", "sinhala"):
        font = TTFont(LAID / f"{script_}.woff2")
        if script_ in ONE_WEIGHT:
            assert "fvar" not in font
        else:
            weight = next(axis for axis in font["fvar"].axes if axis.axisTag == "wght")
            assert (weight.minValue, weight.maxValue) == (400, 700)
        features = {record.FeatureTag for record in font["GSUB"].table.FeatureList.FeatureRecord}
        assert {"init", "medi", "fina"} & features or {"half", "pres", "blwf", "rkrf"} & features
        assert "mark" in {r.FeatureTag for r in font["GPOS"].table.FeatureList.FeatureRecord}


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
    laid = {vendor.FOLDER, assets.PAPER}  # neither is committed
    ours = Path(pages.__file__).parents[1]
    for path in ours.rglob("*"):
        if path.suffix in {".woff", ".woff2", ".ttf", ".otf"}:
            assert laid & set(path.parents), path
