"""The rules of support: one fold over an incident's history, for the portal, replay, what-if and statement alike.

`fold` walks an incident's own events together with what its agreement shares and returns its state: every clock it has
started, its findings, and the facts that pages show. Instants are UTC; nothing here reads the time.
"""

from incidents.rules.support.state import IncidentState
from incidents.rules.support.walk import fold

__all__ = ["IncidentState", "fold"]
