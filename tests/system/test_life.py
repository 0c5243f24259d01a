"""An instance that runs, as its users know it; its stop and next start are in test_outages.py."""

from __future__ import annotations

import json

import httpx
import pytest

from tests.system.instance import until

pytestmark = [pytest.mark.system, pytest.mark.timeout(300)]


def test_the_portal_answers(instance):
    answer = instance.get("/")
    assert answer.status_code == 200
    assert "<h1" in answer.text


def test_health_is_good_and_names_its_parts(instance):
    def healthy():
        answer = instance.get("/healthz")
        return answer if answer.status_code == 200 else None

    checks = until(healthy, 30, "good health").json()["checks"]
    assert {"database", "lake", "bus", "worker"} <= set(checks)


def test_status_says_that_all_processes_run(instance):
    report = json.loads(instance.madang("status", "--json").stdout)
    assert report["running"]
    names = {process["name"] for process in report["processes"]}
    assert names == {"bus", "lake", "search", "web", "stream", "worker", "front"}
    assert all(process["state"] == "running" for process in report["processes"])


def test_metrics_are_exposed(instance):
    answer = instance.get("/metrics")
    assert answer.status_code == 200
    assert "# TYPE" in answer.text


def test_the_first_administrator_gets_a_link_that_works_once(instance):
    text = instance.log.read_text()
    link = next(line.split()[-1] for line in text.splitlines() if "first administrator" in line)
    link = link.replace("localhost", "127.0.0.1")
    assert httpx.get(link, follow_redirects=True).status_code == 200


def test_a_second_instance_in_the_same_folder_is_refused(instance):
    done = instance.madang("up", "--no-sim", check=False)
    assert done.returncode != 0
    assert "already runs" in done.stderr


def test_the_json_api_describes_itself(instance):
    document = instance.get("/api/v1/openapi.json").json()
    assert document["openapi"].startswith("3.1")
    assert any(path.startswith("/api/v1/air") for path in document["paths"])
    assert instance.get("/api/v1/docs").status_code == 200


def test_errors_of_the_api_are_problem_documents(instance):
    answer = instance.get("/api/v1/nothing-here")
    assert answer.status_code == 404
    assert answer.headers["Content-Type"].startswith("application/problem+json")
