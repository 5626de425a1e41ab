"""Support incidents and what moves their clocks."""

from incidents.models.hosting import HostedEvent, HostedEventQuerySet, HostedSession, Release
from incidents.models.support import (
    Category,
    Comment,
    Incident,
    IncidentQuerySet,
    InformationItem,
    InformationRequest,
    Problem,
    Quote,
)

__all__ = [
    "Category",
    "Comment",
    "HostedEvent",
    "HostedEventQuerySet",
    "HostedSession",
    "Incident",
    "IncidentQuerySet",
    "InformationItem",
    "InformationRequest",
    "Problem",
    "Quote",
    "Release",
]
