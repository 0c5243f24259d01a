"""The how-to page, to the letter: its files make the service that its commands speak of."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from madang.services import cli_lint

PAGE = Path(__file__).parents[3] / "docs" / "how-to" / "write-a-service.md"
FILE = re.compile(r"<!-- file: (?P<file>\S+) -->\n```\w+\n(?P<text>.*?)```", re.DOTALL)
COMMAND = re.compile(
    r"<!-- (run|fails) -->\n```console\n\$ madang services (.*?)\n(.*?)```", re.DOTALL
)


@pytest.mark.parametrize("told", COMMAND.findall(PAGE.read_text("utf-8")), ids=lambda told: told[1])
def test_the_page_prints_what_it_says(tmp_path, monkeypatch, told):
    monkeypatch.chdir(tmp_path)
    for block in FILE.finditer(PAGE.read_text("utf-8")):
        path = tmp_path / block["file"]
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(block["text"], "utf-8")
    kind, command, output = told
    name, *arguments = command.split()
    ran = CliRunner().invoke(getattr(cli_lint, name), arguments)
    assert (ran.exit_code, ran.stdout) == (0 if kind == "run" else 2, output)
