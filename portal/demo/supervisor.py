"""The supervisor behind `./dev demo`: one process that starts the whole portal and leaves nothing behind."""

import fcntl
import http.client
import os
import shlex
import signal
import socket
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from types import FrameType
from typing import IO
from urllib.parse import urlsplit

from django.conf import settings

from portal.demo.processes import Child, Warden, stop

PATIENCE = 8.0
"""Seconds that the children have for stopping by themselves."""
READY_WITHIN = 45.0
"""Seconds until a page that does not answer is worth a word."""


class DemoError(Exception):
    """The demonstration cannot start; the message is one sentence with the remedy."""


class Supervisor:
    """Start Redis, the site, the workers, beat and the mail catcher; keep them up; stop them together.

    Args:
        prepare: Called once Redis runs and before all else starts: migrates and loads. A signal interrupts it.
        announce: Called once the site answers.
        say: Called with each line about a child that ended.
    """

    def __init__(
        self, *, prepare: Callable[[], None], announce: Callable[[], None], say: Callable[[str], None]
    ) -> None:
        self._prepare = prepare
        self._announce = announce
        self._say = say
        self._children: list[Child] = []
        self._stopping = False
        self._interruptible = False

    def run(self) -> None:
        """Run until SIGINT, SIGTERM or SIGHUP, then return with every child ended.

        Raises:
            DemoError: Another demonstration runs from this folder, or a port is taken.
        """
        lock = _lock(settings.VAR / "demo.lock")
        for port in _ports():
            _refuse_taken(port)
        for folder in ("log", "tmp", "mail"):
            (settings.VAR / folder).mkdir(exist_ok=True)
        self._listen()
        warden = Warden()
        broker = _redis(warden)
        try:
            self._start(broker)
            if broker:
                _wait_until(settings.REDIS_SOCKET.exists, self._is_stopping)
            self._prepare_interruptibly()
            self._start(_programs(warden))
            if _wait_until(_site_answers, self._is_stopping):
                self._announce()
            elif not self._stopping:
                self._say(f"The site does not answer yet. Its log: {settings.VAR / 'log' / 'web.log'}")
            while not self._stopping:
                self._tend()
                time.sleep(0.2)
        except KeyboardInterrupt:
            pass  # Preparation was cut short; there is nothing to run.
        finally:
            # Redis last: the others say goodbye to it.
            stop([child for child in self._children if child not in broker], patience=PATIENCE)
            stop(broker, patience=PATIENCE)
            warden.dismiss()
            lock.close()

    def _start(self, children: Sequence[Child]) -> None:
        for child in children:
            self._children.append(child)
            child.start()

    def _tend(self) -> None:
        for child in self._children:
            if message := child.tend():
                self._say(message)

    def _listen(self) -> None:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:  # nohup means it.
                signal.signal(number, self._on_signal)

    def _prepare_interruptibly(self) -> None:
        """Run the preparation, which may be long and starts no child: a signal need not wait for its end."""
        self._interruptible = True
        if self._stopping:
            raise KeyboardInterrupt
        self._prepare()
        self._interruptible = False

    def _is_stopping(self) -> bool:
        return self._stopping

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        """Stop at the next turn of the loop."""
        self._stopping = True
        if self._interruptible:
            self._interruptible = False
            raise KeyboardInterrupt


def _lock(path: Path) -> IO[str]:
    """Return the lock that one demonstration per folder holds; it opens by itself when its holder dies."""
    lock = path.open("w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.close()
        raise DemoError(f"A demonstration runs from {settings.VAR} already; stop it first.") from None
    return lock


def _site_port() -> int:
    return urlsplit(settings.ORIGIN).port or 80


def _ports() -> list[int]:
    ports = [_site_port()]
    if settings.MAIL_PAGE:
        ports += [urlsplit(settings.MAIL_PAGE).port or 80, settings.EMAIL_PORT]
    return ports


def _refuse_taken(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise DemoError(
                f"Port {port} cannot be used ({error.strerror}); take another: PORT=8100 ./dev demo"
            ) from error


def _wait_until(condition: Callable[[], bool], given_up: Callable[[], bool]) -> bool:
    """Wait for a condition; return whether it came within READY_WITHIN seconds and before waiting was given up."""
    until = time.monotonic() + READY_WITHIN
    while time.monotonic() < until and not given_up():
        if condition():
            return True
        time.sleep(0.1)
    return False


def _site_answers() -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", _site_port(), timeout=2)
    try:
        connection.request("GET", "/healthz")
        connection.getresponse()
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
    return True


def _redis(warden: Warden) -> list[Child]:
    """Return Redis as a child, nothing when the broker is another."""
    if not settings.REDIS_SERVER or not settings.CELERY_BROKER_URL.startswith("redis+socket:"):
        return []
    settings.REDIS_SOCKET.unlink(missing_ok=True)
    # Nothing is saved: what is due stands in the database, and a queue that is lost is filled again by the next tick.
    memory_only = ["--save", "", "--appendonly", "no", "--logfile", "", "--dir", str(settings.VAR)]
    listening = ["--port", "0", "--unixsocket", str(settings.REDIS_SOCKET), "--unixsocketperm", "700"]
    return [_child("redis", [settings.REDIS_SERVER, *listening, *memory_only], warden)]


def _programs(warden: Warden) -> list[Child]:
    """Return every child but Redis. compose.yaml names the same commands as services."""
    python = [sys.executable, "-m"]
    celery = [*python, "celery", "--app", "portal.celery"]
    worker = [*celery, "worker", *shlex.split("--loglevel INFO --without-gossip --without-mingle --without-heartbeat")]
    web = f"gunicorn portal.wsgi:application --bind 127.0.0.1:{_site_port()} --workers 2 --threads 4"
    commands = {
        "web": [*python, *shlex.split(web), *shlex.split("--graceful-timeout 3 --no-control-socket")],
        "flagging": [*worker, *shlex.split("--queues flagging --pool solo --hostname flagging@%h")],
        "worker": [*worker, *shlex.split("--queues default,mail --concurrency 2 --hostname worker@%h")],
        "beat": [*celery, *shlex.split("beat --loglevel INFO")],
    }
    if settings.MAIL_PAGE:
        ports = f"--smtp-port {settings.EMAIL_PORT} --page-port {urlsplit(settings.MAIL_PAGE).port}"
        commands["mail"] = [*python, "portal.demo.catcher", str(settings.VAR / "mail"), *shlex.split(ports)]
    # A running task then has CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT seconds and no more; it is redelivered. The flagger's
    # runs in the worker's own process, which cannot cut it short; it is done within a second anyway.
    own = {"worker": {"REMAP_SIGTERM": "SIGQUIT"}}
    return [_child(name, command, warden, **own.get(name, {})) for name, command in commands.items()]


def _child(name: str, command: Sequence[str], warden: Warden, **environment: str) -> Child:
    return Child(
        name,
        command,
        log=settings.VAR / "log" / f"{name}.log",
        warden=warden,
        environment={
            "PYTHONPATH": os.pathsep.join([str(settings.BASE_DIR), *filter(None, [os.environ.get("PYTHONPATH")])]),
            "PYTHONUNBUFFERED": "1",
            "TMPDIR": str(settings.VAR / "tmp"),
            **environment,
        },
    )
