"""Decisions of the guard among many policies; what a look at personal data costs; audit appends.

The peers on decisions are casbin, and Cedar asked without slices: the whole set compiled once, and
its text given with every call.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable

from bench.report import OURS, Bar, Report
from madang.access.proof import figures

SHORT, FULL = 20_000, 100_000
CURVE = (50, 500, 5_000)

_MODEL = """
[request_definition]
r = sub, obj, purpose, act
[policy_definition]
p = sub, obj, purpose, act
[role_definition]
g = _, _
g2 = _, _
[policy_effect]
e = some(where (p.eft == allow))
[matchers]
m = g(r.sub, p.sub) && g2(r.obj, p.obj) && r.purpose == p.purpose && r.act == p.act
"""


def run(*, full: bool = False) -> Report:
    """Measure; `full` looks at 100,000 people."""
    report = Report(
        "access",
        "decisions, looks, audit appends",
        bars=(
            Bar("500 policies", "decision_ms", 0.5),
            Bar("audit log", "grouped_appends_per_s", 2_000.0),
        ),
    )
    for number in CURVE:
        report.add(OURS, f"{number} policies", decision_ms=figures.decision_ms(number))
    _peers(report, 500)
    people = FULL if full else SHORT
    found = _on_an_instance(people)
    report.add(OURS, "audit log", **{k: v for k, v in found.items() if "appends" in k})
    report.add(OURS, "one read by key", **{k: v for k, v in found.items() if k.endswith("_us")})
    looks = {k: v for k, v in found.items() if k.endswith("_s") and "appends" not in k}
    report.add(OURS, f"{people:,} people in one scope", **looks)
    return report


def _peers(report: Report, number: int) -> None:
    import cedarpy

    house = figures.policies(number)
    text = "\n".join(one.text for one in house.policies)
    compiled = cedarpy.PolicySet.from_str(text)
    asked = [figures.question(n) for n in range(100)]
    known = [house._known(one.principal, one.roles, one.dataset) for one in asked]

    def cedar(policies: object) -> Callable[[int], object]:
        def ask(n: int) -> object:
            one, entities = asked[n % 100], known[n % 100]
            kind, name = one.principal
            request = {
                "principal": {"type": kind, "id": name},
                "action": {"type": "Action", "id": one.action},
                "resource": {"type": "Dataset", "id": one.dataset},
                "context": dict(one.context),
            }
            return cedarpy.is_authorized(request, policies, entities)

        return ask

    load = f"{number} policies"
    report.add("Cedar, all policies compiled", load, decision_ms=_ms(cedar(compiled), 500))
    report.add("Cedar, text with each call", load, decision_ms=_ms(cedar(text), 20))
    try:
        import casbin
    except ImportError:
        report.notes.append("casbin is not installed: `pip install casbin` adds it")
        return
    report.add(f"casbin {casbin.__version__ if hasattr(casbin, '__version__') else ''}".strip(),
               load, decision_ms=_ms(_casbin(casbin, number), 200))  # fmt: skip


def _casbin(casbin: object, number: int) -> Callable[[int], object]:
    model = casbin.Model()
    model.load_model_from_text(_MODEL)
    enforcer = casbin.Enforcer(model)
    for n in range(number):
        for act in ("read", "change"):
            enforcer.add_policy(f"role{n % 7}", f"room{n % figures.ROOMS}", f"purpose{n % 25}", act)
    for account in range(100):
        enforcer.add_grouping_policy(str(account), f"role{account % 7}")
    for room in range(figures.ROOMS):
        for dataset in range(5):
            enforcer.add_named_grouping_policy("g2", f"room{room}.set{dataset}", f"room{room}")
    asked = [figures.question(n) for n in range(100)]
    return lambda n: enforcer.enforce(
        asked[n % 100].principal[1], asked[n % 100].dataset,
        asked[n % 100].context["purpose"], asked[n % 100].action,
    )  # fmt: skip


def _ms(work: Callable[[int], object], times: int) -> float:
    work(0)
    began = time.process_time()
    for n in range(times):
        work(n)
    return (time.process_time() - began) / times * 1e3


def _on_an_instance(people: int) -> dict[str, float]:
    command = [sys.executable, "-m", "bench.access_load", str(people)]
    with tempfile.TemporaryDirectory(prefix="madang-bench-") as folder:
        done = subprocess.run(
            command, check=True, stdout=subprocess.PIPE,
            env={**os.environ, "MADANG_DATA": folder, "MADANG_DATABASE_URL": ""},
        )  # fmt: skip
    found: dict[str, float] = json.loads(done.stdout)
    return found
