"""Django settings, derived from `madang.kernel.config.settings`."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import madang
from madang.app.languages import language_settings
from madang.app.secrets import secret_key
from madang.city.api import profile
from madang.kernel.config import Settings, settings
from madang.kernel.registry import rooms

HERE = settings()

SECRET_KEY = secret_key(HERE)
DEBUG = False
ALLOWED_HOSTS = ["*"]  # the front decides which names reach us
ROOT_URLCONF = "madang.app.urls"
WSGI_APPLICATION = "madang.app.wsgi.application"
USE_TZ = True
TIME_ZONE = "UTC"
LOCALE_PATHS = [str(path) for path in sorted(Path(madang.__path__[0]).glob("*/locale"))]
_languages = language_settings(profile(), LOCALE_PATHS)
LANGUAGE_CODE = _languages.default
LANGUAGES = _languages.languages
LANGUAGES_BIDI = _languages.right_to_left
LANGUAGE_CHAINS = _languages.chains  # read by kernel.fallbacks
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
APPEND_SLASH = True
CSRF_FAILURE_VIEW = "madang.web.errors.csrf_failure"
LOGIN_URL = "/sign-in/"
LOGIN_REDIRECT_URL = "/"
STATIC_URL = "/static/"
DATA_UPLOAD_MAX_MEMORY_SIZE = 16 * 1024 * 1024
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = HERE.is_production
CSRF_COOKIE_SECURE = HERE.is_production
SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_tasks",
    "django_tasks_db",
    *(f"madang.{room}" for room in rooms() if importlib.util.find_spec(f"madang.{room}.apps")),
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "madang.web.page_cache.PageCacheMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "madang.web.languages.LanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "madang.web.errors.ErrorMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "madang.web.context.shell",
            ]
        },
    }
]

STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = True  # from the rooms' folders: nothing to collect, nothing out of date

TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}


def database(here: Settings) -> dict[str, Any]:
    """Return Django's database settings: SQLite in the data folder, or PostgreSQL by URL."""
    if not here.database_url:
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": str(here.data / "madang.sqlite3"),
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
            },
        }
    url = urlsplit(here.database_url)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": url.path.lstrip("/"),
        "USER": unquote(url.username or ""),
        "PASSWORD": unquote(url.password or ""),
        "HOST": url.hostname or "",
        "PORT": str(url.port or ""),
        "CONN_MAX_AGE": 60,
    }


DATABASES = {"default": database(HERE)}
