import io
import time
from typing import Any

import pytest
from rest_framework.exceptions import ParseError

from portal.web.parsers import BodyTooLarge, StrictJSONParser


def parse(body: bytes) -> Any:
    return StrictJSONParser().parse(io.BytesIO(body))


def test_ordinary_json_is_read() -> None:
    assert parse(b'{"a": [1, 2.5, "\\u202e", null], "b": {"c": true}}') == {
        "a": [1, 2.5, "\u202e", None],
        "b": {"c": True},
    }


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b'{"severity": "minor", "severity": "critical"}', "'severity' stands twice"),
        (b'{"a": {"b": 1, "b": 2}}', "'b' stands twice"),
        (b'{"title": "a\\u0000b"}', "text of title holds a NUL"),
        (b'{"title": "\\ud800"}', "half of a surrogate pair"),
        (b'{"a\\u0000": 1}', "key below the top holds a NUL"),
        (b'{"amount": NaN}', "NaN is no JSON number"),
        (b'{"amount": -Infinity}', "-Infinity is no JSON number"),
        (b'{"amount": 1e309}', "number of amount is too large"),
        (b'{"amount": ' + b"9" * 5_000 + b"}", "number that is too long"),
        (b'{"a": 1', "not JSON at line 1"),
        (b"\xff\xfe{}", "not UTF-8 at byte 0"),
        (b"", "not JSON"),
        (b"[" * 65 + b"]" * 65, "more than 64 levels"),
    ],
)
def test_what_two_readers_could_read_differently_is_refused_in_words(body: bytes, words: str) -> None:
    with pytest.raises(ParseError, match=words):
        parse(body)


def test_sixty_four_levels_are_read() -> None:
    assert parse(b"[" * 64 + b"]" * 64)


@pytest.mark.parametrize(
    "body", [b"[" * 10_000 + b"]" * 10_000, b'{"a":' * 10_000 + b"1" + b"}" * 10_000, b"[" * 10_000]
)
def test_a_nesting_of_ten_thousand_is_refused_within_a_tenth_of_a_second(body: bytes) -> None:
    started = time.perf_counter()

    with pytest.raises(ParseError):
        parse(body)

    assert time.perf_counter() - started < 0.1


def test_a_body_beyond_the_limit_is_never_read_to_its_end(settings: Any) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 100
    stream = io.BytesIO(b" " * 1_000_000)

    with pytest.raises(BodyTooLarge, match="more than 100 bytes"):
        StrictJSONParser().parse(stream)

    assert stream.tell() == 101
