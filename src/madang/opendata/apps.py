"""The open data room as a Django app."""

from django.apps import AppConfig


class OpenDataConfig(AppConfig):
    name = "madang.opendata"
    label = "opendata"
    default_auto_field = "django.db.models.BigAutoField"
