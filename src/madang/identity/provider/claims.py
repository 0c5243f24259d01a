"""What an application is told about somebody: by scope, through the guard, for one purpose."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from madang.access.api import AUTHENTICATION, Actor, purpose
from madang.identity.account_models import Account
from madang.identity.person_models import Person, PersonName
from madang.identity.provider.scopes import claims_of
from madang.identity.provider_models import Grant

PURPOSE = "tell-relying-party"
_NAMES = {"name", "family_name", "given_name"}
_PERSON = {"birthdate": "born", "nationality": "nationality", "district": "district"}
_FORMS = ("preferred", "registered", "native", "latin")  # which form of a name is told first


def account_in_force(account: str) -> Account | None:
    """Return an account that may still be signed in to."""
    with purpose(AUTHENTICATION, "authenticate"):
        return (
            Account.objects.filter(pk=account, closed__isnull=True)
            .only("id", "kind", "person_id")
            .first()
        )


def told(grant: Grant, wanted: Iterable[str]) -> dict[str, Any]:
    """Return the values of the wanted claims, as far as there are any; never `sub`."""
    claims = set(wanted) - {"sub"}
    if not claims:
        return {}
    client = f"client:{grant.client_id}"
    account = account_in_force(grant.account)
    if account is None:
        return {}
    actor = Actor(id=client, name=grant.client.name, person=account.person_id or "")
    with purpose(actor, PURPOSE, legal_basis=grant.client.legal_basis):
        found = _of_account(account, claims)
        if account.person_id:
            found |= _of_name(account.person_id, claims)
            found |= _of_person(account.person_id, claims)
    return {claim: value for claim, value in found.items() if value}


def userinfo(grant: Grant, scopes: Iterable[str]) -> dict[str, Any]:
    """Return what the userinfo endpoint says for a token with these scopes."""
    wanted = claims_of(scopes) | set(grant.claims.get("userinfo", ()))
    return {"sub": grant.sub, **told(grant, wanted)}


def _of_account(account: Account, claims: set[str]) -> dict[str, Any]:
    """Staff have a sign-in name and no person; of residents only the language is kept here."""
    if not claims & {"preferred_username", "locale"} | (claims & _NAMES):
        return {}
    row = Account.objects.values("login", "language").get(pk=account.pk)
    found = {"locale": row["language"]}
    if account.kind == Account.Kind.STAFF:
        found |= {"preferred_username": row["login"] or "", "name": row["login"] or ""}
    return {claim: value for claim, value in found.items() if claim in claims}


def _of_name(person: str, claims: set[str]) -> dict[str, Any]:
    if not claims & _NAMES:
        return {}
    rows = {row.form: row for row in PersonName.objects.filter(person_id=person)}
    row = next((rows[form] for form in _FORMS if form in rows), None)
    if row is None:
        return {}
    found = {"name": row.full, "family_name": row.family, "given_name": row.given}
    return {claim: value for claim, value in found.items() if claim in claims}


def _of_person(person: str, claims: set[str]) -> dict[str, Any]:
    columns = [column for claim, column in _PERSON.items() if claim in claims]
    if not columns:
        return {}
    row = Person.objects.values(*columns).get(pk=person)
    found = {claim: row[column] for claim, column in _PERSON.items() if claim in claims}
    if found.get("birthdate"):
        found["birthdate"] = found["birthdate"].isoformat()
    return found
