from __future__ import annotations

import json
import logging

import pytest
import structlog

from madang.kernel import logs


@pytest.fixture
def quiet_root():
    root = logging.getLogger()
    before = (root.handlers[:], root.level)
    yield
    root.handlers[:], level = before
    root.setLevel(level)
    structlog.contextvars.clear_contextvars()


def test_a_json_line_carries_process_request_and_fields(quiet_root, capsys):
    logs.configure("worker", "json")
    with logs.request("req-9", actor="user:1"):
        logs.logger("air").info("measure declared", district="11110")
    line = json.loads(capsys.readouterr().err.splitlines()[-1])
    assert line["event"] == "measure declared"
    assert (line["process"], line["request"], line["actor"]) == ("worker", "req-9", "user:1")
    assert (line["district"], line["logger"], line["level"]) == ("11110", "madang.air", "info")


def test_a_librarys_own_line_takes_the_same_form(quiet_root, capsys):
    logs.configure("worker", "json")
    logging.getLogger("some.library").warning("slow: %d s", 3)
    line = json.loads(capsys.readouterr().err.splitlines()[-1])
    assert (line["event"], line["process"]) == ("slow: 3 s", "worker")


def test_an_exception_is_logged_with_its_traceback(quiet_root, capsys):
    logs.configure("worker", "json")
    try:
        1 / 0  # noqa: B018
    except ZeroDivisionError:
        logs.logger("air").exception("failed")
    line = json.loads(capsys.readouterr().err.splitlines()[-1])
    assert line["exception"][0]["exc_type"] == "ZeroDivisionError"


def test_secrets_are_hidden_at_any_depth(quiet_root, capsys):
    logs.configure("worker", "text")
    logs.logger("http").info("sent", headers={"Authorization": "Bearer abc123"}, password="p4ss")
    text = capsys.readouterr().err
    assert "abc123" not in text
    assert "p4ss" not in text
    assert text.count("[hidden]") == 2


def test_outside_a_request_each_id_is_new():
    assert logs.request_id() != logs.request_id()
