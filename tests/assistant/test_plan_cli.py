"""`madang assistant plan` and its neighbours on good and bad files."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from madang.assistant import cli
from madang.kernel.errors import Invalid, NotFound

FACTS = {"from": "강남구", "to": "마포구", "date": "2026-12-20", "colour": "red"}


def _run(command: str, *arguments: str) -> Result:
    return CliRunner().invoke(getattr(cli, command), list(arguments))


def _refusal(ran: Result) -> str:
    """Return what the command line says, with exit status 2, for such an error."""
    assert isinstance(ran.exception, Invalid | NotFound), ran.output
    return ran.exception.message


def _file(tmp_path: Path, value: Any) -> str:
    path = tmp_path / "facts.json"
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_a_plan_as_json(tmp_path: Path) -> None:
    path = _file(tmp_path, FACTS)
    ran = _run("plan", "--event", "move", "--facts", path, "--city", "seoul", "--json",
               "--on", "2026-11-24")  # fmt: skip
    assert ran.exit_code == 0, ran.output
    found = json.loads(ran.stdout)
    assert {"event", "facts", "questions", "steps", "warnings"} <= set(found)
    step = next(one for one in found["steps"] if one["id"] == "move-in-report")
    assert {"id", "title", "due", "office", "documents", "fee", "channels", "law", "requires",
            "reason", "apply"} <= set(step)  # fmt: skip
    assert (step["title"], step["due"]) == ("전입신고", "2027-01-04")
    assert step["office"]["name"] == "마포구 주민센터"
    assert step["apply"] == "/apply/move-in-report/"
    assert step["fee"]["amount"] == 0
    assert any(way["offline"] for way in step["channels"])
    assert found["facts"]["to"] == {"value": "마포구", "source": "said"}
    assert any("colour" in warning for warning in found["warnings"])
    assert "colour" in ran.stderr


def test_a_plan_to_read_in_two_languages(tmp_path: Path) -> None:
    path = _file(tmp_path, FACTS)
    korean = _run("plan", "--event", "이사", "--facts", path, "--city", "seoul")
    english = _run("plan", "--event", "move", "--facts", path, "--city", "seoul", "--lang", "en")
    assert "2027년 1월 4일(월)" in korean.stdout
    assert "주민등록법 제16조제1항" in korean.stdout
    assert "by Mon 4 January 2027" in english.stdout
    assert "Do you rent or own the new home?" in english.stdout


def test_facts_may_stand_under_a_member_of_their_own(tmp_path: Path) -> None:
    path = _file(tmp_path, {"event": "move", "facts": {"to": "마포구"}})
    ran = _run("plan", "--event", "move", "--facts", path, "--city", "seoul", "--json")
    assert json.loads(ran.stdout)["facts"]["to"]["value"] == "마포구"


@pytest.mark.parametrize(
    ("event", "value", "message"),
    [
        ("move", {"date": "2026-13-01"}, "facts.json: date: there is no day"),
        ("move", {"to": "Atlantis", "from": "Gangnm"}, "from: 'Gangnm'"),
        ("move", "[1]", "facts.json: facts are an object"),
        ("move", "{\n'x': 1}", "facts.json:2: no JSON"),
        ("move", '{"to": NaN}', "NaN is no number"),
        ("move", '{"to": "마포구", "to": "중구"}', "stands twice"),
        ("moon", {}, "there is no event 'moon'"),
    ],
)
def test_bad_input_is_refused_with_its_place(
    tmp_path: Path, event: str, value: Any, message: str
) -> None:
    path = _file(tmp_path, value)
    ran = _run("plan", "--event", event, "--facts", path, "--city", "seoul", "--json")
    assert ran.stdout == ""
    assert message in _refusal(ran)


def test_a_missing_file_and_a_bad_day_are_refused(tmp_path: Path) -> None:
    gone = _run("plan", "--event", "move", "--facts", str(tmp_path / "gone.json"))
    assert "gone.json" in _refusal(gone)
    path = _file(tmp_path, FACTS)
    assert "--on" in _refusal(_run("plan", "--event", "move", "--facts", path, "--on", "soon"))


def test_the_command_line_exits_2_and_prints_nothing(tmp_path: Path) -> None:
    path = _file(tmp_path, {"date": "2026-02-30"})
    code = "from madang.app.cli import main; main()"
    command = [sys.executable, "-c", code, "assistant", "plan", "--event", "move", "--facts", path]
    ran = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert (ran.returncode, ran.stdout) == (2, "")
    assert "facts.json: date: there is no day 2026-02-30" in ran.stderr


def test_the_calendar_is_written_beside(tmp_path: Path) -> None:
    path, ics = _file(tmp_path, FACTS), tmp_path / "plan.ics"
    ran = _run("plan", "--event", "move", "--facts", path, "--city", "seoul", "--ics", str(ics))
    assert ran.exit_code == 0
    assert b"DTSTART;VALUE=DATE:20270104" in ics.read_bytes()


def test_scenarios_run_and_fail_as_a_command(tmp_path: Path) -> None:
    good = _run("scenarios", "--city", "seoul", "--json")
    answer = json.loads(good.stdout)
    assert (good.exit_code, answer["as_expected"]) == (0, answer["total"])
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text(
        "scenarios:\n  - {id: a, event: car, today: 2026-12-01, facts: {what: sold}, steps: []}\n",
        encoding="utf-8",
    )
    bad = _run("scenarios", str(wrong), "--city", "seoul")
    assert bad.exit_code == 1
    assert "wrong.yaml:2: a: steps: missing [], too many ['transfer-by-seller']" in bad.stdout


def test_events_lists_all_with_their_facts() -> None:
    ran = _run("events", "--city", "seoul", "--json")
    events = json.loads(ran.stdout)["events"]
    assert len(events) == 12
    assert {"fact", "type", "ask"} == set(events[0]["facts"][0])
