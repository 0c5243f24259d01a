"""Somebody who taps through the pages in a real browser, and counts.

A tap is a click, a choice from a list two (open it, choose), a field to type into one; typing
itself is not counted. What is tapped must be seen.
"""

from __future__ import annotations

from selenium.common.exceptions import StaleElementReferenceException
from selenium.webdriver.support.ui import WebDriverWait

LEAST_PX = 44


class Reader:
    """Somebody who taps, and counts."""

    def __init__(self, driver, site: str, language: str, display: str) -> None:
        self.driver, self.site, self.language = driver, site, language
        self.display, self.taps, self.small = display, 0, []

    def arrive(self) -> None:
        """Come to the home page for the first time, in a language and display."""
        self.driver.get(f"{self.site}/static/web/mark.svg")
        self.driver.delete_all_cookies()
        for name, value in {
            "django_language": self.language,
            "madang_display": self.display,
        }.items():
            self.driver.add_cookie({"name": name, "value": value, "path": "/"})
        self.driver.get(f"{self.site}/")
        self.taps = 0

    def one(self, css: str):
        """Return the first of the elements that is seen, once one is."""
        return self._seen("css selector", css)

    def _seen(self, how: str, what: str):
        def found(driver):
            return next((e for e in driver.find_elements(how, what) if e.is_displayed()), None)

        wait = WebDriverWait(self.driver, 10, ignored_exceptions=[StaleElementReferenceException])
        return wait.until(found, f"{what} is not to be seen on {self.driver.current_url}")

    def arrived(self, path: str) -> None:
        """Wait until the page of that address is there."""
        WebDriverWait(self.driver, 10).until(lambda driver: path in driver.current_url, path)

    def gone(self, css: str) -> None:
        """Wait until the page that had this is left."""
        WebDriverWait(self.driver, 10).until(
            lambda driver: not driver.find_elements("css selector", css), f"{css} is still there"
        )

    def tap(self, css: str) -> None:
        """Tap what the selector finds."""
        self._press(self.one(css))

    def tap_words(self, words: str) -> None:
        """Tap the link or button with these words."""
        path = f"//main//*[self::a or self::button][contains(normalize-space(), '{words}')]"
        self._press(self._seen("xpath", path))

    def choose(self, css: str, value: str) -> None:
        """Choose from a list: open it, tap the choice."""
        self.tap(css)
        self.one(f"{css} option[value='{value}']").click()
        self.taps += 1

    def type_into(self, css: str, text: str) -> None:
        """Tap a field and type."""
        self.tap(css)
        self.one(css).send_keys(text)

    def _press(self, element) -> None:
        # the link of a card, and the label of a choice, reach over all of it
        height = self.driver.execute_script(
            "return (arguments[0].closest('.card-link, .choice') ?? arguments[0]).offsetHeight",
            element,
        )
        if height < LEAST_PX:
            self.small.append(f"{element.text!r}: {height} px")
        self.driver.execute_script("arguments[0].scrollIntoView({block: 'center'})", element)
        element.click()
        self.taps += 1

    def heading(self) -> str:
        return self.one("h1").text.replace("\n", " ")
