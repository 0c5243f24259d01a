"""The command line: quick, lazy, and clear about what is wrong."""

from __future__ import annotations

import json
import subprocess
import sys

import click
import pytest
from click.testing import CliRunner

from madang import __version__
from madang.app import cli
from madang.kernel.errors import BadInput, MadangError
from madang.kernel.registry import Command, load, registry

HEAVY = ("django", "numpy", "polars", "pyarrow", "numba", "chdb", "httpx", "granian")


def test_help_imports_nothing_heavy():
    script = (
        "import sys; sys.argv=['madang','--help']\n"
        "from madang.app.cli import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        f"print([m for m in {HEAVY!r} if m in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stderr.strip() == "[]"
    assert "up" in done.stdout


def test_version():
    assert __version__ in CliRunner().invoke(cli.madang, ["--version"]).output


@pytest.mark.parametrize("offer", registry().offers(Command), ids=lambda offer: offer.path)
def test_every_command_loads_and_explains_itself(offer):
    command = load(offer.target)
    assert isinstance(command, click.Command)
    result = CliRunner().invoke(cli.madang, [*offer.path.split(), "--help"])
    assert result.exit_code == 0, result.output
    assert "--data" in result.output
    assert command.help


@pytest.mark.parametrize(
    ("error", "code"), [(BadInput("a.csv", "no column", line=3), 2), (MadangError("our fault"), 1)]
)
def test_exit_codes_tell_whose_fault_it_was(error, code, monkeypatch, capsys):
    def fail(**_):
        raise error

    monkeypatch.setattr(cli, "madang", fail)
    with pytest.raises(SystemExit) as stopped:
        cli.main()
    assert stopped.value.code == code
    assert error.message in capsys.readouterr().err


def test_status_of_an_instance_that_does_not_run(tmp_path):
    command = [sys.executable, "-m", "madang.app", "status", "--json", "--data", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    report = json.loads(done.stdout)
    assert report["running"] is False
    assert report["ports"]["portal"] == 8000


def test_a_service_file_names_the_data_folder(tmp_path):
    command = [sys.executable, "-m", "madang.app", "service-file", "--data", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert f"--data {tmp_path}" in done.stdout
    assert "Restart=on-failure" in done.stdout


@pytest.mark.parametrize("command", [["telemetry", "query"], ["telemetry", "ingest"]])
def test_a_folder_without_an_instance_is_said_plainly(command, tmp_path):
    file = tmp_path / "o.csv"
    file.write_text("ds,time,value\n1,2026-01-01T00:00:00Z,3\n")
    given = {
        "query": ["--datastream", "1", "--from", "2026-01-01", "--to", "2026-01-02"],
        "ingest": [str(file)],
    }[command[1]]
    run = [sys.executable, "-m", "madang.app", *command, *given, "--data", str(tmp_path / "none")]
    done = subprocess.run(run, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "madang migrate" in done.stderr
    assert "Traceback" not in done.stderr
