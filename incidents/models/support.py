"""Support incidents: the problems they share, what was written on them, what was asked."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Case, Q, Value, When

from portal.accounts.models import Team, User
from portal.clients.models import Agreement, Client

SEVERITIES = (("critical", "urgent"), ("major", "high"), ("normal", "minor"), ("low",))
"""Names of severities in the terms there are, the most severe first; one level where two stand together."""
RANKS = {name: rank for rank, names in enumerate(SEVERITIES) for name in names}
NEVER = datetime(9999, 1, 1, tzinfo=UTC)
"""When what has no due instant is due, so that rows can be compared by it."""
OPEN = Q(resolved_at__isnull=True, ended_at__isnull=True)
"""Said without a value: SQLite takes a partial index only where it can see that the condition is the index's own."""


class Category(models.TextChoices):
    """What an incident is about; the last three are unsupported. Clause: JS-1, JS-2."""

    AVAILABILITY = "availability", "The service can't be reached"
    NONCONFORMITY = "nonconformity", "Something does not work as it should"
    GENERAL = "general", "A question or help with using it"
    ENHANCEMENT = "enhancement", "A wish for something new"
    OTHER = "other", "Something else"


class Problem(models.Model):
    """A root cause that incidents share. Clause: JS-13."""

    ref = models.CharField(max_length=60, unique=True)
    title = models.CharField(max_length=300)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ("-created_at", "-id")

    def __str__(self) -> str:
        return f"{self.ref} {self.title}"


class IncidentQuerySet(models.QuerySet["Incident"]):
    """Incidents, narrowed to what a user may see and to how they stand."""

    def visible_to(self, user: User) -> Self:
        """Staff see every incident; a client's user sees its own client's."""
        if not user.is_active:
            return self.none()
        return self if user.is_provider else self.filter(client_id=user.client_id)

    def open(self) -> Self:
        """Only incidents that somebody still has to solve."""
        return self.filter(OPEN)

    def mentioning(self, words: str) -> Self:
        """Only incidents whose reference or title holds the words, in whatever case. Every row is read for it."""
        return self.filter(Q(ref__icontains=words) | Q(title__icontains=words))


