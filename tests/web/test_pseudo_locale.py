"""No page has a text that cannot be translated."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.test import Client

from madang.air.present import forget_present_air
from madang.identity import api as identity
from madang.web import context
from tests.air.conftest import MAPO
from tests.staff import PASSWORD, sign_in
from tests.web.pseudo import hard_coded, pseudo, pseudo_languages

pytestmark = [pytest.mark.data, pytest.mark.django_db]
STATION_NAMES = frozenset({"Mapo"})  # told by who runs the stations, in one language
PAGES = (
    "/", "/air/", f"/air/{MAPO}/", "/air/measures/", "/status/", "/accessibility/", "/privacy/",
    "/sign-in/", "/nowhere/",
)  # fmt: skip
STAFF_PAGES = (
    "/operations/", "/operations/dead-letters/", "/operations/jobs/", "/operations/gateways/",
)  # fmt: skip


@pytest.fixture(autouse=True)
def offered():
    context._kept_alerts.clear()
    forget_present_air()
    with pseudo_languages():
        yield
    context._kept_alerts.clear()


def test_pseudo_texts_keep_values_and_grow_by_two_fifths():
    text = "Nothing stands against being outside in %(place)s."
    shown = pseudo(text)
    assert "%(place)s" in shown
    assert len(shown) >= 1.35 * len(text)


def test_a_text_past_gettext_is_seen():
    page = f"<p>{pseudo('Good')}</p><p>Hard <b lang='en'>Mapo-gu</b></p><p>31 µg/m³</p>"
    assert hard_coded(page.encode()) == ["Hard"]


@pytest.mark.parametrize("language", ["en-xa", "ar-xb"])
@pytest.mark.parametrize("path", [*PAGES, *STAFF_PAGES])
def test_no_text_is_hard_coded(client: Client, station, language: str, path: str):
    station(origin="simulated")
    if path in STAFF_PAGES:
        identity.add_user("lee", ["operator", "officer"], password=PASSWORD)
        sign_in(client, "lee")
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    response = client.get(path, headers={"accept": "text/html"})
    page = response.content
    way = "rtl" if language == "ar-xb" else "ltr"
    assert f'<html lang="{language}" dir="{way}"'.encode() in page
    assert hard_coded(page, STATION_NAMES) == []
