"""Papers: accessible by structure, faithful to their texts, never code, never an empty box."""

from __future__ import annotations

from dataclasses import replace

import pytest

from madang.kernel.errors import Invalid
from madang.records import fonts, typesetting
from madang.records.errors import FontsNotLaid, MissingGlyphs
from madang.records.fonts import missing_characters
from madang.records.layouts import (
    Note,
    Paragraph,
    certificate_pdf,
    decision_pdf,
    form_pdf,
    letter_pdf,
)
from tests.records import papers
from tests.records.papers import needs_fonts, root_of, structure, text_of

MADE = {
    "certificate": (certificate_pdf, papers.certificate),
    "letter": (letter_pdf, papers.letter),
    "decision": (decision_pdf, papers.decision),
    "form": (form_pdf, papers.form),
}


@needs_fonts
@pytest.mark.parametrize("layout", MADE)
def test_every_layout_is_accessible_by_structure(layout):
    made, content = MADE[layout]
    pdf = made(content())
    root = root_of(pdf)
    assert root["/Lang"] == "ko"
    assert root["/MarkInfo"]["/Marked"]
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    metadata = root["/Metadata"].data.decode()
    assert "<pdfuaid:part>1</pdfuaid:part>" in metadata
    assert "<dc:title>" in metadata
    tags = structure(pdf)
    assert tags.count("/H1") == 1
    assert "/Figure" in tags or layout == "form"


@needs_fonts
def test_tables_have_heading_cells_and_the_code_has_words():
    pdf = certificate_pdf(papers.certificate(papers.FACTS, papers.table()))
    tags = structure(pdf)
    assert tags.count("/TH") == 2 + 2
    assert tags.count("/TD") == 4 + 4
    assert b"/Alt" in _unpacked(pdf)


@needs_fonts
def test_text_comes_out_as_it_went_in():
    text = text_of(certificate_pdf(papers.certificate()))
    for said in (
        "김하늘",
        "서울특별시 마포구",
        "위 사실을 확인합니다.",
        papers.CODE,
        "We certify the above.",
    ):
        assert said in text
    assert "조회에 동의합니다." in text_of(form_pdf(papers.form()))


@needs_fonts
@pytest.mark.parametrize(
    "wicked",
    ["#sys.inputs", "] #panic() [", r"\ backslash \u{41}", "$x^2$ *bold* `raw`", '"quote" @ref <l>',
     "#read(\"/etc/passwd\")", "{{ x }} {% y %}", "//comment", "= heading"],
)  # fmt: skip
def test_markup_in_a_text_is_text(wicked):
    text = text_of(certificate_pdf(papers.certificate(Paragraph(wicked), Note(wicked))))
    assert text.count(wicked.split()[0]) >= 2


@needs_fonts
def test_a_character_without_a_glyph_is_refused_and_named():
    with pytest.raises(MissingGlyphs) as refused:
        certificate_pdf(papers.certificate(Paragraph("이름 𒀀 𐎠 和")))
    assert refused.value.characters == "𒀀𐎠"
    assert "U+12000" in refused.value.message
    assert missing_characters("가나다 Ää ภาษา العربية ኣማርኛ") == ""


@needs_fonts
def test_each_language_of_the_city_prints_as_far_as_it_has_fonts():
    said = {
        "th": "ภาษาไทย", "ar": "اللغة العربية", "ur": "اردو زبان", "bn": "বাংলা ভাষা", "hi": "हिन्दी",
        "ne": "नेपाली भाषा", "km": "ភាសាខ្មែរ", "my": "မြန်မာဘာသာ", "si": "සිංහල", "am": "አማርኛ",
        "ru": "Русский язык", "mn": "Монгол хэл", "vi": "Tiếng Việt", "uz": "Oʻzbek tili",
    }  # fmt: skip
    for language, text in said.items():
        paper = papers.certificate(Paragraph({language: text}), languages=(language, "ko"))
        assert certificate_pdf(replace(paper, title={language: text})).startswith(b"%PDF-")


def test_without_fonts_korean_is_off_and_latin_is_served(tmp_path, monkeypatch):
    bare = fonts.fonts(tmp_path)
    monkeypatch.setattr(fonts, "fonts", lambda: bare)
    monkeypatch.setattr(typesetting, "fonts", lambda: bare)
    paper = papers.certificate(Paragraph("Residence since 2024"), languages=("en",))
    latin = replace(paper, issuer=replace(papers.ISSUER, address="", unit="", seal=""))
    with pytest.raises(FontsNotLaid, match="make assets"):
        certificate_pdf(papers.certificate())
    assert certificate_pdf(latin).startswith(b"%PDF-")
    assert not bare.has_hangul


@needs_fonts
def test_an_address_that_the_window_cuts_is_refused():
    long = replace(papers.RECIPIENT, lines=tuple("1234567"))
    with pytest.raises(Invalid, match="6"):
        letter_pdf(replace(papers.letter(), recipient=long))


@needs_fonts
def test_a_sample_says_so_in_words_that_are_read_aloud():
    sample = replace(papers.certificate(), mark=replace(papers.MARK, is_sample=True))
    assert "법적 효력이 없습니다" in text_of(certificate_pdf(sample))
    assert "법적 효력이 없습니다" not in text_of(certificate_pdf(papers.certificate()))


@needs_fonts
def test_the_same_paper_is_the_same_file_at_the_same_moment(monkeypatch):
    moment = typesetting.times.now()
    monkeypatch.setattr(typesetting.times, "now", lambda: moment)
    assert certificate_pdf(papers.certificate()) == certificate_pdf(papers.certificate())


def _unpacked(pdf: bytes) -> bytes:
    import io

    from pypdf import PdfReader, PdfWriter

    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf)))
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()
