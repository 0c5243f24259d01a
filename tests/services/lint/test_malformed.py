"""Packages that nobody meant: spoilt by chance, too deep, too large, in other encodings."""

from __future__ import annotations

import random
import time

import pytest

from madang.services.lint import examine
from madang.services.lint.examine import lint
from madang.services.lint.fault import CODES
from tests.services.lint.good import FILES, SEOUL, written

JUNK = [
    "null", "true", "-1", "99999999999999999999", "1e400", ".nan", "[]", "{}", "[[1]]",
    "{a: {b: 1}}",
    '""', "'\"'", "2026-02-29", "&x y", "*x", "!!binary x", "in", "not(", "{", "💥", "a" * 300,
    "- -",
    "size", "outcome", "<<: {a: 1}",
]  # fmt: skip


def mutated(text: str, chance: random.Random) -> str:
    lines = text.split("\n")
    for _ in range(chance.randint(1, 3)):
        at = chance.randrange(len(lines))
        line, kind = lines[at], chance.randrange(7)
        if kind == 0:
            del lines[at]
            lines = lines or [""]
        elif kind == 1:
            lines.insert(at, line)
        elif kind == 2 and ":" in line:
            lines[at] = f"{line.partition(':')[0]}: {chance.choice(JUNK)}"
        elif kind == 3:
            lines[at] = chance.choice((" ", "  ", "- ", "\t")) + line
        elif kind == 4 and line:
            place = chance.randrange(len(line))
            lines[at] = line[:place] + chance.choice("{}[]\"'<>=,:#0-?*&") + line[place + 1 :]
        elif kind == 5 and line:
            words = line.split(" ")
            words[chance.randrange(len(words))] = chance.choice(JUNK)
            lines[at] = " ".join(words)
        else:
            other = chance.randrange(len(lines))
            lines[at], lines[other] = lines[other], lines[at]
    return "\n".join(lines)


@pytest.mark.parametrize("seed", range(12))
def test_no_mutation_of_its_files_ends_the_linter(tmp_path, seed):
    chance = random.Random(seed)
    names = sorted(FILES)
    folder = written(tmp_path)
    for _ in range(30):
        name = chance.choice(names)
        text = mutated(FILES[name], chance)
        (folder / name).write_text(text, encoding="utf-8")
        for fault in (*lint(folder, SEOUL), *examine.tested(folder, SEOUL)):
            assert fault.code in CODES
            path = folder / fault.file
            lines = path.read_text(encoding="utf-8").count("\n") + 1 if path.is_file() else 1
            assert 1 <= fault.line <= lines, (fault, text)
            assert fault.message
        (folder / name).write_text(FILES[name], encoding="utf-8")


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"[" * 100_000, "not-yaml"),
        (b"- " * 100_000, "not-yaml"),
        (b"{a: " * 100_000, "not-yaml"),
        ("\n".join(" " * n + "a:" for n in range(1200)).encode(), "not-yaml"),
        (b"a: &a [x, x]\n" + b"".join(
            b"a%d: &a%d [*a, *a, *a, *a]\n" % (n, n) if n == 0 else
            b"a%d: &a%d [*a%d, *a%d, *a%d, *a%d]\n" % (n, n, *[n - 1] * 4) for n in range(40)
        ), "alias-loop"),
        ("title: 벤치".encode("utf-16"), "not-yaml"),
        ("title: 벤치".encode("euc-kr"), "not-yaml"),
        (b"title: \x00", "not-yaml"),
        (b"", "not-yaml"),
        (b"- just\n- a list\n", "bad-value"),
        (b"a text", "bad-value"),
        (b"42", "bad-value"),
        (b"!!python/object/apply:os.system ['exit 3']", "not-yaml"),
    ],
    ids=["brackets", "dashes", "braces", "indents", "laughs", "utf-16", "euc-kr", "nul", "empty",
         "list", "text", "number", "python"],
)  # fmt: skip
@pytest.mark.parametrize("name", ["service.yaml", "pages.yaml", "i18n/en.yaml", "tests/main.yaml"])
def test_files_made_to_harm_are_faults_within_a_second(tmp_path, name, content, code):
    folder = written(tmp_path)
    (folder / name).write_bytes(content)
    begun = time.process_time()
    faults = lint(folder, SEOUL)
    assert time.process_time() - begun < 1.0
    assert [(f.code, f.file) for f in faults][:1] == [(code, name)]


@pytest.mark.parametrize(
    "feel",
    [
        "(" * 3000 + "1" + ")" * 3000,
        "if " * 1000 + "1",
        "for x in 1..1000000000 return x",
        "size ** 999999999",
        "sum(for x in 1..100000 return x)",
        '"' + "a" * 3900,
        "some x in [1,2,3] satisfies some y in [1,2,3] satisfies x = y",
        "outcome.outcome.outcome",
        "size(3)",
    ],
)
def test_expressions_made_to_harm_end(tmp_path, feel):
    text = FILES["pages.yaml"].replace(
        "questions: [colour], when: size > 3", f"questions: [colour], when: '{feel}'"
    )
    begun = time.process_time()
    faults = lint(written(tmp_path, pages=text), SEOUL)
    assert time.process_time() - begun < 20.0
    assert all(fault.line >= 1 for fault in faults)


def test_links_and_strange_places_are_no_files_of_a_package(tmp_path):
    folder = written(tmp_path / "p")
    (tmp_path / "secret.yaml").write_text("id: secret\n")
    (folder / "rules" / "secret.yaml").symlink_to(tmp_path / "secret.yaml")
    (folder / "rules" / "loop").symlink_to(folder)
    (folder / "rules" / "deep").mkdir()
    (folder / "rules" / "deep" / "x.yaml").write_text("id: x\n")
    found = {fault.file for fault in lint(folder, SEOUL) if fault.code == "unknown-file"}
    assert found == {"rules/secret.yaml", "rules/loop", "rules/deep/x.yaml"}
