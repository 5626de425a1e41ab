"""How the desk works on incidents: who has them, who watches them, what waits, canned replies and saved views."""

from __future__ import annotations

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from incidents.models.support import Incident
from portal.accounts.models import Team, User


class Assignment(models.Model):
    """An incident given to somebody, to a team, or to nobody: a fact, so that it can be told and taken back."""

    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="assignments")
    assignee = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    team = models.ForeignKey(
        Team, on_delete=models.PROTECT, null=True, related_name="+", help_text="Empty: its agreement's team."
    )
    was_assignee = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    was_team = models.ForeignKey(Team, on_delete=models.PROTECT, null=True, related_name="+")
    note = models.CharField(max_length=2000, blank=True, help_text="What the next one should know.")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ("at", "id")

    def __str__(self) -> str:
        return f"{self.incident.ref} to {self.assignee or self.team or 'nobody'}"


class Watch(models.Model):
    """Somebody who is told of what happens to an incident without working on it."""

    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="watches")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="watches")
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ("at", "id")
        verbose_name_plural = "watches"
        constraints = [models.UniqueConstraint(fields=["incident", "user"], name="watch_once")]

    def __str__(self) -> str:
        return f"{self.user} watches {self.incident.ref}"


class Wait(models.Model):
    """Why an incident waits, and until when it is expected to: beside the journal, which knows that it does.

    It is the current one while the incident's own `waiting_since` is its instant. The end that is expected moves no
    clock; it only reminds.
    """

    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="waits")
    reason = models.TextField(max_length=2000, blank=True)
    began_at = models.DateTimeField()
    expected_at = models.DateTimeField(null=True, blank=True, help_text="When it should be over.")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    reminded_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("began_at", "id")
        indexes = [
            # Beat's look at what should be over and is not.
            models.Index(
                fields=["expected_at"],
                name="wait_to_remind_of",
                condition=Q(reminded_at__isnull=True, expected_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.reason or f"Wait of {self.incident.ref}"


class CannedReplyQuerySet(models.QuerySet["CannedReply"]):
    """Canned replies, narrowed to whom they are for."""

    def visible_to(self, user: User) -> Self:
        """Staff see those for everybody and for their own teams; clients see none."""
        if not user.is_active or not user.is_provider:
            return self.none()
        return self.filter(Q(team__isnull=True) | Q(team__in=user.teams.all()))


class CannedReply(models.Model):
    """A reply that staff write often; `{contact}` and the like are filled in where it is used."""

    title = models.CharField(max_length=100)
    body = models.TextField(max_length=10_000)
    team = models.ForeignKey(
        Team, on_delete=models.CASCADE, null=True, blank=True, related_name="canned_replies", help_text="Empty: all."
    )
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    changed_at = models.DateTimeField()

    objects = CannedReplyQuerySet.as_manager()

    class Meta:
        ordering = ("title", "id")
        verbose_name_plural = "canned replies"

    def __str__(self) -> str:
        return self.title


class SavedViewQuerySet(models.QuerySet["SavedView"]):
    """Saved views, narrowed to whose they are."""

    def visible_to(self, user: User) -> Self:
        """Staff see their own and those shared with their teams; clients see none."""
        if not user.is_active or not user.is_provider:
            return self.none()
        return self.filter(Q(owner=user) | Q(team__in=user.teams.all()))


class SavedView(models.Model):
    """A filter of the queue under a name: the query of its address, as the filter itself wrote it."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="saved_views")
    team = models.ForeignKey(
        Team, on_delete=models.CASCADE, null=True, blank=True, related_name="saved_views", help_text="Shared with it."
    )
    name = models.CharField(max_length=60)
    query = models.CharField(max_length=1000, blank=True)
    is_default = models.BooleanField(default=False, help_text="The owner's queue begins with it.")

    objects = SavedViewQuerySet.as_manager()

    class Meta:
        ordering = ("name", "id")
        constraints = [
            models.UniqueConstraint(fields=["owner", "name"], name="saved_view_once_by_name"),
            models.UniqueConstraint(fields=["owner"], name="one_default_view", condition=Q(is_default=True)),
        ]

    def __str__(self) -> str:
        return self.name


class BulkAct(models.Model):
    """What somebody did to many incidents at once, and what became of each."""

    class Kind(models.TextChoices):
        TAKE = "take", "Take"
        ASSIGN = "assign", "Assign"
        LINK = "link", "Link to a problem"
        WATCH = "watch", "Add a watcher"
        UNDO = "undo", "Take the assignment back"

    kind = models.CharField(max_length=10, choices=Kind.choices)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField()
    detail = models.CharField(max_length=400, blank=True, help_text="To whom, or to which problem.")

    class Meta:
        ordering = ("-at", "-id")

    def __str__(self) -> str:
        return f"{self.get_kind_display()} by {self.by}"


class BulkOutcome(models.Model):
    """What became of one of them: done, or refused for a reason."""

    bulk = models.ForeignKey(BulkAct, on_delete=models.CASCADE, related_name="outcomes")
    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="+")
    refused = models.CharField(max_length=400, blank=True, help_text="Why it was refused; empty: it was done.")
    assignment = models.ForeignKey(Assignment, on_delete=models.CASCADE, null=True, related_name="+")

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return self.refused or "Done"
