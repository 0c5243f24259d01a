"""CPU time of an application of five requests: begun, three pages answered, looked at once more.

    python -m bench.applications_load [--journeys 200]

Goal: at most 15 CPU ms a journey. Anchors, from the same kind of machine: a prototype of one table
10.2 ms; Open Forms 4.0 86 to 134 ms.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
import time
from functools import cache
from http.cookies import SimpleCookie
from io import BytesIO
from urllib.parse import urlencode

from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler

SERVICE = "resident-registration-copy"
ANSWERS = (
    ("kind", {"copy_kind": "household"}),
    ("numbers", {"show_numbers": "no"}),
    ("copies", {"copies": "2"}),
)
TOKEN = "m" * 32  # what a page before gave to the browser, in a cookie and in the form


def main() -> None:
    """Print the CPU milliseconds of one journey as JSON."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--journeys", type=int, default=200)
    count = options.parse_args().journeys
    with tempfile.TemporaryDirectory() as folder:
        os.environ["MADANG_DATA"] = folder
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "madang.app.settings")
        print(json.dumps(measured(count), indent=2))


def measured(count: int) -> dict[str, float]:
    """Return CPU ms of a journey, the middle of three rounds of `count`."""
    import django

    django.setup()
    from django.core.management import call_command

    from madang.access.api import system_actor
    from madang.city.loader import cities_folder
    from madang.services import api as services

    call_command("migrate", verbosity=0)
    services.publish(cities_folder() / "seoul" / "services" / SERVICE, system_actor("command-line"))
    for _n in range(10):
        journey()
    rounds = []
    for _round in range(3):
        begun = time.process_time()
        for _n in range(count):
            journey()
        rounds.append((time.process_time() - begun) / count * 1000)
    return {"cpu_ms_per_journey": round(sorted(rounds)[1], 2), "goal": 15.0, "journeys": count}


@cache
def _site() -> WSGIHandler:
    """Return the site as a server calls it."""
    return WSGIHandler()


def journey() -> None:
    """Apply as somebody who is not signed in, up to the last look."""
    from madang.cases import drafts

    jar = SimpleCookie[str]({settings.CSRF_COOKIE_NAME: TOKEN})
    base = f"/apply/{SERVICE}/"
    assert _asked(jar, base, {"look": "yes"}) == 302
    for page, fields in ANSWERS:
        seen = drafts.seen(dict.fromkeys(fields))
        assert _asked(jar, f"{base}{page}/", {**fields, "seen": seen, "do": "next"}) == 302
    assert _asked(jar, f"{base}check/") == 200


def _asked(jar: SimpleCookie[str], path: str, form: dict[str, str] | None = None) -> int:
    """Ask as a browser does, a form as ``application/x-www-form-urlencoded``; return the status."""
    body = urlencode({"csrfmiddlewaretoken": TOKEN, **form} if form else {}).encode()
    environ = {
        "PATH_INFO": path, "HTTP_HOST": "localhost", "SERVER_NAME": "localhost",
        "REQUEST_METHOD": "GET" if form is None else "POST", "SERVER_PORT": "8000",
        "CONTENT_TYPE": "application/x-www-form-urlencoded", "CONTENT_LENGTH": str(len(body)),
        "HTTP_COOKIE": "; ".join(f"{name}={one.value}" for name, one in jar.items()),
        "HTTP_ORIGIN": "http://localhost", "wsgi.url_scheme": "http", "wsgi.input": BytesIO(body),
    }  # fmt: skip
    told: list[str] = []

    def begun(status: str, headers: list[tuple[str, str]]) -> None:
        told.append(status)
        for name, value in headers:
            if name.lower() == "set-cookie":
                jar.load(value)

    answer = _site()(environ, begun)
    for _part in answer:
        pass
    answer.close()
    return int(told[0][:3])


if __name__ == "__main__":
    main()
