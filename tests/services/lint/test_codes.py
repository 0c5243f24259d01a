"""Every code of the linter has a package that earns it, on the very line."""

from __future__ import annotations

import pytest

from tests.services.lint.good import FILES, spoilt

S, P, R, O = "service.yaml", "pages.yaml", "process.yaml", "rules/outcome.yaml"  # noqa: E741
D, T, F = "documents/permit.yaml", "tests/main.yaml", "parameters/fee.yaml"
AFTER_ISSUES = "issues: [permit]\n"

# code, file, what is replaced, by what, and the text on whose line the fault is.
CASES = [
    ("not-yaml", S, "title: 벤치 설치 허가", "title: [벤치", "summary: "),
    ("key-twice", S, "language: ko", "language: ko\nlanguage: en", "language: en"),
    ("alias-loop", S, "keywords: [벤치, 의자]", "keywords: &k [*k]", "keywords: &k"),
    ("unknown-key", S, "keywords:", "key_words:", "key_words:"),
    ("missing-key", S, "deadline: 5 days\n", "", "id: bench-permit"),
    ("bad-value", S, "version: 1.0.0", "version: eins", "version: eins"),
    ("unknown-base", R, "like: application", "like: nothing", "like: nothing"),
    ("same-id", S, "  - {id: colour,", "  - {id: size,", "{id: size, title: 색"),
    ("unknown-department", S, "garden-city", "moon", "handled_by"),
    ("unknown-level", S, "level: district", "level: planet", "handled_by"),
    ("unknown-life-event", S, "[neighbourhood]", "[eclipse]", "life_events"),
    ("no-offline-channel", S, "  - {kind: counter, hours: 월-금 09:00-18:00}\n"
     "  - {kind: phone, hours: 월-금 09:00-18:00, phone: \"120\"}\n", "", "channels:"),
    ("channel-incomplete", S, "{kind: counter, hours: 월-금 09:00-18:00}", "{kind: counter}",
     "{kind: counter}"),
    ("channel-twice", S, "{kind: post}", "{kind: visit}", "{kind: visit, phone"),
    ("channel-closed", S, "deadline: 5 days\n", "deadline: 5 days\nnot_offered:\n  - {kind: post, "
     "why: 직접 와야 합니다, basis: {law: 공원법, article: 제3조}}\n", "{kind: post, why"),
    ("other-fee", S, "{kind: post}", "{kind: post, fee: 5}", "{kind: post"),
    ("other-deadline", S, "{kind: post}", "{kind: post, deadline: 9 days}", "{kind: post"),
    ("bad-limit", S, "deadline: 5 days", "deadline: soon", "deadline: soon"),
    ("fee-unclear", S, "parameter: fee}", "parameter: fee, amount: 3}", "amount: 3"),
    ("unknown-parameter", S, "parameter: fee}", "parameter: fees}", "parameter: fees"),
    ("unknown-decision", S, "parameter: fee}", "decision: price}", "decision: price"),
    ("unknown-fact", S, "parameter: fee}", "parameter: fee, per: copies}", "per: copies"),
    ("waiver-without-law", S, "parameter: fee}", "parameter: fee, waived: age > 64}", "waived"),
    ("bad-identity", S, "deadline: 5 days", "deadline: 5 days\nidentity: {ial: 0, aal: 2}",
     "identity:"),
    ("keyword-twice", S, "[벤치, 의자]", "[벤치, 벤치]", "keywords:"),
    ("missing-retention", S, "retention: {years: 5, basis: {law: 공원법, article: 제26조}}\n", "",
     "id: bench-permit"),
    ("fact-not-asked", S, "{id: age, title: 나이, type: number, source: register, register: "
     "residents.age,", "{id: age, title: 나이, type: number, source: applicant,", "id: age"),
    ("asked-though-known", S, "type: string, source: applicant", "type: string, source: register, "
     "register: a.b, basis: {law: 법, article: 제1조}", None),
    ("question-without-fact", P, "  - id: size\n", "  - id: siz\n", "- id: siz\n"),
    ("fact-unused", O, 'if colour = "green" then "grant" else "refer"', '"grant"', None),
    ("register-unclear", S, "residents.age", "residents", "register: residents"),
    ("sensitive-unclear", S, "source: register,", "source: register, sensitive: true,", "id: age"),
    ("prefill-unclear", S, "retention:", "prefills:\n  - {source: home.hue, purpose: decide}"
     "\nretention:", "- {source: home"),
    ("prefill-undeclared", P, "  - id: size\n", "  - id: size\n    prefill: residents.size\n",
     "- id: size"),
    ("prefill-unused", S, "retention:", "prefills:\n  - {source: previous.size, purpose: decide}\n"
     "retention:", "- {source: previous"),
    ("fact-type", P, "{type: string}", "{type: boolean}", "{type: boolean}"),
    ("question-on-no-page", P, "questions: [colour], when", "when", "- id: colour"),
    ("unknown-question", P, "questions: [size]", "questions: [size, weight]", "[size, weight]"),
    ("unreachable-page", P, "{id: colour, questions: [colour], when: size > 3}",
     "{id: colour, questions: [colour], when: size > 9}", "size > 9"),
    ("unreachable-question", P, "      - {value: red, title: 빨강}\n    when: size > 3",
     "      - {value: red, title: 빨강}\n    when: size > 3 and size < 3", "- id: colour"),
    ("never-true", D, 'text: "{applicant}에게 허가합니다."', "text: 벤치, when: size > 9",
     "size > 9"),
    ("asked-too-late", P, "questions: [size]}", 'questions: [size], when: colour = "red"}',
     'colour = "red"'),
    ("bad-schema", P, "minimum: 1,", "minimal: 1,", "minimal"),
    ("empty-page", P, "questions: [size]}", "questions: []}", "questions: []"),
    ("bad-feel", O, '["<= 3", "-"]', '["<= ", "-"]', '["<= ", "-"]'),
    ("unknown-name", O, "of: age,", "of: ages,", "of: ages"),
    ("row-width", O, '["<= 3", "-"]', '["<= 3"]', '["<= 3"]'),
    ("empty-table", O, "title: 놓을 수 있는가", "title: t\nvalue: '3'", "id: outcome"),
    ("bad-outcome", O, '"refuse"', '"deny"', '"deny"'),
    ("gap", O, '["<= 3", "-"]', '["< 3", "-"]', "rows:"),
    ("overlap", O, '["<= 3", "-"]', '["<= 4", "-"]', "- id: large"),
    ("untested-row", T, "  - name: 어린이\n    at: 2026-09-23\n    facts: {size: 5, age: 10, "
     "colour: green}\n    verbs: [assign, refuse]\n    expect: {outcome: refuse, decided: officer, "
     "end: refused}\n", "", None),
    ("row-without-reason", O, "    because: 작은 벤치입니다.\n", "", "- id: small"),
    ("parameter-order", F, "values:\n", "values:\n  - {since: 2024-01-01, value: 9, law: {law: 법, "
     "article: 제1조}}\n", "2020-01-01"),
    ("parameter-not-in-force", F, "2020-01-01", "2320-01-01", "values:"),
    ("parameter-types", F, "values:\n", "values:\n  - {since: 2010-01-01, value: x, law: {law: 법, "
     "article: 제1조}}\n", "values:"),
    ("unused-parameter", S, "parameter: fee}", "amount: 1000}", None),
    ("automation-without-law", R, "  basis:\n    - {law: 공원법, article: 제24조}\n",
     "  discretion: false\n", "automation:"),
    ("automation-with-discretion", R, "  basis:", "  discretion: true\n  basis:", "discretion"),
    ("automation-class", R, "R1", "R3", "automation:"),
    ("machine-refusal", R, AFTER_ISSUES, AFTER_ISSUES + "verbs:\n  - {id: refuse, kind: refuse, "
     "from: [received], to: refused, by: [officer, clock]}\n", "- {id: refuse"),
    ("no-start", R, AFTER_ISSUES, AFTER_ISSUES + "first: nowhere\n", "first: nowhere"),
    ("unknown-state", R, AFTER_ISSUES, AFTER_ISSUES + "verbs:\n  - {id: ask, kind: ask, "
     "from: [received], to: limbo}\n", "to: limbo"),
    ("unknown-verb", R, AFTER_ISSUES, AFTER_ISSUES + "timers:\n  - {id: t, state: waiting, "
     "after: 5 days, verb: hide}\n", "verb: hide"),
    ("timer-unclear", R, AFTER_ISSUES, AFTER_ISSUES + "timers:\n  - {id: t, state: waiting, "
     "after: 5 days}\n", "- {id: t"),
    ("unreachable-state", R, AFTER_ISSUES, AFTER_ISSUES + "states:\n  - {id: shelf}\n",
     "- {id: sh"),
    ("dead-end", R, AFTER_ISSUES, AFTER_ISSUES + "states:\n  - {id: shelf}\nverbs:\n  - {id: put, "
     "kind: assign, from: [received], to: shelf}\n", "- {id: shelf"),
    ("no-final-state", R, "like: application", "first: open\nstates: [{id: open}]\nverbs:\n"
     "  - {id: submit, kind: submit, to: open}", "states:"),
    ("final-without-outcome", R, AFTER_ISSUES, AFTER_ISSUES + "states:\n  - {id: granted, "
     "kind: final}\n", "- {id: granted"),
    ("offline-dead-end", R, AFTER_ISSUES, AFTER_ISSUES + "verbs:\n  - {id: withdraw, "
     "kind: withdraw, from: [received], to: withdrawn, by: [applicant]}\n", "like: application"),
    ("unknown-document", R, AFTER_ISSUES, "issues: [permit, medal]\n", "medal"),
    ("unused-document", R, AFTER_ISSUES, "", None),
    ("unknown-notice", R, AFTER_ISSUES, AFTER_ISSUES + "timers:\n  - {id: t, state: waiting, "
     "after: 5 days, notice: song}\n", "notice: song"),
    ("unknown-evidence", P, "questions: [size]}", "questions: [size], evidence: [photo]}", "photo"),
    ("unknown-placeholder", D, "{applicant}", "{applicants}", "{applicants}"),
    ("empty-block", D, "kind: paragraph", "kind: list", "kind: list"),
    ("test-failed", T, "fee: 1000", "fee: 900", "expect: {outcome: grant, decided: rules"),
    ("test-unclear", T, "facts: {size: 2,", "facts: {sise: 2,", "sise"),
    ("channel-differs", R, AFTER_ISSUES, AFTER_ISSUES + "verbs:\n  - {id: submit, kind: submit, "
     "to: received, by: [applicant]}\n", None),
]  # fmt: skip
BY_LINE = [case for case in CASES if case[4] is not None]


