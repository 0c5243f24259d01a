"""Whom a case is given: by name, without a code and without a script."""

from __future__ import annotations

import pytest
from django.utils import translation

from madang.cases import api, case_targets
from madang.cases.case_errors import ManyTargets
from madang.cases.models import Case
from madang.kernel.errors import Invalid
from tests.cases.packages import lent
from tests.cases.people import KIM
from tests.identity.residents import staff
from tests.looking import rows
from tests.staff import joined

pytestmark = [pytest.mark.data, pytest.mark.django_db]
FACTS = {"place": "마포대로 12", "fault": "dark", "phone": "010-1234-5678"}


def opened() -> str:
    return api.open_case(
        package_hash=lent("streetlight-report").hash, subject=KIM.person, facts=FACTS, actor=KIM,
        channel="web", key="k",
    ).number  # fmt: skip


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("교통실", "department:transport"),
        ("마포구 (구청)", "unit:11440"),
        ("마포", "unit:11440"),
        ("서울특별시경찰청", "body:seoul-police"),
        ("unit:11440", "unit:11440"),
        ("body:한강유역환경청", "body:한강유역환경청"),
        ("", ""),
    ],
)
def test_a_name_or_a_part_of_it_says_whom(said, code):
    with translation.override("ko"):
        assert case_targets.target_named(said) == code


def test_in_the_readers_language():
    with translation.override("en"):
        assert case_targets.target_named("transportation office") == "department:transport"
        assert case_targets.label_of("unit:11440") == "Mapo-gu (district office)"


def test_several_of_a_name_are_offered_and_nobody_is_said():
    with translation.override("ko"):
        with pytest.raises(ManyTargets) as many:
            case_targets.target_named("행정")
        assert {one.code for one in many.value.targets} >= {
            "department:vice-mayor-1", "department:administration",
        }  # fmt: skip
        with pytest.raises(Invalid):
            case_targets.target_named("달나라")


def test_colleagues_who_decide_are_found_by_name_and_others_not():
    han, clerk = staff("han.sora", "officer"), staff("seo.jin", "clerk")
    assert case_targets.target_named("han.sora") == f"account:{han.pk}"
    codes = {one.code for one in case_targets.targets()}
    assert f"account:{clerk.pk}" not in codes


def test_on_the_page_a_name_is_enough_and_several_can_be_chosen_among():
    number = opened()
    client = joined("cho", ["officer"])
    page = client.get(f"/casework/{number}/").content.decode()
    assert "<datalist" in page
    assert "account:" not in page.split("<datalist")[1].split("</datalist>")[0]
    sent = {"verb": "forward", "reasons": "담당", "version": "1"}
    many = client.post(f"/casework/{number}/", sent | {"target": "행정"})
    assert many.status_code == 422
    assert 'name="to" value="department:administration"' in many.content.decode()
    chosen = sent | {"target": "행정", "to": "department:administration"}
    assert client.post(f"/casework/{number}/", chosen).status_code == 302
    assert rows(Case).get().department == "administration"
