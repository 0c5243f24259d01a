"""What people are called on pages: by the form of their name that the reader can read."""

from __future__ import annotations

import pytest
from django.utils.translation import override

from madang.city.api import load_profile
from madang.identity import names
from madang.identity.acts import ACT, MANDATES
from tests.identity.residents import resident

HOMES = [
    # city, page, what is shown of a name registered in the city's script that has a Latin form
    ("seoul", "ko", "registered"),
    ("seoul", "vi", "latin"),
    ("seoul", "ja", "latin"),
    ("addis_ababa", "am", "registered"),
    ("addis_ababa", "ti", "registered"),  # the same letters
    ("addis_ababa", "om", "latin"),
    ("addis_ababa", "ko", "latin"),
    ("phnom_penh", "km", "registered"),
    ("phnom_penh", "ko", "latin"),
    ("ulaanbaatar", "mn", "registered"),
    ("ulaanbaatar", "ru", "registered"),
    ("bogota", "es", "registered"),
    ("bogota", "ko", "registered"),  # registered in Latin letters
]


@pytest.mark.data
@pytest.mark.django_db
@pytest.mark.parametrize(("city", "page", "form"), HOMES)
def test_a_reader_of_the_citys_script_gets_the_registered_name(monkeypatch, city, page, form):
    person = resident("registered", latin="latin").person_id
    monkeypatch.setattr(names, "profile", lambda: load_profile(city))
    with override(page):
        assert names.names_of([person], by=MANDATES, why=ACT) == {person: form}


def test_a_preferred_name_comes_first_and_any_name_before_none():
    forms = {"preferred": "Sky", "registered": "김하늘"}
    assert names.chosen(forms, names.order_of_forms("vi", "ko")) == "Sky"
    assert names.chosen({"registered": "김하늘"}, names.order_of_forms("vi", "ko")) == "김하늘"
    assert names.chosen({}, names.order_of_forms("vi", "ko")) == ""
