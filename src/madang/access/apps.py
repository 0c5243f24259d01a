"""The access room as a Django app."""

from django.apps import AppConfig
from django.core import checks
from django.db.backends.signals import connection_created


class AccessConfig(AppConfig):
    name = "madang.access"
    label = "access"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from django.core.signals import request_finished

        from madang.access.checks import personal_tables_say_what_they_hold
        from madang.access.records import write_owed
        from madang.access.statements import install

        connection_created.connect(install, dispatch_uid="madang.access.statements")
        request_finished.connect(write_owed, dispatch_uid="madang.access.records")
        checks.register(personal_tables_say_what_they_hold, checks.Tags.models)
