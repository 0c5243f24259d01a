"""The fonts of papers: what is laid is what is covered, with its licence, and never half."""

from __future__ import annotations

import json

from madang.city.api import known_cities, load_profile
from madang.records import fonts
from madang.records.fonts import FOLDER, missing_characters
from tests.records.papers import needs_fonts
from tools import document_fonts


@needs_fonts
def test_fonts_are_laid_with_their_licences():
    notice = (FOLDER / document_fonts.NOTICE).read_text(encoding="utf-8")
    assert "SIL OPEN FONT LICENSE" in notice.upper()
    assert "Pretendard" not in fonts.fonts().families  # the licence reserves the name


@needs_fonts
def test_every_character_that_is_said_to_be_covered_is_in_a_font():
    from fontTools.ttLib import TTFont

    laid = json.loads((FOLDER / fonts.COVERAGE).read_text(encoding="utf-8"))["fonts"]
    for font in laid:
        own = set(TTFont(FOLDER / font["file"]).getBestCmap())
        said = {point for first, last in font["ranges"] for point in range(first, last + 1)}
        assert said == own, font["file"]


@needs_fonts
def test_the_names_of_every_city_and_its_places_can_be_printed():
    for city in known_cities():
        profile = load_profile(city)
        own = profile.city.default_language
        names = [profile.name(own), *(unit.name(own) for unit in profile.districts())]
        assert missing_characters("".join(names)) == "", city


def test_what_lacks_a_file_is_not_laid(tmp_path):
    assert not document_fonts.is_laid(tmp_path, "s")
    about = {"stamp": "s", "fonts": [{"file": "a.ttf"}]}
    (tmp_path / document_fonts.COVERAGE).write_text(json.dumps(about))
    assert not document_fonts.is_laid(tmp_path, "s")
    (tmp_path / "a.ttf").touch()
    assert document_fonts.is_laid(tmp_path, "s")
    assert not document_fonts.is_laid(tmp_path, "other")


def test_nothing_is_laid_without_the_sources(tmp_path):
    document_fonts.lay(tmp_path / "node_modules", tmp_path / "fonts", "s", "licences")
    assert not (tmp_path / "fonts").exists()
