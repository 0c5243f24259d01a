"""The language of pages: chosen, asked for, the city's; parts in another language."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.http import HttpResponse, JsonResponse
from django.test import RequestFactory
from django.utils.translation import get_language, gettext

from madang.city.api import load_profile, page_languages
from madang.web import languages
from madang.web.languages import LanguageMiddleware, language_of


def _request(accept: str = "", cookie: str = ""):
    request = RequestFactory().get("/", headers={"accept-language": accept})
    if cookie:
        request.COOKIES[settings.LANGUAGE_COOKIE_NAME] = cookie
    return request


@pytest.mark.parametrize(
    ("accept", "cookie", "language"),
    [("", "", "ko"), ("en", "", "en"), ("en", "ko", "ko"), ("en", "xx", "en"),
     ("x" * 999, "", "ko")],
)  # fmt: skip
def test_the_readers_choice_goes_before_the_browsers(accept: str, cookie: str, language: str):
    assert language_of(_request(accept, cookie)) == language


def test_the_page_says_its_language_and_leaves_the_threads_alone():
    before = get_language()
    answer = LanguageMiddleware(lambda request: HttpResponse(get_language()))(_request("en"))
    assert answer.content == b"en"
    assert answer["Content-Language"] == "en"
    assert "Accept-Language" in answer["Vary"]
    assert get_language() == before


def test_a_text_that_korean_lacks_is_english_and_labelled():
    def view(request):
        return HttpResponse(f"<title>{gettext('Unwritten')}</title><p>{gettext('Unwritten')}</p>")

    answer = LanguageMiddleware(view)(_request("ko"))
    page = '<title>Unwritten</title><p><span lang="en" dir="ltr">Unwritten</span></p>'
    assert answer.content.decode() == page


def test_a_document_for_programs_has_no_marks():
    def view(request):
        return JsonResponse(
            {"title": gettext("Unwritten")}, json_dumps_params={"ensure_ascii": False}
        )

    answer = LanguageMiddleware(view)(_request("ko"))
    assert answer.content == b'{"title": "Unwritten"}'


def test_each_city_offers_its_own_languages_with_texts_and_english():
    assert len(page_languages(load_profile("seoul").city, lambda tag: True)) == 22
    bogota = load_profile("bogota").city
    with_spanish = page_languages(bogota, {"es", "pbb"}.__contains__)
    assert [item.code for item in with_spanish] == ["es", "en"]  # Nasa Yuwe: names only
    assert [item.code for item in page_languages(bogota, lambda tag: False)] == ["en"]


def test_offered_languages_are_those_of_the_settings():
    assert set(languages.offered()) == {code for code, _name in settings.LANGUAGES}


def test_a_page_says_that_nobody_has_read_the_citys_own_texts_though_the_catalogues_are_read(
    monkeypatch,
):
    from madang.web import context

    monkeypatch.setattr(context, "texts_state", lambda language: "reviewed")
    request = _request()
    link = context.original(request, "vi")
    assert link is not None and link.lang == "ko"
    assert context.original(request, "en") is None, "no text of the profile is translated there"
