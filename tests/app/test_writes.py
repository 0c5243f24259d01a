"""Every address that changes something: no form of another site, no field nobody asked for."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from django.test import Client

import madang
from madang.access.api import ROLES, purpose
from madang.identity import api
from madang.identity.account_models import Account, StaffGrant
from madang.kernel.registry import Page, registry
from tests import addresses
from tests.staff import PASSWORD, sign_in

SOURCES = sorted(Path(madang.__path__[0]).rglob("*.py"))
UNSAFE = ("POST", "PUT", "PATCH", "DELETE")
# Taken without our token, for here no session counts: whoever asks brings a credential of its own.
EXEMPT = {
    "sensorthings-resource": "a device's key in each request",
    "alert-confirm": "the link in the mail itself; mail programs follow it (RFC 8058)",
    "alert-stop": "the link in the mail itself; mail programs follow it (RFC 8058)",
    "message-stop": "the link in the mail itself; mail programs follow it (RFC 8058)",
    "openid-configuration": "read only",
    "oauth-authorization-server": "read only",
    "oauth-jwks": "read only",
    "oauth-authorize": "asks only, by form, too (OpenID Connect Core, 3.1.2.1); agreeing is a form",
    "oauth-logout": "asks only, by form, too; signing out without a valid token is a form",
    **dict.fromkeys(
        ("oauth-token", "oauth-par", "oauth-revoke", "oauth-introspect", "oauth-device",
         "oauth-backchannel"),
        "the application authenticates itself in each request",
    ),
    "oauth-userinfo": "an access token in each request",
    "verify": "reads a file and keeps nothing; its size is known before its body is read",
    "oauth-register": "enters an application that does nothing until an administrator agrees",
}  # fmt: skip
# Operations that change something and ask for no session: each says why no other site gains by it.
OPEN_OPERATIONS: dict[str, str] = {
    "POST /api/v1/services/1/eligibility": "stores nothing: facts are evaluated and forgotten",
    "POST /api/v1/assistant/plan": "stores nothing: facts are reckoned with and forgotten",
    "POST /api/v1/assistant/plan.ics": "the same as a calendar file",
    **dict.fromkeys(
        (
            "POST /api/v1/assistant/turns",
            "DELETE /api/v1/assistant/conversations/1",
            "PUT /api/v1/assistant/conversations/1/facts/1",
            "DELETE /api/v1/assistant/conversations/1/facts/1",
            "POST /api/v1/assistant/conversations/1/person",
            "PUT /api/v1/assistant/conversations/1/turns/1/helpful",
        ),
        "only who has the conversation's id, which nobody can guess, adds to it or deletes it",
    ),
    "POST /api/v1/search/chosen": "counts a choice once a day for each network; moves one result",
    "POST /api/v1/documents/verify": "says whether a file is genuine; changes and keeps nothing",
}


@pytest.fixture
def everybody(db) -> Client:
    """Somebody signed in who may do everything, in a browser whose forms are checked."""
    api.add_user("kim", sorted(ROLES), password=PASSWORD)
    client = Client()
    sign_in(client, "kim")
    client.handler.enforce_csrf_checks = True
    return client


@pytest.mark.data
def test_no_page_takes_a_form_without_our_token(everybody: Client):
    asked = [page for page in registry().offers(Page) if page.name not in EXEMPT]
    taken = {  # a form is a POST; of the other methods, each page is asked one by turns
        f"{method} /{page.path}": answer.status_code
        for place, page in enumerate(asked)
        for method in ("POST", UNSAFE[1 + place % 3])
        if (answer := everybody.generic(method, addresses.of_page(page))).status_code != 403
    }
    assert not taken
    assert everybody.session["account"], "none of them signed out"


def test_only_addresses_with_their_own_credential_are_exempt():
    exempt = {page.name for page in registry().offers(Page) if page.csrf_exempt}
    assert exempt <= set(EXEMPT)


@pytest.mark.data
def test_no_operation_of_the_api_takes_a_session_without_our_token(everybody: Client):
    taken, asked = {}, 0
    for method, address, _operation in addresses.of_operations():
        if method not in UNSAFE or f"{method} {address}" in OPEN_OPERATIONS:
            continue
        asked += 1
        answer = everybody.generic(method, address, b"{}", content_type="application/json")
        if answer.status_code not in (401, 403):
            taken[f"{method} {address}"] = answer.status_code
    assert not taken
    assert asked


@pytest.mark.data
@pytest.mark.django_db
@pytest.mark.asvs("8.2.3")
def test_fields_nobody_asked_for_change_nothing(client: Client):
    link = api.add_user("lee", ["officer"], base_url="").link
    more = {
        "roles": "administrator",
        "role": "administrator",
        "kind": "resident",
        "ial": "3",
        "proofs": "[]",
        "account": "someone",
        "login": "boss",
        "person_id": "1",
        "is_active": "false",
        "id": "x",
    }
    answer = client.post(link, {"password": PASSWORD, "again": PASSWORD, **more})
    assert answer.status_code == 302
    client.post("/sign-in/", {"name": "lee", "password": PASSWORD, **more})
    with purpose(api.COMMAND_LINE, "manage-accounts"):
        account = Account.objects.get()
        assert (account.login, account.kind, account.person_id) == ("lee", "staff", None)
    assert [grant.role for grant in StaffGrant.objects.all()] == ["officer"]
    assert client.session["account"] == account.pk
    assert (client.session["ial"], len(client.session["proofs"])) == (2, 2)


def _is_request_data(node: ast.expr | None) -> bool:
    """Return whether an expression is all that a request brings, by whatever name."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        node = node.func.value if node.func.attr in ("dict", "items", "copy") else node
    return isinstance(node, ast.Attribute) and node.attr in ("POST", "GET", "FILES")


@pytest.mark.asvs("8.2.3")
def test_no_code_takes_over_whatever_a_request_brings():
    """`Model(**request.POST)`, `row.update(request.POST)` and forms of all columns."""
    found = []
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                spread = any(k.arg is None and _is_request_data(k.value) for k in node.keywords)
                name = node.func.attr if isinstance(node.func, ast.Attribute) else ""
                updated = name == "update" and any(_is_request_data(a) for a in node.args)
                if spread or updated:
                    found.append(f"{path}:{node.lineno}")
            if isinstance(node, ast.ClassDef) and node.name == "Meta":
                found += [
                    f"{path}:{line.lineno}"
                    for line in node.body
                    if isinstance(line, ast.Assign) and ast.unparse(line) == "fields = '__all__'"
                ]
    assert not found


@pytest.mark.data
@pytest.mark.django_db
def test_sending_a_form_twice_does_it_once(client: Client):
    link = api.add_user("lee", ["officer"], base_url="").link
    form = {"password": PASSWORD, "again": PASSWORD}
    answers = [client.post(link, form), client.post(link, form)]
    assert [answer.status_code for answer in answers] == [302, 410]
    signing_in = {"name": "lee", "password": PASSWORD}
    again = [client.post("/sign-in/", signing_in) for _ in range(2)]
    assert [answer.status_code for answer in again] == [302, 302]
