"""States and severities as a word and an icon. Colour comes third and is the style sheet's."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Sign:
    """A word and the lucide icon that stands beside it."""

    word: str
    icon: str


STATES = {
    "met": Sign("Met", "circle-check"),
    "running": Sign("Running", "timer"),
    "risk": Sign("At risk", "triangle-alert"),
    "breached": Sign("Breached", "octagon-x"),
    "paused": Sign("Paused", "circle-pause"),
    "void": Sign("Void", "ban"),
    "internal": Sign("Internal", "lock"),
}

_SEVERITY_ICONS = {"critical": "chevrons-up", "urgent": "chevrons-up", "major": "chevron-up", "high": "chevron-up"}


def state_sign(state: str) -> Sign:
    """Return a state's word and icon.

    Raises:
        ValueError: There is no such state.
    """
    try:
        return STATES[state]
    except KeyError:
        raise ValueError(f"{state!r} is no state; the states are {', '.join(STATES)}.") from None


def severity_sign(severity: str) -> Sign:
    """Return a severity's word and icon. Terms name their own severities; an unknown one has the faintest icon."""
    return Sign(severity.replace("_", " ").capitalize(), _SEVERITY_ICONS.get(severity, "minus"))
