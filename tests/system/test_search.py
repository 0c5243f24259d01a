"""Search of a whole instance: it follows what is withdrawn, and comes back when it is killed."""

from __future__ import annotations

import json
import os
import signal
import time
from pathlib import Path

import httpx
import pytest

from tests.system.instance import Instance, until

pytestmark = [pytest.mark.system, pytest.mark.timeout(300)]
SERVICE = "library-card"
QUESTION = "도서관 회원증"


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory):
    folder = tmp_path_factory.mktemp("search")
    with Instance(folder, "--no-sim", environment={"MADANG_SEARCH_MODEL": "off"}) as instance:
        until(lambda: found(instance), 60)
        yield instance


def found(instance: Instance) -> list[str]:
    answer = httpx.get(f"{instance.url}/api/v1/search", params={"q": QUESTION, "limit": 5})
    hits = answer.json().get("hits", ()) if answer.status_code == 200 else ()
    return [hit["id"] for hit in hits]


def test_what_is_withdrawn_is_found_no_more_within_seconds(running: Instance):
    assert found(running)[0] == f"services:{SERVICE}"
    running.madang("services", "withdraw", SERVICE, "--reason", "its law ended")
    begun = time.monotonic()
    until(lambda: f"services:{SERVICE}" not in found(running), 20)
    assert time.monotonic() - begun < 15


def test_killed_it_comes_back_with_its_index(running: Instance):
    before = json.loads((running.data / "run" / "processes.json").read_text())["processes"]
    pid = next(one["pid"] for one in before if one["name"] == "search")
    os.kill(pid, signal.SIGKILL)
    page = httpx.get(f"{running.url}/search/", params={"q": QUESTION, "lang": "en"})
    assert page.status_code in (200, 503), "the page comes, with results or without"
    until(lambda: found(running), 30)


def test_it_is_small(running: Instance):
    state = json.loads((running.data / "run" / "processes.json").read_text())["processes"]
    pid = next(one["pid"] for one in state if one["name"] == "search")
    status = Path(f"/proc/{pid}/status").read_text()
    resident_kb = int(status.split("VmRSS:")[1].split()[0])
    assert resident_kb < 400_000
