"""The city's own words in the house's texts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import polib
import pytest
from django.test import override_settings
from django.utils.translation import gettext, ngettext, override

from madang.city.api import known_cities, load_profile
from madang.kernel.wording import worded

ES = load_profile("bogota").city.wording["es"]
KO = {"구": "칸", "자치구": "칸"}
CATALOGUES = Path("src/madang")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Choose a district", "Choose a locality"),
        ("Districts, district by district", "Localities, locality by locality"),
        ("%(district)s {district} <a href='/district/'>district</a>",
         "%(district)s {district} <a href='/district/'>locality</a>"),
        ("redistricting", "redistricting"),
    ],
)  # fmt: skip
def test_whole_words_are_said_the_citys_way(text: str, said: str):
    assert worded(text, {"district": "locality", "districts": "localities"}) == said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Elegir otro distrito", "Elegir otra localidad"),
        ("Ningún distrito", "Ninguna localidad"),
        ("El aire es bueno en los %(n)s distritos", "El aire es bueno en las %(n)s localidades"),
        ("El aire es malo en %(n)s de %(total)s distritos; el peor, %(top)s",
         "El aire es malo en %(n)s de %(total)s localidades; la peor, %(top)s"),
    ],
)  # fmt: skip
def test_phrases_agree_in_gender(text: str, said: str):
    assert worded(text, ES) == said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("구를 고르세요", "칸을 고르세요"),
        ("우리 구는 지금", "우리 칸은 지금"),
        ("이 구의 조치", "이 칸의 조치"),
        ("%(total)s개 구 가운데", "%(total)s개 칸 가운데"),
        ("구별 대기질", "칸별 대기질"),
        ("구독을 요구합니다", "구독을 요구합니다"),
        ("자치구가 아닙니다.", "칸이 아닙니다."),
    ],
)
def test_a_korean_particle_follows_the_new_word(text: str, said: str):
    assert worded(text, KO) == said


def texts_in(language: str) -> Iterator[str]:
    for path in sorted(CATALOGUES.glob(f"*/locale/{language}/LC_MESSAGES/django.po")):
        for entry in polib.pofile(path):
            yield from (entry.msgstr, *entry.msgstr_plural.values())


def test_no_korean_text_keeps_the_word_of_seoul_where_a_city_states_its_own():
    of_seoul = re.compile(r"(?<![가-힣])(자치)?구(?![가-힣])|자치구|(?<![가-힣])구[를의는]")
    assert of_seoul.search("모든 구의 지도")
    said = [worded(text, KO) for text in texts_in("ko")]
    assert not [text for text in said if of_seoul.search(text)]


def test_every_spanish_text_about_districts_agrees_in_bogota():
    masculine = r"(el|los|del|al|un|uno|otros?|est[eo]s?|es[eo]s?|ningún|algún|algunos|todos)"
    wrong = re.compile(rf"\b{masculine} localidad|\bdistrito", re.IGNORECASE)
    assert wrong.search("este localidad")
    assert not [
        said for said in (worded(text, ES) for text in texts_in("es")) if wrong.search(said)
    ]


def test_catalogues_speak_the_citys_words():
    words = {"en": {"district": "locality", "districts": "localities"}, "es": dict(ES)}
    with override_settings(WORDING=words):
        with override("en"):
            assert gettext("Choose a district") == "Choose a locality"
            counted = ngettext("%(n)s district overdue", "%(n)s districts overdue", 3)
            assert counted == "%(n)s localities overdue"
        with override("es"):
            assert gettext("Choose a district") == "Elija una localidad"
    with override("en"):
        assert gettext("Choose a district") == "Choose a district"


def test_the_names_of_districts_in_english_are_the_profiles():
    for name in known_cities():
        profile = load_profile(name)
        level = profile.level_named("district").names["en"].lower()
        word = profile.city.wording.get("en", {}).get("district", "district")
        assert word in level, f"{name}: pages say {word!r}, the profile {level!r}"
