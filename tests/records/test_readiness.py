"""What `madang doctor` says of documents."""

from __future__ import annotations

from madang.kernel.config import Settings
from madang.records import fonts, readiness
from tests.records.papers import needs_fonts


@needs_fonts
def test_production_names_the_keys_that_it_lacks():
    assert readiness.documents_off(Settings()) == ""
    said = readiness.documents_off(Settings(mode="production", records_key="x" * 40))
    assert "MADANG_DOCUMENT_KEY" in said
    assert "MADANG_RECORDS_KEY" not in said
    whole = Settings(mode="production", records_key="x" * 40, document_signer="a.b:c")
    assert readiness.documents_off(whole) == ""


def test_without_fonts_korean_documents_are_off(tmp_path, monkeypatch):
    monkeypatch.setattr(readiness, "fonts", lambda: fonts.fonts(tmp_path))
    assert "make assets" in readiness.documents_off(Settings())
