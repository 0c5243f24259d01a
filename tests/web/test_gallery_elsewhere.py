"""The gallery of another city: the languages and scripts that Seoul's pages do not have."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from madang.city.api import known_cities, load_profile
from tests.web.browser import needs_browser
from tests.web.gallery_of_a_city import OF_SEOUL

HERE = Path(__file__).parent
LOCALES = HERE.parents[1] / "src" / "madang" / "web" / "locale"
CITY = "addis_ababa"  # Amharic, in Ethiopic letters


def test_amharic_is_the_only_language_of_pages_that_seoul_has_not():
    spoken = {one.code for name in known_cities() for one in load_profile(name).languages}
    with_pages = {code for code in spoken if (LOCALES / code.replace("-", "_")).is_dir()}
    assert {code.lower() for code in with_pages} - OF_SEOUL == {"am"}


@pytest.mark.system
@pytest.mark.long
@pytest.mark.timeout(600)
@needs_browser
def test_the_gallery_of_addis_ababa_is_without_faults():
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("MADANG_", "PYTEST_"))}
    done = subprocess.run(
        [
            *[sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist"],
            *["--confcutdir", str(HERE.parent), str(HERE / "gallery_of_a_city.py")],
        ],
        cwd=HERE.parents[1],
        env={**environment, "MADANG_CITY": CITY},
        capture_output=True,
        text=True,
        timeout=580,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-8000:] + done.stderr[-2000:]
