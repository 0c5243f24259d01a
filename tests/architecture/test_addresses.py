"""No address carries what is personal: addresses stay in histories, logs and referrers."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.apps import apps

import madang
from madang.access.api import PersonalModel
from madang.kernel.registry import Page, StreamRoute, registry
from tests import addresses

# words of people, their numbers and their places, as a whole part of a parameter's name
PERSONAL = {
    "name", "names", "login", "email", "mail", "phone", "tel", "mobile", "born", "birth",
    "birthday", "birthdate", "rrn", "arc", "ssn", "ci", "passport", "resident", "citizen",
    "address", "person", "password", "secret", "pin", "sex", "gender", "nationality",
    "income", "health",
}  # fmt: skip
# a parameter of such a name that names a thing
OF_THINGS = {
    ("display", "name"): "one of four displays",
    ("theme", "name"): "one of three colours",
    ("GET /api/v1/appointments/slots", "to"): "a day",
}
_PARAMETERS = (re.compile(r"<(?:\w+:)?(\w+)>"), re.compile(r"\(\?P<(\w+)>"), re.compile(r"{(\w+)}"))
TEMPLATES = sorted(Path(madang.__path__[0]).rglob("templates/**/*.html"))
_FORM = re.compile(r"<form\b(?P<head>[^>]*)>(?P<body>.*?)</form>", re.DOTALL | re.IGNORECASE)
_FIELD = re.compile(r"<(?:input|select|textarea)\b[^>]*\bname=\"([^\"]+)\"", re.IGNORECASE)


# classes of columns by whose values somebody can be told
TELL_WHO = {"address", "birth", "contact", "login", "name", "number", "origin"}


def is_personal(name: str) -> bool:
    return bool(PERSONAL & set(name.lower().split("_")))


def parameters_of(path: str) -> list[str]:
    return [name for pattern in _PARAMETERS for name in pattern.findall(path)]


def asked() -> list[tuple[str, str, str]]:
    """Return kind, name and parameter of every address."""
    found = []
    for page in registry().offers(Page):
        found += [("page", page.name, name) for name in parameters_of(page.path)]
    for route in registry().offers(StreamRoute):
        found += [("door", route.pattern, name) for name in parameters_of(route.pattern)]
    for method, address, operation in addresses.of_operations():
        found += [("api", address, name) for name in parameters_of(operation.path)]
        for model in operation.models:
            if model.__ninja_param_source__ in ("query", "path"):
                names = model.__ninja_flatten_map__
                found += [("api", f"{method} {address}", name) for name in names]
    return found


def test_no_parameter_of_an_address_is_personal():
    wrong = [
        f"{kind} {where}: {name}"
        for kind, where, name in asked()
        if is_personal(name) and (where, name) not in OF_THINGS
    ]
    assert not wrong
    assert len(asked()) > 30


def test_no_parameter_is_a_column_that_tells_who_somebody_is():
    closed = {
        column
        for model in apps.get_models()
        if issubclass(model, PersonalModel) and model.__module__.startswith("madang.")
        for kind, columns in getattr(model.Personal, "columns", {}).items()
        if kind in TELL_WHO
        for column in columns
    }
    assert {"login", "born", "phone", "register", "given"} <= closed
    wrong = [
        f"{kind} {where}: {name}"
        for kind, where, name in asked()
        if name in closed and (where, name) not in OF_THINGS
    ]
    assert not wrong


def test_no_form_writes_what_is_personal_into_an_address():
    wrong = []
    for path in TEMPLATES:
        for form in _FORM.finditer(path.read_text(encoding="utf-8")):
            if re.search(r"method=[\"']?post", form["head"], re.IGNORECASE):
                continue
            wrong += [f"{path.name}: {name}" for name in _FIELD.findall(form["body"])
                      if is_personal(name)]  # fmt: skip
    assert not wrong


@pytest.mark.parametrize("name", ["name", "owner_email", "phone", "resident_number", "birth_date"])
def test_the_rule_knows_a_personal_parameter(name: str):
    assert is_personal(name)
    assert not is_personal("district") and not is_personal("named_after")
