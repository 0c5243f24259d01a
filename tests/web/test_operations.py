"""The operations room, before a real store behind a real socket, and with the lake away."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from django.test import Client

from madang.identity import api as identity
from madang.kernel import times
from madang.kernel.config import settings
from madang.kernel.lake.chdb_store import ChdbStore
from madang.kernel.lake.desk import Desk
from madang.kernel.models import ScheduledRun
from madang.kernel.registry import LakeTable, registry
from madang.telemetry import api as telemetry
from tests.staff import PASSWORD, sign_in
from tests.web.html import page

pytestmark = [pytest.mark.data, pytest.mark.django_db]
LANGUAGES = pytest.mark.parametrize("language", ["ko", "en"])
LETTERS = 120
PAYLOAD = '{"v": "<script>alert(1)</script>"}'


class Pipeline:
    """What the pipeline answers, as docs/explanation/spine.md states it."""

    counters: Mapping[str, int] = {
        "seq": 9,
        "lag": 2,
        "accepted": 12345,
        "duplicates": 6,
        "late": 1,
    }
    detectors: tuple[Mapping[str, Any], ...] = (
        {"id": "silence", "series": 1675, "events": 4, "ran": 0, "errors": 0},
        {"id": "pm25-stuck", "series": 50, "events": 0, "ran": 1_700_000_000_000, "errors": 2},
    )
    stale: Mapping[str, list[float]] = {"ds": [], "age_s": [], "limit_s": []}

    async def start(self, store, bus) -> None: ...

    async def stop(self) -> None: ...

    def answer(self, op: str, arguments: Mapping[str, Any]) -> pa.Table:
        if op == "health":
            return pa.table({name: [value] for name, value in self.counters.items()})
        if op == "detectors":
            return pa.Table.from_pylist([dict(one) for one in self.detectors])
        return pa.table(dict(self.stale))


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ChdbStore]:
    store = ChdbStore(tmp_path_factory.mktemp("store"))
    table = next(t for t in registry().offers(LakeTable) if t.name == "dead_letter")
    store.create(table)
    now = int(times.now().timestamp())
    codes = ["malformed", "over-quota", "future-stamp"]
    rows = {
        "t": pa.array([now - n for n in range(LETTERS)], pa.timestamp("s")),
        "door": ["http"] * LETTERS,
        "gateway": ["gw"] * LETTERS,
        "code": [codes[n % 3] for n in range(LETTERS)],
        "reason": [f"line {n} cannot be read" for n in range(LETTERS)],
        "payload": [PAYLOAD] * LETTERS,
    }
    store.insert("dead_letter", pa.table(rows), token="a")
    yield store
    store.close()


@pytest.fixture
def pipeline(store: ChdbStore) -> Iterator[Pipeline]:
    """Put a lake's desk before the store, where the pages look for it."""
    answers = Pipeline()
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    path = Path(settings().lake_socket)
    desk = Desk(path, store, {"telemetry": answers}, lambda: {"store": "test"})
    asyncio.run_coroutine_threadsafe(desk.open(), loop).result(20)
    yield answers
    asyncio.run_coroutine_threadsafe(desk.close(), loop).result(20)
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()


@pytest.fixture
def operator(client: Client) -> Client:
    identity.add_user("lee", ["operator"], password=PASSWORD)
    sign_in(client, "lee")
    return client


@LANGUAGES
def test_the_overview_counts_what_came_in_and_what_was_refused(operator, pipeline, language: str):
    root = page(operator, "/operations/pipeline/", language)
    text = root.text_content()
    assert "12,345" in text
    assert "40" in root.xpath("//a[contains(@href, 'code=over-quota')]")[0].text_content()
    assert root.get("data-theme") == "dark"


