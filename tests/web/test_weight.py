"""The first page is light: what a phone fetches before it can be read, compressed by gzip."""

from __future__ import annotations

import gzip
from urllib.parse import urlsplit

import pytest
from django.contrib.staticfiles import finders
from django.test import Client
from lxml import html

from madang.web import context

pytestmark = [pytest.mark.data, pytest.mark.django_db]
GOAL = 100_000  # bytes of the first page without the map and without fonts
NOW = 40_000  # what it weighs today with room; fonts come below the text and are kept


def weight(client: Client, path: str) -> dict[str, int]:
    """Return the compressed size of a page and of all it asks for but fonts, by address."""
    client.cookies["django_language"] = "ko"
    body = client.get(path).content
    root = html.fromstring(body.decode())
    asked = root.xpath("//head//link[@rel='stylesheet']/@href | //script/@src | //img/@src")
    found = {path: len(gzip.compress(body))}
    for address in asked:
        file = finders.find(urlsplit(address).path.removeprefix("/static/"))
        assert file, f"{address} is not ours"
        with open(file, "rb") as content:  # noqa: PTH123
            found[address] = len(gzip.compress(content.read()))
    return found


@pytest.mark.parametrize("path", ["/", "/air/"])
def test_the_first_page_is_light(client: Client, path: str):
    context._kept_alerts.clear()
    parts = weight(client, path)
    assert sum(parts.values()) <= NOW < GOAL, parts
