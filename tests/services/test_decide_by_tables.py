"""The how-to page, to the letter: its files, its commands, what they print; and bad input."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "decide-by-tables.md"
BLOCK = re.compile(r"<!-- (file: (?P<file>\S+)|run|fails) -->\n```\w+\n(?P<text>.*?)```", re.DOTALL)


def madang(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    code = "from madang.app.cli import main; main()"
    return subprocess.run(
        [sys.executable, "-c", code, *arguments],
        cwd=folder, capture_output=True, text=True, check=False,
    )  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("decisions")
    for block in BLOCK.finditer(PAGE.read_text("utf-8")):
        if block["file"]:
            (folder / block["file"]).write_text(block["text"], "utf-8")
    return folder


COMMANDS = [b for b in BLOCK.finditer(PAGE.read_text("utf-8")) if not b["file"]]


@pytest.mark.parametrize("block", COMMANDS, ids=lambda block: block["text"].splitlines()[0][-40:])
def test_the_page_prints_what_it_says(folder, block):
    command, _, output = block["text"].partition("\n")
    ran = madang(folder, *command.removeprefix("$ madang ").split())
    if block[1] == "run":
        assert (ran.returncode, ran.stderr) == (0, "")
        assert ran.stdout == output
    else:
        assert ran.returncode == 2
        assert output.strip() in ran.stderr


@pytest.mark.parametrize(
    ("file", "content", "message"),
    [
        ("bad.json", '{"a": 1,\n', "bad.json:2: no JSON"),
        ("list.json", "[1]", "list.json: facts are an object"),
        ("nan.json", '{"Day": NaN}', "nan.json: no JSON: NaN is no number"),
        ("deep.json", "[" * 100_000, "deep.json: no JSON"),
        ("text.json", '{"Applicant": 5}', "text.json: Applicant: 5 is no object"),
    ],
)  # fmt: skip
def test_facts_that_cannot_be_used_name_file_and_place(folder, file, content, message):
    (folder / file).write_text(content)
    ran = madang(folder, "decisions", "evaluate", "parking.dmn", "--input", file)
    assert ran.returncode == 2
    assert message in ran.stderr
    assert "Traceback" not in ran.stderr


def test_a_model_that_cannot_be_read_names_file_and_line(folder):
    (folder / "broken.dmn").write_text("<definitions>\n<a></b></definitions>")
    ran = madang(folder, "decisions", "evaluate", "broken.dmn", "--input", "facts.json")
    assert (ran.returncode, "broken.dmn:2: mismatched tag" in ran.stderr) == (2, True)
    ran = madang(folder, "decisions", "evaluate", "none.dmn", "--input", "facts.json")
    assert (ran.returncode, "none.dmn: No such file" in ran.stderr) == (2, True)
    ran = madang(
        folder, "decisions", "evaluate", "parking.dmn", "--input", "facts.json", "--decision", "X"
    )
    assert "no decision 'X'; it has 'Age', 'Fee'" in ran.stderr
    assert ran.returncode == 2
