"""A new key for documents: it signs, and what the old one signed is as good as before."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from click.testing import CliRunner
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, pkcs12
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from madang.kernel import config, times
from madang.kernel.errors import Conflict, Invalid, NotFound
from madang.kernel.models import AuditEntry
from madang.records import api, checks, credentials, sample_seal, seals
from madang.records.engine.pdf_signature import Finding, verdict
from madang.records.errors import SigningKeyMissing
from madang.records.models import IssuedDocument, KnownSeal
from madang.records.seal_cli import listed
from tests.looking import rows
from tests.records.issuing import credential_of, issued, pdf_of
from tests.records.papers import needs_fonts

pytestmark = [pytest.mark.data, pytest.mark.django_db, needs_fonts]


def key_file(name: str) -> bytes:
    """Return a PKCS #12 file of another authority: a seal, its key, its root."""
    root_key, own = (ec.generate_private_key(ec.SECP256R1()) for _n in range(2))
    root = sample_seal._signed(f"{name} root", root_key, None, root_key)
    seal = sample_seal._signed(f"{name} seal", own, root, root_key)
    lock = BestAvailableEncryption(b"pw")
    return pkcs12.serialize_key_and_certificates(name.encode(), own, seal, [root], lock)


@pytest.fixture
def rotate(monkeypatch, tmp_path):
    """Return what puts another key in the place of the one that signs."""

    def put(name: str) -> None:
        file = tmp_path / f"{name}.p12"
        file.write_bytes(key_file(name))
        monkeypatch.setenv("MADANG_DOCUMENT_KEY", str(file))
        monkeypatch.setenv("MADANG_DOCUMENT_KEY_PASSWORD", "pw")
        config.settings.cache_clear()

    yield put
    monkeypatch.undo()
    config.settings.cache_clear()


def keys() -> list[str]:
    said = Client().get("/.well-known/jwt-vc-issuer").json()
    return [key["kid"] for key in said["jwks"]["keys"]]


def test_old_papers_and_credentials_stay_good_and_the_new_key_signs(rotate):
    before = issued("old")
    pdf, credential = pdf_of(before), credential_of(before)
    [first] = keys()
    rotate("new")
    after = issued("new")
    assert [len(keys()), keys()[1]] == [2, first]
    assert keys()[0] != first
    assert checks.check_file(pdf).finding is Finding.GENUINE
    assert checks.check_file(pdf_of(after)).finding is Finding.GENUINE
    assert checks.check_credential(credential).facts["applicant"] == "김철수"
    assert checks.check_credential(credential_of(after)).facts["applicant"] == "김철수"
    assert seals.public_keys()[0]["kid"] == credentials.public_key_id()


def test_a_paper_revoked_after_the_rotation_is_revoked(rotate):
    before = issued("old")
    credential = credential_of(before)
    rotate("new")
    api.revoke(before.id, by="account:officer", reason="moved away")
    with pytest.raises(Invalid, match="revoked"):
        checks.check_credential(credential)


def test_old_papers_stay_good_when_their_certificate_has_ended(rotate):
    before = issued("old")
    pdf = pdf_of(before)
    rotate("new")
    with times.fixed_clock(times.now() + sample_seal.SEAL_LASTS + timedelta(days=30)):
        assert checks.check_file(pdf).finding is Finding.GENUINE  # its clock says when


def test_a_stolen_key_proves_nothing_any_more(rotate):
    before = issued("old")
    pdf, credential = pdf_of(before), credential_of(before)
    [old] = seals.seals()
    with pytest.raises(Conflict, match="signs now"):
        seals.distrust(old.fingerprint, by="account:admin", reason="stolen")
    rotate("new")
    issued("new")
    with pytest.raises(Invalid, match="reason"):
        seals.distrust(old.fingerprint, by="account:admin", reason=" ")
    with pytest.raises(NotFound):
        seals.distrust("00", by="account:admin", reason="stolen")
    seals.distrust(old.fingerprint[:16], by="account:admin", reason="stolen")
    assert old.key_id not in keys()
    with pytest.raises(Invalid, match="nobody here knows the key"):
        checks.check_credential(credential)
    assert checks.check_file(pdf).finding is Finding.GENUINE  # byte for byte what we issued
    assert checks.check(before.code).is_valid
    assert AuditEntry.objects.filter(verb="records.distrust_seal").count() == 1


