"""The units, made once."""

from __future__ import annotations

from typing import Any

from django.apps.registry import Apps
from django.apps.registry import apps as installed

from credits.rules.units import UNITS


def make_units(using: str, apps: Apps = installed, **_: Any) -> None:
    """Signal handler for post_migrate: make the units that are missing. One query. `flush` sends it without `apps`."""
    try:
        unit = apps.get_model("credits", "Unit")
    except LookupError:
        return  # Migrated back to before there were any.
    rows = [unit(code=code, scale=scale, kind=kind) for code, (scale, kind) in UNITS.items()]
    unit._default_manager.using(using).bulk_create(rows, ignore_conflicts=True)
