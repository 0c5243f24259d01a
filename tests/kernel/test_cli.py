from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from click.testing import CliRunner

from madang.kernel import audit, cli, cli_audit
from madang.kernel.errors import NotFound
from madang.kernel.models import ParkedMessage
from madang.kernel.registry import Schedule, StreamConsumer

from .offers import offer

pytestmark = [pytest.mark.data, pytest.mark.django_db]
taken: list[int] = []


def nightly() -> None:
    """Do nothing: these tests queue it only."""


def take(message) -> None:
    taken.append(message.seq)


@pytest.fixture(autouse=True)
def house(monkeypatch, tmp_path):
    taken.clear()
    monkeypatch.setattr(audit, "heads_file", lambda data=None: tmp_path / "heads.jsonl")
    monkeypatch.setattr(
        "madang.kernel.audit_check.heads_file", lambda data=None: tmp_path / "heads.jsonl"
    )
    offer(
        monkeypatch,
        Schedule("nightly", "0 3 * * *", f"{__name__}:nightly", "Runs at night."),
        StreamConsumer("drill", "madang.hours.>", f"{__name__}:take"),
    )


def said(command, *arguments: str, code: int = 0) -> str:
    result = CliRunner().invoke(command, arguments, catch_exceptions=False)
    assert result.exit_code == code, result.output
    return result.stdout


def test_the_list_shows_a_schedule_queued_by_hand():
    assert said(cli.run, "nightly") == "nightly is queued\n"
    found = json.loads(said(cli.list_jobs, "--json"))
    assert [state["state"] for state in found["schedules"]] == ["queued"]
    assert [(job["name"], job["state"]) for job in found["jobs"]] == [("nightly", "ready")]
    assert "nightly" in said(cli.list_jobs)


def test_what_is_parked_is_listed_and_retried():
    ParkedMessage.objects.create(
        consumer="drill",
        subject="madang.hours.pm25",
        seq=9,
        data=b"",
        attempts=5,
        error="Traceback ...\nValueError: cannot digest",
        parked_at=datetime(2026, 3, 1, tzinfo=UTC),
    )
    [row] = json.loads(said(cli.list_parked, "--json"))
    assert "ValueError: cannot digest" in said(cli.list_parked)
    said(cli.retry, row["id"])
    assert taken == [9]
    assert said(cli.list_parked) == ""


def test_retrying_what_is_not_parked_names_it():
    with pytest.raises(NotFound, match="event-1"):
        CliRunner().invoke(cli.retry, ["event-1"], catch_exceptions=False)


def test_verify_says_what_it_found_and_exits_accordingly():
    entry = audit.record("user:1", "air.approve", "measure:1")
    head = json.loads(said(cli_audit.seal))
    assert "untouched" in said(cli_audit.verify)
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("UPDATE kernel_auditentry SET actor = 'user:2'")
    assert entry in said(cli_audit.verify, code=1)
    found = json.loads(said(cli_audit.verify, "--json", code=1))
    assert found["findings"][0]["kind"] == "changed"
    assert found["head"] == head["head"]


def test_verify_compares_with_heads_kept_elsewhere(tmp_path):
    audit.record("user:1", "air.approve", "measure:1")
    head = json.loads(said(cli_audit.seal))
    elsewhere = tmp_path / "elsewhere.jsonl"
    elsewhere.write_text(json.dumps({**head, "head": "0" * 64}) + "\n")
    assert "another head" in said(cli_audit.verify, "--heads", str(elsewhere), code=1)


def test_the_export_has_every_entry_and_seal_in_order(tmp_path):
    for number in range(3):
        audit.record("user:1", "air.approve", f"measure:{number}", detail={"사유": "미세먼지"})
    said(cli_audit.seal)
    audit.record("user:1", "air.lift", "measure:0")
    path = tmp_path / "log.jsonl"
    said(cli_audit.export, str(path))
    lines = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    assert [line["kind"] for line in lines] == ["entry", "entry", "entry", "seal", "entry"]
    assert lines[0]["detail"] == {"사유": "미세먼지"}
    assert (lines[4]["seal"], lines[4]["verb"]) == (None, "air.lift")
    assert len(said(cli_audit.export, "-", "--since", "2999-01-01").splitlines()) == 0