class Incident(models.Model):
    """One incident. What the rules know of it is a copy of the journal's fold, written by the retime alone;
    title, people and texts are the row's own."""

    class Status(models.TextChoices):
        NEW = "new", "New"
        IN_PROGRESS = "in_progress", "In progress"
        WAITING = "waiting", "Waiting"
        RESOLVED = "resolved", "Resolved"
        WITHDRAWN = "withdrawn", "Withdrawn"
        MERGED = "merged", "Merged"

    OPEN = (Status.NEW, Status.IN_PROGRESS, Status.WAITING)

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="incidents")
    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="incidents")
    ref = models.CharField(max_length=200)
    title = models.CharField(max_length=300)
    channel = models.CharField(max_length=20, blank=True)
    version = models.CharField(max_length=100, blank=True)
    reporter = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="assigned_incidents"
    )
    team = models.ForeignKey(
        Team,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="incidents",
        help_text="To whom it was handed over; empty: its agreement's team.",
    )
    problem = models.ForeignKey(Problem, on_delete=models.PROTECT, null=True, blank=True, related_name="incidents")
    merged_into = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="merged", db_index=False
    )

    # Copied from the fold.
    severity = models.CharField(max_length=31)
    category = models.CharField(max_length=20, choices=Category.choices)
    supported = models.BooleanField(default=True)
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.NEW)
    reported_at = models.DateTimeField()
    diagnostics_at = models.DateTimeField(null=True, blank=True)
    responded_at = models.DateTimeField(null=True, blank=True)
    reproduced_at = models.DateTimeField(null=True, blank=True)
    waiting_on = models.CharField(max_length=12, blank=True)
    waiting_since = models.DateTimeField(null=True, blank=True)
    resolved_at = models.DateTimeField(null=True, blank=True)
    resolved_by = models.CharField(max_length=10, blank=True)
    cause = models.CharField(max_length=20, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True, help_text="When it was withdrawn or merged.")
    reopenings = models.PositiveIntegerField(default=0)

    # What the queue is ordered by. A subquery over the clocks would be asked for every open incident at every look.
    rank = models.GeneratedField(
        expression=Case(
            *(When(severity__in=names, then=Value(rank)) for rank, names in enumerate(SEVERITIES)),
            default=Value(len(SEVERITIES)),
        ),
        output_field=models.PositiveSmallIntegerField(),
        db_persist=True,
        help_text="How grave it is, whatever its terms call that; the most severe is 0.",
    )
    due_next = models.DateTimeField(
        default=NEVER,
        help_text="When what presses most is due: what broke first and is still owed, else what is due next.",
    )

    objects = IncidentQuerySet.as_manager()

    class Meta:
        ordering = ("-reported_at", "-id")
        constraints = [models.UniqueConstraint(fields=["agreement", "ref"], name="incident_ref_once_in_its_agreement")]
        indexes = [
            models.Index(fields=["client", "-reported_at", "-id"], name="incident_of_client"),
            models.Index(fields=["-reported_at", "-id"], name="incident_newest"),
            # Staff's open queue, and the retime of what a hosted event or a release touches.
            models.Index(fields=["agreement", "severity", "reported_at"], name="incident_open", condition=OPEN),
            # The queue of the open ones by severity and by what is due, one keyset after another.
            models.Index(fields=["rank", "reported_at", "id"], name="incident_open_by_rank", condition=OPEN),
            models.Index(fields=["due_next", "id"], name="incident_open_by_due", condition=OPEN),
            # The same of all incidents.
            models.Index(fields=["rank", "reported_at", "id"], name="incident_by_rank"),
            models.Index(fields=["due_next", "id"], name="incident_by_due"),
            # The client's count of what is open, and the queue of one client or one person.
            models.Index(fields=["client", "rank", "reported_at"], name="incident_open_of_client", condition=OPEN),
            models.Index(fields=["assignee", "rank", "reported_at"], name="incident_open_of_person", condition=OPEN),
            # A problem's incidents, and what came back of late: few incidents have one.
            models.Index(
                fields=["problem", "-reported_at", "-id"],
                name="incident_of_problem",
                condition=Q(problem__isnull=False),
            ),
            # What was merged into one, and which solved ones may lack their downtime: few are either.
            models.Index(
                fields=["merged_into", "-reported_at", "-id"],
                name="incident_merged_into",
                condition=Q(merged_into__isnull=False),
            ),
            models.Index(
                fields=["resolved_at", "id"],
                name="incident_solved_outage",
                condition=Q(category="availability", status="resolved", resolved_at__isnull=False),
            ),
            # Who is waited for the longest.
            models.Index(
                fields=["waiting_since", "id"], name="incident_waiting", condition=Q(waiting_since__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.ref} {self.title}"

    @property
    def is_open(self) -> bool:
        """Whether somebody still has to solve it."""
        return self.status in self.OPEN


class Comment(models.Model):
    """Something that somebody wrote on an incident: to the client, or for staff alone."""

    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="comments")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    body = models.TextField(max_length=20_000)
    at = models.DateTimeField()
    internal = models.BooleanField(default=False)

    class Meta:
        ordering = ("at", "id")

    def __str__(self) -> str:
        return f"{self.incident.ref} at {self.at:%Y-%m-%d %H:%M}"

    @property
    def part(self) -> str:
        """The name under which its files are kept."""
        return f"comment:{self.pk}"


class Verdict(models.Model):
    """The client's word that a resolution solved it, and how it was served: a fact, one an opening. Clause: T-11."""

    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="verdicts")
    opening = models.PositiveIntegerField(help_text="How often it had been reopened when this was said.")
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    confirmed_at = models.DateTimeField()
    stars = models.PositiveSmallIntegerField(null=True, blank=True, help_text="1 to 5, where it was rated.")
    words = models.TextField(max_length=2000, blank=True)

    class Meta:
        ordering = ("confirmed_at", "id")
        constraints = [
            models.UniqueConstraint(fields=["incident", "opening"], name="verdict_once_for_an_opening"),
            models.CheckConstraint(
                condition=Q(stars__isnull=True) | Q(stars__range=(1, 5)), name="verdict_of_one_to_five_stars"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.incident.ref} is solved"


class InformationRequest(models.Model):
    """What staff asked the client for, as a checklist; the resolution clock waits while it is open. Clause: JS-12."""

    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="information_requests")
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    asked_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-asked_at", "-id")

    def __str__(self) -> str:
        return f"Information asked on {self.incident.ref}"


class InformationItem(models.Model):
    """One thing asked for."""

    request = models.ForeignKey(InformationRequest, on_delete=models.CASCADE, related_name="items")
    text = models.CharField(max_length=300)
    provided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return self.text
