"""The plural forms of each language are those of CLDR, for whole numbers."""

from __future__ import annotations

import gettext

import pytest
from babel import Locale

from tools.message_catalogues import LANGUAGES, plural_forms

NUMBERS = [*range(0, 220), 1000, 1001, 1002, 1011, 10_000, 123_456]


@pytest.mark.parametrize("language", LANGUAGES)
def test_one_form_for_each_class_of_cldr(language: str):
    rule = plural_forms(language).split("plural=")[1].rstrip(";")
    form, cldr = gettext.c2py(rule), Locale.parse(language).plural_form
    pairs = {(cldr(number), form(number)) for number in NUMBERS}
    classes, forms = {name for name, _form in pairs}, {number for _name, number in pairs}
    assert len(pairs) == len(classes) == len(forms), pairs
    assert forms == set(range(int(plural_forms(language)[9]))), "a form that no number has"
