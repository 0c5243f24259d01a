"""Django application of this room."""

from django.apps import AppConfig


class IdentityConfig(AppConfig):
    name = "madang.identity"
    label = "identity"
    verbose_name = "Identity"
