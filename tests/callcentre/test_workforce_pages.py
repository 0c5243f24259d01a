"""The supervisor's page of staffing: who may see it, what it answers, what it refuses."""

from __future__ import annotations

import pytest
from django.test import Client

from tests.staff import joined

pytestmark = pytest.mark.data
PAGE = "/operations/staffing/"


@pytest.fixture
def operator(db):
    return joined("desk", ["operator"])


def test_only_operators_see_it(db):
    assert Client().get(PAGE).status_code in (302, 401, 403)
    assert joined("clerk", ["officer"]).get(PAGE).status_code == 403


def test_the_heading_is_the_answer_and_the_table_has_both_ways(operator):
    page = operator.get(PAGE, {"calls": "3000", "aht": "240"}, headers={"accept-language": "en"})
    text = page.content.decode()
    assert page.status_code == 200
    heading = page.context["heading"]
    schemes = page.context["schemes"]
    assert f"{schemes[0]['operators']}" in heading
    assert schemes[0]["payroll"] < schemes[1]["payroll"]
    assert heading in text
    assert "<svg" in text
    assert "simulated" in text.lower()
    assert text.count("<tr") >= 48


def test_it_speaks_korean(operator):
    page = operator.get(PAGE, {"calls": "2000"}, headers={"accept-language": "ko"})
    assert "상담사" in page.content.decode()


@pytest.mark.parametrize(
    ("name", "value"), [("calls", "many"), ("shrinkage", "99"), ("percent", "100"), ("aht", "-1")]
)
def test_a_value_that_cannot_be_used_is_named_and_kept(operator, name, value):
    page = operator.get(PAGE, {name: value})
    assert page.status_code == 200
    wrong = {one["name"]: one for one in page.context["fields"] if one["error"]}
    assert set(wrong) == {name}
    assert wrong[name]["value"] == value
    assert "figure" not in page.context
