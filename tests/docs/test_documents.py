"""The how-to "Issue and verify documents": its template is set as the page says."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

from madang.records import document_cli
from tests.records.papers import needs_fonts

PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "issue-and-verify-documents.md"
TEXT = PAGE.read_text(encoding="utf-8")
FILES = re.compile(r"<!-- file: (\S+) -->\n```\w+\n(.*?)```", re.DOTALL)
RUNS = re.compile(
    r"<!-- run -->\n```console\n\$ madang documents render (.*?)\n(.*?)```", re.DOTALL
)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name, text in FILES.findall(TEXT):
        (tmp_path / name).write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@needs_fonts
def test_the_template_of_the_page_is_set_as_it_says(folder: Path):
    (run,) = RUNS.findall(TEXT)
    done = CliRunner().invoke(document_cli.render, shlex.split(run[0]))
    assert done.exit_code == 0, done.output
    size = re.compile(r"bytes: \d+")
    assert size.sub("bytes", done.stdout) == size.sub("bytes", run[1])
    assert (folder / "residence.pdf").read_bytes().startswith(b"%PDF-")


@needs_fonts
def test_a_script_without_a_font_is_refused_as_the_page_says(folder: Path):
    (folder / "tibetan.json").write_text('{"applicant": "ཀ", "address": "x"}', encoding="utf-8")
    arguments = ["residence.yaml", "--data", "tibetan.json", "--out", "residence.pdf"]
    done = CliRunner().invoke(document_cli.render, arguments)
    assert str(done.exception) == "residence.yaml: no font can print ཀ (U+0F40)"
