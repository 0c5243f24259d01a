from __future__ import annotations

import os

import pytest
from prometheus_client import CollectorRegistry, Counter, Histogram
from prometheus_client.parser import text_string_to_metric_families

from madang.kernel import metrics


@pytest.fixture(autouse=True)
def own_folder(tmp_path, monkeypatch):
    monkeypatch.setattr(metrics, "folder", lambda: tmp_path / "metrics")
    return tmp_path / "metrics"


def process(name: str, count: int) -> None:
    registry = CollectorRegistry()
    Counter("madang_points_total", "Points.", ["door"], registry=registry).labels("sta").inc(count)
    Histogram("madang_wait_seconds", "Wait.", buckets=(0.1, 1.0), registry=registry).observe(0.5)
    metrics.write(name, registry)


def samples() -> dict[tuple, float]:
    text = metrics.merged().decode()
    return {
        (sample.name, *sorted(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_the_processes_samples_stand_side_by_side_each_with_its_process():
    process("web", 3)
    process("stream", 4)
    found = samples()
    assert found["madang_points_total", ("door", "sta"), ("process", "web")] == 3
    assert found["madang_points_total", ("door", "sta"), ("process", "stream")] == 4
    assert found["madang_wait_seconds_bucket", ("le", "1.0"), ("process", "web")] == 1


def test_each_family_is_described_once():
    process("web", 3)
    process("stream", 4)
    text = metrics.merged().decode()
    assert text.count("# TYPE madang_points_total counter") == 1
    assert text.count("# TYPE madang_wait_seconds histogram") == 1


def test_a_process_that_is_gone_is_forgotten(own_folder):
    process("web", 3)
    gone = (own_folder / "web.prom").stat().st_mtime - metrics.FORGOTTEN_AFTER_S - 1
    os.utime(own_folder / "web.prom", (gone, gone))
    assert metrics.merged() == b""


def test_a_reader_never_sees_half_a_file(own_folder):
    process("web", 3)
    process("web", 4)
    assert [path.name for path in own_folder.iterdir()] == ["web.prom"]


def test_writing_goes_on_until_told_to_stop(own_folder):
    stop = metrics.start_writing("lake", interval_s=0.01)
    try:
        for _ in range(500):
            if (own_folder / "lake.prom").exists():
                break
            stop.wait(0.01)
        assert b'process="lake"' in metrics.merged()
    finally:
        stop.set()


def test_a_disk_that_is_full_for_a_while_does_not_silence_them(own_folder, monkeypatch):
    tried = []
    write = metrics.write

    def sometimes(process: str) -> None:
        tried.append(process)
        if len(tried) < 3:
            raise OSError(28, "No space left on device")
        write(process)

    monkeypatch.setattr(metrics, "write", sometimes)
    stop = metrics.start_writing("lake", interval_s=0.01)
    try:
        for _ in range(500):
            if (own_folder / "lake.prom").exists():
                break
            stop.wait(0.01)
        assert b'process="lake"' in metrics.merged()
    finally:
        stop.set()
