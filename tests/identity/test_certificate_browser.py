"""The certificate page in a real browser: files are opened and sign there, and stay there."""

from __future__ import annotations

import base64
import json
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qs

import pytest

from madang.kernel import times
from madang.web import vendor
from tests.identity import pki
from tests.identity.key_files import KINDS, lay
from tests.identity.laid import laid
from tests.web.browser import (
    BROWSER_TEST,
    arrived,
    browser_of_module,
    choose,
    come_anew,
    console_errors,
    faults_at_widths,
    scripts,
)

pytestmark = [
    *BROWSER_TEST,
    pytest.mark.skipif(
        not vendor.is_here("node-forge/dist/forge.min.js"), reason="not fetched (make assets)"
    ),
]
PAGE = "/sign-in/certificate/"
PASSWORD = "Courtyard-9!"
# RFC 4269 appendix B: key, plain text, cipher text
VECTORS = [
    ("00000000000000000000000000000000", "000102030405060708090a0b0c0d0e0f",
     "5ebac6e0054e166819aff1cc6d346cdb"),
    ("000102030405060708090a0b0c0d0e0f", "00000000000000000000000000000000",
     "c11f22f20140505084483597e4370f43"),
    ("4706480851e61be85d74bfb3fd956185", "83a2f8a288641fb9a4e9a5cc2f131c7d",
     "ee54d13ebcae706d226bc3142cd40d4a"),
    ("28dbc3bc49ffd87dcfa509b11d422be7", "b41e6be2eba84a148e2eed84593c5ec7",
     "9b9b7bfcd1813cb95d0b3618f40f5122"),
]  # fmt: skip
_DECRYPT = """
const [module, key, block, done] = arguments;
const bytes = text => Uint8Array.from(text.match(/../g), pair => parseInt(pair, 16));
import(module).then(seed => done([...seed.decryptBlock(bytes(key), bytes(block))]
  .map(byte => byte.toString(16).padStart(2, '0')).join('')));
"""


browser = browser_of_module(network=True)


@pytest.fixture
def city(monkeypatch, tmp_path):
    with laid(monkeypatch, tmp_path / "authorities", times.now()) as authorities:
        yield authorities


@pytest.fixture
def site(live_server, browser, city):
    come_anew(browser, live_server.url, django_language="en")
    return live_server.url


def issued(city, **how):
    now = times.now()
    until = now + timedelta(days=30)
    return city.issue(since=now - timedelta(days=1), until=until, **how)


def fill(browser, site: str, files: list[Path], password: str = PASSWORD) -> None:
    """Choose the files, type the password, press Enter."""
    from selenium.webdriver import Keys

    browser.get(f"{site}{PAGE}")
    browser.get_log("performance")
    browser.find_element("id", "files").send_keys("\n".join(map(str, files)))
    browser.find_element("id", "certificate-password").send_keys(password, Keys.ENTER)


def requests(browser) -> list[dict]:
    """Return what the browser has sent since it was last asked."""
    events = [json.loads(row["message"])["message"] for row in browser.get_log("performance")]
    return [
        event["params"]["request"]
        for event in events
        if event["method"] == "Network.requestWillBeSent"
    ]


def test_seed_decrypts_the_vectors_of_the_rfc(browser, site):
    for key, plain, cipher in VECTORS:
        module = f"{site}/static/identity/seed.js"
        assert browser.execute_async_script(_DECRYPT, module, key, cipher) == plain


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("key", ["rsa", "curve"])
def test_a_file_signs_in_and_neither_key_nor_password_leaves(
    browser, site, city, tmp_path, kind, key
):
    private = pki.rsa_key(2048, 9) if key == "rsa" else pki.ec_key()
    held = issued(city, key=private)
    files = lay(tmp_path / "usb", kind, held, PASSWORD)
    fill(browser, site, files)
    arrived(browser, "h1", "new here")
    sent = requests(browser)
    posts = [request for request in sent if request["method"] == "POST"]
    assert len(posts) == 1
    fields = parse_qs(posts[0]["postData"])
    assert set(fields) == {"csrfmiddlewaretoken", "signature"}
    signature = base64.b64decode(fields["signature"][0])
    numbers = private.private_numbers()
    secret = numbers.d if key == "rsa" else numbers.private_value
    secrets = [secret.to_bytes((secret.bit_length() + 7) // 8, "big"), held.pkcs8()]
    secrets += [path.read_bytes() for path in files if path.suffix != ".der"]
    everything = json.dumps(sent)
    assert PASSWORD not in everything and json.dumps("홍길동")[1:-1] not in everything
    for one in secrets:
        assert one not in signature
        assert base64.b64encode(one).decode()[:40] not in everything
        assert one.hex()[:40] not in everything
    assert not console_errors(browser)
    browser.find_element("css selector", "main form button").click()
    arrived(browser, "h1")
    assert browser.current_url == f"{site}/my/"


def test_a_wrong_password_is_said_and_the_field_has_the_focus(browser, site, city, tmp_path):
    for kind in KINDS:
        fill(browser, site, lay(tmp_path / kind, kind, issued(city), PASSWORD), "wrong")
        arrived(browser, "#sign-status", "The password is wrong")
        assert browser.switch_to.active_element.get_attribute("id") == "certificate-password"
        assert not [one for one in requests(browser) if one["method"] == "POST"]


def test_files_that_are_none_and_that_do_not_belong_together_are_said(
    browser, site, city, tmp_path
):
    letter = tmp_path / "letter.p12"
    letter.write_text("Dear city")
    fill(browser, site, [letter])
    arrived(browser, "#sign-status", "Choose one .p12")
    one = lay(tmp_path / "one", "npki-pbes1", issued(city), PASSWORD)
    two = lay(tmp_path / "two", "npki-pbes1", issued(city), PASSWORD)
    fill(browser, site, [one[0], two[1]])
    arrived(browser, "#sign-status", "do not belong together")
    fill(browser, site, [one[0]])
    arrived(browser, "#sign-status", "Choose one .p12")


def test_the_page_is_accessible_wide_and_narrow_in_korean_and_english(browser, site):
    found = []
    for language in ("ko", "en"):
        choose(browser, site, django_language=language)
        browser.get(f"{site}{PAGE}")
        found += faults_at_widths(browser, language)
    assert not found, "\n".join(found)


def test_without_scripts_the_way_by_hand_signs_in(browser, site, city, tmp_path):
    held = issued(city)
    scripts(browser, False)
    browser.get(f"{site}{PAGE}")
    assert not browser.find_element("id", "files").is_displayed()
    text = browser.find_element("css selector", "pre.signed-text").get_attribute("textContent")
    browser.find_element("css selector", "#by-hand summary").click()
    file = tmp_path / "challenge.p7s"
    file.write_bytes(pki.sign(text.encode(), held))
    browser.find_element("id", "file").send_keys(str(file))
    browser.find_element("css selector", "#by-hand button").click()
    arrived(browser, "h1", "new here")
    scripts(browser, True)
