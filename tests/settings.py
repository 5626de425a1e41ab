"""The portal's settings as the tests see them: the same, but for speed and for what they watch."""

from portal.settings import *  # noqa: F403  (settings are one namespace)
from portal.settings import DATABASES, INSTALLED_APPS, LOGGING, MIDDLEWARE

# Argon2 is slow on purpose, and hundreds of tests make a user.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

# No test outlives a crash of the database server: a commit need not wait for the disk.
if DATABASES["default"]["ENGINE"] == "django.db.backends.postgresql":
    DATABASES["default"].setdefault("OPTIONS", {})["options"] = "-c synchronous_commit=off"

# Each browser of a test loads the middleware anew; so files are looked up when they are asked for, not all beforehand.
WHITENOISE_AUTOREFRESH = True

# A page that asks the database once per row fails its test.
INSTALLED_APPS = [*INSTALLED_APPS, "zeal"]
MIDDLEWARE = ["zeal.middleware.zeal_middleware", *MIDDLEWARE]

# A failing test's report shows what went wrong, not every request before it.
LOGGING = {**LOGGING, "root": {"handlers": ["console"], "level": "WARNING"}}

# A cookie that no longer opens a session: it is read once to see that, and once more to delete it.
ZEAL_ALLOWLIST = [
    {"model": "sessions.Session", "field": "get()"},
    # A sheet of invoices is posted entry by entry: each is sealed by itself.
    {"model": "credits.Invoice", "field": "get()"},
]
