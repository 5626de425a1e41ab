"""What an incident is tied to: a problem that it shares with others."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from incidents.errors import AlreadyDoneError
from incidents.models import Problem
from incidents.services.opening import open_incident, require, words
from portal.accounts.models import User
from portal.accounts.permissions import Act
from portal.contract import events as e


@transaction.atomic
def link_problem(*, incident_id: int, problem_ref: str, title: str, by: User, now: datetime) -> Problem:
    """Link the incident to a shared root cause, known or new. Clause: JS-13."""
    require(by, Act.WORK_INCIDENT)
    opened = open_incident(incident_id, by=by, now=now)
    problem_ref = words(problem_ref, field="problem", what="The problem's name", longest=60)
    problem = Problem.objects.filter(ref=problem_ref).first()
    if problem is None:
        title = words(title, field="problem_title", what="A new problem's title", longest=300)
        # Somebody else may name the same one at this moment, under another agreement's lock.
        problem, _ = Problem.objects.get_or_create(ref=problem_ref, defaults={"title": title, "created_at": now})
    elif opened.incident.problem_id == problem.pk:
        raise AlreadyDoneError(f"{opened.incident.ref} is linked to {problem.ref} already.", field="problem")
    opened.incident.problem = problem
    opened.incident.save(update_fields=["problem"])
    opened.record(e.IncidentLinked(at=now, incident=opened.incident.ref, problem=problem.ref))
    return problem
