"""Pages of cases say days, languages and reasons as people read them, to whom they concern."""

from __future__ import annotations

from datetime import date

import pytest
from django.template.loader import render_to_string
from django.test import Client
from django.utils import translation

from madang.access.api import Actor
from madang.cases import api
from madang.cases.api import Asked, EvidenceFile
from madang.cases.audit import blind
from madang.cases.audit.models import AuditItem
from madang.cases.case_models import CaseDecision
from madang.cases.case_shown import value_text
from madang.cases.case_told import Told, ToldWay
from madang.cases.models import Case, CaseFile
from madang.kernel import audit, times
from madang.kernel.language_marks import labelled, marked_typed, marking
from madang.kernel.models import AuditEntry
from madang.web.fonts import typed_fonts
from tests.cases.audit.sampled import drawn, granted
from tests.cases.packages import shipped
from tests.cases.people import KIM, officer
from tests.cases.test_case_pages import opened
from tests.cases.test_evidence_files import jpeg
from tests.identity.residents import actor_of, client_of, resident
from tests.looking import rows
from tests.staff import joined
from tests.web.html import page

pytestmark = [pytest.mark.data, pytest.mark.django_db]
WHY = "뷁솗 등록이 없습니다"


@pytest.fixture
def home():
    account = resident("김하늘", latin="KIM Haneul", born=date(1951, 3, 2))
    return client_of(account), actor_of(client_of(account))


def refused(actor: Actor) -> str:
    number = opened(actor)
    api.act(number, "refuse", officer("han"), Asked(reasons=WHY))
    return number


def test_korean_reasons_on_an_english_page_are_marked_and_have_their_letters(home):
    client, actor = home
    number = refused(actor)
    root = page(client, f"/cases/{number}/", "en")
    said = [one.text_content() for one in root.xpath("//*[@lang='ko']")]
    assert WHY in said
    sheets = root.xpath("//link[@rel='stylesheet']/@href")
    assert set(typed_fonts("en")) <= set(sheets)
    korean = page(client, f"/cases/{number}/", "ko")
    assert not korean.xpath("//main//span[@lang='ko']")
    assert typed_fonts("ko") == ()


def test_what_is_typed_is_marked_by_its_script_only_where_that_tells():
    with marking():
        assert labelled(marked_typed("등록 없음", "ko", "en"), "en").startswith('<span lang="ko"')
        for text, own, asked in (("none", "ko", "en"), ("등록", "ko", "ko"), ("tidak", "id", "en")):
            assert marked_typed(text, own, asked) == text


@pytest.mark.parametrize(("language", "named"), [("ko", ""), ("en", "Korean")])
def test_what_we_told_names_no_template_and_only_another_language(language: str, named: str):
    way = ToldWay("inbox", "sent", "", times.now())
    one = Told("m", "received", "ko", "신청을 받았습니다", True, "", times.now(), (way,))
    with translation.override(language):
        said = " ".join(render_to_string("cases/told.html", {"told": [one]}).split())
        assert one.language_name == named
    assert '<strong lang="ko">신청을 받았습니다</strong>' in said
    assert "received" not in said
    assert "· ko" not in said
    assert named in said


def test_days_are_written_as_the_language_writes_them():
    package = shipped("vaccination-booking")
    name = next(one.id for one in package.service.facts if one.type == "date")
    with translation.override("ko"):
        assert value_text(package, name, "1951-03-02") == "1951년 3월 2일"
    with translation.override("en"):
        assert "1951" in (said := value_text(package, name, "1951-03-02"))
        assert "-03-" not in said
    assert value_text(package, name, "unknown") == "unknown"


def test_who_decided_before_is_not_offered_to_decide_the_objection(home):
    _client, actor = home
    number = refused(actor)
    api.act(number, "appeal", actor, Asked(reasons="다시 보아 주세요"))
    first = joined("han", ["officer"])
    before = actor_of(first).id
    rows(CaseDecision).all().update(decided_by=before)
    text = page(first, f"/casework/{number}/", "ko")
    verbs = text.xpath("//button[@name='verb']/@value")
    assert not {"grant", "refuse"} & set(verbs)
    assert "다른 담당자가" in text.text_content()
    other = page(joined("cho", ["officer"]), f"/casework/{number}/", "ko")
    assert {"grant", "refuse"} & set(other.xpath("//button[@name='verb']/@value"))


def test_an_officer_reads_the_papers_of_a_case_that_they_decide_blind():
    granted(1)
    drawn()
    client = joined("min", ["officer"])
    actor = actor_of(client)
    rows(AuditItem).filter(planted__isnull=True).update(place="0")
    item = rows(AuditItem).get(pk=blind.take(actor))
    number = rows(Case).get(pk=item.case_id).number
    photo = jpeg()
    with_paper = api.open_case(
        package_hash=_pothole(), subject=KIM.person, facts=_ROAD, actor=KIM, channel="web",
        key="paper", evidence=(EvidenceFile("photo", "photo.jpg", photo),),
    ).number  # fmt: skip
    [(file, _evidence, _name, _size)] = api.files_for(KIM, with_paper)
    elsewhere = f"/audits/case/{item.pk}/papers/{file}/"
    assert client.get(elsewhere).status_code == 404, "a paper of another case"
    rows(CaseFile).filter(pk=file).update(case=item.case_id)
    root = page(client, f"/audits/case/{item.pk}/", "en")
    assert elsewhere in root.xpath("//main//a/@href")
    assert client.get(elsewhere)["Content-Disposition"].startswith("attachment")
    assert client.get(f"{elsewhere}picture/")["Content-Type"] == "image/png"
    assert "cases.read_paper" in {one.verb for one in newest(number)}
    assert joined("cho", ["officer"]).get(elsewhere).status_code == 404
    assert number not in root.text_content()


def newest(number: str) -> list[AuditEntry]:
    return audit.newest_about(f"case:{number}", "cases.read_paper", 5)


_ROAD = {"where_in_road": "carriageway", "size": "wheel", "damage": False}


def _pothole() -> str:
    from tests.cases.packages import lent

    return lent("pothole-report").hash


def test_the_own_page_stands_once_in_the_head_of_a_page(home):
    client, _actor = home
    assert page(client, "/services/", "ko").xpath("//header//a[@href='/my/']/text()") == [
        "나의 서울"
    ]


@pytest.mark.parametrize("path", ["/counter/assist/", "/counter/mandates/new/"])
def test_the_enter_key_sends_the_form_and_find_keeps_the_number(path: str):
    desk: Client = joined("seo", ["clerk"])
    root = page(desk, path, "ko")
    assert root.xpath("(//main//form//button[@type='submit'])[1]/@value") == []
    field = {"/counter/assist/": "number"}.get(path, "grantor")
    sent = {"do": "find", "words": "등본", field: "510302-2345678"}
    shown = desk.post(path, sent).content.decode()
    assert 'value="510302-2345678"' in shown
