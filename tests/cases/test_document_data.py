"""Every paper of every service that ships can be filled in, in words."""

from __future__ import annotations

import re
from datetime import date

import pytest

from madang.access.api import Actor
from madang.cases import api
from madang.cases.api import Asked
from madang.cases.case_documents import due, template
from madang.cases.case_events import CaseDocumentsDue
from madang.cases.document_data import conditions_for, data_for
from madang.records.document_templates import filled, template_of
from madang.services.api import Rules
from tests.cases.packages import COPY, all_shipped, lent, shipped
from tests.cases.people import officer
from tests.identity.residents import client_of, resident
from tests.records.papers import needs_fonts

DAY = date(2026, 11, 23)
OF_CASE = {
    "case": "2026-0000001-2",
    "applicant": "김하늘",
    "decided": DAY,
    "office": "",
    "fee": 400,
}


def papers_of(name: str):
    """Yield each paper of a service filled in from each of its cases on paper that ends well."""
    package = shipped(name)
    rules = Rules(package)
    for one in package.tests:
        said = rules.evaluate(one.facts, DAY)
        more = {**said.parameters, **said.values, **OF_CASE}
        for written in package.documents:
            data = data_for(written, package, one.facts, more)
            there = conditions_for(written, rules, one.facts, DAY)
            yield written, filled(template_of(template(written)), data, there)


@pytest.mark.parametrize("name", all_shipped())
def test_every_paper_that_ships_is_filled_in_in_words(name):
    raw = {
        str(choice.value)
        for question in shipped(name).pages.questions
        for choice in question.choices
        if re.fullmatch(r"[a-z][a-z-]*", str(choice.value))
    }
    for written, paper in papers_of(name):
        words = re.sub(r"is_numbered=\w+", "", str(paper.blocks))
        assert "{" not in re.sub(r"\{'[a-z-]+': ", "", words), written.id
        said = {fact for fact in paper.facts.values() if isinstance(fact, str)}
        assert not raw & said, f"{written.id} prints a code"
        assert not {"True", "False", "None"} & set(re.findall(r"\w+", words)), written.id


def test_a_choice_a_day_and_what_nobody_said_are_printed_for_people():
    package = shipped(COPY)
    written = package.document("registration-copy")
    data = data_for(written, package, {"copy_kind": "household", "copies": 1200}, OF_CASE)
    assert (data["copy_kind"], data["copies"], data["applicant"]) == ("등본", "1,200", "김하늘")
    assert data_for(written, package, {}, OF_CASE)["copy_kind"] == "–"
    sticker = shipped("bulky-waste-pickup")
    printed = data_for(sticker.documents[0], sticker, {"day": "2026-11-23"}, OF_CASE)
    assert DAY in printed.values()
    rules = Rules(package)
    assert conditions_for(written, rules, {"show_numbers": False}, DAY) == {"hidden": True}


@pytest.mark.data
@pytest.mark.django_db
@needs_fonts
def test_who_is_known_to_the_register_gets_the_paper_as_soon_as_the_case_is_granted():
    account = resident("김하늘")
    kim = Actor(f"account:{account.pk}", "김하늘", person=account.person_id, ial=2, aal=2)
    number = api.open_case(
        package_hash=lent("library-card").hash, subject=kim.person, actor=kim, channel="web",
        facts={"tie": "live", "letter_size": "large"}, key="k",
    ).number  # fmt: skip
    api.act(number, "grant", officer(), Asked(departs="주소를 확인했습니다"))
    client = client_of(account)
    assert "paper.pdf" not in client.get(f"/cases/{number}/").content.decode()
    due(CaseDocumentsDue(number=number))
    page = client.get(f"/cases/{number}/").content.decode()
    [path] = re.findall(r'href="([^"]+paper.pdf)"', page)
    assert client.get(path).content.startswith(b"%PDF")
    due(CaseDocumentsDue(number=number))  # told twice, it is one paper
    assert client.get(f"/cases/{number}/").content.decode().count("paper.pdf") == 1
