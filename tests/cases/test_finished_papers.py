"""From a grant to the finished paper: signed PDF/UA-1, checked, revoked; every paper that ships."""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import Any

import pytest
from django.test import Client

from madang.access.api import Actor
from madang.cases import api, case_documents
from madang.cases.api import Asked
from madang.cases.case_documents import template
from madang.cases.case_money import pay_verb
from madang.cases.case_purposes import CASES
from madang.cases.document_data import data_for
from madang.cases.models import Case, CaseDocument
from madang.cases.rules import Machine
from madang.kernel.errors import Invalid
from madang.records import api as records
from madang.records import checks, fonts
from madang.records.document_templates import filled, placeholders, template_of
from madang.records.engine.pdf_signature import Finding
from madang.records.errors import FontsNotLaid
from tests.cases.packages import all_shipped, lent, shipped
from tests.cases.people import officer
from tests.cases.test_cases import FACTS
from tests.identity.residents import client_of, resident
from tests.looking import rows
from tests.records.papers import needs_fonts, root_of, text_of

NAME = "김하늘(金昊垠) Kim Ha-neul"


@cache
def papers() -> list[tuple[str, str]]:
    """Return (service, document) of every paper of every package that ships."""
    return [(name, one.id) for name in all_shipped() for one in shipped(name).documents]


def test_there_are_papers_to_look_at():
    assert len(papers()) >= 20


def example(name: str) -> dict[str, Any]:
    """Return a value for each fact of a package: those of its first test, and more."""
    package = shipped(name)
    given = package.tests[0].facts if package.tests else {}
    return {fact: "예" if given.get(fact) is None else given[fact] for fact in package.facts}


@needs_fonts
@pytest.mark.parametrize(("name", "document"), papers())
def test_every_paper_that_ships_prints_all_its_characters(name, document):
    package = shipped(name)
    written = package.document(document)
    assert written is not None
    known = example(name)
    said = template_of(template(written))
    more = {"applicant": NAME, "case": "2026-0000001-0", "decided": date(2026, 11, 23),
            "office": "민원여권과", "fee": 0}  # fmt: skip
    values = data_for(written, package, known, more)
    assert values.keys() == placeholders(said)
    paper = filled(said, values, {b.id: True for b in said.blocks if b.when})
    languages = (package.service.language,)
    pdf = records.certificate_pdf(
        records.Certificate(paper.title, paper.issuer, paper.blocks, languages)
    )
    text = "".join(text_of(pdf).split())
    assert "".join(str(written.title).split()) in text
    if "{applicant}" in str(written):
        assert "金昊垠" in text
    assert "pdfuaid:part" in root_of(pdf)["/Metadata"].data.decode()


@pytest.fixture
def home():
    account = resident(NAME)
    actor = Actor(f"account:{account.pk}", NAME, person=account.person_id, ial=2, aal=2)
    return client_of(account), actor


@pytest.mark.data
@pytest.mark.django_db
@needs_fonts
def test_a_grant_becomes_a_signed_paper_that_verifies_and_can_be_revoked(home):
    client, actor = home
    number = api.open_case(
        package_hash=lent().hash, subject=actor.person, facts=FACTS, actor=actor, channel="web",
        key="k",
    ).number  # fmt: skip
    found = api.case_of(number)
    if found.fee > found.paid:
        api.act(number, pay_verb(rows(Case).get(number=number)), CASES, Asked(amount=found.fee),
                by=Machine("event"))  # fmt: skip
    if api.case_of(number).outcome != "granted":
        api.act(number, "grant", officer(), Asked(reasons="확인함", departs="보기"))
    assert case_documents.issue_owed() == 1
    assert case_documents.issue_owed() == 0
    row = rows(CaseDocument).get()
    [document] = records.documents_of(actor)
    assert row.code == document.id
    pdf = client.get(document.pdf_url)
    assert pdf.status_code == 200
    assert "金昊垠" in text_of(pdf.content)
    assert checks.check_file(pdf.content).finding is Finding.GENUINE
    page = Client().get(f"/verify/{document.code}/").content.decode()
    assert "유효한 문서" in page or "진본" in page
    credential = client.get(document.credential_url).content.decode()
    shown = checks.check_credential(credential)
    listed = Client().get(
        f"/credentials/status/{shown.claims['status']['status_list']['uri'].rpartition('/')[2]}"
    )
    assert listed["Content-Type"] == "application/statuslist+jwt"
    records.revoke(document.id, by="account:officer", reason="이사")
    with pytest.raises(Invalid, match="revoked"):
        checks.check_credential(credential)
    page = Client().get(f"/verify/{document.code}/").content.decode()
    assert "취소된 문서" in page or "취소" in page


@pytest.mark.data
@pytest.mark.django_db
def test_without_fonts_no_boxes_are_printed_and_the_fault_says_what_to_do(monkeypatch):
    bare = fonts.Fonts(None, (fonts.EMBEDDED,), fonts._edges(fonts._EMBEDDED_RANGES))
    monkeypatch.setattr(fonts, "fonts", lambda: bare)
    with pytest.raises(FontsNotLaid, match="make assets"):
        fonts.require_glyphs(["김하늘"])
    assert records.missing_characters("가") == "가"