@pytest.mark.parametrize("case", BY_LINE, ids=[case[0] for case in BY_LINE])
def test_a_fault_is_found_on_its_line(tmp_path, case):
    code, file, old, new, at = case
    faults = spoilt(tmp_path / "p", file, old, new)
    text = FILES[file].replace(old, new)
    wanted = text[: text.index(at)].count("\n") + 1
    found = [(fault.file, fault.line) for fault in faults if fault.code == code]
    assert (file, wanted) in found, faults


ELSEWHERE = {
    # code: where a fault of one file is told in another
    "asked-though-known": (P, "- id: colour"),
    "fact-unused": (S, "{id: colour,"),
    "untested-row": (O, "- id: young"),
    "unused-parameter": (F, "id: fee"),
    "unused-document": (S, "document: permit"),
    "channel-differs": (T, "- name: 작은 벤치"),
}
OF_OTHERS = [case for case in CASES if ELSEWHERE.get(case[0])]


@pytest.mark.parametrize("case", OF_OTHERS, ids=[case[0] for case in OF_OTHERS])
def test_a_fault_of_two_files_is_told_where_it_is_mended(tmp_path, case):
    code, file, old, new, _ = case
    faults = spoilt(tmp_path / "p", file, old, new)
    wanted, at = ELSEWHERE[code]
    line = FILES[wanted][: FILES[wanted].index(at)].count("\n") + 1
    assert (wanted, line) in [(f.file, f.line) for f in faults if f.code == code], faults
