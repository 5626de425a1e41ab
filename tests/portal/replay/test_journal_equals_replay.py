"""What the journal says and what replay says never differ."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from portal.clients.models import Agreement
from portal.demo.demonstration import load_demonstration
from tests.portal.replay.comparing import kept, replayed

NOW = datetime(2026, 11, 18, 15, 42, 11, 123456, tzinfo=UTC)


@pytest.mark.django_db
def test_the_demonstrations_export_replayed_equals_its_clocks_and_findings() -> None:
    load_demonstration(now=NOW)

    for agreement in Agreement.objects.all():
        assert replayed(agreement, until=NOW) == kept(agreement), agreement.ref
