"""Codes whose packages need more than one change."""

from __future__ import annotations

from madang.services.lint.examine import lint
from madang.services.lint.fault import CODES
from tests.services.lint import test_codes
from tests.services.lint.good import FILES, SEOUL, translate, written

OUTCOME = "rules/outcome.yaml"


def found(folder, code):
    return [(f.file, f.line) for f in lint(folder, SEOUL) if f.code == code]


def test_missing_file(tmp_path):
    folder = written(tmp_path)
    (folder / "process.yaml").unlink()
    assert found(folder, "missing-file") == [("service.yaml", 1)]


def test_unknown_file(tmp_path):
    folder = written(tmp_path)
    (folder / "notes.txt").write_text("x")
    (folder / "rules" / "link.yaml").symlink_to("/etc/passwd")
    assert found(folder, "unknown-file") == [("notes.txt", 1), ("rules/link.yaml", 1)]


def test_too_large(tmp_path):
    folder = written(tmp_path)
    (folder / "pages.yaml").write_text("# " + "x" * 1_000_001)
    assert found(folder, "too-large") == [("pages.yaml", 1)]
    for number in range(501):
        (folder / "tests" / f"t{number}.yaml").write_text("tests: []")
    assert found(folder, "too-large") == [("service.yaml", 1)]


def test_unused_notice(tmp_path):
    folder = written(tmp_path, notices__hello="id: hello\nsubject: 안녕\nbody: 안녕\n")
    assert found(folder, "unused-notice") == [("notices/hello.yaml", 1)]


def test_unused_decision(tmp_path):
    folder = written(tmp_path, rules__spare="id: spare\ntitle: 남는 것\nvalue: size + 1\n")
    assert found(folder, "unused-decision") == [("rules/spare.yaml", 1)]


def test_needs_itself(tmp_path):
    one = "id: one\ntitle: 하나\nvalue: two + 1\n"
    folder = written(tmp_path, rules__one=one, rules__two="id: two\ntitle: 둘\nvalue: one + 1\n")
    assert found(folder, "needs-itself") == [("rules/one.yaml", 1), ("rules/two.yaml", 1)]


def test_no_tests(tmp_path):
    folder = written(tmp_path)
    (folder / "tests" / "main.yaml").unlink()
    assert found(folder, "no-tests") == [("service.yaml", 1)]


def test_shadowed_row(tmp_path):
    text = FILES[OUTCOME].replace("inputs:", "hit: FIRST\ninputs:", 1)
    text = text.replace('["> 3", ">= 18"]', '["-", ">= 18"]').replace('"> 3", "< 18"', '"-", "-"')
    text += '  - id: late\n    when: ["> 5", "< 9"]\n    then: [\'"refer"\']\n    because: 늦다\n'
    folder = written(tmp_path, rules__outcome=text)
    line = text[: text.index("- id: late")].count("\n") + 1
    assert found(folder, "shadowed-row") == [(OUTCOME, line)]


def test_too_much_to_check(tmp_path, monkeypatch):
    monkeypatch.setattr("madang.services.lint.tables.MOST_STEPS", 2)
    assert found(written(tmp_path), "too-much-to-check") == [(OUTCOME, 8)]


def test_languages(tmp_path):
    folder = written(tmp_path)
    path = folder / "i18n" / "en.yaml"
    good = path.read_text()

    def spoil(old: str, new: str) -> None:
        assert old in good
        path.write_text(good.replace(old, new, 1))

    def line(text: str) -> int:
        here = path.read_text()
        return here[: here.index(text)].count("\n") + 1

    spoil("  service.title: ", "  service.titel: ")
    assert found(folder, "unknown-text") == [("i18n/en.yaml", line("  service.titel"))]
    assert found(folder, "missing-text") == [("i18n/en.yaml", 2)]
    spoil("service.title: '(service.title) '", "service.title: '[ko] 벤치'")
    assert found(folder, "missing-text") == [("i18n/en.yaml", line("service.title"))]
    spoil("{applicant}", "somebody")
    where = line("documents.permit.blocks.who.text")
    assert found(folder, "lost-placeholder") == [("i18n/en.yaml", where)]
    path.unlink()
    assert found(folder, "missing-language") == [("service.yaml", 3)]
    path.write_text(good)
    (folder / "service.yaml").write_text(
        FILES["service.yaml"].replace("title: 벤치 설치 허가", "title: 의자 설치 허가")
    )
    assert found(folder, "stale-text") == [("i18n/en.yaml", line("service.title"))]
    path.write_text(good[: good.index("of:")])
    assert ("i18n/en.yaml", line("service.title")) in found(folder, "unstamped-text")
    translate(folder)
    (folder / "i18n" / "tlh.yaml").write_text("status: machine\ntexts: {}\n")
    assert found(folder, "unknown-language") == [("i18n/tlh.yaml", 1)]


def test_easy_words_are_easy(tmp_path):
    text = "status: reviewed\ntexts:\n  service.summary: 공원에 벤치를 놓으세요.\n"
    folder = written(tmp_path)
    (folder / "i18n" / "ko-x-easy.yaml").write_text(text)
    assert found(folder, "hard-to-read") == []
    hard = text.replace("놓으세요.", "놓고, 이용자 인증을 갱신하고, 준수하세요.")
    (folder / "i18n" / "ko-x-easy.yaml").write_text(hard)
    assert ("i18n/ko-x-easy.yaml", 3) in found(folder, "hard-to-read")


HERE = {
    "missing-file", "unknown-file", "too-large", "unused-notice", "unused-decision",
    "needs-itself", "no-tests", "shadowed-row", "too-much-to-check", "unknown-text",
    "missing-text", "lost-placeholder", "missing-language", "stale-text", "unstamped-text",
    "unknown-language", "hard-to-read",
}  # fmt: skip
ELSEWHERE = {
    "not-a-districts", "unknown-district",  # test_districts
    "prefill-purpose", "unknown-while-asked",  # test_prefills
    "bad-refund", "fee-not-payable",  # test_refunds
}  # fmt: skip


def test_every_code_has_a_package_that_earns_it():
    told = {case[0] for case in test_codes.BY_LINE + test_codes.OF_OTHERS}
    assert told | HERE | ELSEWHERE == CODES.keys()
