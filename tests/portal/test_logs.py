"""Logs: one event is one line, whatever a request wrote into it."""

import logging
import logging.config

import pytest

from portal.logs import logging_settings

FORGED = "GET /\r\nlevel='error' event='all is lost'\x1b[31m\x00"


@pytest.mark.parametrize("as_json", [True, False])
def test_control_characters_of_a_request_are_escaped(as_json: bool) -> None:
    settings = logging_settings(as_json=as_json)
    formatter = logging.config.DictConfigurator(settings).configure_formatter(settings["formatters"]["line"])
    record = logging.LogRecord("portal", logging.WARNING, "x.py", 1, FORGED, None, None)

    line = formatter.format(record)

    assert line.isprintable()
    assert "all is lost" in line
