"""Accounts move from Django's own tables to ours."""

from __future__ import annotations

from datetime import UTC, datetime

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps
from madang.kernel import times


def aware(moment: datetime | None) -> datetime | None:
    """Return a moment as SQLite gives it, without its zone, in UTC."""
    return moment.replace(tzinfo=UTC) if moment and moment.tzinfo is None else moment


def carry_over(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Take the accounts of installations that kept them in Django's own tables."""
    connection = schema_editor.connection
    tables = connection.introspection.table_names()
    if "auth_user" not in tables:
        return
    account, grant = apps.get_model("identity", "Account"), apps.get_model("identity", "StaffGrant")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, username, password, is_active, last_login, date_joined FROM auth_user"
        )
        users = cursor.fetchall()
        cursor.execute(
            "SELECT m.user_id, g.name FROM auth_user_groups m JOIN auth_group g ON g.id = m.group_id"
        )
        roles = cursor.fetchall()
    now = times.now()
    for number, login, password, is_active, last_sign_in, joined in users:
        row = account._base_manager.create(
            kind="staff",
            login=login,
            password=password,
            created=aware(joined),
            last_sign_in=aware(last_sign_in),
            closed=None if is_active else now,
            closed_why="" if is_active else "closed before",
        )
        grant._base_manager.bulk_create(
            grant(
                account=row,
                role=role,
                since=aware(joined),
                until=None if is_active else now,
                granted_by=f"user:{number}",
            )
            for owner, role in roles
            if owner == number
        )


OLD_TABLES = (
    "auth_user_user_permissions", "auth_user_groups", "auth_user", "auth_group_permissions",
    "auth_group", "auth_permission", "django_session",
)


def drop_old_tables(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Leave no second copy of names and password hashes behind."""
    tables = schema_editor.connection.introspection.table_names()
    for table in OLD_TABLES:
        if table in tables:
            schema_editor.execute(f"DROP TABLE {schema_editor.quote_name(table)}")


class Migration(migrations.Migration):
    dependencies = [("identity", "0002_people")]
    operations = [
        migrations.RunPython(carry_over, migrations.RunPython.noop),
        migrations.RunPython(drop_old_tables, migrations.RunPython.noop),
    ]
