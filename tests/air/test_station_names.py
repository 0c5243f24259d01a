"""Stations are named in the page's language as far as their name begins with a place's."""

from __future__ import annotations

import pytest
from django.utils.translation import override

from madang.air.nearest import name_to_read


@pytest.mark.parametrize(
    ("language", "name", "shown"),
    [
        ("en", "공덕동 H0133", "Gongdeok-dong H0133"), ("ko", "공덕동 H0133", "공덕동 H0133"),
        ("bn", "마포구", "Mapo-gu"), ("en", "청계천로", "청계천로"), ("en", "Roof 3", "Roof 3"),
    ],
)  # fmt: skip
def test_a_place_in_a_name_is_read_in_the_pages_language(language, name, shown):
    with override(language):
        assert name_to_read(name) == shown
