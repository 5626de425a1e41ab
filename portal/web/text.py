"""Text that people wrote, made safe to show."""

import re
import unicodedata

from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe

# Only these three can ever become links; javascript:, data: and every other scheme stays text. The length is bounded so
# that a hostile text costs no more than its size.
_LINK = re.compile(r"(?:https?://|mailto:)[^\s<>\"'\\^`{|}]{1,2000}", re.IGNORECASE)
_CLOSERS = {")": "(", "]": "["}


def _link_length(found: str) -> int:
    """Return how much of a match is the address: without the sentence's own full stop or closing bracket."""
    length = len(found)
    while length:
        last = found[length - 1]
        opener = _CLOSERS.get(last)
        unopened = opener is not None and found.count(opener, 0, length) < found.count(last, 0, length)
        if last not in ".,;:!?*" and not unopened:
            break
        length -= 1
    return length


def flaw_in(text: str) -> str:
    """Return what makes a text impossible to store, as a noun phrase, '' when nothing does."""
    if "\0" in text:
        return "a NUL character"
    try:
        text.encode()
    except UnicodeEncodeError:
        return "half of a surrogate pair"
    return ""


def says_nothing(text: str) -> bool:
    """Return whether nobody would see anything of a text: it is of spaces and marks without a shape alone."""
    return all(character.isspace() or unicodedata.category(character) == "Cf" for character in text)


def linked(text: str) -> SafeString:
    """Return text escaped, with its http, https and mailto addresses as links."""
    parts: list[str] = []
    end = 0
    for match in _LINK.finditer(text):
        address = match.group()[: _link_length(match.group())]
        if not address.partition(":")[2].strip("/"):
            continue
        parts.append(escape(text[end : match.start()]))
        parts.append(format_html('<a href="{}" rel="nofollow noopener noreferrer">{}</a>', address, address))
        end = match.start() + len(address)
    parts.append(escape(text[end:]))
    return mark_safe("".join(parts))  # noqa: S308 - every part is escaped above


def plain_paragraphs(text: str) -> SafeString:
    """Return text as escaped paragraphs with safe links; an empty line parts paragraphs, a line end breaks the line.

    Each paragraph is isolated (`dir="auto"`), so that a right-to-left override cannot turn round what stands beside it.
    """
    normalized = text.replace("\r\n", "\n").replace("\r", "\n").strip()
    if not normalized:
        return mark_safe("")
    paragraphs = (linked(part).replace("\n", "<br>") for part in re.split(r"\n\s*\n", normalized))
    return mark_safe("".join(f'<p dir="auto">{paragraph}</p>' for paragraph in paragraphs))  # noqa: S308 - escaped above
