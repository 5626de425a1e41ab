"""Settings are loud: what is missing or wrong is named in one sentence, with its value and the remedy."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

PRODUCTION = {
    "ORIGIN": "https://portal.example.com",
    "SECRET_KEY": "k" * 50,
    "DATABASE_URL": "postgres://portal:secret@db.example.com/portal",
    "REDIS_URL": "redis://redis.example.com:6379/0",
    "EMAIL_URL": "smtp+tls://portal:secret@mail.example.com:587",
}


def read_setting(name: str, environment: dict[str, str], folder: Path) -> subprocess.CompletedProcess[str]:
    """Read one setting in a process of its own, which knows of no variables but these."""
    return subprocess.run(
        [sys.executable, "-c", f"from portal import settings; print(settings.{name})"],
        cwd=settings.BASE_DIR,
        env={"PATH": os.environ["PATH"], "VAR_DIR": str(folder), **environment},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("environment", "sentence"),
    [
        ({"ORIGIN": "portal.example.com"}, "ORIGIN is 'portal.example.com'; write scheme and host only"),
        ({"ORIGIN": "https://portal.example.com/app"}, "write scheme and host only"),
        ({"ORIGIN": "http://portal.example.com"}, "has to begin with https://"),
        ({"ORIGIN": "http://localhost:eighty"}, "its port is no number from 1 to 65535"),
        ({"PORT": "-1"}, "PORT is '-1'; write a whole number"),
        ({"DEBUG": "maybe"}, "DEBUG is 'maybe'; write yes or no"),
        ({**PRODUCTION, "DEBUG": "yes"}, "take DEBUG away"),
        ({"DATABASE_URL": "mysql://host/name"}, "only postgres:// is supported"),
        ({"DATABASE_URL": "nonsense"}, "DATABASE_URL cannot be read"),
        ({"REDIS_URL": "http://host"}, "REDIS_URL begins with 'http'"),
        ({"EMAIL_URL": "pigeon://host"}, "EMAIL_URL cannot be read"),
        ({"TRUSTED_PROXIES": "one"}, "TRUSTED_PROXIES is 'one'; write a whole number"),
        ({"APPROVAL_LIMIT_MANAGER": "500"}, "APPROVAL_LIMIT_MANAGER is '500': currency '500' is unknown"),
        ({"APPROVAL_LIMIT_FINANCE": "USD=1.005"}, "is too precise"),
        ({"APPROVAL_LIMIT_FINANCE": "USD=-1"}, "write no amount below zero"),
    ],
)
def test_a_wrong_variable_stops_the_start_with_a_sentence(
    environment: dict[str, str], sentence: str, tmp_path: Path
) -> None:
    answer = read_setting("ORIGIN", environment, tmp_path)

    assert answer.returncode == 1
    assert sentence in answer.stderr.splitlines()[-1]


@pytest.mark.parametrize("missing", ["SECRET_KEY", "DATABASE_URL", "REDIS_URL", "EMAIL_URL"])
def test_production_makes_nothing_up(missing: str, tmp_path: Path) -> None:
    environment = {name: value for name, value in PRODUCTION.items() if name != missing}

    answer = read_setting("ORIGIN", environment, tmp_path)

    assert answer.returncode == 1
    assert f"{missing} is not set" in answer.stderr.splitlines()[-1]


def test_production_keeps_cookies_to_https(tmp_path: Path) -> None:
    answer = read_setting("SESSION_COOKIE_SECURE and settings.SECURE_SSL_REDIRECT", PRODUCTION, tmp_path)

    assert answer.stdout == "True\n"


def test_embedded_mode_needs_no_variable_and_keeps_its_secret_key(tmp_path: Path) -> None:
    first = read_setting("SECRET_KEY", {}, tmp_path)
    second = read_setting("SECRET_KEY", {}, tmp_path)

    assert len(first.stdout) > 50
    assert first.stdout == second.stdout
    assert (tmp_path / "secret-key").stat().st_mode & 0o077 == 0


def test_a_folder_too_deep_for_a_socket_is_refused_with_the_remedy(tmp_path: Path) -> None:
    answer = read_setting("ORIGIN", {}, tmp_path / ("deep" * 30))

    assert "set VAR_DIR to a shorter path, or REDIS_URL" in answer.stderr.splitlines()[-1]


def test_every_variable_is_explained_in_the_example() -> None:
    example = (settings.BASE_DIR / ".env.example").read_text()

    explained = {line.lstrip("#").strip().partition("=")[0] for line in example.splitlines() if "=" in line}
    assert explained == {
        "ALLOWED_HOSTS",
        "APPROVAL_LIMIT_FINANCE",
        "APPROVAL_LIMIT_MANAGER",
        "DATABASE_URL",
        "DEBUG",
        "EMAIL_URL",
        "MAIL_FROM",
        "ORIGIN",
        "PORT",
        "REDIS_URL",
        "REQUIRE_STAFF_TOTP",
        "SECRET_KEY",
        "TRUSTED_PROXIES",
        "VAR_DIR",
    }
