"""Pages per CPU-second and how long readers wait, on a web process of its own.

    python bench/pages.py              each page with 20 readers
    python bench/pages.py --readers 1 20 200   the curve

The web process runs with the settings of `madang up`. A page for anonymous readers is rendered
once a second and answered from memory in between; `/sign-in/` is never kept and shows what one
rendering of a small page costs. The readers run on the same machine and take CPU of their own,
which is not counted.
"""

from __future__ import annotations

import argparse

from madang.web.figures import READERS, SECONDS, measured, web_process

PAGES = ("/air/", "/", "/air/11440/", "/air/measures/", "/status/", "/sign-in/")


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--readers", type=int, nargs="+", default=[READERS])
    options.add_argument("--seconds", type=float, default=SECONDS)
    options.add_argument("--pages", nargs="+", default=PAGES)
    given = options.parse_args()
    print("page             readers  req/CPU-s    req/s  p50 ms  p95 ms  failed")
    with web_process() as (port, process):
        for path in given.pages:
            for readers in given.readers:
                m = measured(port, process, path, readers=readers, seconds=given.seconds)
                print(
                    f"{path:<16}{readers:>8}{m.per_cpu_s:>11,.0f}{m.per_s:>9,.0f}"
                    f"{m.p50_ms:>8.1f}{m.p95_ms:>8.1f}{m.failed:>8}"
                )


if __name__ == "__main__":
    main()
