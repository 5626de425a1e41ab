"""Business time: the calendars on which promises are counted. Clause: T-1 to T-4."""

from portal.contract.calendar.business import BusinessCalendar, InvalidInstant, always
from portal.contract.calendar.hours import InvalidCalendar
from portal.contract.calendar.window import Span

__all__ = ["BusinessCalendar", "InvalidCalendar", "InvalidInstant", "Span", "always"]
