"""The gallery shows every part in every language and display, and every part is in it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

import madang.web
from madang.web.choices import DISPLAYS
from madang.web.gallery import addresses
from tests.web.html import check_structure, page

pytestmark = [pytest.mark.data, pytest.mark.django_db]
WEB = Path(madang.web.__path__[0])
# on every page, through base.html, or in its head: nothing to look at
SHELL = {"masthead", "alerts", "breadcrumb", "ways_out", "typed_fonts"}
HOME = {"district_form", "ways_in"}  # made of fields and cards


@pytest.mark.parametrize("language", ["ko", "en"])
def test_the_gallery_is_well_built_and_translated(client: Client, language: str):
    page(client, "/design/", language)


def test_an_address_names_language_display_and_colours(client: Client):
    for address in addresses():
        response = client.get(address)
        assert response.status_code == 200
        assert response["Content-Language"] in address
        opening = re.search(r"<html[^>]*>", response.content.decode())[0]
        assert f'data-display="{re.search("display=([a-z]+)", address)[1]}"' in opening
        assert f'data-theme="{re.search("theme=([a-z]+)", address)[1]}"' in opening
    assert len(addresses()) == len(settings.LANGUAGES) * len(DISPLAYS) * 2


def test_choosing_again_wins_over_the_address(client: Client):
    root = page(client, "/design/?display=senior&sort=-value", "en")
    links = root.xpath("//a[starts-with(@href, '/display/easy/')]/@href")
    assert links == ["/display/easy/?next=/design/%3Fsort%3D-value"]


@pytest.mark.parametrize(
    ("sort", "first"), [("name", "Jongno-gu"), ("-value", "Jung-gu"), ("bogus", "Jongno-gu")]
)
def test_a_table_sorts_without_a_script(client: Client, sort: str, first: str):
    root = page(client, f"/design/?sort={sort}", "en")
    table = root.find(".//section[@id='tables']//table")
    assert table.findtext("tbody/tr/th") == first
    heads = [head.get("aria-sort") for head in table.findall(".//th[@scope='col']")]
    assert heads.count(None) >= 2
    check_structure(root, "en")


def test_every_part_is_shown():
    shown = (WEB / "templates/web/design.html").read_text(encoding="utf-8")
    for part in sorted((WEB / "templates/web/parts").glob("*.html")):
        if part.stem not in SHELL | HOME:
            assert f"web/parts/{part.name}" in shown, part.name


def test_every_part_is_in_the_reference():
    written = Path("docs/reference/components.md").read_text(encoding="utf-8")
    for part in sorted((WEB / "templates/web/parts").glob("*.html")):
        if part.stem not in SHELL | HOME:
            assert f"web/parts/{part.name}" in written, part.name
