"""A district's package: what it may change, what it may not, and what it takes from the city's."""

from __future__ import annotations

import pytest

from madang.services.lint.examine import lint
from madang.services.packages.decide import Rules
from madang.services.packages.reader import read_package
from madang.services.packages.texts import digest
from tests.services.lint.good import SEOUL, written

DISTRICT = SEOUL.districts()[0].code
OWN = f"""\
extends: bench-permit
district: "{DISTRICT}"
version: 1.0.1
title: 종로 벤치 허가
channels:
  - {{kind: counter, hours: 월-금 10:00-17:00, address: 삼봉로 43}}
  - {{kind: kiosk, hours: 연중 24시간}}
"""


def district(folder, service: str = OWN, **files: str):
    """Write the city's package and a district's beside it; return the district's."""
    written(folder / "bench-permit")
    home = folder / "bench-permit-jongno"
    english = "status: reviewed\ntexts:\n  service.title: Bench permit of Jongno\n"
    english += "  channels.counter.hours: 10 to 5\n  channels.counter.address: Sambong-ro 43\n"
    english += "  channels.kiosk.hours: Always\nof:\n"
    for path, text in (
        ("service.title", "종로 벤치 허가"), ("channels.counter.hours", "월-금 10:00-17:00"),
        ("channels.counter.address", "삼봉로 43"), ("channels.kiosk.hours", "연중 24시간"),
    ):  # fmt: skip
        english += f"  {path}: '{digest(text)}'\n"
    all_files = {"service.yaml": service, "i18n/en.yaml": english}
    all_files |= {f"{name.replace('__', '/')}.yaml": text for name, text in files.items()}
    for name, text in all_files.items():
        (home / name).parent.mkdir(parents=True, exist_ok=True)
        (home / name).write_text(text, encoding="utf-8")
    return home


def test_a_district_changes_texts_hours_and_offices_and_keeps_all_else(tmp_path):
    home = district(tmp_path)
    assert lint(home, SEOUL) == []
    own, _, _ = read_package(home)
    base, _, _ = read_package(tmp_path / "bench-permit")
    assert own is not None and base is not None
    assert (own.service.title, own.extends, own.district) == (
        "종로 벤치 허가", "bench-permit", DISTRICT
    )  # fmt: skip
    kinds = [channel.kind for channel in own.service.channels]
    assert kinds == ["web", "counter", "phone", "post", "visit", "kiosk"]
    counter = own.service.channels[1]
    assert (counter.hours, counter.address) == ("월-금 10:00-17:00", "삼봉로 43")
    assert (own.rules, own.process, own.service.deadline) == (
        base.rules, base.process, base.service.deadline
    )  # fmt: skip
    assert own.translations["en"].texts["facts.size.title"]  # the city's English


def test_a_district_may_set_a_fee_of_its_own_by_its_own_day(tmp_path):
    fee = (
        "id: fee\ntitle: 수수료\nunit: KRW\nvalues:\n"
        "  - {since: 2020-01-01, value: 500, law: {law: 종로구 조례, article: 제2조}}\n"
    )
    tests = "tests:\n  - name: 종로는 싸다\n    at: 2026-09-23\n    facts: {size: 2, age: 30}\n"
    tests += "    expect: {outcome: grant, fee: 500}\n"
    home = district(tmp_path, parameters__fee=fee, tests__jongno=tests)
    package, _, _ = read_package(home)
    assert package is not None
    test = next(one for one in package.tests if one.name == "종로는 싸다")
    said = Rules(package).evaluate(test.facts, SEOUL.today())
    assert (said.outcome, said.fee) == ("grant", 500)
    # the city's own test still expects the city's fee: its line is told in the city's file
    (fault,) = lint(home, SEOUL)
    assert (fault.code, fault.file) == ("test-failed", "bench-permit/tests/main.yaml")


@pytest.mark.parametrize(
    ("old", "new", "line", "word"),
    [
        ("version: 1.0.1", "deadline: 9 days", 3, "deadline"),
        (
            "version: 1.0.1",
            "retention: {years: 1, basis: {law: 법, article: 제1조}}",
            3,
            "retention",
        ),
        ("version: 1.0.1", "facts: []", 3, "facts"),
        ("address: 삼봉로 43", "deadline: 9 days", 6, "deadline"),
        ("address: 삼봉로 43", "fee: 0", 6, "fee"),
    ],
)
def test_a_change_that_only_the_city_may_make_is_refused_on_its_line(
    tmp_path, old, new, line, word
):
    assert old in OWN
    faults = lint(district(tmp_path, OWN.replace(old, new)), SEOUL)
    assert [(f.code, f.file, f.line) for f in faults] == [("not-a-districts", "service.yaml", line)]
    assert word in faults[0].message


def test_a_district_brings_no_rules_process_or_documents(tmp_path):
    home = district(tmp_path, rules__outcome="id: outcome\n", process="decision_class: R0\n")
    found = [(f.code, f.file) for f in lint(home, SEOUL)]
    assert found == [("not-a-districts", "process.yaml"), ("not-a-districts", "rules/outcome.yaml")]


def test_questions_are_reworded_and_not_changed(tmp_path):
    good = "questions:\n  - {id: size, ask: 벤치는 얼마나 큽니까?}\n"
    package, _, problems = read_package(district(tmp_path / "a", pages=good))
    assert package is not None, problems
    assert package.questions["size"].ask == "벤치는 얼마나 큽니까?"
    assert package.questions["size"].schema == {"type": "integer", "minimum": 1, "maximum": 9}
    bad = "questions:\n  - {id: size, ask: 크기?, schema: {type: string}}\n"
    (fault,) = lint(district(tmp_path / "b", pages=bad), SEOUL)
    assert (fault.code, fault.file, fault.line) == ("not-a-districts", "pages.yaml", 2)


@pytest.mark.parametrize(
    ("service", "code"),
    [
        (OWN.replace("extends: bench-permit", "extends: nothing"), "unknown-base"),
        (OWN.replace("extends: bench-permit", "extends: bench-permit-jongno"), "unknown-base"),
        (OWN.replace("extends: bench-permit", "extends: [a]"), "unknown-base"),
        (OWN.replace("extends: bench-permit", "extends: ../bench-permit"), "unknown-base"),
        (OWN.replace(f'district: "{DISTRICT}"', "language: ko"), "not-a-districts"),
        (OWN.replace(DISTRICT, "99999"), "unknown-district"),
    ],
    ids=["nothing", "itself", "a list", "a path", "no district", "no such district"],
)
def test_a_base_or_a_district_that_is_not_there_is_a_fault(tmp_path, service, code):
    assert code in {fault.code for fault in lint(district(tmp_path, service), SEOUL)}
