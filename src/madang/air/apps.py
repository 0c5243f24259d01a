"""The air room as a Django app."""

from django.apps import AppConfig


class AirConfig(AppConfig):
    name = "madang.air"
    label = "air"
    default_auto_field = "django.db.models.BigAutoField"
