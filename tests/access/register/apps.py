from django.apps import AppConfig


class RegisterConfig(AppConfig):
    """Tables of personal data that only the tests have."""

    name = "tests.access.register"
    label = "register"
    default_auto_field = "django.db.models.BigAutoField"
