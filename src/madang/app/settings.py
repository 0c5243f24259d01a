"""Django settings, derived from `madang.kernel.config.settings`."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import madang
from madang.app.hardening import HSTS_S, WITHOUT_TLS, allowed_hosts
from madang.app.languages import language_settings
from madang.app.secrets import secret_key
from madang.city.api import profile
from madang.kernel.config import Settings, settings
from madang.kernel.registry import rooms

HERE = settings()

SECRET_KEY = secret_key(HERE)
DEBUG = False
ALLOWED_HOSTS = allowed_hosts(HERE)
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
WORDING = {tag.lower(): words for tag, words in profile().city.wording.items()}  # there, too
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
APPEND_SLASH = True
CSRF_FAILURE_VIEW = "madang.web.errors.csrf_failure"
LOGIN_URL = "/sign-in/"
LOGIN_REDIRECT_URL = "/"
STATIC_URL = "/static/"
DATA_UPLOAD_MAX_MEMORY_SIZE = 16 * 1024 * 1024
SESSION_ENGINE = "madang.identity.session_store"
# __Host-: sent to this host alone, over TLS alone, for every path (RFC 6265bis, section 4.1.3.2)
SESSION_COOKIE_NAME = "__Host-madang" if HERE.is_production else "madang"
CSRF_COOKIE_NAME = "__Host-csrf" if HERE.is_production else "csrftoken"
DEVICE_COOKIE_NAME = "__Host-device" if HERE.is_production else "madang_device"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = HERE.is_production
CSRF_COOKIE_SECURE = HERE.is_production
CSRF_COOKIE_HTTPONLY = True  # scripts of ours read the token from the page
CSRF_COOKIE_SAMESITE = "Lax"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
if HERE.is_production:
    # only the front reaches the web process, and it says how the reader came (see app.front)
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_SSL_REDIRECT = True
    SECURE_REDIRECT_EXEMPT = list(WITHOUT_TLS)
    SECURE_HSTS_SECONDS = HSTS_S
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
# W021 wants the name on the browsers' built-in list: a step for all names of a domain and for
# good, which is not ours to take for a city
SILENCED_SYSTEM_CHECKS = ["security.W021"]

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_tasks",
    "django_tasks_db",
    *(f"madang.{room}" for room in rooms() if importlib.util.find_spec(f"madang.{room}.apps")),
]

MIDDLEWARE = [
    "madang.web.headers.HeadersMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "madang.web.static_files.StaticFilesMiddleware",
    "madang.web.page_cache.PageCacheMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "madang.web.languages.LanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "madang.identity.around.ActingMiddleware",
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

CONNECTION_LASTS_S = 60  # of a thread that answers requests, from one to the next


def database(here: Settings) -> dict[str, Any]:
    """Return Django's database settings: SQLite in the data folder, or PostgreSQL by URL."""
    if not here.database_url:
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": str(here.data / "madang.sqlite3"),
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                # of its pages each thread's connection keeps 0.5 MB (else 2); the system keeps all
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; "
                "PRAGMA cache_size=-512;",
            },
            "CONN_MAX_AGE": CONNECTION_LASTS_S,  # opened and closed each time, it costs half a page
        }
    url = urlsplit(here.database_url)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": url.path.lstrip("/"),
        "USER": unquote(url.username or ""),
        "PASSWORD": unquote(url.password or ""),
        "HOST": url.hostname or "",
        "PORT": str(url.port or ""),
        "CONN_MAX_AGE": CONNECTION_LASTS_S,
    }


DATABASES = {"default": database(HERE)}
