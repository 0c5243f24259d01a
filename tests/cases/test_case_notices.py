"""What cases say to people: worded in their language, once, required where law wants it."""

from __future__ import annotations

import pytest

from madang.cases import api, case_notices
from madang.cases.api import Asked
from madang.cases.case_events import CaseNoticeDue
from madang.city.api import profile
from madang.kernel.events import decode
from madang.kernel.models import OutboxEntry
from madang.notices.person_models import PersonMessage
from tests.cases.packages import all_shipped, lent, shipped
from tests.cases.people import KIM, officer
from tests.cases.test_cases import opened
from tests.looking import rows

pytestmark = [pytest.mark.data, pytest.mark.django_db]


def due() -> list[CaseNoticeDue]:
    found = OutboxEntry.objects.filter(name=CaseNoticeDue.NAME).order_by("id")
    events = [decode(row.name, row.payload) for row in found]
    return [event for event in events if isinstance(event, CaseNoticeDue)]


def messages() -> list[PersonMessage]:
    return list(rows(rows(PersonMessage).order_by("created")))


def test_the_receipt_names_number_and_day_once():
    made = opened()
    [event] = due()
    case_notices.told(event)
    case_notices.told(event)
    [message] = messages()
    assert message.person == KIM.person
    assert message.matter == f"case:{made.number}"
    assert message.path == f"/cases/{made.number}/"
    assert made.number in message.text
    assert message.language == "ko"
    assert "등본" in message.title
    assert not message.required


def test_a_refusal_says_why_and_cannot_be_stopped():
    made = opened("k2")
    asked = Asked(reasons="서울에 주민등록이 없습니다.", key="r1")
    api.act(made.number, "refuse", officer(), asked)
    case_notices.told(due()[-1])
    message = messages()[-1]
    assert message.required
    assert "서울에 주민등록이 없습니다." in message.text


@pytest.mark.parametrize("name", all_shipped())
def test_every_notice_of_every_package_is_worded_in_all_its_languages(name):
    package = shipped(name)
    values = dict.fromkeys(package.facts, 3) | {"case": "2026-1", "due": None}
    for notice in {notice for verb in package.process.verbs for notice in verb.notices}:
        for tag in case_notices.languages(package):
            words = case_notices.worded(package, notice, values, tag, profile())
            assert words.title.strip()
            assert "%(" not in words.title + words.text
            assert "{" not in words.title + words.text


def test_who_has_no_register_entry_is_told_nothing_here():
    lent()
    event = CaseNoticeDue(
        number="2026-0000000-0", service="x", package="y", subject="", notice="received", version=1
    )
    case_notices.told(event)
    assert messages() == []
