"""The call centre as a Django app."""

from django.apps import AppConfig


class CallCentreConfig(AppConfig):
    name = "madang.callcentre"
    label = "callcentre"
    default_auto_field = "django.db.models.BigAutoField"
