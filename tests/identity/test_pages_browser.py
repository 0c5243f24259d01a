"""Every page of identity in a real browser, in the states in which people see it.

With each run in Korean; in English, in dark colours, in high contrast, for seniors and from right
to left it is long: the same ways once more. MADANG_PICTURES names a folder for pictures.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from madang.identity.provider import limits
from madang.identity.provider_models import SigningKey
from tests.identity.relying import made_keys
from tests.identity.walk import offices, tours
from tests.identity.walk.visits import Visits
from tests.web.browser import needs_browser, open_browser

__all__ = ["made_keys"]
pytestmark = [
    pytest.mark.system, pytest.mark.data, pytest.mark.timeout(300),
    pytest.mark.django_db(transaction=True), needs_browser,
]  # fmt: skip
TOURS = (
    tours.doors, tours.own_account, tours.acting, tours.helped, tours.at_an_application,
    offices.counter, offices.privacy, offices.administration, offices.applications, offices.kiosk,
)  # fmt: skip
# language, display, themes
OTHERS = (
    ("en", "normal", ("light", "dark")), ("ko", "normal", ("dark",)),
    ("ko", "contrast", ("light", "dark")), ("ko", "senior", ("light",)),
    ("ar", "normal", ("light",)),
)  # fmt: skip
WITH_EACH_RUN = (tours.doors, tours.acting, tours.at_an_application, offices.administration)
of_tours = pytest.mark.parametrize("tour", TOURS, ids=lambda tour: tour.__name__)


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    with open_browser(tmp_path_factory.mktemp("browser")) as opened:
        yield opened


@pytest.fixture
def site(live_server, transactional_db, made_keys) -> str:
    SigningKey.objects.bulk_create(made_keys)
    limits.forget()
    return live_server.url


@pytest.mark.parametrize(
    "tour",
    [
        pytest.param(one, id=one.__name__, marks=() if one in WITH_EACH_RUN else pytest.mark.long)
        for one in TOURS
    ],
)
def test_pages_are_whole(browser, site, tour):
    walk(Visits(browser, site, "ko"), tour)


@pytest.mark.long
@of_tours
@pytest.mark.parametrize(("language", "display", "themes"), OTHERS)
def test_they_are_so_otherwise(browser, site, tour, language, display, themes):
    walk(Visits(browser, site, language, display, themes), tour)


def walk(visits: Visits, tour: Any) -> None:
    tour(visits)
    assert visits.seen
    assert not visits.found, "\n".join(visits.found)
