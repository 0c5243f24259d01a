"""Django application of this room."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "madang.web"
    label = "web"
    verbose_name = "Web"
