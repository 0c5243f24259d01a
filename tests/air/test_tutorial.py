"""The tutorial says what the commands say."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

from click.testing import CliRunner

from madang.air.cli import measures

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "tutorials" / "air-measures-from-a-file.md"


def test_each_command_of_the_tutorial_gives_what_is_printed(tmp_path, monkeypatch):
    text = PAGE.read_text(encoding="utf-8")
    (tmp_path / "cities").symlink_to(ROOT / "cities")
    monkeypatch.chdir(tmp_path)
    for name, content in re.findall(r"<!-- file: (\S+) -->\n```\w+\n(.*?)```", text, re.DOTALL):
        Path(name).write_text(content, encoding="utf-8")
    runs = re.findall(
        r"<!-- run -->\n```console\n\$ madang air measures (.*?)\n(.*?)```", text, re.S
    )
    (errors,) = re.findall(r"<!-- errors -->\n```text\n(.*?)```", text, re.DOTALL)
    assert len(runs) == 2
    for number, (arguments, printed) in enumerate(runs):
        result = CliRunner().invoke(measures, shlex.split(arguments), catch_exceptions=False)
        assert result.stdout == printed
        if number == 0:
            assert result.stderr == errors
