"""Whatever is announced to the owner of an account has words, in every language it is told in."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest
from django.test import Client
from django.utils.translation import override

import madang
from madang.identity import told
from madang.identity.account_models import Account
from madang.identity.events import SecurityNotice
from madang.identity.messages import of_notice
from tests.identity.keys import account_of, opened, with_address
from tests.looking import rows

ROOT = Path(madang.__file__).parent
# these hand on the kind that their caller names; the calls of theirs are looked at instead
HAND_ON = {"madang.identity.acts.tell": 1, "madang.identity.authenticators.tell": 1}


def announced() -> dict[str, list[str]]:
    """Return where each kind of notice is announced in the code."""
    found: dict[str, list[str]] = {}
    for path in sorted(ROOT.rglob("*.py")):
        name = ".".join(("madang", *path.relative_to(ROOT).with_suffix("").parts))
        text = path.read_text(encoding="utf-8")
        if "SecurityNotice(" not in text and "tell(" not in text:
            continue
        tree = ast.parse(text)
        for function in ast.walk(tree):
            if not isinstance(function, ast.FunctionDef) or f"{name}.{function.name}" in HAND_ON:
                continue
            for call, kind in kinds_in(function, name):
                found.setdefault(kind, []).append(f"{name}:{call.lineno}")
    return found


def kinds_in(function: ast.FunctionDef, module: str) -> Iterator[tuple[ast.Call, str]]:
    for call in ast.walk(function):
        if isinstance(call, ast.Call):
            argument = kind_of(call, module)
            if argument is not None:
                yield call, value_of(argument, module)


def kind_of(call: ast.Call, module: str) -> ast.expr | None:
    """Return the expression that names the kind, where this call announces one."""
    if isinstance(call.func, ast.Name) and call.func.id == "SecurityNotice":
        return next(one.value for one in call.keywords if one.arg == "kind")
    here = import_module(module) if "identity" in module else None
    try:
        called = value(call.func, here)
    except (AttributeError, TypeError):
        return None
    name = f"{getattr(called, '__module__', '')}.{getattr(called, '__name__', '')}"
    return call.args[HAND_ON[name]] if name in HAND_ON else None


def value(expression: ast.expr, here: object) -> object:
    """Return what a name, or a name with a dot, stands for in a module."""
    if isinstance(expression, ast.Name):
        return getattr(here, expression.id)
    if isinstance(expression, ast.Attribute):
        return getattr(value(expression.value, here), expression.attr)
    raise TypeError


def value_of(argument: ast.expr, module: str) -> str:
    if isinstance(argument, ast.Constant):
        return str(argument.value)
    found = value(argument, import_module(module))
    assert isinstance(found, str), f"{module}:{argument.lineno}"
    return found


KINDS = announced()


def test_the_kinds_are_found_in_every_way_they_are_announced():
    assert {"passkey-copied", "refresh-token-stolen", "recovery-done"} <= KINDS.keys()
    assert {told.MANDATE_GIVEN, told.ROLE_CHANGED, told.EMERGENCY_OPENED} <= KINDS.keys()


def test_every_text_is_of_a_kind_that_is_announced():
    assert told.TEXTS.keys() <= KINDS.keys()


@pytest.fixture
def kim(db, client: Client) -> Account:
    opened(client)
    with_address(client, "kim@example.org")
    return account_of(client)


@pytest.mark.data
@pytest.mark.parametrize("kind", sorted(KINDS))
def test_each_kind_has_words_in_korean_and_english(kim: Account, kind: str):
    texts = {}
    for language in ("ko", "en"):
        rows(Account).filter(pk=kim.pk).update(language=language)
        with override("vi"):  # of whoever brings it out; it does not matter
            (one,) = of_notice(SecurityNotice(account=kim.pk, kind=kind, values={}))
        assert (one.address, one.language) == ("kim@example.org", language)
        texts[language] = one.text
    assert texts["en"].isascii()
    assert not any("a" <= sign <= "z" for sign in texts["ko"]), texts["ko"]
