"""Targets as people read and type them: `30 min` for PT30M, `1 week` for P1W, `2 business days`, `next release`."""

from __future__ import annotations

import re

from portal.contract.durations import DAYS, ISO, NEXT_RELEASE

_PARTS = {"W": ("week", "weeks"), "D": ("day", "days"), "H": ("h", "h"), "M": ("min", "min"), "S": ("s", "s")}
_UNITS = {
    **dict.fromkeys(("w", "week", "weeks"), "W"),
    **dict.fromkeys(("d", "day", "days"), "D"),
    **dict.fromkeys(("h", "hour", "hours"), "H"),
    **dict.fromkeys(("m", "min", "minute", "minutes"), "M"),
    **dict.fromkeys(("s", "second", "seconds"), "S"),
}
_PART = re.compile(r"([0-9]{1,9})\s*([a-z]+)")
_LONGEST = 60

REMEDY = "Write an amount such as 30 min, 4 h or 1 week, or 2 business days, or next release."


class UnreadableMeasure(ValueError):
    """A text that is no target; the sentence says what would be."""


def measure_words(text: str) -> str:
    """Return a target of the terms in words, part by part as the document writes it; what is none stays as it is."""
    match = ISO.fullmatch(text)
    if match is None:
        return text
    parts = [
        f"{int(number)} {_PARTS[letter][int(number) != 1]}"
        for letter, number in zip("WDHMS", match.groups(), strict=True)
        if number
    ]
    return " ".join(parts) or text


def read_measure(words: str) -> str:
    """Return a target as terms write it, from words or from what terms write.

    Raises:
        UnreadableMeasure: The words name no target, or the same unit twice.
    """
    text = " ".join(words.split()).lower()
    days = DAYS.fullmatch(text)
    if days is not None:
        return f"{int(days[1])} business {'day' if int(days[1]) == 1 else 'days'}"
    if text == NEXT_RELEASE or ISO.fullmatch(text.upper()):
        return text if text == NEXT_RELEASE else text.upper()
    amounts: dict[str, str] = {}
    found = list(_PART.finditer(text))
    if not found or len(text) > _LONGEST or _PART.sub("", text).strip():
        raise UnreadableMeasure(f"“{words[:_LONGEST]}” is no target. {REMEDY}")
    for number, unit in (part.groups() for part in found):
        letter = _UNITS.get(unit)
        if letter is None or letter in amounts:
            raise UnreadableMeasure(f"“{words[:_LONGEST]}” is no target. {REMEDY}")
        amounts[letter] = str(int(number))
    date = "".join(amounts[letter] + letter for letter in "WD" if letter in amounts)
    time = "".join(amounts[letter] + letter for letter in "HMS" if letter in amounts)
    return f"P{date}{'T' + time if time else ''}"
