"""Pages per CPU-second and how long readers wait, on a web process of its own.

The web process runs with the settings of `madang up`. A page for anonymous readers is rendered
once a second and answered from memory in between; `/sign-in/` is never kept and shows what one
rendering of a small page costs. The readers' CPU is not counted. Every district has thirty days of
hours. A first visit is the page with its style sheets, scripts and pictures, gzipped one by one.
"""

from __future__ import annotations

from bench.report import OURS, Bar, Report
from madang.web.figures import READERS, measured, web_process, weight

SERVICE = "/air/"
DISTRICT = "/air/11440/"
OTHERS = (
    "/", DISTRICT, f"{DISTRICT}?show=pm10", f"{DISTRICT}widget/", f"{DISTRICT}display/",
    f"{DISTRICT}hours.csv", "/air/measures/", "/status/", "/sign-in/",
)  # fmt: skip
WEIGHED = ("/", SERVICE, DISTRICT, f"{DISTRICT}widget/")


def run(*, full: bool = False) -> Report:
    """Measure; `full` asks for five seconds a page instead of two."""
    bars = [f"{path}, {READERS} readers" for path in (SERVICE, DISTRICT)]
    report = Report(
        "pages",
        "pages of the portal",
        bars=(
            *(Bar(bar, "requests_per_cpu_s", 1000.0) for bar in bars),
            *(Bar(bar, "p95_ms", 100.0) for bar in bars),
            *(Bar(f"{path}, first visit", "kilobytes", 100.0) for path in WEIGHED),
        ),
    )
    asked = [(SERVICE, READERS), *((path, READERS) for path in OTHERS)]
    asked += [(SERVICE, readers) for readers in (1, 10, 100)]
    with web_process(["-m", "bench.air_hours"]) as (port, process):
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
        for path in WEIGHED:
            report.add(OURS, f"{path}, first visit", kilobytes=weight(port, path) / 1000)
    return report
