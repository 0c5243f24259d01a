"""A browser that goes from page to page as one person after another, and what it found there."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from selenium.webdriver.support.wait import WebDriverWait

from madang.identity.account_models import Account
from tests.identity.residents import session_key
from tests.web.browser import arrived, faults, resize

# where pictures of the pages go, for whoever wants to look at them
PICTURES = os.environ.get("MADANG_PICTURES", "")
_SEND = """
const [path, fields] = arguments;
const form = document.createElement('form');
form.method = 'post'; form.action = path;
const there = [...document.querySelectorAll('main form')].find(
  f => new URL(f.action).pathname === path) || document.querySelector('main form');
const put = (name, value) => {
  const field = document.createElement('input');
  field.type = 'hidden'; field.name = name; field.value = value; form.append(field);
};
// what the form itself hides, such as its token
for (const own of there ? there.querySelectorAll('input[type=hidden]') : [])
  if (!(own.name in fields)) put(own.name, own.value);
for (const [name, value] of Object.entries(fields))
  for (const one of [].concat(value)) put(name, one);
window.leaving = true;
document.body.append(form); form.submit();
"""
# an error that leads to no field, a page that leads nowhere
_WAYS = """
const lost = [...document.querySelectorAll('main a[href^="#"]')].filter(
  a => !document.getElementById(a.hash.slice(1))).map(a => 'leads nowhere: ' + a.outerHTML);
return document.querySelector('main a[href], main button') ? lost : [...lost, 'has no way on'];
"""
_THEME = "document.documentElement.dataset.theme = arguments[0]"


@dataclass
class Visits:
    """A browser on a site, in one language, and the faults of the pages it came to."""

    browser: Any
    site: str
    language: str
    display: str = "normal"
    themes: tuple[str, ...] = ("light",)
    widths: tuple[int, ...] = (320, 1440)
    found: list[str] = field(default_factory=list)
    seen: list[str] = field(default_factory=list)

    def become(self, account: Account | None, *amr: str) -> None:
        """Be signed in as this account, just now; nobody where it is None."""
        self.browser.get(f"{self.site}/static/web/mark.svg")
        self.browser.delete_all_cookies()
        self.keep("django_language", self.language)
        self.keep("madang_display", self.display)
        if account is not None:
            self.take(session_key(account, *amr))

    def take(self, key: str) -> None:
        """Go on in a session that is open already."""
        self.keep("madang", key)

    def go(self, path: str, name: str = "") -> None:
        """Open a page and look at it."""
        self.browser.get(self.site + path)
        self.look(name or path)

    def send(self, path: str, shown: str, at: str = "", /, **fields: Any) -> None:
        """Send a form that stands at `at`, else at its own address; look at the answer."""
        self.browser.get(self.site + (at or path))
        self.browser.execute_script(_SEND, path, fields)
        WebDriverWait(self.browser, 20).until(
            lambda b: b.execute_script("return !window.leaving && document.readyState") ==
            "complete"
        )  # fmt: skip
        self.look(shown)

    def look(self, name: str) -> None:
        """Check the page shown, at each width and in each theme."""
        arrived(self.browser, "h1")
        self.seen.append(name)
        language = self.browser.execute_script("return document.documentElement.lang")
        if language != self.language:
            self.found.append(f"{name}: is in {language}")
        self.found += [f"{name}: {one}" for one in self.browser.execute_script(_WAYS)]
        for theme in self.themes:
            self.browser.execute_script(_THEME, theme)
            for width in self.widths:
                resize(self.browser, width)
                # axe takes most of the time and finds the same wide and narrow, but for layout
                axe = width == self.widths[0]
                told = faults(self.browser, axe=axe)
                self.found += [f"{name}, {theme}, {width}: {fault}" for fault in told]
        self._picture(name)

    def keep(self, name: str, value: str) -> None:
        """Set a cookie."""
        self.browser.add_cookie({"name": name, "value": value, "path": "/"})

    def _picture(self, name: str) -> None:
        if not PICTURES:
            return
        widths = [int(width) for width in os.environ.get("MADANG_WIDTHS", "360 1440").split()]
        plain = "".join(c if c.isalnum() else "_" for c in name).strip("_")
        self.browser.execute_script(_THEME, self.themes[0])
        for width in widths:
            resize(self.browser, width)
            height = self.browser.execute_script("return document.documentElement.scrollHeight")
            resize(self.browser, width, min(height, 3000))
            path = Path(PICTURES, f"{plain}-{self.language}-{self.display}-{width}.png")
            path.write_bytes(self.browser.get_screenshot_as_png())
        resize(self.browser, widths[0])
