"""Memory of one web process of the whole demo: as it stands after its start, and after visitors.

Visitors begin at the home page and follow its links, four at a time, in three languages; the JSON
API, feeds and files to download are among what they ask for. Resident memory is read from
`/proc/PID/smaps_rollup` of the process that answers (not of the one that only watches over it):
`rss` counts shared pages whole, `pss` divides them among those who share them.
"""

from __future__ import annotations

import os
import re
import sys
import tempfile
import time
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import httpx

from bench.report import OURS, Bar, Report
from madang.app.proof.instance import Instance

SETTLED_S = 45.0
SHORT, FULL = 500, 3_000
READERS = 4
BOUND_MB = 150.0
_LANGUAGES = ("ko", "en", "vi")
_LINK = re.compile(r'(?:href|src|action)="([^"#]+)"')
_FIRST = (
    "/", "/air/", "/services/", "/status/", "/alerts/", "/proof/", "/offices/", "/verify/",
    "/api/v1/telemetry/stations", "/api/v1/telemetry/latest", "/api/v1/telemetry/properties",
    "/api/v1/services", "/api/v1/notices/alerts", "/api/v1/air/districts", "/api/v1/city",
    "/api/v1/maps/layers", "/api/v1/openapi.json", "/api/v1/docs", "/alerts/feed.atom",
    "/sta/v1.1", "/sta/v1.1/Things?$top=50", "/sta/v1.1/Datastreams?$top=50&$expand=Observations",
    "/sta/v1.1/Observations?$top=100", "/air/places.json", "/metrics", "/healthz",
    "/.well-known/openid-configuration", "/oauth/jwks", "/my/", "/account/", "/appointments/",
    "/api/v1/telemetry/datastreams/1/observations", "/api/v1/telemetry/datastreams/1",
)  # fmt: skip
_LEAVES = ("/sign-out", "/language/", "/display/", "/theme/", "/static/")


def run(*, full: bool = False) -> Report:
    """Measure; `full` asks 3,000 times."""
    count = FULL if full else SHORT
    loads = ("45 s after its start", f"after {count:,} requests")
    report = Report(
        "web_memory",
        "resident memory of a web process",
        bars=[Bar(load, "rss_mb", BOUND_MB) for load in loads],
    )
    with (
        tempfile.TemporaryDirectory(prefix="madang-memory-") as folder,
        Instance(Path(folder)) as instance,
    ):
        time.sleep(SETTLED_S)
        worker = _worker(instance)
        report.add(OURS, loads[0], **memory(worker))
        answered = _visit(instance.url, count)
        report.add(OURS, loads[1], **memory(worker))
        if _worker(instance) != worker:
            raise RuntimeError("the web process was started anew meanwhile")
        kinds = ", ".join(f"{n} x {status}" for status, n in sorted(answered.items()))
        report.notes.append(f"answers: {kinds}")
        if keep := os.environ.get("MADANG_BENCH_HOLD"):
            print(f"worker {worker} at {instance.url}", file=sys.stderr, flush=True)
            time.sleep(float(keep))
    return report


def memory(pid: int) -> dict[str, float]:
    """Return resident and proportional memory [MB] and the number of threads of a process."""
    rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
    found = {
        name: int(size) * 1024 / 1e6
        for name, size in re.findall(r"^(\w+): +(\d+) kB$", rollup, re.MULTILINE)
    }
    threads = len(list(Path(f"/proc/{pid}/task").iterdir()))
    return {
        "rss_mb": found["Rss"],
        "pss_mb": found["Pss"],
        "own_mb": found["Private_Dirty"] + found["Private_Clean"],
        "threads": threads,
    }


def _worker(instance: Instance) -> int:
    """Return the process id of that which answers requests: the largest of its program."""
    family = instance.programs()["madang.app.serve web"]
    family += [kin for one in family for kin in one.children(recursive=True)]
    return int(max(family, key=lambda one: one.memory_info().rss).pid)


def _visit(url: str, count: int) -> dict[int, int]:
    """Ask `count` times for what links lead to; return how often each status was answered."""
    host = urlsplit(url).netloc
    waiting = deque((path, language) for path in _FIRST for language in _LANGUAGES[:2])
    seen = set(waiting)
    answered: dict[int, int] = {}
    asked = 0
    with httpx.Client(timeout=60) as client, ThreadPoolExecutor(READERS) as readers:
        while asked < count:
            if not waiting:
                raise RuntimeError(f"only {asked} addresses were found")
            some = [waiting.popleft() for _n in range(min(len(waiting), READERS, count - asked))]
            asked += len(some)
            for (path, language), answer in zip(
                some, readers.map(lambda one: _got(client, url, *one), some), strict=True
            ):
                answered[answer.status_code] = answered.get(answer.status_code, 0) + 1
                for link in _links(answer, host, path):
                    one = (link, _LANGUAGES[len(seen) % len(_LANGUAGES)])
                    if not {(link, other) for other in _LANGUAGES} & seen:
                        seen.add(one)
                        waiting.append(one)
                        if len(waiting) > 10 * count:
                            break
                del language
    return answered


def _got(client: httpx.Client, url: str, path: str, language: str) -> httpx.Response:
    accepted = {"Accept-Language": language, "Accept": "text/html,*/*;q=0.5"}
    return client.get(url + path, headers=accepted, follow_redirects=False)


def _links(answer: httpx.Response, host: str, path: str) -> list[str]:
    found = [answer.headers["location"]] if "location" in answer.headers else []
    if "text/html" in answer.headers.get("content-type", ""):
        found += _LINK.findall(answer.text)
    here = f"http://{host}{path}"
    parts = [urlsplit(urljoin(here, link.replace("&amp;", "&"))) for link in found]
    paths = [p.path + (f"?{p.query}" if p.query else "") for p in parts if p.netloc == host]
    return [one for one in dict.fromkeys(paths) if not one.startswith(_LEAVES)]
