"""Which language a reader gets, and how parts in another language are labelled."""

from __future__ import annotations

import gettext
import json
from urllib.parse import quote

import pytest
from django.test import override_settings
from django.utils.translation import trans_real

from madang.kernel import fallbacks
from madang.kernel.language_marks import has_marks, labelled, marked, marking, unmarked
from madang.kernel.languages import direction, negotiated

OFFERED = ("ko", "en", "zh-hans", "zh-hant", "mn", "fil", "id", "ar", "fr")


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("", "ko"),
        ("*", "ko"),
        ("it", "ko"),
        ("en-GB,en;q=0.9", "en"),
        ("it,fr-CA;q=0.8,en;q=0.5", "fr"),
        ("zh", "zh-hans"),
        ("zh-SG", "zh-hans"),
        ("zh-TW", "zh-hant"),
        ("zh-HK,en;q=0.5", "zh-hant"),
        ("zh-Hant-HK", "zh-hant"),
        ("tl", "fil"),
        ("in", "id"),
        ("ar-EG", "ar"),
        ("mn-Mong-CN", "mn"),
        ("en;q=0.1,ko;q=0.9", "ko"),
        ("no such header at all;;;q=", "ko"),
    ],
)
def test_a_browser_gets_the_nearest_language_there_is(header: str, language: str):
    assert negotiated(header.lower(), OFFERED, "ko") == language


@pytest.mark.parametrize(
    ("tag", "way"), [("ar", "rtl"), ("ur", "rtl"), ("ko", "ltr"), ("am", "ltr"), ("uz", "ltr"),
                     ("uz-arab", "rtl"), ("xx", "ltr")],
)  # fmt: skip
def test_direction_comes_from_the_script(tag: str, way: str):
    assert direction(tag) == way


def test_a_text_is_marked_only_where_marks_are_taken_care_of():
    assert marked("Home", "en") == "Home"
    with marking():
        assert unmarked(marked("Home", "en")) == "Home"
        assert has_marks(marked("Home", "en").encode())
        assert marked("", "en") == ""


@pytest.mark.parametrize(
    ("page", "shown"),
    [
        ("<p>{}</p>", '<p><span lang="en" dir="ltr">Go</span></p>'),
        ('<a title="{}">x</a>', '<a title="Go">x</a>'),
        ("<title>{} · 서울</title>", "<title>Go · 서울</title>"),
        ("<option value=1>{}</option>", "<option value=1>Go</option>"),
        ("<svg><text>{}</text></svg><b>{}</b>",
         '<svg><text>Go</text></svg><b><span lang="en" dir="ltr">Go</span></b>'),
        ("<svg><svg><path/></svg><text>{}</text></svg>",
         "<svg><svg><path/></svg><text>Go</text></svg>"),
        ('<script type="application/json">"{}"</script>',
         '<script type="application/json">"Go"</script>'),
        ("<!-- {} --><i>{}</i>", '<!-- Go --><i><span lang="en" dir="ltr">Go</span></i>'),
        ('<a data-x="a>b {}">{}</a>', '<a data-x="a>b Go"><span lang="en" dir="ltr">Go</span></a>'),
    ],
)  # fmt: skip
def test_marks_become_spans_where_a_span_can_stand(page: str, shown: str):
    with marking():
        html = page.replace("{}", marked("Go", "en"))
    assert labelled(html, "vi") == shown


def test_elements_inside_a_marked_text_stay_well_nested():
    with marking():
        html = f"<p>{marked('a <b>b</b> c', 'en')}</p>"
    span = '<span lang="en" dir="ltr">'
    assert labelled(html, "ar") == f"<p>{span}a </span><b>{span}b</span></b>{span} c</span></p>"


def test_a_mark_in_the_language_of_the_page_vanishes():
    with marking():
        assert labelled(f"<p>{marked('집', 'ko')}</p>", "ko") == "<p>집</p>"


class _Fixed(gettext.NullTranslations):
    """A language with a few texts, as Django holds it."""

    def __init__(self, texts: dict[str, str]) -> None:
        super().__init__()
        self._catalog = trans_real.TranslationCatalog()
        for source, text in texts.items():
            self._catalog[source] = text
        self.plural = lambda number: int(number != 1)


@pytest.fixture
def uzbek_without_texts(monkeypatch):
    made = {"ru": _Fixed({"Only Russian": "Только"}), "uz": _Fixed({})}
    monkeypatch.setattr(trans_real, "_translations", made)
    return fallbacks._Chain(("ru", "en", "ko"))


def test_a_missing_text_comes_from_the_chain_and_says_so(uzbek_without_texts):
    with marking():
        assert uzbek_without_texts.gettext("Only Russian") == marked("Только", "ru")
        assert uzbek_without_texts.gettext("Nowhere") == marked("Nowhere", "en")
        assert uzbek_without_texts.gettext("menu\x04Open") == marked("Open", "en")
        assert uzbek_without_texts.ngettext("a day", "days", 2) == marked("days", "en")


def test_english_is_never_left_for_another_language():
    with override_settings(LANGUAGE_CODE="ko"):
        english = fallbacks.ChainTranslation("en")
    assert english.gettext("a text that no catalogue has") == "a text that no catalogue has"


@pytest.mark.parametrize("text", ["seoul", "서울"])
def test_a_text_without_marks_is_left_as_it_is(text: str):
    assert not has_marks(b"seoul")
    assert labelled(f"<p>{text}</p>", "ko") == f"<p>{text}</p>"


def test_marks_are_found_and_taken_away_however_they_are_escaped():
    with marking():
        name = marked("Mapo-gu", "en")
    for escaped in (json.dumps(name), quote(name), name):
        assert has_marks(escaped.encode())
        assert unmarked(escaped).strip('"') == "Mapo-gu"
    data = f'<script type="application/json">{json.dumps([name])}</script>'
    page = f'{data}<a href="?q={quote(name)}">x</a>'
    clean = '<script type="application/json">["Mapo-gu"]</script><a href="?q=Mapo-gu">x</a>'
    assert labelled(page, "vi") == clean
