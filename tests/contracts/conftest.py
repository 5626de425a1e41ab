"""The two support contracts, each with a client and its people."""

from __future__ import annotations

import pytest

from tests.contracts.desk import Desk


@pytest.fixture
def juno(db: None) -> Desk:
    """Live platform support, around the clock."""
    return Desk("juno-live-support")


@pytest.fixture
def jbi(db: None) -> Desk:
    """Support in business hours."""
    return Desk("jbi-support")
