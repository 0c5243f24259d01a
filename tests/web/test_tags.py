"""Template tags: what they write, and that they escape it."""

from __future__ import annotations

import math

import pytest
from django.utils.translation import override

from madang.web.templatetags import madang as tags


def test_a_name_with_a_hyphen_stays_on_one_line_and_is_escaped():
    assert tags.unbroken("Air in Mapo-gu") == 'Air in <span class="nowrap">Mapo-gu</span>'
    assert tags.unbroken("<b> <i-x>") == '&lt;b&gt; <span class="nowrap">&lt;i-x&gt;</span>'


def test_a_name_without_translation_says_its_language_where_the_page_has_another():
    with override("en"):
        assert tags.lang_of_name("공덕동 S0532") == ' lang="ko"'
        assert tags.lang_of_name("Mapo-gu") == ""
    with override("ko"):
        assert tags.lang_of_name("공덕동 S0532") == ""


@pytest.mark.parametrize(
    "after", ["空气质量差。请缩短户外运动时间。", "の空気", "๑อากาศ", "၏လေထု", "នៅ", "（差）"]
)
def test_a_name_ends_where_a_script_without_spaces_begins(after: str):
    assert tags.unbroken(f"Mapo-gu{after}") == f'<span class="nowrap">Mapo-gu</span>{after}'


@pytest.mark.parametrize("value", [None, math.nan])
def test_what_is_missing_is_a_dash_and_never_zero(value: float | None):
    assert tags.number(value) == "–"
    assert tags.span(None) == "–"
    assert tags.moment(None) == tags.clock(None) == "–"


@pytest.mark.parametrize(
    ("value", "text"), [(2345.6, "2,346"), (12.34, "12.3"), (3.0, "3"), (0.456, "0.46")]
)
def test_a_figure_has_about_three_digits(value: float, text: str):
    assert tags.figure(value) == text


@pytest.mark.parametrize("name", ["good", "moderate", "bad", "very-bad", "none", "<x>"])
def test_every_air_class_has_icon_and_word(name: str):
    badge = tags.cai_class(name)
    assert "<svg" in badge
    assert "<x>" not in badge
