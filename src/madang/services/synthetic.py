"""A catalogue of made-up services for tests of scale: varied as real ones, and marked as made up.

Every package is complete (rules, pages, tests, Korean and English) and passes the linter. The same
seed gives the same catalogue.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from madang.city.api import Profile
from madang.services.life_events import life_events
from madang.services.packages.reader import read_package
from madang.services.packages.texts import digest, source_texts
from madang.services.packages.translating import Stamp, as_yaml
from madang.services.synthetic_words import (
    ARCHETYPES,
    EXTRAS,
    THINGS,
    Archetype,
    Extra,
    Pair,
)

MOST = 100_000
_DEADLINES = ("immediately", "3 days", "5 days", "7 days", "14 days", "1 month")
_AUDIENCES = ("resident", "household", "parent", "older-person", "business", "tenant", "driver")
_LAW = {"law": "서울특별시 시험용 조례", "article": "제3조"}
Files = dict[str, Any]


@dataclass(frozen=True)
class Made:
    """A package as values of YAML by file, and its English texts by the Korean ones."""

    id: str
    files: Files
    english: dict[str, str]


def write_catalogue(folder: Path, profile: Profile, count: int, seed: int = 0) -> int:
    """Write packages into a folder, each in one of its own; return how many."""
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(count):
        write_package(folder, made(number, profile, seed))
    return count


def write_package(folder: Path, package: Made) -> Path:
    """Write one package, with its English file, and return its folder."""
    home = folder / package.id
    for name, value in package.files.items():
        path = home / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(as_yaml(value), encoding="utf-8")
    read = read_package(home)[0]
    assert read is not None, package.id
    texts = source_texts(read)
    english = {path: package.english[text] for path, text in texts.items()}
    stamps = {path: Stamp(digest(text)) for path, text in texts.items()}
    (home / "i18n").mkdir(exist_ok=True)
    value = {"status": "machine", "texts": english, "of": stamps}
    (home / "i18n" / "en.yaml").write_text(as_yaml(value), encoding="utf-8")
    return home


def made(number: int, profile: Profile, seed: int = 0, questions: int = 0) -> Made:
    """Return one package of the catalogue; `questions` asks that many more, for tests of size."""
    chance = random.Random(f"{seed}/{number}")  # noqa: S311 - made-up services, no secret
    kind = ARCHETYPES[number % len(ARCHETYPES)]
    thing = THINGS[(number // len(ARCHETYPES)) % len(THINGS)]
    maker = _Maker(number, chance, kind, thing, profile)
    maker.extras += [_numbered(n) for n in range(questions)]
    return maker.package()


def _numbered(number: int) -> Extra:
    title = (f"항목 {number}", f"Item {number}")
    return Extra(
        f"item_{number}", title, (f"항목 {number}은 무엇입니까?", f"What is item {number}?")
    )


class _Maker:
    """Makes one package; `text` keeps the English of every Korean text."""

    def __init__(
        self, number: int, chance: random.Random, kind: Archetype, thing: Pair, profile: Profile
    ) -> None:
        self.number, self.chance, self.kind = number, chance, kind
        self.thing, self.profile = thing, profile
        self.name = f"synthetic-{number:05}-{kind.id}"
        self.english: dict[str, str] = {}
        self.extras = chance.sample(EXTRAS, chance.randint(1, 9))
        self.steps = sorted(chance.sample(range(1, 60), chance.randint(1, 5)))

    def text(self, korean: str, english: str) -> str:
        """Note both languages of a text and return the Korean one."""
        self.english[korean] = english
        return korean

    def package(self) -> Made:
        files: Files = {
            "service.yaml": self.service(),
            "pages.yaml": self.pages(),
            "process.yaml": self.process(),
            "rules/outcome.yaml": self.outcome(),
            "tests/main.yaml": {"tests": list(self.tests())},
        }
        if self.kind.fee:
            files["rules/price.yaml"] = self.fee()
            files["parameters/unit_price.yaml"] = self.price()
        if self.kind.document:
            files["documents/paper.yaml"] = self.document()
        return Made(self.name, files, self.english)

    # the service

    def service(self) -> dict[str, Any]:
        events = [event.id for event in life_events(self.profile)] or ["general"]
        departments = [item.id for item in self.profile.city.departments]
        korean, english = self.kind.title
        title = self.text(
            f"[시험용 {self.number}] {self.thing[0]} {korean}",
            f"[Synthetic {self.number}] {english}: {self.thing[1]}",
        )
        value: dict[str, Any] = {
            "id": self.name,
            "version": "1.0.0",
            "language": "ko",
            "title": title,
            "summary": self.text(
                f"시험을 위해 만든 서비스입니다. {self.thing[0]}에 관한 {korean}입니다.",
                f"A made-up service for tests: {english.lower()} about {self.thing[1].lower()}.",
            ),
            "keywords": [self.thing[0], korean],
            "life_events": self.chance.sample(events, min(len(events), self.chance.randint(1, 3))),
            "audience": self.chance.sample(_AUDIENCES, self.chance.randint(1, 3)),
            "handled_by": {"department": self.chance.choice(departments), "by": "any"},
            "legal_basis": [_LAW],
            "channels": self.channels(),
            "deadline": self.chance.choice(_DEADLINES),
            "facts": list(self.facts()),
            "retention": {"years": self.chance.choice((1, 3, 5, 10)), "basis": _LAW},
            "synthetic": True,
        }
        self.english[f"{self.thing[0]}, {korean}"] = f"{self.thing[1]}, {english}".lower()
        if self.kind.fee:
            title = self.text("수수료", "Fee")
            value["fees"] = [{"id": "fee", "title": title, "decision": "price"}]
        if self.kind.document:
            title = self.text(
                f"{self.thing[0]} {korean} 문서", f"{english}: {self.thing[1]}, paper"
            )
            kind = {"id": "paper", "title": title, "kind": self.kind.output, "document": "paper"}
            value["outputs"] = [kind]
        return value

    def channels(self) -> list[dict[str, Any]]:
        hours = self.text("월-금 09:00-18:00", "Monday to Friday, 09:00 to 18:00")
        found: list[dict[str, Any]] = [
            {"kind": "web", "hours": self.text("연중 24시간", "Always")},
            {"kind": "counter", "hours": hours},
            {"kind": "phone", "phone": "120", "hours": hours},
            {"kind": "post"},
            {"kind": "visit", "phone": "120"},
        ]
        return found

    def facts(self) -> list[dict[str, Any]]:
        amount = {
            "id": "amount", "title": self.text("수량", "Quantity"), "type": "number",
            "source": "applicant", "purpose": "decide", "allowed": "[0..99]",
        }  # fmt: skip
        area = {
            "id": "area", "title": self.text("지역", "Area"), "type": "string",
            "source": "applicant", "purpose": "decide",
        }  # fmt: skip
        known = {
            "id": "is_registered", "title": self.text("서울시 등록 여부", "Registered in the city"),
            "type": "boolean", "source": "register", "register": "residents.is_registered",
            "purpose": "decide", "category": "address", "basis": _LAW,
        }  # fmt: skip
        more = [
            {"id": extra.id, "title": self.text(*extra.title), "type": extra.type,
             "source": "applicant", "purpose": "contact", "category": "contact"}
            for extra in self.extras
        ]  # fmt: skip
        return [amount, area, known, *more]

    # the pages

    def pages(self) -> dict[str, Any]:
        why = self.text("결정하는 데 필요합니다.", "It is needed to decide.")
        areas = [
            {"value": value, "title": self.text(*title)}
            for value, title in (
                ("north", ("강북", "North of the river")),
                ("south", ("강남", "South of the river")),
                ("hills", ("산지", "In the hills")),
            )
        ]
        questions: list[dict[str, Any]] = [
            {"id": "amount", "ask": self.text("몇 개입니까?", "How many are there?"), "why": why,
             "schema": {"type": "integer", "minimum": 0, "maximum": 99}},
            {"id": "area", "ask": self.text("어디입니까?", "Where is it?"), "why": why,
             "schema": {"type": "string"}, "choices": areas},
        ]  # fmt: skip
        contact = self.text("연락할 때 씁니다.", "We use it to reach you.")
        for number, extra in enumerate(self.extras):
            asked: dict[str, Any] = {
                "id": extra.id, "ask": self.text(*extra.ask), "why": contact,
                "schema": dict(extra.schema),
            }  # fmt: skip
            if number % 3 == 1:
                asked["when"] = f"amount > {self.steps[0]}"
            questions.append(asked)
        pages: list[dict[str, Any]] = [
            {"id": "amount", "questions": ["amount"]},
            {"id": "area", "questions": ["area"]},
        ]
        for number, extra in enumerate(self.extras):
            page: dict[str, Any] = {"id": f"more-{number}", "questions": [extra.id]}
            if number % 4 == 2:
                page["when"] = 'area = "south"'
            pages.append(page)
        return {"questions": questions, "pages": pages}

    # the process

    def process(self) -> dict[str, Any]:
        value: dict[str, Any] = {"like": self.kind.like, "decision_class": self.kind.level}
        if self.kind.level in ("R0", "R1"):
            value["automation"] = {"basis": [_LAW], "discretion": False}
        if self.kind.document:
            value["issues"] = ["paper"]
        return value

    # the rules

    def bands(self) -> list[tuple[str, int]]:
        """Return tests of the amount without gaps, and one amount in each."""
        ends = self.steps
        found = [(f"<= {ends[0]}", ends[0])]
        found += [(f"({low}..{high}]", high) for low, high in pairwise(ends)]
        return [*found, (f"> {ends[-1]}", ends[-1] + 1)]

    def outcome(self) -> dict[str, Any]:
        rows = [
            {"id": "elsewhere", "when": ["-", "-", "false"], "then": ['"refer"'],
             "because": self.text("서울시에 등록되어 있지 않습니다.", "It is not registered here."),
             "law": _LAW}
        ]  # fmt: skip
        for number, (test, _) in enumerate(self.bands()):
            last = number == len(self.steps)
            end = '"refuse"' if last and self.kind.refuses else '"grant"'
            because = self.text(f"수량이 {test}입니다.", f"The quantity is {test}.")
            rows.append({
                "id": f"band_{number}", "when": [test, "-", "true"], "then": [end],
                "because": because, "law": _LAW,
            })  # fmt: skip
        title = self.text("받을 수 있는가", "Whether it can be given")
        inputs = [{"of": "amount", "type": "number"}, {"of": "area", "type": "string"},
                  {"of": "is_registered", "type": "boolean"}]  # fmt: skip
        return {"id": "outcome", "title": title, "hit": "UNIQUE", "inputs": inputs,
                "results": [{"name": "outcome", "type": "string"}], "rows": rows}  # fmt: skip

    def fee(self) -> dict[str, Any]:
        rows = [
            {"id": "north", "when": ['"north"'], "then": ["unit_price"]},
            {"id": "south", "when": ['"south"'], "then": ["2 * unit_price"]},
            {"id": "hills", "when": ['"hills"'], "then": ["0"]},
        ]
        title = self.text("수수료는 얼마인가", "How much the fee is")
        return {"id": "price", "title": title, "inputs": [{"of": "area", "type": "string"}],
                "results": [{"name": "price", "type": "number"}], "rows": rows}  # fmt: skip

    def price(self) -> dict[str, Any]:
        price = 100 * self.chance.randint(1, 50)
        title = self.text("단가", "Price of one")
        values = [{"since": "2020-01-01", "value": price, "law": _LAW}]
        return {"id": "unit_price", "title": title, "unit": "KRW", "values": values}

    def document(self) -> dict[str, Any]:
        rows = [{"title": self.text("신청인", "Applicant"), "value": "{applicant}"},
                {"title": self.text("수량", "Quantity"), "value": "{amount}"}]  # fmt: skip
        note = self.text("시험용 문서이며 효력이 없습니다.", "A paper for tests, of no effect.")
        blocks = [{"id": "facts", "kind": "facts", "rows": rows},
                  {"id": "note", "kind": "note", "text": note}]  # fmt: skip
        title = self.text(f"{self.thing[0]} 확인서", f"Confirmation: {self.thing[1]}")
        return {"id": "paper", "kind": self.kind.document, "title": title, "blocks": blocks}

    # the tests

    def tests(self) -> list[dict[str, Any]]:
        areas = ("north", "south", "hills")
        found: list[dict[str, Any]] = []
        bands = self.bands()
        for number in range(max(len(bands), len(areas))):
            band = min(number, len(bands) - 1)
            refused = self.kind.refuses and band == len(bands) - 1
            found.append({
                "name": f"수량 {bands[band][1]}, {areas[number % 3]}", "at": "2026-09-23",
                "facts": {"amount": bands[band][1], "area": areas[number % 3],
                          "is_registered": True},
                "expect": {"outcome": "refuse" if refused else "grant",
                           "rows": self.rows(f"band_{band}", areas[number % 3])},
            })  # fmt: skip
        found.append({
            "name": "등록되지 않은 사람", "at": "2026-09-23",
            "facts": {"amount": 0, "area": "hills", "is_registered": False},
            "expect": {"outcome": "refer", "decided": "officer"},
        })  # fmt: skip
        return found

    def rows(self, band: str, area: str) -> list[str]:
        return [f"outcome.{band}", *([f"price.{area}"] if self.kind.fee else [])]
