"""What the tutorial on the city's air says is what the pages do."""

from __future__ import annotations

import html
import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest

pytestmark = [pytest.mark.data, pytest.mark.django_db]
PAGE = Path(__file__).parents[2] / "docs/tutorials/your-citys-air-in-ten-minutes.md"
TEXT = PAGE.read_text(encoding="utf-8")
ADDRESSES = sorted(set(re.findall(r"http://localhost:8000(/[^\s>'\"]*)", TEXT)))


@pytest.mark.parametrize("address", ADDRESSES)
def test_every_address_answers(client, address: str):
    parts = urlsplit(address.replace("&amp;", "&"))
    assert client.get(f"{parts.path}?{parts.query}").status_code == 200


def test_the_head_of_the_file_is_as_printed(client):
    printed = re.search(r"\nhour_end,(.*),\.\.\.\n", TEXT)
    head = client.get("/air/11440/hours.csv").content.decode().splitlines()[0]
    assert printed is not None
    assert head.startswith(f"hour_end,{printed[1]},")


def test_the_code_to_copy_is_as_printed(client):
    printed = re.search(r"<iframe .*</iframe>", TEXT)
    assert printed is not None
    answer = client.get("/air/11440/embed/?in=en", headers={"host": "localhost:8000"})
    shown = re.search(r"<pre[^>]*><code>(.*?)</code>", answer.content.decode(), re.DOTALL)
    assert shown is not None
    title = re.compile(r' title="[^"]*"')  # in the page's language
    assert title.sub("", html.unescape(shown[1])) == title.sub("", printed[0])
