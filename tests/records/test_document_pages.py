"""The public check and one's own papers over HTTP."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from django.test import Client

from madang.kernel import times
from madang.kernel.errors import LimitReached
from madang.records import api, patience
from tests.records.issuing import credential_of, issued, pdf_of
from tests.records.papers import needs_fonts

pytestmark = [pytest.mark.data, pytest.mark.django_db, needs_fonts]


@pytest.fixture(autouse=True)
def _patient() -> None:
    patience.NUMBERS.forget()
    patience.FILES.forget()


def _upload(content: bytes) -> dict[str, io.BytesIO]:
    file = io.BytesIO(content)
    file.name = "paper.pdf"
    return {"file": file}


def _page(path: str, **headers: str) -> tuple[int, str]:
    answer = Client().get(path, **headers)
    return answer.status_code, answer.content.decode()


def test_the_address_in_the_code_answers_in_the_first_line():
    document = issued()
    path = document.verify_url.removeprefix("http://localhost:8000")
    status, page = _page(path, HTTP_ACCEPT_LANGUAGE="ko")
    assert status == 200
    assert "진본이며 유효한 문서입니다" in page
    assert "김*수" in page
    assert "김철수" not in page
    assert "월드컵로" not in page
    _status, english = _page(path, HTTP_ACCEPT_LANGUAGE="en")
    assert "This document is genuine and valid" in english
    assert "Does your paper say the same?" in english


def test_a_typed_number_leads_there():
    document = issued()
    answer = Client().get("/verify/", {"code": document.code.lower()})
    assert answer.status_code == 302
    assert answer["Location"] == f"/verify/{document.code.lower()}/"
    assert Client().get(answer["Location"]).status_code == 200


@pytest.mark.parametrize(
    ("code", "status"),
    [("BX6WT-NWJF-4776X-S5J9", 404), ("BX6WT-NWJF-4776X-S5J0", 422), ("%3Cscript%3E", 422)],
)
def test_a_wrong_number_is_said_beside_its_field(code, status):
    found, page = _page(f"/verify/{code}/", HTTP_ACCEPT_LANGUAGE="en")
    assert found == status
    assert "field-error" in page
    assert "<script>E" not in page


def test_a_revoked_paper_says_so_first():
    document = issued()
    api.revoke(document.id, by="account:officer", reason="a secret reason")
    _status, page = _page(f"/verify/{document.code}/", HTTP_ACCEPT_LANGUAGE="en")
    assert "This document was revoked" in page
    assert "secret reason" not in page


def test_a_file_is_checked_and_not_kept(tmp_path, settings):
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path)
    pdf = pdf_of(issued())
    answer = Client().post("/verify/", _upload(pdf), HTTP_ACCEPT_LANGUAGE="en")
    assert "exactly what the city issued" in answer.content.decode()
    changed = bytearray(pdf)
    changed[3000] ^= 1
    answer = Client().post("/verify/", _upload(bytes(changed)), HTTP_ACCEPT_LANGUAGE="en")
    assert "altered after it was signed" in answer.content.decode()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("content", "status", "said"),
    [
        (b"%PDF-1.4 " + b"x" * 6_000_000, 413, "larger than 5 MB"),
        (b"PK\x03\x04", 422, "no PDF file"),
        (b"%PDF-1.4 trailer <</Encrypt 1 0 R>>", 200, "locked by a password"),
        (b"%PDF-1.4 nothing", 200, "no signature of the city"),
    ],
)
def test_what_cannot_be_checked_is_said_in_words(content, status, said):
    answer = Client().post("/verify/", _upload(content), HTTP_ACCEPT_LANGUAGE="en")
    assert answer.status_code == status
    assert said in answer.content.decode()


def test_a_post_without_a_file_is_no_fault_of_ours():
    assert Client().post("/verify/").status_code == 422
    wrong = Client().post("/verify/", b"--x", content_type="multipart/form-data; boundary=y")
    assert wrong.status_code in (400, 422)


def test_asking_too_often_has_to_wait():
    with times.fixed_clock(times.now()):
        for _ in range(patience.NUMBERS.burst):
            patience.NUMBERS.take("127.0.0.1")
        answer = Client().get("/verify/BX6WT-NWJF-4776X-S5J9/")
        assert answer.status_code == 429
        assert int(answer["Retry-After"]) >= 1
        assert Client().get("/api/v1/documents/BX6WT-NWJF-4776X-S5J9/verify").status_code == 429
    with times.fixed_clock(times.now() + timedelta(seconds=5)):
        assert Client().get("/verify/BX6WT-NWJF-4776X-S5J9/").status_code == 404


def test_nobody_waits_for_a_strangers_questions():
    own = patience.Patience(burst=2, seconds=10)
    for _ in range(2):
        own.take("a")
    with pytest.raises(LimitReached):
        own.take("a")
    own.take("b")


def test_the_api_says_the_same():
    document = issued()
    answer = Client().get(f"/api/v1/documents/{document.code}/verify")
    assert answer.status_code == 200
    said = answer.json()
    assert (said["state"], said["holder"], said["is_valid"]) == ("valid", "김*수", True)
    assert "subject" not in said
    pdf = pdf_of(document)
    file = Client().post("/api/v1/documents/verify", pdf, content_type="application/pdf")
    assert file.json()["finding"] == "genuine"
    for code, status in (("BX6WT-NWJF-4776X-S5J9", 404), ("nonsense", 422)):
        answer = Client().get(f"/api/v1/documents/{code}/verify")
        assert (answer.status_code, answer["Content-Type"]) == (status, "application/problem+json")


def test_papers_are_handed_to_nobody_who_is_not_signed_in():
    document = issued()
    for path in (document.pdf_url, document.credential_url):
        assert Client().get(path).status_code in (302, 401)


def test_the_owner_takes_the_paper_away(monkeypatch):
    from madang.access.api import Actor
    from madang.records import document_pages

    document = issued()
    kim = Actor(id="account:kim", person="person-1", ial=2, aal=2)
    monkeypatch.setattr(document_pages, "current_actor", lambda _request: kim)
    from django.test import RequestFactory

    request = RequestFactory().get(document.pdf_url)
    answer = document_pages.pdf(request, document.id)
    assert answer.content == pdf_of(document)
    assert "no-store" in answer["Cache-Control"]
    assert document.code in answer["Content-Disposition"]
    answer = document_pages.credential(request, document.id)
    assert answer.content.decode() == credential_of(document)


def test_the_status_list_can_be_cached_and_asked_again():
    issued()
    answer = Client().get("/credentials/status/1")
    assert answer["Content-Type"] == "application/statuslist+jwt"
    assert "public" in answer["Cache-Control"]
    again = Client().get("/credentials/status/1", HTTP_IF_NONE_MATCH=answer["ETag"])
    assert (again.status_code, again.content) == (304, b"")
    assert Client().get("/credentials/status/2").status_code == 404


def test_the_issuer_and_its_types_are_published():
    said = Client().get("/.well-known/jwt-vc-issuer").json()
    assert said["issuer"] == "http://localhost:8000"
    (key,) = said["jwks"]["keys"]
    assert (key["crv"], "d" in key) == ("P-256", False)
    assert Client().get("/credentials/types/residence").json()["vct"].endswith("/residence")
