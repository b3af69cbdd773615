"""Django's settings.  What an operator may change comes from `huijiang.configuration`."""

from __future__ import annotations

import os
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

from huijiang import configuration, logs, rooms
from huijiang.accounts.options import *  # noqa: F403 - every name of it is a setting
from huijiang.accounts.options import SIGN_IN_ORIGINS
from huijiang.api.options import *  # noqa: F403 - every name of it is a setting
from huijiang.web import site

HERE = Path(__file__).resolve().parent
DATA = configuration.home()

DEBUG = False
DEMO = configuration.switch("HUIJIANG_DEMO")  # shows the demo's sign-ins and that everything is synthetic
SECRET_KEY = configuration.secret("HUIJIANG_SECRET_KEY", "django")
if not SECRET_KEY:
    raise ImproperlyConfigured(
        "HUIJIANG_SECRET_KEY: 没有设置，也没有 not set, and no secrets/django in the data folder; "
        "运行 run: huijiang secrets"
    )
ALLOWED_HOSTS = configuration.words("HUIJIANG_HOSTS", "localhost,127.0.0.1,[::1]")
CSRF_TRUSTED_ORIGINS = configuration.words("HUIJIANG_ORIGINS")

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "pgtrigger",
    "pghistory",
    "procrastinate.contrib.django",
    "allauth",
    "allauth.account",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "axes",
    "django_htmx",
    "rest_framework",
    "drf_spectacular",
    *rooms.apps(),
]

MIDDLEWARE = [
    "huijiang.audit.middleware.RequestNumber",
    "huijiang.health.measures.Measured",
    "huijiang.health.faults.DatabaseFaults",
    "huijiang.web.middleware.ContentPolicy",
    "huijiang.web.middleware.NoNulls",
    "huijiang.web.middleware.BodyLimit",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "huijiang.api.middleware.Doorway",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "huijiang.accounts.middleware.IdleSessions",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "pghistory.middleware.HistoryMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "huijiang.urls"
WSGI_APPLICATION = "huijiang.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "huijiang.web.context.page",
            ],
        },
    }
]

DATABASES = {"default": configuration.database().django()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
LOCALE_PATHS = [DATA / "locale"]  # the English catalogue, compiled by huijiang.web.messages at start
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"  # what people read; the database keeps UTC

STATIC_URL = "/static/"
STATIC_ROOT = DATA / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": DATA / "uploads"}},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

SESSION_ENGINE = "huijiang.accounts.sessions"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_AGE = 8 * 60 * 60
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "huijiang.web.views.csrf_failure"
# sign-in services that a form may lead to
FORM_ORIGINS = [*configuration.words("HUIJIANG_FORM_ORIGINS"), *SIGN_IN_ORIGINS]
SECURE = configuration.switch("HUIJIANG_HTTPS")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE
SECURE_SSL_REDIRECT = SECURE
SECURE_HSTS_SECONDS = 31_536_000 if SECURE else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if configuration.switch("HUIJIANG_PROXY") else None

AUDIT_SALT = configuration.secret("HUIJIANG_AUDIT_SALT", "audit")
KEY_FILE = DATA / "secrets" / "keys.json"
KEY_PROVIDER = configuration.provider()

LOGGING = logs.configuration(configuration.log_level())
PAPER_FONT = os.environ.get("HUIJIANG_FONT", "")  # a Chinese font to embed in letters; empty: one of the machine's
PUBLIC_ADDRESS = configuration.public_address()
REGISTERS = configuration.registers()  # other authorities' registers, by kind
METRICS_TOKEN = configuration.secret("HUIJIANG_METRICS_TOKEN", "metrics")

DATA_UPLOAD_MAX_MEMORY_SIZE = 2_621_440
DATA_UPLOAD_MAX_NUMBER_FIELDS = 1_000
FILE_UPLOAD_MAX_MEMORY_SIZE = 22 << 20  # a paper is never written to disk in the clear
LARGEST_BODY = 72 << 20  # the largest roster, and its form

FORM_RENDERER = "huijiang.web.forms.Renderer"
SITE = site.read()
POLICIES = configuration.policies()
