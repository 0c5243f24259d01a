"""The notices room as a Django app."""

from django.apps import AppConfig


class NoticesConfig(AppConfig):
    name = "madang.notices"
    label = "notices"
    default_auto_field = "django.db.models.BigAutoField"
