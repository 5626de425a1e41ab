"""Lists that go on by cursor: the next page begins after the last row that was shown, however many came in between.

The order ends in a unique column and runs one way, because rows are compared as a whole, `(at, id) < (?, ?)`: the one
form that both databases answer from an index. The columns are never null.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Generic, TypeVar

from django.core.exceptions import ValidationError
from django.db.models import BooleanField, Field, Func, Model, QuerySet, Value
from django.db.models.lookups import GreaterThan, LessThan
from django.http import HttpRequest, QueryDict
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response

from portal.web.errors import PortalError
from portal.web.text import flaw_in

DEFAULT_SIZE = 25
LARGEST_SIZE = 200
_LONGEST_CURSOR = 500

Row = TypeVar("Row", bound=Model)


class BrokenCursorError(PortalError):
    """The cursor was not made by this list."""

    code = "broken_cursor"


class InvalidSizeError(PortalError):
    """The page's size is no whole number above 0."""

    code = "invalid_size"


class RowValue(Func):
    """Several columns or values compared as one row."""

    template = "(%(expressions)s)"
    output_field = BooleanField()


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """Some rows of a list.

    Attributes:
        next: The cursor of the following page, None on the last one.
        begun: Whether rows stand before this page.
    """

    rows: list[Row]
    next: str | None
    begun: bool
    query: QueryDict

    def _url(self, after: str | None) -> str:
        query = self.query.copy()
        query.pop("after", None)
        if after:
            query["after"] = after
        return f"?{query.urlencode()}"

    @property
    def next_url(self) -> str:
        """The address of the following page, with the list's filters."""
        return self._url(self.next)

    @property
    def first_url(self) -> str:
        """The address of the first page, with the list's filters."""
        return self._url(None)


def page_of(
    request: HttpRequest, queryset: QuerySet[Row], *, order: Sequence[str], size: int | None = None
) -> Page[Row]:
    """Return the page that the request's `after` (and `size`) ask for, ordered by `order`. One query.

    `order` names columns of the model or annotations, all ascending or all descending: `["-at", "-id"]`, the last one
    unique.

    Raises:
        BrokenCursorError: `after` is no cursor of this list.
        InvalidSizeError: `size` is no whole number above 0; one above 200 counts as 200.
    """
    names = [name.removeprefix("-") for name in order]
    descending = order[0].startswith("-")
    if any(name.startswith("-") != descending for name in order):
        raise ValueError(f"The order {list(order)} runs both ways; rows can be compared one way only.")
    annotated = queryset.query.annotations
    columns = [
        annotated[name].output_field if name in annotated else queryset.model._meta.get_field(name) for name in names
    ]
    fields = [column for column in columns if isinstance(column, Field)]  # Columns all: relations cannot be compared.
    size = size or size_of(request)
    after = request.GET.get("after", "")
    rows = queryset.order_by(*order)
    if after:
        values = [Value(value, output_field=field) for value, field in zip(_read(after, fields), fields, strict=True)]
        beyond = LessThan if descending else GreaterThan
        rows = rows.filter(beyond(RowValue(*names), RowValue(*values)))
    found = list(rows[: size + 1])
    more = len(found) > size
    found = found[:size]
    return Page(found, cursor_after(found[-1], names) if more else None, bool(after), request.GET)


def size_of(request: HttpRequest) -> int:
    """Return the page's size that a request asks for, at most 200, 25 unless it does. Raises: InvalidSizeError."""
    asked = request.GET.get("size", "")
    if not asked:
        return DEFAULT_SIZE
    if not (asked.isascii() and asked.isdigit() and len(asked) <= 18 and int(asked)):
        raise InvalidSizeError(
            f"The size {asked[:40]!r} is none; send a whole number from 1 to {LARGEST_SIZE}.", field="size"
        )
    return min(int(asked), LARGEST_SIZE)


def cursor_after(row: Model, names: Sequence[str]) -> str:
    """Return the cursor of what follows a row in a list ordered by these columns."""
    text = _written([getattr(row, name) for name in names])
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _written(values: Sequence[Any]) -> str:
    plain = [value.isoformat() if isinstance(value, date | datetime) else value for value in values]
    return json.dumps(plain, default=str)


def _read(cursor: str, fields: Sequence[Field[Any, Any]]) -> list[Any]:
    broken = BrokenCursorError("The cursor is not one of this list; begin again without it.", field="after")
    if len(cursor) > _LONGEST_CURSOR:
        raise broken
    try:
        plain = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        if not isinstance(plain, list) or len(plain) != len(fields) or None in plain:
            raise broken
        values = [field.to_python(value) for field, value in zip(fields, plain, strict=True)]
        is_ours = _written(values) == json.dumps(plain) and all(map(_is_storable, values))
    except (binascii.Error, ValueError, TypeError, OverflowError, RecursionError, ValidationError):
        raise broken from None
    if not is_ours:
        raise broken
    return values


def _is_storable(value: Any) -> bool:
    """Return whether both databases can compare a column with a value. Raises OverflowError for a time without UTC."""
    match value:
        case datetime():
            return value.tzinfo is not None and value.astimezone(UTC).tzinfo is UTC
        case int():
            return abs(value) < 2**63
        case str():
            return not flaw_in(value)
    return True


class KeysetPagination(BasePagination):
    """The API's lists: `{"items": [...], "next": "<cursor>" or null}`, continued by `?after=`, sized by `?size=`.

    A view names its columns in `keyset_order`, all ascending or all descending, the last one unique.
    """

    def paginate_queryset(self, queryset: QuerySet[Any], request: Request, view: Any = None) -> list[Any]:
        self.page = page_of(request._request, queryset, order=getattr(view, "keyset_order", ["id"]))
        return self.page.rows

    def get_paginated_response(self, data: Any) -> Response:
        return Response({"items": data, "next": self.page.next})

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        """Describe the page for the API's reference."""
        properties = {"items": schema, "next": {"type": "string", "nullable": True}}
        return {"type": "object", "required": ["items", "next"], "properties": properties}

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        """Describe `after` and `size` for the API's reference."""
        after = {"name": "after", "in": "query", "schema": {"type": "string"}, "description": "Cursor of the page."}
        size = {"name": "size", "in": "query", "schema": {"type": "integer", "minimum": 1, "maximum": LARGEST_SIZE}}
        return [after, size]
