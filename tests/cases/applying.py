"""A browser that applies, for tests: fills the page it is on and sends it."""

from __future__ import annotations

import re
import shutil
from functools import cache
from html import unescape
from pathlib import Path

from django.test import Client

from madang.access.api import system_actor
from madang.city.loader import cities_folder
from madang.services import api as services

COPY = "resident-registration-copy"
SHIPPED = cities_folder() / "seoul" / "services"
OFFICE = system_actor("command-line")
_HIDDEN = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)"')


def published(name: str = COPY) -> str:
    """Publish a service of Seoul's and return its hash."""
    return services.publish(SHIPPED / name, OFFICE).hash


def changed(folder: Path, *changes: tuple[str, str, str], name: str = COPY) -> str:
    """Publish a service of Seoul's with texts replaced (file, old, new) and return its hash."""
    if not (folder / name).exists():
        shutil.copytree(SHIPPED / name, folder / name)
    for file, old, new in changes:
        path = folder / name / file
        text = path.read_text("utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), "utf-8")
    return services.publish(folder / name, OFFICE).hash


@cache
def hidden(page: str) -> dict[str, str]:
    """Return the hidden fields of a page."""
    return {name: unescape(value) for name, value in _HIDDEN.findall(page)}


def send(client: Client, url: str, **fields: object):
    """Open a page, send its form with these fields, and return the answer."""
    page = client.get(url)
    assert page.status_code == 200, (url, page.status_code, page.headers.get("Location"))
    given = hidden(page.content.decode()) | {"do": "next"} | fields
    return client.post(url, given)


def begun(client: Client, service: str = COPY, look: str = "yes") -> str:
    """Begin an application and return the address of its first page."""
    answer = client.post(f"/apply/{service}/", {"look": look})
    assert answer.status_code == 302, answer.content.decode()[:2000]
    return answer["Location"]


def answered(client: Client, service: str = COPY, look: str = "yes") -> str:
    """Answer all questions of the copy of the resident registration; return the last address."""
    url = begun(client, service, look)
    for fields in ({"copy_kind": "household"}, {"show_numbers": "no"}, {"copies": "2"}):
        answer = send(client, url, **fields)
        assert answer.status_code == 302, answer.content.decode()
        url = answer["Location"]
    return url
