"""A site for browser tests: a day of dust, a measure in force, an operator; and all its pages."""

from __future__ import annotations

from functools import cache

from django.test import Client

from madang.air.present import forget_present_air
from madang.identity import api as identity
from madang.kernel.registry import Page, registry
from madang.kernel.times import HOUR, hour_end, now
from madang.web import context
from tests.air.conftest import MAPO, feed
from tests.staff import PASSWORD, sign_in

NOWHERE = "/nowhere/"  # answered by the page for what does not exist
# one address of each kind of page that needs an argument
SAMPLES = {"air-district": f"/air/{MAPO}/"}


def furnish(station) -> None:
    """Fill the site: readings that lead to a measure, a person who may see all."""
    context._kept_alerts.clear()
    forget_present_air()
    streams = station(origin="simulated")
    end = hour_end(now()) - HOUR
    values = [62.0, 61.0, 60.0, 55.0, 40.0, 30.0]
    hours = [(end - n * HOUR, value) for n, value in enumerate(values)]
    feed(streams["pm25"], "pm25", hours[::-1])
    identity.add_user("lee", ["operator", "officer", "privacy-officer"], password=PASSWORD)


def session() -> str:
    """Return the session of that person."""
    return _signed_in().cookies["madang"].value


@cache
def pages() -> list[str]:
    """Return the addresses of all whole pages of all rooms, and of one missing.

    They are the same whenever the site is furnished, so they are asked for once.
    """
    client = _signed_in()
    plain = [f"/{page.path}" for page in registry().offers(Page) if page.path.isascii()]
    candidates = [path for path in plain if not set(path) & set("<^$?")]
    shown = [path for path in candidates if _is_page(client, path)]
    return [*shown, *SAMPLES.values(), NOWHERE]


def _signed_in() -> Client:
    client = Client()
    sign_in(client, "lee")
    return client


def _is_page(client: Client, path: str) -> bool:
    response = client.get(path, headers={"accept": "text/html"})
    # a part of a page, asked for by a script, has no doctype
    return response.status_code == 200 and b"<!doctype html>" in response.content[:200]
