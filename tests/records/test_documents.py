"""Documents from issue to check: once per key, signed, revoked, expired, never another person's."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest

from madang.access.api import Actor
from madang.kernel import times
from madang.kernel.errors import Conflict, Invalid
from madang.kernel.models import AuditEntry, OutboxEntry
from madang.records import api, storage
from madang.records.document_models import DocumentFile, IssuedDocument
from madang.records.engine.signature_words import Finding
from madang.records.errors import (
    DocumentOver,
    InvalidTemplate,
    MissingGlyphs,
    MistypedCode,
    NotADocument,
    UnknownDocument,
)
from tests.looking import rows
from tests.records.issuing import DATA, TEMPLATE, issued, pdf_of
from tests.records.papers import needs_fonts, root_of, structure, text_of

pytestmark = [pytest.mark.data, pytest.mark.django_db, needs_fonts]
KIM = Actor(id="account:kim", person="person-1", ial=2, aal=2)
LEE = Actor(id="account:lee", person="person-2", ial=2, aal=2)


def test_a_document_is_issued_once_for_a_key():
    first, second = issued(), issued()
    assert first == second
    assert len(rows(IssuedDocument)) == 1
    with pytest.raises(Conflict, match="new key"):
        issued(case="C-2026-2")
    assert issued("another").id != first.id


def test_what_was_issued_is_announced_and_in_the_audit_log():
    document = issued()
    entry = AuditEntry.objects.get(verb="records.issue")
    assert (entry.actor, entry.object) == ("account:officer", f"document:{document.id}")
    assert OutboxEntry.objects.filter(name="records.document_issued").count() == 1


def test_the_paper_says_what_the_case_knows_and_can_be_read_aloud():
    pdf = pdf_of(issued())
    text = text_of(pdf)
    for said in ("김철수", "마포구 월드컵로 212", "212 World Cup-ro", "2024년 3월 2일", "1통"):
        assert said in text
    assert 'pdfuaid:part="1"' in root_of(pdf)["/Metadata"].data.decode()
    assert structure(pdf).count("/H1") == 1


def test_the_signature_is_whole_lasting_and_hidden_from_the_page():
    from pyhanko.pdf_utils.reader import PdfFileReader

    pdf = pdf_of(issued())
    reader = PdfFileReader(io.BytesIO(pdf))
    (signature,) = reader.embedded_signatures
    signature.compute_integrity_info()
    assert signature.coverage.name == "ENTIRE_FILE"
    assert signature.sig_object["/SubFilter"] == "/ETSI.CAdES.detached"
    unsigned = {one["type"].native for one in signature.signer_info["unsigned_attrs"]}
    assert "signature_time_stamp_token" in unsigned  # PAdES B-T
    assert len(reader.root["/DSS"]["/CRLs"]) == 1  # B-LT
    assert int(signature.sig_field["/F"]) & 2  # hidden: PDF/UA-1, 7.18.1
    assert signature.sig_field["/TU"] == "서울특별시 마포구"
    page = reader.root["/Pages"]["/Kids"][0]
    assert page["/Tabs"] == "/S"


def test_a_flipped_byte_anywhere_is_noticed():
    pdf = pdf_of(issued())
    assert api.check_file(pdf).finding is Finding.GENUINE
    for place in range(20, len(pdf), len(pdf) // 23):
        changed = bytearray(pdf)
        changed[place] ^= 1
        found = api.check_file(bytes(changed)).finding
        assert found is not Finding.GENUINE, place


def test_something_added_behind_the_signature_is_an_altered_file():
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

    document = issued()
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf_of(document)))
    writer.root["/Lang"] = writer.root["/Lang"]
    writer.update_root()
    out = io.BytesIO()
    writer.write(out)
    found = api.check_file(out.getvalue())
    assert found.finding is Finding.ALTERED
    assert found.document is not None
    assert found.document.code == document.code


def test_a_check_shows_what_the_paper_shows_and_a_masked_name():
    document = issued()
    seen = api.check(document.code.lower().replace("-", " "))
    assert (seen.state, seen.holder, seen.is_valid, seen.is_sample) == (
        "valid",
        "김*수",
        True,
        True,
    )
    assert seen.title["ko"] == "거주 확인서"
    assert "월드컵로" not in str(seen)


def test_a_revoked_document_is_revoked_by_number_and_by_file():
    document = issued()
    pdf = pdf_of(document)
    with pytest.raises(Invalid, match="reason"):
        api.revoke(document.id, by="account:officer", reason=" ")
    assert api.revoke(document.id, by="account:officer", reason="wrong address").state == "revoked"
    assert api.check(document.code).state == "revoked"
    found = api.check_file(pdf)
    assert found.finding is Finding.GENUINE
    assert found.document is not None
    assert found.document.state == "revoked"
    with pytest.raises(DocumentOver, match="revoked"):
        api.revoke(document.id, by="account:officer", reason="again")
    assert OutboxEntry.objects.filter(name="records.document_revoked").count() == 1


def test_a_replaced_document_names_no_reason_and_is_superseded():
    old = issued()
    new = issued("second", replaces=old.id)
    assert api.check(old.code).state == "superseded"
    assert api.check(new.code).state == "valid"


def test_a_document_expires_after_its_last_day():
    document = issued(valid_days=2)
    with times.fixed_clock(times.now() + timedelta(days=1)):
        assert api.check(document.code).state == "valid"
    with times.fixed_clock(times.now() + timedelta(days=4)):
        seen = api.check(document.code)
        assert (seen.state, seen.since) == ("expired", document.expires)


def test_a_document_without_an_end_lasts():
    template = {name: value for name, value in TEMPLATE.items() if name != "valid"}
    assert issued(template=template).expires is None


@pytest.mark.parametrize("typed", ["BX6WT-NWJF-4776X-S5J0", "", "'; DROP TABLE", "한글" * 100])
def test_a_slip_in_the_number_is_told_from_an_unknown_one(typed):
    with pytest.raises(MistypedCode):
        api.check(typed)


def test_a_forged_number_that_fits_is_unknown():
    with pytest.raises(UnknownDocument):
        api.check("BX6WT-NWJF-4776X-S5J9")


@pytest.mark.parametrize(
    "file",
    [b"", b"PK\x03\x04 zip", b"<html>", b"\x00" * 2000 + b"%PDF-", b"%PD", b"x" * 11_000_000],
)
def test_what_is_no_pdf_is_refused(file):
    with pytest.raises(NotADocument):
        api.check_file(file)


def test_a_bomb_of_packed_streams_is_never_unpacked():
    import zlib

    bomb = zlib.compress(b"0" * 300_000_000, 9)
    file = b"%PDF-1.7\n1 0 obj<</Filter/FlateDecode>>stream\n" + bomb
    assert api.check_file(file + b"\nendstream endobj").finding is Finding.UNSIGNED


def test_a_locked_file_and_foreign_signatures_are_named():
    assert api.check_file(b"%PDF-1.7\ntrailer<</Encrypt 5 0 R>>").finding is Finding.LOCKED
    nonsense = (
        b"%PDF-1.7\n/ByteRange [0 40 60 9]" + b" " * 9 + b"<" + b"00" * 9 + b">" + b"tail text"
    )
    assert api.check_file(nonsense).finding in (Finding.ALTERED, Finding.UNSIGNED)


def test_everybody_reads_their_own_documents_and_no_other():
    document = issued()
    assert [one.id for one in api.documents_of(KIM)] == [document.id]
    assert api.documents_of(LEE) == []
    assert api.documents_of(Actor()) == []
    _same, pdf = api.own_file(KIM, document.id, "pdf")
    assert pdf == pdf_of(document)
    with pytest.raises(UnknownDocument):
        api.own_file(LEE, document.id, "pdf")
    downloads = AuditEntry.objects.filter(verb="records.download")
    assert [(one.actor, one.purpose) for one in downloads] == [("account:kim", "own-data")]


def test_whoever_has_only_the_database_reads_nothing():
    document = issued()
    sealed = bytes(rows(DocumentFile).filter(kind="pdf").get().sealed)
    assert b"%PDF" not in sealed
    with pytest.raises(Invalid, match="cannot be read"):
        storage.unseal(f"document {document.id} credential", sealed)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"blocks": []}, "blocks"),
        ({"kind": "poster"}, "kind"),
        ({"colour": "red"}, "colour"),
        ({"valid": "soon"}, "90 days"),
        ({"blocks": [{"kind": "facts", "rows": [{"title": "a", "value": "{nobody}"}]}]}, "nobody"),
        ({"blocks": [{"kind": "code", "text": "x"}]}, "code"),
    ],
)
def test_a_template_that_breaks_a_rule_is_refused_by_name(changed, said):
    with pytest.raises(InvalidTemplate, match=said):
        issued(template=TEMPLATE | changed)
    assert not rows(IssuedDocument).exists()


def test_a_condition_has_to_be_decided():
    with pytest.raises(InvalidTemplate, match="hidden"):
        issued(conditions={})
    assert "번호 뒷자리" not in text_of(pdf_of(issued(conditions={"hidden": False})))


def test_a_name_that_cannot_be_printed_is_refused_before_anything_is_written():
    with pytest.raises(MissingGlyphs, match="U\\+12000"):
        issued(data=DATA | {"applicant": "𒀀"})
    assert not rows(IssuedDocument).exists()


def test_markup_in_a_datum_stays_text():
    wicked = '#panic("x") ] \\ $a$ {{applicant}} {copies}'
    assert "{copies}" in text_of(pdf_of(issued(data=DATA | {"applicant": wicked})))


def test_production_without_a_key_signs_nothing(monkeypatch):
    from madang.kernel.config import settings
    from madang.records import signing_keys
    from madang.records.errors import SigningKeyMissing

    monkeypatch.setenv("MADANG_MODE", "production")
    settings.cache_clear()
    signing_keys._signing_key.cache_clear()
    try:
        with pytest.raises(SigningKeyMissing, match="MADANG_DOCUMENT_KEY"):
            signing_keys.signing_key()
    finally:
        monkeypatch.undo()
        settings.cache_clear()
        signing_keys._signing_key.cache_clear()
