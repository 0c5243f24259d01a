"""The records room as a Django app."""

from django.apps import AppConfig


class RecordsConfig(AppConfig):
    name = "madang.records"
    label = "records"
    default_auto_field = "django.db.models.BigAutoField"
