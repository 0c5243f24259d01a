"""The how-to "Your city in a day", followed to the letter."""

import re
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner

from madang.air.api import read_rule_set
from madang.city.api import load_profile
from madang.city.cli import check, new
from madang_sim.climate import read_climate

PAGE = (Path(__file__).parents[2] / "docs" / "how-to" / "your-city-in-a-day.md").read_text("utf-8")
FILES = re.compile(r"<!-- file: (\S+) -->\n```\w+\n(.*?)```", re.DOTALL)
SAID = re.compile(
    r"(?:<!-- with: (\S+): \"(.+?)\" as \"(.+?)\" -->\n)?"
    r"```\n\$ madang city check (.+?)\n(.+?)```",
    re.DOTALL,
)


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
    command = re.search(r"\$ madang city new (.+)", PAGE).group(1)
    said = CliRunner().invoke(new, command.split()).stdout
    shown = PAGE.split("```\nharbour is made.")[1].split("  ...")[0]
    assert said.startswith(f"harbour is made.{shown}")


def test_the_commands_say_what_the_page_says(folder):
    examples = SAID.findall(PAGE)
    assert len(examples) == 3
    for file, old, new_text, command, text in examples:
        _written(folder)
        if file:
            path = folder / file
            path.write_text(path.read_text("utf-8").replace(old, new_text), "utf-8")
        answer = CliRunner().invoke(check, command.split())
        if file:
            assert f"madang: {answer.exception}\n" == text
        else:
            assert (answer.exit_code, answer.stdout) == (0, text)


def test_the_profile_means_what_the_page_says(folder):
    _written(folder)
    harbour = load_profile(folder / "harbour")
    assert date(2026, 6, 1) in harbour.calendar.holidays(2026)
    assert [u.code for u in harbour.units("district", on=date(2024, 6, 1))] == ["01", "02"]
    assert {u.code for u in harbour.successors(harbour.unit("02"))} == {"03", "04"}
    assert harbour.unit_at(5.32, 60.39).name("en") == "Centre"
    assert harbour.read_number("1 234,5") == harbour.read_number("1234,5")
    index = read_rule_set(folder / "harbour" / "air.yaml").standard
    assert index.class_name(index.index({"pm25": 40.0}).value, ("nb",)) == "Høyt"
    assert read_climate(folder / "harbour" / "simulator.yaml").heating.pm25 == 12
