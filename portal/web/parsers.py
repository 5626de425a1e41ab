"""Reading a JSON body strictly: what two readers could understand differently, or no database can keep, is refused."""

import json
import math
from collections.abc import Mapping
from typing import IO, Any

from django.conf import settings
from rest_framework.exceptions import APIException, ParseError
from rest_framework.parsers import JSONParser

from portal.web.text import flaw_in

DEEPEST = 64
"""Levels of nesting that a body may have."""


class BodyTooLarge(APIException):
    """The body is larger than DATA_UPLOAD_MAX_MEMORY_SIZE."""

    status_code = 413
    default_code = "body_too_large"


class StrictJSONParser(JSONParser):
    """JSON without duplicate keys, NaN, infinities, NUL, lone surrogates, and at most 64 levels deep.

    Each refusal is a 400 that says where and what; a body beyond the limit is a 413 and is never read to its end.
    """

    def parse(
        self, stream: IO[bytes], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        limit = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        body = stream.read(limit + 1)
        if len(body) > limit:
            raise BodyTooLarge(f"The body has more than {limit:,} bytes; send less at a time.")
        try:
            value = json.loads(body.decode(), object_pairs_hook=_unique, parse_constant=_refuse_constant)
        except RecursionError:
            raise _too_deep() from None
        except UnicodeDecodeError as error:
            raise ParseError(f"The body is not UTF-8 at byte {error.start}; encode it as UTF-8.") from None
        except json.JSONDecodeError as error:
            raise ParseError(
                f"The body is not JSON at line {error.lineno}, column {error.colno}: {error.msg}."
            ) from None
        except ValueError as error:  # A whole number of thousands of digits.
            raise ParseError(f"The body holds a number that is too long: {error}.") from None
        _check(value)
        return value


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise ParseError(f"The key {key[:100]!r} stands twice in one object; send it once.")
        found[key] = value
    return found


def _refuse_constant(name: str) -> None:
    raise ParseError(f"{name} is no JSON number; send a decimal number or null.")


def _too_deep() -> ParseError:
    return ParseError(f"The body is nested more than {DEEPEST} levels deep; send it flatter.")


def _check(value: Any) -> None:
    """Walk the value without recursion, and refuse what the database could not keep."""
    waiting: list[tuple[Any, str, int]] = [(value, "", 1)]
    while waiting:
        part, path, depth = waiting.pop()
        if isinstance(part, dict | list):
            if depth > DEEPEST:
                raise _too_deep()
            pairs = part.items() if isinstance(part, dict) else enumerate(part)
            for key, inner in pairs:
                if isinstance(key, str) and (flaw := flaw_in(key)):
                    raise ParseError(f"A key below {path or 'the top'} holds {flaw}; take it out.")
                waiting.append((inner, f"{path}.{key}" if path else str(key), depth + 1))
        elif isinstance(part, str) and (flaw := flaw_in(part)):
            raise ParseError(f"The text of {path or 'the body'} holds {flaw}; take it out.")
        elif isinstance(part, float) and not math.isfinite(part):
            raise ParseError(f"The number of {path or 'the body'} is too large; send a finite one.")
