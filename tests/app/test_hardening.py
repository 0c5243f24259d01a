"""A city's own installation: Django's checks of a deployment, cookies, TLS, names."""

from __future__ import annotations

import importlib
import runpy
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core import checks
from django.http import HttpResponse
from django.test import Client, RequestFactory, override_settings

import madang.app.settings
from madang.app.hardening import allowed_hosts, check_public_url
from madang.app.secrets import secret_key
from madang.identity import api
from madang.identity.cli import portal_url
from madang.kernel import config
from madang.kernel.config import read_settings
from madang.kernel.errors import Invalid
from madang.web.page_cache import PageCacheMiddleware

PASSWORD = "courtyard lantern persimmon"
PORTAL = "https://portal.example"
OVER_TLS = {"host": "portal.example", "x-forwarded-proto": "https"}
ENVIRONMENT = {
    "MADANG_MODE": "production",
    "MADANG_PUBLIC_URL": PORTAL,
    "MADANG_SECRET_KEY": "wooden-Boat.at.the.7th.bridge/under-a-Crescent-moon!",
    "MADANG_IDENTITY_KEY": "other-Words.for.another.use/none-of-them-ever-used-twice",
    "MADANG_CONTACT_KEY": "and-Third.words.for.the.addresses/of-those-who-subscribe",
}
# where the test run has its own: database, room of a test, quick password hashing
OURS = {"DATABASES", "INSTALLED_APPS", "PASSWORD_HASHERS", "HERE"}


@pytest.fixture
def production(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, Any]]:
    """The settings as a city's own installation has them."""
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    config.settings.cache_clear()
    module = runpy.run_path(str(Path(madang.app.settings.__file__)))
    stated = {k: v for k, v in module.items() if k.isupper() and k not in OURS}
    with override_settings(**stated):
        yield stated
    monkeypatch.undo()
    config.settings.cache_clear()


@pytest.fixture
def portal(production) -> Client:
    api.add_user("kim", ["officer"], password=PASSWORD)
    return Client(headers=OVER_TLS, enforce_csrf_checks=True)


def sign_in(client: Client) -> HttpResponse:
    client.get("/sign-in/?next=/air/")
    token = client.cookies["__Host-csrf"].value
    form = {"name": "kim", "password": PASSWORD, "csrfmiddlewaretoken": token}
    return client.post("/sign-in/", form, headers={"origin": PORTAL})


def test_djangos_checks_of_a_deployment_warn_of_nothing(production):
    found = checks.run_checks(include_deployment_checks=True)
    assert [f"{one.id} {one.msg}" for one in found if not one.is_silenced()] == []
    assert [one.id for one in found if one.is_silenced()] == ["security.W021"]


@pytest.mark.data
@pytest.mark.django_db
def test_cookies_belong_to_this_host_over_tls_and_to_no_script(portal: Client):
    answer = sign_in(portal)
    assert answer.status_code == 302
    assert {"__Host-madang", "__Host-csrf"} <= set(portal.cookies)
    for name, cookie in portal.cookies.items():
        assert name.startswith("__Host-")
        assert (cookie["secure"], cookie["httponly"], cookie["path"]) == (True, True, "/"), name
        assert cookie["samesite"] in ("Lax", "Strict")
        assert not cookie["domain"]


@pytest.mark.data
@pytest.mark.django_db
def test_a_form_from_another_site_is_refused_even_with_a_token(portal: Client):
    portal.get("/sign-in/?next=/air/")
    form = {
        "name": "kim",
        "password": PASSWORD,
        "csrfmiddlewaretoken": portal.cookies["__Host-csrf"].value,
    }
    for origin in ("https://evil.example", "http://portal.example", "null"):
        assert portal.post("/sign-in/", form, headers={"origin": origin}).status_code == 403
    assert portal.post("/sign-in/", form).status_code == 403  # neither origin nor referrer


