"""The one provider: made with the tables, then named on the settings page."""

from __future__ import annotations

from email.utils import parseaddr
from typing import Any

from django.apps.registry import Apps
from django.apps.registry import apps as installed
from django.conf import settings


def make_provider(using: str, apps: Apps = installed, **_: Any) -> None:
    """Signal handler for post_migrate: make the provider where there is none. `flush` sends it without `apps`."""
    try:
        provider = apps.get_model("clients", "Provider")
    except LookupError:
        return  # Migrated back to before there was one.
    address = parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
    provider._default_manager.using(using).get_or_create(pk=1, defaults={"name": "Your company", "sender": address})
