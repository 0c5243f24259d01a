"""Pages per CPU-second and how long readers wait, on a web process of its own.

The web process runs with the settings of `madang up`. A page for anonymous readers is rendered
once a second and answered from memory in between; `/sign-in/` is never kept and shows what one
rendering of a small page costs. The readers' CPU is not counted.
"""

from __future__ import annotations

from bench.report import OURS, Bar, Report
from madang.web.figures import READERS, measured, web_process

SERVICE = "/air/"
OTHERS = ("/", "/air/11440/", "/air/measures/", "/status/", "/sign-in/")


def run(*, full: bool = False) -> Report:
    """Measure; `full` asks for five seconds a page instead of two."""
    bar = f"{SERVICE}, {READERS} readers"
    report = Report(
        "pages",
        "pages of the portal",
        bars=(Bar(bar, "requests_per_cpu_s", 1000.0), Bar(bar, "p95_ms", 100.0)),
    )
    asked = [(SERVICE, READERS), *((path, READERS) for path in OTHERS)]
    asked += [(SERVICE, readers) for readers in (1, 10, 100)]
    with web_process() as (port, process):
        for path, readers in asked:
            found = measured(port, process, path, readers=readers, seconds=5.0 if full else 2.0)
            report.add(
                OURS,
                f"{path}, {readers} readers",
                requests_per_cpu_s=found.per_cpu_s,
                requests_per_s=found.per_s,
                p50_ms=found.p50_ms,
                p95_ms=found.p95_ms,
            )
            if found.failed:
                report.notes.append(f"{path}: {found.failed} requests failed")
    return report
