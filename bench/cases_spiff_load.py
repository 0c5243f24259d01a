"""Steps of a process in SpiffWorkflow, kept in SQLite between them; run by a Python that has it.

    python cases_spiff_load.py COUNT

A web application does so for each request: read the kept process, do one step, keep it again.
"""

from __future__ import annotations

import json
import sqlite3
import sys
import tempfile
import time
from pathlib import Path

_STEPS = ("assign", "ask", "answer", "decide")
_HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" id="d"
  targetNamespace="http://bpmn.io/schema/bpmn">
<bpmn:process id="case" isExecutable="true">
<bpmn:startEvent id="start"/><bpmn:endEvent id="end"/>
"""


def process() -> str:
    """Return a process of four tasks, one after the other."""
    names = ("start", *_STEPS, "end")
    tasks = "".join(f'<bpmn:manualTask id="{name}" name="{name}"/>' for name in _STEPS)
    flows = "".join(
        f'<bpmn:sequenceFlow id="f{n}" sourceRef="{one}" targetRef="{names[n + 1]}"/>'
        for n, one in enumerate(names[:-1])
    )
    return f"{_HEAD}{tasks}{flows}</bpmn:process></bpmn:definitions>"


def main(count: int) -> None:
    """Print CPU milliseconds of a step and steps a CPU-second as JSON."""
    from SpiffWorkflow.bpmn.parser.BpmnParser import BpmnParser
    from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer
    from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
    from SpiffWorkflow.util.task import TaskState

    serializer = BpmnWorkflowSerializer()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "case.bpmn"
        path.write_text(process(), encoding="utf-8")
        parser = BpmnParser()
        parser.add_bpmn_file(str(path))
        spec = parser.get_spec("case")
        kept = sqlite3.connect(Path(folder) / "kept.sqlite3", isolation_level=None)
        kept.execute("PRAGMA journal_mode=WAL")
        kept.execute("CREATE TABLE processes (id INTEGER PRIMARY KEY, state TEXT)")
        for number in range(count):
            workflow = BpmnWorkflow(spec)
            workflow.do_engine_steps()
            kept.execute(
                "INSERT INTO processes VALUES (?, ?)", (number, serializer.serialize_json(workflow))
            )
        steps, begun = 0, time.process_time()
        for number in range(count):
            for _step in _STEPS:
                sql = "SELECT state FROM processes WHERE id = ?"
                (text,) = kept.execute(sql, (number,)).fetchone()
                workflow = serializer.deserialize_json(text)
                workflow.get_tasks(state=TaskState.READY)[0].run()
                workflow.do_engine_steps()
                text = serializer.serialize_json(workflow)
                kept.execute("UPDATE processes SET state = ? WHERE id = ?", (text, number))
                steps += 1
        took = time.process_time() - begun
        assert workflow.is_completed()
    print(json.dumps({"cpu_ms": 1000 * took / steps, "per_cpu_s": steps / took}))


if __name__ == "__main__":
    main(int(sys.argv[1]))
