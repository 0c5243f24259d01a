"""The assistant room as a Django app."""

from django.apps import AppConfig


class AssistantConfig(AppConfig):
    name = "madang.assistant"
    label = "assistant"
    default_auto_field = "django.db.models.BigAutoField"
