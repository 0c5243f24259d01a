"""The lock behind the guard: on PostgreSQL, personal tables belong to a role of their own."""

from __future__ import annotations

import os
from dataclasses import replace

import pytest
from django.db import ProgrammingError, connection, transaction

from madang.access import database_role
from madang.access.api import purpose
from madang.kernel.config import settings
from tests.access.conftest import JOB
from tests.access.register.models import Resident

LOGIN, ROLE = f"madang_test_app_{os.getpid()}", f"madang_test_personal_{os.getpid()}"


@pytest.fixture
def roles(people, monkeypatch):
    """Set the roles up as the command prints it, and go on as the platform's own role."""
    if connection.vendor != "postgresql":
        pytest.skip("roles are PostgreSQL's")
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE ROLE {LOGIN} LOGIN")
        raw = connection.connection
        for statement in database_role.statements(LOGIN, ROLE):
            raw.execute(statement)
        cursor.execute(f"SET SESSION AUTHORIZATION {LOGIN}")
    monkeypatch.setattr(database_role, "settings", lambda: replace(settings(), personal_role=ROLE))
    yield
    connection.connection.execute("RESET SESSION AUTHORIZATION")


@pytest.mark.django_db
def test_the_platforms_own_role_reads_no_personal_table_past_the_guard(roles):
    raw = connection.connection
    for sql in ("SELECT * FROM register_resident", "DELETE FROM register_visit"):
        with pytest.raises(Exception, match="permission denied"), transaction.atomic():
            raw.execute(sql)
    assert raw.execute("SELECT count(*) FROM register_counter").fetchone() == (0,)


@pytest.mark.django_db
def test_inside_a_purpose_the_tables_open_and_close_again(roles):
    with purpose(JOB, "count-residents"):
        assert Resident.objects.count() == 6
        assert len(list(Resident.objects.select_related().iterator())) == 6
        Resident.objects.create(
            family_name="Han", given_name="x", phone="1", register_number="2", district="11440"
        )
        with pytest.raises(ProgrammingError), transaction.atomic():
            Resident.objects.extra(where=["no_such_column = 1"]).count()
        assert Resident.objects.filter(family_name="Han").delete()[0] == 1
    who = connection.connection.execute("SELECT current_user").fetchone()
    assert who == (LOGIN,)


@pytest.mark.django_db(transaction=True)
def test_outside_a_transaction_the_role_is_given_back_after_a_failure(roles):
    try:
        with purpose(JOB, "count-residents"):
            assert Resident.objects.count() == 6
            with pytest.raises(ProgrammingError):
                Resident.objects.extra(where=["no_such_column = 1"]).count()
        who = connection.connection.execute("SELECT current_user").fetchone()
        assert who == (LOGIN,)
    finally:
        raw = connection.connection
        raw.execute("RESET SESSION AUTHORIZATION")
        for role in (LOGIN, ROLE):
            raw.execute(f"DROP OWNED BY {role}")
            raw.execute(f"DROP ROLE {role}")
