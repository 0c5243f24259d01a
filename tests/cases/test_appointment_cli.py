"""``madang offices ...`` and ``madang appointments ...`` as people and scripts use them."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from madang.cases.appointment_cli import check, listed, slots
from madang.cases.errors import UnknownOffice
from madang.kernel.errors import BadInput, Invalid
from tests.cases.booking import MAPO, PASSPORT


def run(command, *arguments: str):
    return CliRunner().invoke(command, list(arguments))


def test_offices_of_a_district_for_a_matter():
    found = json.loads(run(listed, "--district", MAPO, "--matter", "move-in", "--json").stdout)
    assert len(found) == 16  # the dongs of Mapo
    assert {one["kind"] for one in found} == {"dong-centre"}
    assert "마포구청  120" in run(listed, "--matter", PASSPORT).stdout


def test_a_profile_is_checked():
    assert run(check, "seoul").stdout.endswith("offices.yaml: good\n")
    assert isinstance(run(check, "jakarta").exception, BadInput)


@pytest.mark.data
@pytest.mark.django_db
@pytest.mark.usefixtures("clock")
def test_free_times_of_an_office():
    days = ("--from", "2026-11-24", "--to", "2026-11-24")
    answer = run(slots, "--office", MAPO, "--matter", PASSPORT, *days, "--json")
    found = json.loads(answer.stdout)
    assert len(found) == 36
    assert found[0] == {"start": "2026-11-24T09:00:00+09:00", "minutes": 15, "places": 4}
    nowhere = run(slots, "--office", "nowhere", "--matter", PASSPORT)
    assert isinstance(nowhere.exception, UnknownOffice)
    assert isinstance(
        run(slots, "--office", MAPO, "--matter", PASSPORT, "--from", "24/11").exception, Invalid
    )
