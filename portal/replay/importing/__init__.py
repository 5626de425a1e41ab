"""Histories of other systems, read into the vocabulary of events. Each source is one module."""

from portal.replay.importing.servicenow import SEVERITIES, servicenow_history
from portal.web.sheets import BadSheet

__all__ = ["SEVERITIES", "BadSheet", "servicenow_history"]