@LANGUAGES
def test_an_overdue_sensor_is_named(operator, pipeline, station, language: str):
    ds = station("Mapo", "simulated")["pm25"]
    pipeline.stale = {"ds": [ds, 999_999], "age_s": [400.0, 9.0], "limit_s": [300.0, 5.0]}
    root = page(operator, "/operations/pipeline/", language)
    assert "Mapo" in root.text_content()
    assert ("2" in root.text_content()) is True
    assert ("7분 전" if language == "ko" else "7 minutes ago") in root.text_content()


@LANGUAGES
@pytest.mark.parametrize("path", ["", "dead-letters/"])
def test_with_the_lake_away_the_rest_is_shown(operator, path: str, language: str):
    root = page(operator, f"/operations/{path}", language)
    assert root.xpath("//div[contains(@class, 'banner-warn')]")


@LANGUAGES
def test_dead_letters_come_newest_first_by_page(operator, pipeline, language: str):
    root = page(operator, "/operations/dead-letters/", language)
    assert str(LETTERS) in root.find(".//h1").text_content()
    rows = root.xpath("//tbody/tr")
    assert len(rows) == 50
    assert "line 0 " in rows[0].text_content()
    last = page(operator, "/operations/dead-letters/?page=3", language)
    assert len(last.xpath("//tbody/tr")) == 20
    assert not last.xpath("//a[@rel='next']")
    assert last.xpath("//a[@rel='prev']")


def test_a_payload_is_shown_and_never_run(operator, pipeline):
    root = page(operator, "/operations/dead-letters/", "en")
    assert root.xpath("//pre")[0].text_content() == PAYLOAD
    assert not root.xpath("//main//script")


@LANGUAGES
def test_dead_letters_narrow_to_one_reason(operator, pipeline, language: str):
    root = page(operator, "/operations/dead-letters/?code=over-quota", language)
    assert len(root.xpath("//tbody/tr")) == 40
    assert root.xpath("//option[@selected]/@value") == ["over-quota"]
    none = page(operator, "/operations/dead-letters/?code=too-large", language)
    assert not none.xpath("//tbody/tr")


@pytest.mark.parametrize("query", ["page=0", "page=-1", "page=x", "page=²", "page=99999999999999"])
def test_a_page_that_is_none_is_a_page_all_the_same(operator, pipeline, query: str):
    page(operator, f"/operations/dead-letters/?{query}", "en")


def test_a_reason_that_is_none_shows_all(operator, pipeline):
    root = page(operator, "/operations/dead-letters/?code=' OR 1=1", "en")
    assert len(root.xpath("//tbody/tr")) == 50


@LANGUAGES
def test_the_jobs_page_shows_the_failure_and_its_reason(operator, language: str):
    moment = datetime(2026, 11, 22, 3, tzinfo=UTC)
    ScheduledRun.objects.create(
        schedule="seal-audit", due_at=moment, state="failed", started_at=moment,
        finished_at=moment, attempts=3, error="ValueError: no heads",
    )  # fmt: skip
    root = page(operator, "/operations/jobs/", language)
    assert "ValueError: no heads" in root.text_content()
    assert ("실패" if language == "ko" else "failed") in root.find(".//h1").text_content()


@LANGUAGES
def test_gateways_are_listed_and_their_keys_are_not(operator, language: str):
    _gateway, key = telemetry.create_gateway("field-1", "simulated", ["observe", "provision"])
    root = page(operator, "/operations/gateways/", language)
    assert "field-1" in root.text_content()
    assert key not in root.text_content()


@LANGUAGES
def test_no_gateway_yet(operator, language: str):
    page(operator, "/operations/gateways/", language)


@pytest.mark.parametrize("path", ["", "dead-letters/", "jobs/", "gateways/"])
@pytest.mark.parametrize("language", ["ko", "en"])
def test_an_officer_has_no_access_and_reads_why(client: Client, path: str, language: str):
    identity.add_user("kim", ["officer"], password=PASSWORD)
    sign_in(client, "kim")
    page(client, f"/operations/{path}", language, status=403)
