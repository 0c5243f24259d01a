"""Any package prints its form, in its languages; the QR code leads back to just that version."""

from __future__ import annotations

import io
import re
from urllib.parse import urlsplit

import pytest
from django.urls import resolve
from pypdf import PdfReader

from madang.records.typesetting import qr_svg
from madang.services.api import form_paper, marked
from madang.services.form_paper import form_of_version
from madang.services.publishing import publish_ready
from madang.services.ready import unlinted
from tests.cases.applying import OFFICE, SHIPPED
from tests.qr_reader import dots_of, read

pytestmark = [pytest.mark.data, pytest.mark.django_db]
FOLDERS = sorted(path.parent.name for path in SHIPPED.glob("*/service.yaml"))


def published(folder: str):
    ready = unlinted(SHIPPED / folder)
    publish_ready(ready, OFFICE)
    return ready.package, ready.packed.hash


@pytest.mark.parametrize("folder", FOLDERS)
def test_every_package_prints_its_form_and_the_code_is_of_this_version(folder):
    package, hashed = published(folder)
    for language in ("ko", "en"):
        form = form_of_version(hashed, language)
        asked = [question.label for section in form.sections for question in section.questions]
        assert len(asked) == len(list(package.asked())), (folder, language)
        assert all(asked)
        assert form.title
        assert form.declaration
        assert form.submit_to, "it can be handed in somewhere"
        has_korean = [text for text in (form.title, *asked) if re.search("[가-힣]", str(text))]
        assert bool(has_korean) == (language == "ko"), (folder, language, has_korean)
    address = urlsplit(form.intake_url)
    mark = address.query.removeprefix("version=")
    assert marked(package.id, mark).hash == hashed
    found = resolve(address.path)
    assert (found.url_name, found.kwargs) == ("apply-key-in", {"service": package.id})
    assert read(dots_of(qr_svg(form.intake_url))) == form.intake_url


@pytest.mark.parametrize("folder", ["senior-transport-card", "bulky-waste-pickup-mapo"])
def test_the_printed_page_has_every_question_and_says_where_the_code_leads(folder):
    package, hashed = published(folder)
    printed = PdfReader(io.BytesIO(form_paper(hashed, "ko")))
    text = "".join("".join(page.extract_text() for page in printed.pages).split())
    for _page, question in package.asked():
        assert "".join(question.ask.split()) in text
    assert "/StructTreeRoot" in printed.trailer["/Root"], "it has a structure to read aloud"
    assert printed.trailer["/Root"]["/MarkInfo"]["/Marked"]


@pytest.mark.parametrize("length", [10, 60, 110, 200])
def test_the_reader_of_codes_reads_what_is_printed(length):
    text = "https://madang.example/apply/" + "x1-" * (length // 3)
    assert read(dots_of(qr_svg(text))) == text
