"""Decision tables and FEEL expressions per CPU-second, with the reasons; peers on the same work.

SpiffWorkflow runs tables whose cells are Python, without saying why; bkflow-feel runs single
expressions and reads each anew, as its interface has it. Used where they are installed.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from bench.report import OURS, Bar, Report
from madang.services.engine.dmn.counterfactual import nearest_counterfactual
from madang.services.engine.feel.expression import expression
from madang.services.proof import applicants, benefit_model, explained_per_cpu_s

SIZES = (10, 100, 1000)
EXPRESSION = "Age >= 18 and Income < 2000"  # what all of them read


def run(*, full: bool = False) -> Report:
    """Measure; `full` evaluates five times as many."""
    report = Report(
        "decisions",
        "a means test of three inputs, and one expression",
        bars=(Bar("table of 10 rows", "explained_per_cpu_s", 10_000),),
    )
    count = 25_000 if full else 5_000
    for rows in SIZES:
        some = max(count * 10 // rows, 100)
        report.add(
            OURS,
            f"table of {rows} rows",
            explained_per_cpu_s=explained_per_cpu_s(rows, some),
            tables_per_cpu_s=_ours(rows, some),
            counterfactuals_per_cpu_s=_counterfactuals(rows),
        )
    _peer(report, "SpiffWorkflow", "table of 10 rows", lambda: _spiff(10, count // 5))
    report.add(OURS, "expression", expressions_per_cpu_s=_expressions(count * 4))
    _peer(report, "bkflow-feel", "expression", lambda: _bkflow(count // 50))
    return report


def _peer(report: Report, who: str, load: str, measure: Callable[[], dict[str, float]]) -> None:
    try:
        report.add(who, load, **measure())
    except ImportError as error:
        report.notes.append(f"{who}: {error.name} is not installed")


def _rate(count: int, work: Callable[[], None]) -> float:
    begun = time.process_time()
    work()
    return count / (time.process_time() - begun)


def _ours(rows: int, count: int) -> float:
    program, people = benefit_model(rows), applicants(rows, count)
    program.compile_all()

    def work() -> None:
        for facts in people:
            assert program.evaluate(facts, ("fee",)).values["fee"] is not None

    return _rate(count, work)


def _counterfactuals(rows: int) -> float:
    program, people = benefit_model(rows), applicants(rows, 5)

    def work() -> None:
        for facts in people:
            assert nearest_counterfactual(program, "fee", facts) is not None

    return _rate(len(people), work)


def _expressions(count: int) -> float:
    compiled = expression(EXPRESSION, ("Age", "Income"))
    people = applicants(10, count)

    def work() -> None:
        for facts in people:
            assert compiled.value(facts) is not None

    return _rate(count, work)


def _spiff(rows: int, count: int) -> dict[str, float]:
    from SpiffWorkflow.bpmn.script_engine import PythonScriptEngine
    from SpiffWorkflow.dmn.engine.DMNEngine import DMNEngine
    from SpiffWorkflow.dmn.parser.BpmnDmnParser import BpmnDmnParser

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "fee.dmn"
        path.write_text(_spiff_xml(rows), "utf-8")
        parser = BpmnDmnParser()
        parser.add_dmn_file(str(path))
    (one,) = parser.dmn_parsers.values()
    one.parse()
    engine = DMNEngine(one.decision.decisionTables[0])
    script = PythonScriptEngine()
    people = [{k: v if k == "District" else int(v) for k, v in facts.items()}
              for facts in applicants(rows, count)]  # fmt: skip

    class Task:
        data: dict

    def work() -> None:
        task = Task()
        task.workflow = type("W", (), {"script_engine": script})()  # type: ignore[attr-defined]
        for facts in people:
            task.data = dict(facts)
            assert engine.decide(task)

    return {"tables_per_cpu_s": _rate(count, work)}


def _spiff_xml(rows: int) -> str:
    def cell(tag: str, text: str) -> str:
        return (
            f"<{tag} id='c'><text>{text.replace('<', '&lt;').replace('>', '&gt;')}</text></{tag}>"
        )

    heads = "".join(
        f"<input id='i{i}'><inputExpression id='e{i}' typeRef='integer'><text>{name}</text>"
        "</inputExpression></input>"
        for i, name in enumerate(("Income", "Age", "District"))
    )
    rules = "".join(
        f"<rule id='r{i}'>"
        + cell("inputEntry", f"{i * 100} <= ? < {i * 100 + 100}")
        + cell("inputEntry", ">= 18")
        + cell("inputEntry", '? in ("A", "B")' if i % 2 else "")
        + cell("outputEntry", str(i))
        + "</rule>"
        for i in range(rows)
    )
    return (
        "<definitions xmlns='https://www.omg.org/spec/DMN/20191111/MODEL/' id='d' name='d' "
        "namespace='urn:x'><decision id='fee' name='fee'><decisionTable id='t'>"
        f"{heads}<output id='o' name='fee' typeRef='integer'/>{rules}</decisionTable>"
        "</decision></definitions>"
    )


def _bkflow(count: int) -> dict[str, float]:
    from bkflow_feel.api import parse_expression

    people = [{k: str(v) if k == "District" else int(v) for k, v in facts.items()}
              for facts in applicants(10, count)]  # fmt: skip

    def work() -> None:
        for facts in people:
            assert parse_expression(EXPRESSION, facts) is not None

    return {"expressions_per_cpu_s": _rate(count, work)}
