"""Accounts of installations that kept them in Django's own tables come along, once."""

from __future__ import annotations

import importlib
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.contrib.auth.hashers import make_password
from django.db import connection
from django.test import Client

from madang.access.api import maintenance
from madang.identity import api
from tests.staff import PASSWORD, sign_in

pytestmark = [pytest.mark.data, pytest.mark.django_db(transaction=True)]
carry = importlib.import_module("madang.identity.migrations.0003_carry_over")

TABLES = (
    "CREATE TABLE auth_user (id integer, username varchar(150), password varchar(128),"
    " is_active boolean, last_login timestamp NULL, date_joined timestamp)",
    "CREATE TABLE auth_group (id integer, name varchar(150))",
    "CREATE TABLE auth_user_groups (user_id integer, group_id integer)",
    "CREATE TABLE django_session (session_key varchar(40), session_data text)",
)


@pytest.fixture
def old_tables():
    with maintenance("test"), connection.cursor() as cursor:
        for statement in TABLES:
            cursor.execute(statement)
        cursor.execute("INSERT INTO auth_group VALUES (1, 'operator'), (2, 'officer')")
        for number, name, active in ((1, "kim", True), (2, "lee", False)):
            cursor.execute(
                "INSERT INTO auth_user VALUES (%s, %s, %s, %s, NULL, '2026-01-05 09:00:00')",
                [number, name, make_password(PASSWORD), active],
            )
            cursor.execute("INSERT INTO auth_user_groups VALUES (%s, 1), (%s, 2)", [number] * 2)
    yield
    with maintenance("test"), connection.cursor() as cursor:
        for table in carry.OLD_TABLES:
            cursor.execute(f"DROP TABLE IF EXISTS {table}")


def run() -> None:
    with maintenance("test"), connection.cursor() as cursor:
        editor = SimpleNamespace(
            connection=connection,
            execute=cursor.execute,
            quote_name=connection.ops.quote_name,
        )
        carry.carry_over(apps, editor)
        carry.drop_old_tables(apps, editor)


@pytest.mark.usefixtures("old_tables")
def test_names_passwords_and_roles_come_along_and_the_old_tables_go(client: Client):
    run()
    kim, lee = api.users()
    assert (kim.name, kim.is_active, kim.roles) == ("kim", True, {"operator", "officer"})
    assert (lee.name, lee.is_active, lee.roles) == ("lee", False, frozenset())
    sign_in(client, "kim")
    assert client.get("/operations/").status_code == 200
    assert Client().post("/sign-in/", {"name": "lee", "password": PASSWORD}).status_code == 422
    left = set(connection.introspection.table_names()) & set(carry.OLD_TABLES)
    assert not left


def test_a_fresh_installation_has_nothing_to_carry():
    run()
    assert api.users() == []