def stolen(rotate, **more) -> tuple[bytes, str]:
    """Issue a paper, put a new key, distrust the old one; return the paper and its code."""
    before = issued("old", **more)
    pdf = pdf_of(before)
    [old] = seals.seals()
    rotate("new")
    issued("new")
    seals.distrust(old.fingerprint, by="account:admin", reason="stolen")
    return pdf, before.code


def page_of(pdf: bytes, language: str) -> str:
    file = SimpleUploadedFile("paper.pdf", pdf, "application/pdf")
    return Client().post(f"/verify/?lang={language}", {"file": file}).content.decode()


def test_a_paper_that_the_log_knows_from_before_stays_good_and_says_why(rotate):
    pdf, code = stolen(rotate)
    found = checks.check_file(pdf)
    assert (found.finding, found.document.code) == (Finding.GENUINE, code)
    assert found.seal_distrusted is not None
    assert "We had issued this very file before that" in page_of(pdf, "en")
    said = Client().post("/api/v1/documents/verify", pdf, content_type="application/pdf").json()
    assert (said["finding"], bool(said["seal_distrusted"])) == ("genuine", True)


def distrusted_at(moment) -> None:
    KnownSeal.objects.exclude(distrusted=None).update(distrusted=moment)


def test_a_paper_that_came_into_the_ledger_after_the_theft_proves_nothing(rotate):
    pdf, _code = stolen(rotate)
    distrusted_at(times.now() - timedelta(hours=1))
    found = checks.check_file(pdf)
    assert found.finding is Finding.DISTRUSTED
    for language, said in (("en", "The seal on this file was withdrawn"), ("ko", "효력을 잃")):
        page = page_of(pdf, language)
        assert said in page
        assert "정상" not in page


def test_a_row_that_nobody_logged_the_issue_of_proves_nothing(rotate):
    """Who has the key and the database can write a row, but no entry of the sealed log."""
    pdf, code = stolen(rotate)
    document = rows(IssuedDocument).get(code=code.replace("-", ""))
    entries = AuditEntry.objects.filter(verb="records.issue", object=f"document:{document.pk}")
    entries._raw_delete("default")
    assert checks.check_file(pdf).finding is Finding.DISTRUSTED


def test_another_file_under_a_stolen_seal_is_never_good_even_below_a_root_that_is_trusted(rotate):
    """The same authority stands above the new seal: its root alone would let the old one pass."""
    pdf, code = stolen(rotate)
    rows(IssuedDocument).filter(code=code.replace("-", "")).update(digest="0" * 64)
    assert checks.check_file(pdf).finding is Finding.DISTRUSTED
    rows(IssuedDocument).filter(code=code.replace("-", "")).update(code="0" * 18)
    assert checks.check_file(pdf).finding is Finding.DISTRUSTED
    old = KnownSeal.objects.exclude(distrusted=None).get()
    trusted = seals.trust()
    with_root = replace(trusted, roots=(*trusted.roots, *seals._der(seals._all(old.roots))))
    assert verdict(pdf, with_root, times.now()).finding is Finding.DISTRUSTED
    without = replace(with_root, distrusted=frozenset())
    assert verdict(pdf, without, times.now()).finding is Finding.GENUINE


def test_no_process_signs_with_a_seal_that_is_distrusted(rotate):
    issued("old")
    KnownSeal.objects.update(distrusted=times.now())
    with pytest.raises(SigningKeyMissing, match="start again"):
        issued("late")
    assert len(rows(IssuedDocument)) == 1


def test_a_renewed_certificate_of_the_same_key_is_one_key():
    issued("one")
    issued("two")
    assert len(seals.seals()) == 1
    assert len(keys()) == 1


def test_the_list_says_which_signs(rotate):
    issued("old")
    rotate("new")
    issued("new")
    said = CliRunner().invoke(listed, ["--json"])
    found = json.loads(said.output)["seals"]
    assert [one["is_current"] for one in found] == [True, False]
    text = CliRunner().invoke(listed).output
    assert "signs now" in text
    assert "signed before" in text
