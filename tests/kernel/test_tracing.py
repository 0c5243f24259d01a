from __future__ import annotations

import importlib

import pytest

from madang.kernel import tracing


def test_without_a_collector_a_span_costs_a_name_and_lets_errors_through(monkeypatch):
    monkeypatch.delenv("OTEL_EXPORTER_OTLP_ENDPOINT", raising=False)
    assert tracing.configure("worker") is False
    with pytest.raises(ValueError, match="passes"), tracing.span("air.decide", district="11110"):
        raise ValueError("passes")


def test_a_collector_without_the_extra_is_said_to_need_it(monkeypatch, caplog):
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:4318")
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    assert tracing.configure("worker") is False
    assert "madang[otel]" in caplog.text


def test_every_process_of_ours_sets_its_tracing_up(monkeypatch):
    from madang.app import stream
    from madang.kernel.lake import server

    named: list[str] = []
    monkeypatch.setattr(tracing, "configure", named.append)
    stream.StreamApplication()
    monkeypatch.setattr(server, "run", lambda _here: _nothing())
    server.main()
    importlib.reload(importlib.import_module("madang.app.wsgi"))
    assert {"stream", "lake", "web"} <= set(named)


async def _nothing() -> None:
    return
