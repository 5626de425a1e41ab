"""Logs: one event is one line, whatever a request wrote into it."""

import logging
import logging.config

import pytest
from django.urls import get_resolver

from portal.logs import SECRET_PATHS, logging_settings

FORGED = "GET /\r\nlevel='error' event='all is lost'\x1b[31m\x00"


def line_of(message: str, *arguments: object, as_json: bool) -> str:
    settings = logging_settings(as_json=as_json)
    formatter = logging.config.DictConfigurator(settings).configure_formatter(settings["formatters"]["line"])
    return formatter.format(logging.LogRecord("portal", logging.WARNING, "x.py", 1, message, arguments, None))


@pytest.mark.parametrize("as_json", [True, False])
def test_control_characters_of_a_request_are_escaped(as_json: bool) -> None:
    line = line_of(FORGED, as_json=as_json)

    assert line.isprintable()
    assert "all is lost" in line


@pytest.mark.parametrize("as_json", [True, False])
@pytest.mark.parametrize("path", [f"{path}3-c9k2:Zx_7/" for path in SECRET_PATHS])
def test_what_lets_in_whoever_knows_it_is_written_into_no_log(path: str, as_json: bool) -> None:
    line = line_of("Too Many Requests: %s", path, as_json=as_json)

    assert "c9k2" not in line
    assert path.partition("3-")[0] in line


def test_every_secret_in_an_address_is_known_to_the_logs() -> None:
    routes = [route for name in get_resolver().reverse_dict for route in get_resolver().reverse_dict.getlist(name)]
    secret = {
        f"/{path}" for possibilities, *_ in routes for path, names in possibilities if {"token", "key"} & {*names}
    }

    assert len(secret) >= len(SECRET_PATHS)
    assert [path for path in secret if not path.startswith(SECRET_PATHS)] == []
