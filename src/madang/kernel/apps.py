"""The kernel's tables as a Django app."""

from django.apps import AppConfig


class KernelConfig(AppConfig):
    name = "madang.kernel"
    label = "kernel"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from madang.kernel.fallbacks import install

        install()
