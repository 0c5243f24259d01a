"""`madang services lint` and `test`: what they print, and when they exit how."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from madang.services import cli_lint
from madang.services.cli_lint import lint
from madang.services.lint.examine import lint as lint_folder
from madang.services.lint.run import packages_in
from tests.services.lint.good import FILES, SEOUL, written


def test_a_good_package_has_no_faults(tmp_path):
    assert lint_folder(written(tmp_path / "bench-permit"), SEOUL) == []


@pytest.mark.parametrize("command", [cli_lint.lint, cli_lint.test])
def test_a_good_package_is_told_so(tmp_path, command):
    folder = written(tmp_path / "bench-permit")
    ran = CliRunner().invoke(command, [str(folder), "--city", "seoul", "--json"])
    assert ran.exit_code == 0
    assert json.loads(ran.stdout) == {"packages": [{"path": str(folder), "ok": True, "errors": []}]}
    assert (
        "1 package is good" in CliRunner().invoke(command, [str(folder), "--city", "seoul"]).output
    )


def test_a_fault_is_told_by_code_file_and_line_and_the_exit_status_is_two(tmp_path):
    text = FILES["rules/outcome.yaml"].replace('["> 3", "< 18"]', '["> 4", "< 18"]')
    written(tmp_path / "bad", rules__outcome=text)
    written(tmp_path / "good")
    ran = CliRunner().invoke(lint, [str(tmp_path), "--city", "seoul", "--json"])
    assert ran.exit_code == 2
    bad, good = json.loads(ran.stdout)["packages"]
    assert good["ok"] and not bad["ok"]
    (error,) = bad["errors"]
    assert (error["code"], error["file"], error["line"]) == ("gap", "rules/outcome.yaml", 8)
    assert "size = 4" in error["message"]
    plain = CliRunner().invoke(lint, [str(tmp_path), "--city", "seoul"])
    assert f"{tmp_path}/bad/rules/outcome.yaml:8: no row holds" in plain.output
    assert "2 packages, 1 with faults" in plain.output


def test_a_folder_of_packages_stands_for_each_of_them(tmp_path):
    for name in ("b", "a"):
        written(tmp_path / name)
    (tmp_path / "notes").mkdir()
    assert packages_in([tmp_path]) == [tmp_path / "a", tmp_path / "b"]
    assert packages_in([tmp_path / "a", tmp_path / "a"]) == [tmp_path / "a"]


def test_a_folder_that_is_no_package_is_a_fault(tmp_path):
    ran = CliRunner().invoke(lint, [str(tmp_path), "--city", "seoul", "--json"])
    assert ran.exit_code == 2
    (error,) = json.loads(ran.stdout)["packages"][0]["errors"]
    assert (error["code"], error["file"]) == ("missing-file", "service.yaml")


def test_many_packages_are_looked_at_side_by_side_in_their_order(tmp_path):
    for number in range(60):
        written(tmp_path / f"p{number:02}")
    ran = CliRunner().invoke(lint, [str(tmp_path), "--city", "seoul", "--json"])
    found = json.loads(ran.stdout)["packages"]
    assert [one["path"][-3:] for one in found] == [f"p{number:02}" for number in range(60)]
    assert ran.exit_code == 0