@pytest.mark.data
@pytest.mark.django_db
def test_plain_http_leads_to_tls_and_tls_says_to_stay(portal: Client):
    plain = Client(headers={"host": "portal.example"})
    answer = plain.get("/air/?show=pm10")
    assert (answer.status_code, answer["Location"]) == (301, f"{PORTAL}/air/?show=pm10")
    assert "Strict-Transport-Security" not in answer.headers
    answer = portal.get("/privacy/")
    assert answer["Strict-Transport-Security"] == "max-age=63072000; includeSubDomains"


@pytest.mark.data
@pytest.mark.django_db
def test_watchers_on_this_machine_need_no_tls(production):
    plain = Client(headers={"host": "127.0.0.1:8000"})
    assert plain.get("/healthz").status_code in (200, 503)
    assert plain.get("/healthz/x").status_code == 301


@pytest.mark.data
@pytest.mark.django_db
@pytest.mark.parametrize(
    "host", ["evil.example", "portal.example.evil.example", "portal.example@evil.example", "a b"]
)
def test_another_host_is_not_answered(portal: Client, host: str):
    answer = portal.get("/sign-in/", headers={"host": host})
    assert answer.status_code == 400
    assert "evil" not in answer.content.decode()


@pytest.mark.data
@pytest.mark.django_db
@pytest.mark.parametrize("named", ["x-forwarded-host", "x-host", "forwarded", "x-original-url"])
def test_headers_that_name_another_host_are_not_believed(portal: Client, named: str):
    answer = portal.get("/air/1/embed/", headers={named: "evil.example", **OVER_TLS})
    assert "evil.example" not in answer.content.decode()
    assert "evil.example" not in str(answer.headers)


@pytest.mark.data
@pytest.mark.django_db
def test_password_links_name_the_portal_whoever_asked_for_them(production):
    account = api.add_user("lee", ["officer"], base_url=portal_url())
    assert account.link.startswith(f"{PORTAL}/set-password/")


def test_a_demo_has_no_fixed_name_and_production_no_other(tmp_path):
    assert allowed_hosts(read_settings({})) == ["*"]
    here = read_settings(ENVIRONMENT)
    assert allowed_hosts(here) == ["portal.example", "localhost", "127.0.0.1", "[::1]"]


@pytest.mark.parametrize("url", ["", "http://portal.example", "portal.example"])
def test_production_does_not_start_without_its_address_over_tls(url: str):
    with pytest.raises(Invalid, match="MADANG_PUBLIC_URL"):
        check_public_url(read_settings(ENVIRONMENT | {"MADANG_PUBLIC_URL": url}))
    check_public_url(read_settings({"MADANG_PUBLIC_URL": url}))


@pytest.mark.parametrize("key", ["", "short", "a" * 49])
def test_production_refuses_a_weak_key(key: str, tmp_path):
    given = ENVIRONMENT | {"MADANG_SECRET_KEY": key, "MADANG_DATA": str(tmp_path)}
    with pytest.raises(Invalid, match="MADANG_SECRET_KEY"):
        secret_key(read_settings(given))


def test_a_kept_page_with_whole_addresses_is_for_those_who_asked_the_same_host():
    def page(request):
        answer = HttpResponse(request.build_absolute_uri("/"))
        answer["Cache-Control"] = "public, max-age=60"
        return answer

    kept = PageCacheMiddleware(page)
    asked = [
        kept(RequestFactory().get("/x/", headers={"host": host})).content
        for host in ("evil.example", "portal.example")
    ]
    assert asked == [b"http://evil.example/", b"http://portal.example/"]


def test_the_front_takes_nobodys_word_in_a_demo_and_the_proxys_in_production(tmp_path):
    front = importlib.import_module("madang.app.front")
    demo = front.caddyfile(read_settings({}), [])
    assert "trusted_proxies" not in demo
    assert "header_up X-Forwarded-For {client_ip}" in demo
    city = front.caddyfile(read_settings(ENVIRONMENT), [])
    assert "trusted_proxies static 127.0.0.1/8 ::1/128\n" in city
    assert "trusted_proxies_strict" in city
