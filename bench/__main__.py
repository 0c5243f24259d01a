"""Measure Madang on this machine, with peers in the same run where they are installed.

python -m bench                     every bench at its short size (about eight minutes)
python -m bench --only lake,pages   some of them
python -m bench --list
python -m bench --full              larger sizes, as in docs/explanation/scale.md
python -m bench --json              one JSON document
"""

from __future__ import annotations

import argparse
import importlib
import json
import logging
import sys

NAMES = (
    "detectors", "lake", "end_to_end", "intake", "live", "pages", "maps", "notices", "instance",
    "freshness", "forecast", "access", "identity", "identity_certificates", "identity_provider",
    "identity_sessions", "decisions", "appointments", "documents", "rehearsal", "payments",
    "services_pages", "services_lint", "applications", "my", "web_memory", "cases", "cases_audit",
    "search", "search_disk", "planner", "assistant_turns", "callcentre", "voice_calls",
)  # fmt: skip


def main() -> int:
    """Run benches."""
    parser = argparse.ArgumentParser(
        "bench", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--only", default="", help="names with commas")
    parser.add_argument("--list", action="store_true")
    parser.add_argument("--full", action="store_true")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    chosen = given.only.split(",") if given.only else NAMES
    if unknown := set(chosen) - set(NAMES):
        parser.error(f"no bench is called {min(unknown)!r}; there are {', '.join(NAMES)}")
    logging.basicConfig(level=logging.ERROR)
    modules = {name: importlib.import_module(f"bench.{name}") for name in chosen}
    if given.list:
        for name, module in modules.items():
            print(f"{name:12} {module.__doc__.splitlines()[0]}")
        return 0
    reports = []
    for module in modules.values():
        report = module.run(full=given.full)
        reports.append(report)
        print(report.text(), file=sys.stderr if given.json else sys.stdout, flush=True)
    if given.json:
        print(json.dumps([report.document() for report in reports], indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
