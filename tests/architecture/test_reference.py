"""What is not in the reference does not exist for its users."""

from __future__ import annotations

import pytest

from tools import reference


@pytest.mark.parametrize("name", sorted(reference.PAGES))
def test_the_reference_says_what_the_code_says(name):
    written = (reference.FOLDER / name).read_text(encoding="utf-8")
    assert written == reference.PAGES[name](), f"run `make docs` and commit docs/reference/{name}"
