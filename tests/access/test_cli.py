"""``madang access ...`` for people who write policies."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from madang.access import cli
from madang.access.cli import actor_of
from madang.kernel.errors import BadInput

GOOD = """
@id("test.good") @columns("plain") @rows("own-districts") @basis("Act 1")
permit (principal in Role::"clerk", action == Action::"read", resource in Room::"identity")
when { context.purpose == "keep-people" };
"""


def run(command, *arguments: str):
    return CliRunner().invoke(command, arguments)


def test_good_policies_pass(tmp_path):
    (tmp_path / "a.cedar").write_text(GOOD)
    done = run(cli.check, str(tmp_path), "--json")
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout) == {"files": 1, "policies": 1, "faults": []}


def test_a_fault_is_named_by_file_and_line_and_ends_with_2(tmp_path):
    (tmp_path / "a.cedar").write_text(GOOD)
    (tmp_path / "deep").mkdir()
    bad = GOOD.replace("keep-people", "spy").replace("test.good", "test.bad")
    (tmp_path / "deep" / "b.cedar").write_text(bad + "\npermit (principal action);\n")
    done = run(cli.check, str(tmp_path), "--json")
    assert done.exit_code == 2
    faults = json.loads(done.stdout)["faults"]
    assert [fault["line"] for fault in faults] == [2, 6]
    assert "no room declares the purpose 'spy'" in faults[0]["message"]
    assert f"{tmp_path / 'deep' / 'b.cedar'}:2: " in done.stderr


def test_an_obligation_that_nothing_carries_out_is_a_fault(tmp_path):
    (tmp_path / "a.cedar").write_text(GOOD.replace("@basis", '@obligation("four-eyes") @basis'))
    done = run(cli.check, str(tmp_path), "--json")
    assert done.exit_code == 2
    (fault,) = json.loads(done.stdout)["faults"]
    assert "the obligation 'four-eyes'" in fault["message"]
    assert "notify-subject, review" in fault["message"]


@pytest.mark.parametrize("content", [b"\xff\xfe", None])
def test_what_is_no_policy_file_is_bad_input(tmp_path, content):
    if content is not None:
        (tmp_path / "a.cedar").write_bytes(content)
    done = run(cli.check, str(tmp_path))
    assert done.exit_code == 2
    assert str(tmp_path) in done.stderr


def explained(actor: str, purpose: str, resource: str = "notices.call-back", *more: str):
    return run(
        cli.explain, "--actor", actor, "--action", "read", "--resource", resource,
        "--purpose", purpose, "--json", *more,
    )  # fmt: skip


def test_a_decision_is_explained():
    found = json.loads(explained("role:officer@district:11440", "plan-calls").stdout)
    assert found["decision"] == "allow"
    assert found["policies"] == ["notices.plan-calls"]
    assert found["columns"] == ["hint", "plain"]
    assert found["masked"] == ["CallBack.phone"]
    assert found["rows"] == ["all"]
    assert found["legal_basis"] == "PIPA Art. 15(1)1"
    denied = json.loads(explained("role:operator", "plan-calls").stdout)
    assert (denied["decision"], denied["policies"]) == ("deny", [])
    system = json.loads(explained("system:notices", "deliver-notices", "notices.contact").stdout)
    assert (system["decision"], system["masked"]) == ("allow", [])
    strong = json.loads(explained("role:officer@aal:2", "emergency").stdout)
    assert strong["obligations"] == ["notify-subject", "review"]
    text = run(cli.explain, "--actor", "role:officer", "--action", "read", "--resource",
               "notices.call-back", "--purpose", "plan-calls")  # fmt: skip
    assert "decision      allow" in text.stdout


@pytest.mark.parametrize(
    ("actor", "purpose", "resource", "message"),
    [
        ("role:king", "plan-calls", "notices.call-back", "roles are"),
        ("role:officer@planet:3", "plan-calls", "notices.call-back", "is no district"),
        ("role:officer@aal:9", "plan-calls", "notices.call-back", "0 to 3"),
        ("somebody", "plan-calls", "notices.call-back", "no account"),
        ("role:officer", "spying", "notices.call-back", "no room declares"),
        ("role:officer", "plan-calls", "notices.secrets", "no table holds"),
    ],
)
@pytest.mark.django_db
def test_what_cannot_be_asked_is_said(actor, purpose, resource, message):
    done = explained(actor, purpose, resource)
    assert done.exit_code == 2
    assert message in done.stderr


def test_an_actor_is_described_in_words():
    actor = actor_of("role:clerk,officer@district:11440,11110@department:housing@ial:2@aal:1")
    assert actor.roles == {"clerk", "officer"}
    assert actor.districts == {"11440", "11110"}
    assert actor.departments == {"housing"}
    assert (actor.ial, actor.aal) == (2, 1)
    assert actor_of("system:notices").is_system
    with pytest.raises(BadInput):
        actor_of("role:")


@pytest.mark.django_db
def test_an_account_is_asked_by_its_name_or_id():
    from madang.identity import api as identity

    account = identity.add_user("kim", ["officer"])
    for name in ("kim", account.id):
        found = json.loads(explained(name, "plan-calls").stdout)
        assert (found["actor"], found["decision"]) == (account.id, "allow")
    assert json.loads(explained("kim", "emergency").stdout)["decision"] == "deny", "too weak"


def test_the_purposes_are_listed():
    found = json.loads(run(cli.list_purposes, "--json").stdout)["purposes"]
    assert {"emergency", "deliver-notices"} <= {row["id"] for row in found}
    assert "emergency" in run(cli.list_purposes).stdout


@pytest.mark.django_db
def test_the_roles_of_the_database_are_printed():
    done = run(cli.database_roles, "--login", "madang_app")
    assert done.exit_code == 0, done.output
    assert 'REVOKE ALL ON "notices_contact" FROM "madang_app", PUBLIC;' in done.stdout
    assert 'GRANT SELECT, INSERT, UPDATE, DELETE ON "notices_contact" TO "madang_personal";' in (
        done.stdout
    )
