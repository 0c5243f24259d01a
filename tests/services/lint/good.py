"""A small package that is good, and ways to spoil it."""

from __future__ import annotations

from pathlib import Path

import yaml

from madang.city.api import load_profile
from madang.services.lint.examine import lint
from madang.services.lint.fault import Fault
from madang.services.packages.reader import read_package
from madang.services.packages.texts import digest, texts

SEOUL = load_profile("seoul")
FILES = {
    "service.yaml": """\
id: bench-permit
version: 1.0.0
language: ko
title: 벤치 설치 허가
summary: 공원에 벤치를 놓을 수 있습니다.
life_events: [neighbourhood]
audience: [resident]
handled_by: {department: garden-city, level: district, by: any}
legal_basis:
  - {law: 공원법, article: 제24조}
channels:
  - {kind: web, hours: 연중 24시간}
  - {kind: counter, hours: 월-금 09:00-18:00}
  - {kind: phone, hours: 월-금 09:00-18:00, phone: "120"}
  - {kind: post}
  - {kind: visit, phone: "120"}
deadline: 5 days
facts:
  - {id: size, title: 크기, type: number, source: applicant, purpose: decide, allowed: "[1..9]"}
  - {id: colour, title: 색, type: string, source: applicant, purpose: decide}
  - {id: age, title: 나이, type: number, source: register, register: residents.age,
     purpose: decide, allowed: "[0..130]", basis: {law: 공원법, article: 제25조}}
fees:
  - {id: permit, title: 허가 수수료, parameter: fee}
outputs:
  - {id: permit, title: 허가서, kind: permit, document: permit}
retention: {years: 5, basis: {law: 공원법, article: 제26조}}
keywords: [벤치, 의자]
""",
    "pages.yaml": """\
questions:
  - id: size
    ask: 얼마나 큽니까?
    why: 허가를 정합니다.
    schema: {type: integer, minimum: 1, maximum: 9}
  - id: colour
    ask: 무슨 색입니까?
    why: 큰 벤치는 색을 봅니다.
    schema: {type: string}
    choices:
      - {value: green, title: 초록}
      - {value: red, title: 빨강}
    when: size > 3
pages:
  - {id: size, questions: [size]}
  - {id: colour, questions: [colour], when: size > 3}
""",
    "process.yaml": """\
like: application
decision_class: R1
automation:
  basis:
    - {law: 공원법, article: 제24조}
issues: [permit]
""",
    "parameters/fee.yaml": """\
id: fee
title: 수수료
unit: KRW
values:
  - {since: 2020-01-01, value: 1000, law: {law: 공원법 시행규칙, article: 제3조}}
""",
    "rules/outcome.yaml": """\
id: outcome
title: 놓을 수 있는가
inputs:
  - {of: size, type: number}
  - {of: age, type: number}
results:
  - {name: outcome, type: string}
rows:
  - id: small
    when: ["<= 3", "-"]
    then: ['"grant"']
    because: 작은 벤치입니다.
    law: {law: 공원법, article: 제24조}
  - id: large
    when: ["> 3", ">= 18"]
    then: ['if colour = "green" then "grant" else "refer"']
    because: 큰 벤치입니다.
    law: {law: 공원법, article: 제24조}
  - id: young
    when: ["> 3", "< 18"]
    then: ['"refuse"']
    because: 어른만 신청합니다.
    law: {law: 공원법, article: 제25조}
""",
    "documents/permit.yaml": """\
id: permit
kind: permit
title: 허가서
blocks:
  - {id: who, kind: paragraph, text: "{applicant}에게 허가합니다."}
""",
    "notices/granted.yaml": """\
id: granted
subject: 허가되었습니다.
body: 벤치를 놓으세요.
""",
    "tests/main.yaml": """\
tests:
  - name: 작은 벤치
    at: 2026-09-23T16:30+09:00
    facts: {size: 2, age: 30}
    expect: {outcome: grant, decided: rules, fee: 1000, documents: [permit], pages: [size],
             rows: [outcome.small], state: granted, deadline: 2026-10-02}
  - name: 큰 초록 벤치
    at: 2026-09-23
    facts: {size: 5, age: 30, colour: green}
    expect: {outcome: grant, pages: [size, colour]}
  - name: 어린이
    at: 2026-09-23
    facts: {size: 5, age: 10, colour: green}
    verbs: [assign, refuse]
    expect: {outcome: refuse, decided: officer, end: refused}
""",
}


def written(folder: Path, **changes: str) -> Path:
    """Write the package into a folder, with other files; `rules__outcome` is rules/outcome.yaml."""
    files = FILES | {f"{k.replace('__', '/')}.yaml": v for k, v in changes.items()}
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    if "i18n__en" not in changes:
        translate(folder)
    return folder


def translate(folder: Path) -> None:
    """Write an English file that is complete."""
    package, _, _ = read_package(folder)
    if package is None:
        return
    found = dict(texts(package))
    value = {
        "status": "reviewed",
        "texts": {path: f"({path}) {_kept(text)}" for path, text in found.items()},
        "of": {path: digest(text) for path, text in found.items()},
    }
    path = folder / "i18n" / "en.yaml"
    path.parent.mkdir(exist_ok=True)
    path.write_text(yaml.safe_dump(value, sort_keys=False), encoding="utf-8")


def _kept(text: str) -> str:
    return " ".join(part.split("}")[0] + "}" for part in _braces(text))


def _braces(text: str) -> list[str]:
    return ["{" + part for part in text.split("{")[1:]]


def spoilt(folder: Path, file: str, old: str, new: str) -> list[Fault]:
    """Return the faults of the package with one text in one of its files changed."""
    text = FILES[file]
    assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {file}"
    key = file.removesuffix(".yaml").replace("/", "__")
    return lint(written(folder, **{key: text.replace(old, new)}), SEOUL)


def line_of(file: str, text: str) -> int:
    """Return the line of the good package on which a text stands first."""
    return FILES[file][: FILES[file].index(text)].count("\n") + 1
