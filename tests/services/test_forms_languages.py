"""A form in another language is so in all its words, the consent with them."""

from __future__ import annotations

from madang.city.api import profile
from madang.services.api import read_package
from madang.services.forms.languages import in_language


def test_what_is_agreed_to_is_said_in_the_reader_s_language():
    package, _sources, _problems = read_package(
        profile().folder / "services" / "resident-registration-copy"
    )
    assert package is not None
    english = in_language(package, ("en", "ko"))
    assert english.pages.consent.startswith("I agree")
    assert english.service.title.isascii()
