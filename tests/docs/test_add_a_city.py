"""The how-to "Add a city", followed to the letter."""

import re
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner

from madang.city.api import load_profile
from madang.city.cli import check, new

PAGE = (Path(__file__).parents[2] / "docs" / "how-to" / "add-a-city.md").read_text("utf-8")
FILES = re.compile(r"<!-- file: (\S+) -->\n```\w+\n(.*?)```", re.DOTALL)
SAID = re.compile(r"```\n\$ madang (.+?)\n(.+?)```", re.DOTALL)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def _written(folder):
    for name, text in FILES.findall(PAGE):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def test_the_new_folder_lists_its_marks_as_the_page_shows_them(folder):
    said = CliRunner().invoke(new, ["harbour", "--country", "NO"]).stdout
    shown = PAGE.split("```\nharbour is made.")[1].split("  ...")[0]
    assert said.startswith(f"harbour is made.{shown}")


def test_the_filled_folder_is_good_and_the_commands_say_what_the_page_says(folder):
    _written(folder)
    examples = {command: text for command, text in SAID.findall(PAGE) if "check" in command}
    assert len(examples) == 2
    for command, text in examples.items():
        answer = CliRunner().invoke(check, command.split()[2:])
        assert (answer.exit_code, answer.stdout) == (0, text)


def test_the_profile_means_what_the_page_says(folder):
    _written(folder)
    harbour = load_profile(folder / "harbour")
    assert date(2026, 6, 1) in harbour.calendar.holidays(2026)
    assert [u.code for u in harbour.units("district", on=date(2024, 6, 1))] == ["01", "02"]
    assert {u.code for u in harbour.successors(harbour.unit("02"))} == {"03", "04"}
    assert harbour.unit_at(5.32, 60.39).name("en") == "Centre"
    assert harbour.read_number("1 234,5") == harbour.read_number("1234,5")
