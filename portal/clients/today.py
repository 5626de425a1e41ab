"""The register of the first screens: what modules above know that staff or a client should see today.

Each module adds its sources in AppConfig.ready: `decisions.register(credits_to_approve)`. A source is a function that
somebody asks, of some agreements, at an instant. It answers with rows that this person may see, for decisions with what
this person may decide; with at most `MOST` of them, and with the same number of queries however many there are. The
dashboard reads the sections and knows no module by name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Generic, Literal, TypeVar
from zoneinfo import ZoneInfo

from django.db.models import Model, QuerySet

from portal.accounts.models import User
from portal.clients.models import Agreement, AgreementQuerySet

Owned = TypeVar("Owned", bound=Model)
Whose = Literal["mine", "team", "all"]
MOST = 50
"""How many rows a source returns at most."""
AHEAD = timedelta(days=14)
"""How far the agenda looks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Who looks, when, and at whose agreements.

    Attributes:
        whose: `mine` are the clients whose relationship manager the user is, `team` the agreements of the user's teams.
        client_id: One client's only; None for every one.
    """

    user: User
    at: datetime
    whose: Whose = "all"
    client_id: int | None = None

    @property
    def narrowed(self) -> bool:
        """Whether only some of the agreements that the user may see are asked for."""
        return self.whose != "all" or self.client_id is not None

    def agreements(self) -> AgreementQuerySet:
        """Return the agreements that are asked for; for a subquery, so that it costs none of its own."""
        found = Agreement.objects.visible_to(self.user)
        if self.client_id is not None:
            found = found.filter(client=self.client_id)
        if self.whose == "team":
            found = found.filter(team__in=self.user.teams.all())
        elif self.whose == "mine":
            found = found.filter(client__relationship_manager=self.user)
        return found

    def of(self, rows: QuerySet[Owned], agreement: str = "agreement") -> QuerySet[Owned]:
        """Return the rows of the agreements that are asked for; `agreement` is the path to it.

        Staff who ask for all of them see all rows: nothing is added then, so that the rows' own indexes are used.
        """
        if self.user.is_provider and self.user.is_active and not self.narrowed:
            return rows
        return rows.filter(**{f"{agreement}__in": self.agreements()})


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """Something that waits for a person's word.

    Attributes:
        title: What is to be decided, and for whom: `Approve $1,500.00 for Alder & Finch Events`.
        text: What it rests on, in a sentence or two.
        verb: The button's word: `Review`, `Decide`, `Assess`.
        url: The page on which it is decided.
        since: Since when it waits.
    """

    title: str
    text: str
    verb: str
    url: str
    since: datetime
    clauses: Sequence[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Risk:
    """A client, or a part of what it was promised, that may go wrong: with the reason, never a score.

    Attributes:
        title: Who or what: the client's name, as a rule.
        text: Why, in a sentence.
        kind: A word for the badge: `Schedule`, `Agreement`, `Incidents`.
        weight: Sorts the heaviest first.
    """

    title: str
    text: str
    kind: str
    url: str
    weight: int = 0
    clauses: Sequence[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Awaited:
    """What a client owes us: for staff one row of *Waiting on the client*, for the client one of *What you owe us*.

    Attributes:
        label: Its short name in a sentence, such as INC-2041; '' where only its title names it.
        text: What was asked and how it stands, '' for nothing more to say.
        whom: The client, for staff; '' for the client itself.
        since: When it was asked for; None for what a plan asks for by a date.
        due_at: By when, where there is a date.
        verb: The client's button: `Answer`, `Upload`.
        asked: Reach-outs without an answer, of how many before work may pause.
        state: '' while it is in time, else `risk` or `paused`.
    """

    title: str
    url: str
    label: str = ""
    text: str = ""
    whom: str = ""
    since: datetime | None = None
    due_at: datetime | None = None
    verb: str = "Open"
    asked: tuple[int, int] | None = None
    state: Literal["", "risk", "paused"] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Coming:
    """Something ahead within `AHEAD`: an event's period on its first day, a release's instant, a go-live's date.

    Attributes:
        whole_day: Only the day of `begins` matters, not its time.
        until: The end of the last of several days, None for one day.
        zone: In which its times are told: the event's own; None for the reader's.
        whom: The client, for staff; a release's product.
        what: What the period is, before its times: `on air`.
        text: What else there is to know, a sentence without its full stop: `Cut-off passed, 5 of 5 received`.
    """

    title: str
    url: str
    begins: datetime
    ends: datetime | None = None
    until: datetime | None = None
    whole_day: bool = False
    zone: ZoneInfo | None = None
    whom: str = ""
    what: str = ""
    text: str = ""
    clause: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Remaining:
    """What a client has left of something it paid for: `Training sessions`, `3 of 5`, `Expire Wed 30 Jun 2027`."""

    label: str
    figure: str
    note: str = ""
    url: str = ""


Row = TypeVar("Row")


class Section(Generic[Row]):
    """One part of a first screen, and who fills it. `order` is the key by which its rows stand."""

    def __init__(self, order: Callable[[Row], Any]) -> None:
        self._order = order
        self._sources: list[Callable[[Asked], Iterable[Row]]] = []

    def register(self, source: Callable[[Asked], Iterable[Row]]) -> None:
        """Add a source; called from AppConfig.ready. Adding the same one again changes nothing."""
        if source not in self._sources:
            self._sources.append(source)

    def rows(self, asked: Asked) -> list[Row]:
        """Return what every source knows, in order. As many queries as the sources cost."""
        return sorted((row for source in self._sources for row in source(asked)), key=self._order)


def _awaited_order(row: Awaited) -> tuple[bool, datetime]:
    instant = row.since or row.due_at
    assert instant is not None, f"{row.title}: give `since` or `due_at`."  # noqa: S101  # A slip of the source's.
    return row.state != "risk", instant


decisions: Section[Decision] = Section(lambda row: row.since)
"""What needs a decision of the staff's, or of the client's; what waits longest first."""

risks: Section[Risk] = Section(lambda row: (-row.weight, row.title))
"""Who is at risk, for staff; the heaviest reason first."""

awaited: Section[Awaited] = Section(_awaited_order)
"""What clients owe us: what is late first, then what waits longest."""

coming: Section[Coming] = Section(lambda row: row.begins)
"""What the next 14 days bring, soonest first."""

remaining: Section[Remaining] = Section(lambda row: row.label)
"""What the client has left, for its own first screen."""
