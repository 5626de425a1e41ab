"""What the incidents' services refuse, each with a stable code."""

from __future__ import annotations

from portal.web.errors import PortalError


class IncidentError(PortalError):
    """Something can't be done to an incident."""

    code = "incident_refused"


class IncidentNotFoundError(IncidentError):
    """There is no such incident for this user."""

    code = "not_found"
    status = 404


class NotAllowedError(IncidentError):
    """The user's role does not allow the act."""

    code = "not_allowed"
    status = 403


class UnknownSeverityError(IncidentError):
    """The agreement's terms have no such severity. Clause: JS-4."""

    code = "unknown_severity"


class SameSeverityError(IncidentError):
    """The incident has that severity already."""

    code = "same_severity"
    status = 409


class IncidentClosedError(IncidentError):
    """The incident is resolved, withdrawn or merged."""

    code = "incident_closed"
    status = 409


class ChangedMeanwhileError(IncidentError):
    """Somebody else acted on the incident after the one who acts had looked at it."""

    code = "changed_meanwhile"
    status = 412


class NotResolvedError(IncidentError):
    """Only a resolved incident can be reopened. Clause: T-11."""

    code = "not_resolved"
    status = 409


class NotWaitingError(IncidentError):
    """Nobody is waited for."""

    code = "not_waiting"
    status = 409


class AlreadyDoneError(IncidentError):
    """It was done before; doing it again would change nothing."""

    code = "already_done"
    status = 409


class NotCoveredError(IncidentError):
    """The agreement's terms have no clause for it."""

    code = "not_covered"
    status = 409


class AgreementInactiveError(IncidentError):
    """The agreement is a draft, or it has ended."""

    code = "agreement_inactive"
    status = 409


class MissingError(IncidentError):
    """A text or a choice is missing."""

    code = "missing"


class UnknownReferenceError(IncidentError):
    """Something named does not exist for this client. BAD_INPUTS: 3."""

    code = "unknown"


class BadInstantError(IncidentError):
    """An instant lies in the future, before the report, or where it may not be changed."""

    code = "bad_instant"


class BackdatingError(BadInstantError):
    """Only staff may record a thing as done earlier, with a reason, and only what keeps a promise."""

    code = "backdating"
    status = 403


class BadScheduleError(IncidentError):
    """A hosted event's sessions are none, or one ends before it starts. Clause: JS-10."""

    code = "bad_schedule"


class NoBreachError(IncidentError):
    """The clock has no breach that counts."""

    code = "no_breach"
    status = 409


class DowntimeMissingError(IncidentError):
    """An availability incident is closed with its outage, or with the reason why there was none. Clause: JS-17."""

    code = "downtime_missing"


class WindowOverlapsError(IncidentError):
    """A maintenance window comes too late or at a bad time, and nobody has accepted that. Clause: JS-18."""

    code = "window_overlaps"
    status = 409


class BadRetentionError(IncidentError):
    """A backup is kept for no such number of days. Clause: JS-19."""

    code = "bad_retention"


class TooSoonError(IncidentError):
    """A backup checks in right after the one before it: a job in a loop."""

    code = "too_soon"
    status = 429


class NoFailureError(IncidentError):
    """A remedy plan is asked for after the provider failed, not before. Clause: JS-21."""

    code = "no_failure"
    status = 409


class BadActionsError(IncidentError):
    """A version has no open action, too many of them, or one whose day can't be. Clause: JS-21."""

    code = "bad_actions"


class OvertakenError(IncidentError):
    """The plan has another version since its reader saw it. Clause: JS-21."""

    code = "overtaken"
    status = 412
