"""``madang identity person``: imports say line by line what is wrong; no numbers stay."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from madang.identity import people
from madang.identity.account_models import Account
from madang.identity.person_cli import add, end, link
from madang.identity.person_models import ExternalId, Person, PersonName
from tests.identity.residents import COUNTER
from tests.looking import rows

pytestmark = [pytest.mark.data, pytest.mark.django_db]


def run(command, *arguments: str, **more):
    return CliRunner().invoke(command, [*arguments, "--json"], **more)


def test_a_foreigner_is_entered_with_several_forms_and_no_register_number():
    done = run(add, "--name", "latin=NGUYEN Thi Mai", "--name", "native=Nguyễn Thị Mai",
               "--born", "1990-02-03", "--nationality", "VN",
               "--external", "passport:VN=C1234567")  # fmt: skip
    assert done.exit_code == 0, done.output
    person = rows(Person).get(pk=json.loads(done.stdout)["entered"][0]["person"])
    assert person.register is None
    forms = {row.form: row.full for row in rows(PersonName)}
    assert forms == {"latin": "NGUYEN Thi Mai", "native": "Nguyễn Thị Mai"}
    assert "C1234567" not in rows(ExternalId).get().mac
    assert people.person_of_external("passport:VN", "C1234567", by=COUNTER) == person


def test_a_file_is_entered_line_by_line_and_faults_are_named(tmp_path):
    file = tmp_path / "people.jsonl"
    file.write_text(
        '{"names": {"registered": "김하늘"}, "register": "510302-2345678"}\n\n'
        '{"names": {"registered": "김하늘"}, "register": "5103022345678"}\n'
        '{"names": {"nickname": "x"}}\n{"names": {"latin": "A"}, "born": "tomorrow"}\n',
        encoding="utf-8",
    )
    done = run(add, "--file", str(file))
    assert done.exit_code == 2
    said = json.loads(done.stdout)
    assert len(said["entered"]) == 1
    assert [(one["line"], one["code"]) for one in said["faults"]] == [
        (2, "already-linked"), (3, "invalid"), (4, "invalid"),
    ]  # fmt: skip
    assert "2345678" not in done.output


@pytest.mark.parametrize("wrong", [["--name", "registered"], ["--file", "/nowhere"]])
def test_bad_arguments_are_named(wrong):
    assert run(add, *wrong).exit_code == 2


def test_a_death_ends_accounts_and_is_said():
    made = json.loads(run(add, "--name", "registered=김하늘").stdout)["entered"][0]["person"]
    account = people.add_resident(people.person_with(made, by=COUNTER), by=COUNTER)
    done = run(end, made, "--state", "dead", "--since", "2026-11-01")
    assert json.loads(done.stdout) == {"person": made, "state": "dead", "since": "2026-11-01"}
    assert not rows(Account).get(pk=account.pk).is_active
    assert run(end, "nobody", "--state", "dead", "--since", "2026-11-01").exit_code == 2


def test_linking_twice_is_once_and_to_another_person_refused():
    first, second = (
        json.loads(run(add, "--name", f"latin={name}").stdout)["entered"][0]["person"]
        for name in ("Anna", "Bo")
    )
    for _twice in (1, 2):
        assert run(link, first, "--external", "alien=123").exit_code == 0
    assert rows(ExternalId).count() == 1
    assert run(link, second, "--external", "alien=123").exit_code == 2
