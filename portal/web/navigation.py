"""What the staff's sidebar and the client's masthead lead to. Apps register their entries in AppConfig.ready."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

Audience = Literal["staff", "client"]


def _everyone(request: HttpRequest) -> bool:
    return True


@dataclass(frozen=True, slots=True, kw_only=True)
class NavEntry:
    """One link of the navigation: shown when its URL exists and `allows` says yes.

    `order` sorts within the audience by tens: 0-99 stand without a heading, higher ones below `section`, which stands
    once, where its first entry does. On the clients' line, which has room for about six, a section opens on demand.
    """

    url_name: str
    label: str
    icon: str
    audience: Audience
    order: int
    section: str = ""
    allows: Callable[[HttpRequest], bool] = _everyone


@dataclass(frozen=True, slots=True)
class NavLink:
    """An entry as one page shows it."""

    label: str
    icon: str
    url: str
    current: bool


@dataclass(frozen=True, slots=True)
class NavSection:
    """Links below one heading; the first section has none."""

    title: str
    links: list[NavLink]

    @property
    def current(self) -> bool:
        """Whether one of its links leads to the request's page."""
        return any(link.current for link in self.links)


_entries: dict[tuple[Audience, str], NavEntry] = {}


def register(*entries: NavEntry) -> None:
    """Add entries to the navigation. Registering the same URL for the same audience again replaces the entry."""
    for entry in entries:
        _entries[entry.audience, entry.url_name] = entry


def sections_for(request: HttpRequest, audience: Audience) -> list[NavSection]:
    """Return an audience's sections in order, with the link that leads to the request's page marked as current."""
    found: list[tuple[NavEntry, str]] = []
    for entry in sorted(_entries.values(), key=lambda entry: (entry.order, entry.label)):
        if entry.audience != audience or not entry.allows(request):
            continue
        try:
            found.append((entry, reverse(entry.url_name)))
        except NoReverseMatch:
            continue  # The floor that owns the page is not built in this installation.
    current = _longest_prefix(request.path, [url for _, url in found])
    sections: dict[str, NavSection] = {}
    for entry, url in found:
        section = sections.setdefault(entry.section, NavSection(entry.section, []))
        section.links.append(NavLink(entry.label, entry.icon, url, url == current))
    return list(sections.values())


def _longest_prefix(path: str, urls: list[str]) -> str | None:
    """Return the URL under which a path lies. The home page '/' is under itself only."""
    matches = [url for url in urls if path == url or (url != "/" and path.startswith(url))]
    return max(matches, key=len, default=None)
