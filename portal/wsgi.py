"""The WSGI application that gunicorn serves."""

import os

from django.core.wsgi import get_wsgi_application

import portal.celery  # noqa: F401  (a task sent by a page goes to our broker, not to Celery's default one)

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")

application = get_wsgi_application()
