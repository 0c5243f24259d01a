"""The JSON API of the services, and packages written for other programs."""

from __future__ import annotations

import json
from datetime import date

import pytest

from madang.city.api import load_profile
from madang.services import api
from madang.services.exports import exported
from madang.services.models import PublishedPackage
from madang.services.packages.decide import Rules
from madang.services.packages.reader import read_package
from tests.services.publishing import COPY, SAMPLE, publish

ROOT = "/api/v1/services"
FACTS = {
    "copy_kind": "household", "copies": 2, "show_numbers": False, "is_registered": True,
    "is_low_income": False,
}  # fmt: skip


@pytest.fixture
def published(db):
    return publish()


@pytest.mark.data
def test_services_are_listed_and_paged(client, published):
    answer = client.get(f"{ROOT}?q=초본&lang=en").json()
    assert answer["total"] == 1
    assert answer["next"] is None
    (line,) = answer["services"]
    assert (line["id"], line["title"]) == (COPY, "Copy of the resident registration")
    assert line["hash"] == published.hash
    assert client.get(f"{ROOT}?audience=business").json()["services"] == []
    assert client.get(f"{ROOT}?cursor={COPY}").json()["services"] == []
    assert client.get(f"{ROOT}?cursor=nothing").status_code == 422


@pytest.mark.data
@pytest.mark.parametrize("path", [f"/{COPY}", f"/{COPY}.jsonld", f"/{COPY}.dmn", ""])
def test_what_is_unchanged_is_not_sent_again(client, published, path):
    first = client.get(f"{ROOT}{path}")
    assert first.status_code == 200
    again = client.get(f"{ROOT}{path}", headers={"if-none-match": first["ETag"]})
    assert again.status_code == 304
    assert not again.content


@pytest.mark.data
def test_a_service_that_does_not_exist_is_a_problem_document(client, published):
    answer = client.get(f"{ROOT}/nothing")
    assert answer.status_code == 404
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["code"] == "unknown-service"


def ask(client, **body):
    return client.post(
        f"{ROOT}/{COPY}/eligibility", json.dumps(body), content_type="application/json"
    )


@pytest.mark.data
def test_eligibility_says_outcome_fee_rows_and_reasons(client, published):
    said = ask(client, facts=FACTS, date="2026-09-23").json()
    assert (said["outcome"], said["fee"], said["currency"]) == ("grant", 800, "KRW")
    assert said["rows"] == ["outcome.registered"]
    assert said["automatic"]
    assert said["missing"] == []
    assert said["reasons"]["outcome"]["rules"]
    refused = ask(client, facts=FACTS | {"is_registered": False}).json()
    assert (refused["outcome"], refused["automatic"]) == ("refuse", False)


@pytest.mark.data
def test_eligibility_says_what_is_missing_and_what_cannot_be(client, published):
    said = ask(client, facts={"copies": 2}).json()
    assert said["missing"] == ["is_registered"]
    assert not said["automatic"]
    assert ask(client, facts=FACTS | {"copies": 99}).json()["doubts"]
    assert ask(client, facts={"shoe_size": 42}).status_code == 422
    assert ask(client, facts=[1]).status_code == 422


@pytest.mark.data
def test_eligibility_keeps_nothing(client, published, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as queries:
        ask(client, facts=FACTS)
    assert not [q for q in queries if not q["sql"].lstrip().startswith("SELECT")]
    assert PublishedPackage.objects.count() == 1


def test_rules_as_dmn_say_the_same_as_the_package(tmp_path):
    package = read_package(SAMPLE)[0]
    file = tmp_path / "rules.dmn"
    file.write_bytes(exported(package, "dmn", load_profile("seoul"), "https://portal.example"))
    program = api.read_dmn(file)
    for registered, day in ((True, "2026-09-23"), (False, "1999-12-31")):
        facts = FACTS | {"is_registered": registered}
        said = api.evaluate(program, facts | {"today": day})
        ours = Rules(package).evaluate(facts, date.fromisoformat(day))
        assert said.decisions["outcome"] == ours.outcome
        assert said.decisions["fee_per_copy"] == ours.parameters["fee_per_copy"]
    assert not said.errors


def test_plain_json_can_be_read_back():
    package = read_package(SAMPLE)[0]
    told = json.loads(exported(package, "json", load_profile("seoul"), "https://portal.example"))
    assert told["service"]["id"] == COPY
    assert told["rules"][0]["rows"][0]["id"] == "registered"
