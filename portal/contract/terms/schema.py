"""The schema of terms: a contract as values, each with the clause it comes from. Clause: all of the clause list.

Every value says whether the contract states it, whether it is *assumed* because the document is silent, or a *reading*
of words that allow two. What a type can't say (tiers without holes, aims before dues) is in `checks`.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Generic, Literal, TypeVar

from msgspec import Meta, Struct

T = TypeVar("T")
Basis = Literal["stated", "assumed", "reading"]
Percent = Annotated[str, Meta(max_length=20)]
Iso = Annotated[str, Meta(max_length=40)]
Count = Annotated[int, Meta(ge=0, le=3660)]
Positive = Annotated[int, Meta(ge=1, le=3660)]
Share = Annotated[int, Meta(ge=1, le=99)]
Country = Annotated[str, Meta(pattern="^[A-Z]{2}$")]


class Value(Struct, Generic[T], frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One value of a contract with its clause, and how it was found there."""

    value: T
    clause: str
    basis: Basis = "stated"
    note: str = ""


class CalendarTerms(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Business hours: an IANA zone, weekly opening (weekday 0 is Monday), and holidays. Clause: T-1.

    `holidays`, where given, are all the dates there are, and `country` only names them; without, the country's hold.
    """

    zone: str
    weekly: dict[str, list[tuple[str, str]]]
    clause: str
    basis: Basis = "stated"
    note: str = ""
    country: Literal["", "US"] = ""
    holidays: list[date] | None = None


class HostedTargets(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """The shorter targets of a severity while the client's event is on air. Clause: JS-7."""

    response: Value[Iso] | None = None
    contact: Value[Iso] | None = None
    resolution: Value[Iso] | None = None


class SeverityTerms(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One severity: what it means and what is promised for it. A missing target is promised nowhere."""

    name: Annotated[str, Meta(pattern="^[a-z][a-z0-9_]{0,30}$")]
    meaning: Value[str]
    response: Value[Iso] | None = None
    contact: Value[Iso] | None = None
    resolution: Value[Iso] | None = None
    hosted: HostedTargets | None = None


class HostedTerms(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """How long a hosted period begins before a day's first session, and ends after its last. Clause: JS-10."""

    before: Value[Iso]
    after: Value[Iso]


class PauseTerms(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Which clocks stop while somebody else is waited for. Clause: JS-6, JS-12, JB-6."""

    client: Value[list[Literal["response", "resolution"]]]
    third_party: Value[list[Literal["response", "resolution"]]]
    information: Value[list[Literal["response", "resolution"]]]


class SupportTerms(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Support of incidents. Severities stand in order, the most severe first.

    Clause: JS-1 to JS-12, JS-21, JS-22, JB-1 to JB-7, JB-12, JB-13.
    """

    counted: Value[Literal["24x7", "business"]]
    pauses: PauseTerms
    unsupported: Value[list[str]]
    severities: list[SeverityTerms]
    resolution_from: Value[Literal["report", "reproduction"]]
    severities_missing: Value[str] | None = None
    diagnostics: Value[list[str]] | None = None
    beta_unsupported: Value[bool] | None = None
    void_causes: Value[list[Literal["client_misuse", "outside_control"]]] | None = None
    hosted: HostedTerms | None = None
    suspension: Value[bool] | None = None
    discontinuation_days: Value[Count] | None = None
    remedy_plan: Value[bool] | None = None
    information: Value[list[str]] | None = None
    warnings: Value[list[Share]] | None = None
    end_user_notice: Value[list[str]] | None = None


class Threshold(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A row of the credit table that a clock can pass. Clause: JS-13."""

    rule: str
    severity: str
    target: Literal["response", "resolution"]
    over: Value[Iso]
    percent: Value[Percent]
    per: Value[Literal["month", "incident"]]


class Recurring(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """The row for critical incidents that come back. Clause: JS-13."""

    rule: str
    severity: str
    months: Value[Positive]
    percent: Value[Percent]
    per: Value[Literal["month", "incident"]]


class Tier(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """From this uptime (percent, included) up to the next tier's edge. Clause: JS-20."""

    at_least: Percent
    percent: Percent


class CreditTerms(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What a missed promise costs, in percent of the month's fee. Clause: JS-13, JS-14, JS-20."""

    rows: list[Threshold]
    cap: Value[Percent]
    recurring: Recurring | None = None
    tiers: Value[list[Tier]] | None = None


class AvailabilityTerms(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Uptime by the month. Clause: JS-17, JS-18, JB-10, JB-11."""

    target: Value[Percent]
    counted_causes: Value[list[str]]
    notice: Value[Iso]
    short_notice: Value[Literal["counts", "flagged"]]
    hosted_target: Value[Percent] | None = None
    scheduled_leaves_total: Value[bool] | None = None
    scheduled_allowance: Value[Iso] | None = None
    outage_resolution: Value[Iso] | None = None
    on_premise: Value[bool] | None = None
    termination_months: Value[Positive] | None = None
    termination_window_months: Value[Positive] | None = None


class BackupTerms(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """How often backups check in, and how long they are kept. Clause: JS-19."""

    full: Value[Iso]
    incremental: Value[Iso]
    retention_days: Value[Positive]


class Window(Struct, frozen=True, forbid_unknown_fields=True):
    """Business days within which a request is answered: `aim` is hoped for, `due` is promised. Clause: JI-1, JI-7."""

    aim: Count
    due: Count


class DistanceWindow(Window, frozen=True, forbid_unknown_fields=True):
    """A window that holds from this many days before go-live on, until the next nearer one. Clause: JI-1."""

    days_out: Count


class ImplementationTerms(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Implementation of a platform. Windows stand in order, the farthest from go-live first. Clause: JI-1 to JI-7."""

    windows: Value[list[DistanceWindow]]
    after_live: Value[Window]
    cutoff_business_days: Value[Count]
    committed_channels: Value[list[Literal["portal", "api", "email"]]]
    provider_duties: Value[list[str]]
    client_duties: Value[list[str]]
    module_duties: Value[dict[Literal["learning", "community"], list[str]]]
    milestones: Value[list[str]]
    warnings: Value[list[Share]] | None = None


class EngagementTerms(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Services by engagement. Clause: PB-1, PB-3, PB-7 to PB-10."""

    start_notice_days: Value[Count]
    meeting_notice: Value[Iso]
    sessions_a_week: Value[Positive]
    reach_outs: Value[Positive]
    reply_window_business_days: Value[Positive]
    no_response_pause: Value[Literal["automatic", "proposed"]]
    resume: Value[Iso]
    session: Value[Iso]
    half_day: Value[Iso]
    full_day: Value[Iso]
    workshops: Value[Literal["by_agreement"]]
    channels: Value[list[Literal["email", "virtual_meeting"]]]
    warnings: Value[list[Share]] | None = None


class ChangeTerms(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Support of network changes. Clause: JN-1, JN-2, JN-5 to JN-9."""

    notice_days: Value[Count]
    longest_window: Value[Iso]
    between_windows: Value[Iso]
    readiness: Value[list[str]]
    asset_conditions: Value[list[Literal["registered", "contract_valid"]]]
    asset_exclusions: Value[list[Literal["end_of_support"]]]
    excluded_activities: Value[list[str]]
    embargoed: Value[list[Country]]
    redeemed_by: Value[list[Literal["unit", "flexible_credits", "advanced_credits"]]]
    review: Value[bool]
    onsite: Value[Literal["by_agreement"]]
    language: Value[str]


class Document(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A whole contract as values."""

    name: str
    title: str
    calendar: CalendarTerms
    support: SupportTerms | None = None
    credits: CreditTerms | None = None
    availability: AvailabilityTerms | None = None
    backups: BackupTerms | None = None
    implementation: ImplementationTerms | None = None
    engagement: EngagementTerms | None = None
    change: ChangeTerms | None = None
