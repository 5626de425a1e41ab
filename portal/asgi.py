"""The ASGI application for servers that speak ASGI."""

import os

from django.core.asgi import get_asgi_application

import portal.celery  # noqa: F401  (a task sent by a page goes to our broker, not to Celery's default one)

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")

application = get_asgi_application()
