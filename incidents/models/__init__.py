"""Support incidents, what moves their clocks, and the availability of services."""

from incidents.models.availability import (
    BackupAddress,
    BackupCheck,
    BackupType,
    MaintenanceWindow,
    NoDowntime,
    Outage,
    ServiceWatch,
)
from incidents.models.hosting import HostedEvent, HostedEventQuerySet, HostedSession, Release
from incidents.models.support import (
    NEVER,
    RANKS,
    SEVERITIES,
    Category,
    Comment,
    Incident,
    IncidentQuerySet,
    InformationItem,
    InformationRequest,
    Problem,
    Quote,
    Verdict,
)

__all__ = [
    "NEVER",
    "RANKS",
    "SEVERITIES",
    "BackupAddress",
    "BackupCheck",
    "BackupType",
    "Category",
    "Comment",
    "HostedEvent",
    "HostedEventQuerySet",
    "HostedSession",
    "Incident",
    "IncidentQuerySet",
    "InformationItem",
    "InformationRequest",
    "MaintenanceWindow",
    "NoDowntime",
    "Outage",
    "Problem",
    "Quote",
    "Release",
    "ServiceWatch",
    "Verdict",
]
