"""`./dev demo`, started for real: what it says is true, and it leaves no process behind."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.request import urlopen

import pytest
from django.conf import settings

from tests.portal.demo.waiting import command_of, descendants, free_ports, is_alive, wait_until

# The demonstration's own year of history is another test's matter: a client stands in the database already.
A_CLIENT = "from portal.clients.models import Client; Client.objects.create(name='Acme')"


@dataclass
class Demo:
    """A running demonstration."""

    process: "subprocess.Popen[bytes]"
    port: int
    output: Path

    def said(self) -> str:
        """Return what it has printed so far."""
        return self.output.read_text()

    def children(self) -> set[int]:
        """Return the numbers of everything it has started."""
        return descendants(self.process.pid)


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a database with one client in it, and return its folder."""
    folder = tmp_path_factory.mktemp("var")
    for command in (["migrate", "--verbosity=0"], ["shell", "--verbosity=0", "--command", A_CLIENT]):
        subprocess.run(
            [sys.executable, "manage.py", *command], cwd=settings.BASE_DIR, env=environment(folder), check=True
        )
    return folder


def environment(folder: Path, **variables: str) -> dict[str, str]:
    """Return our variables without those that choose a database, a broker or a mail server."""
    chosen = {"DATABASE_URL", "REDIS_URL", "EMAIL_URL", "ORIGIN", "DJANGO_SETTINGS_MODULE"}
    kept = {name: value for name, value in os.environ.items() if name not in chosen}
    return {**kept, "VAR_DIR": str(folder), **variables}


@pytest.fixture
def start_demo(database: Path, tmp_path: Path) -> Iterator[Callable[[], Demo]]:
    """Return a function that starts the demonstration and waits until it says where it is."""
    started: list[Demo] = []

    def start() -> Demo:
        port = free_ports(3)
        output = tmp_path / "output"
        with output.open("wb") as file:
            process = subprocess.Popen(
                [sys.executable, "manage.py", "demo"],
                cwd=settings.BASE_DIR,
                env=environment(database, PORT=str(port), PYTHONUNBUFFERED="1"),
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=subprocess.STDOUT,
            )
        demo = Demo(process, port, output)
        started.append(demo)
        wait_until(lambda: "Ctrl-C" in demo.said() or process.poll() is not None, seconds=60)
        assert process.poll() is None, demo.said()
        return demo

    yield start
    for demo in started:
        demo.process.kill()
        demo.process.wait()


def test_the_demonstration_shows_the_site_and_ends_whole_on_ctrl_c(start_demo: Callable[[], Demo]) -> None:
    demo = start_demo()
    children = demo.children()

    with urlopen(f"http://127.0.0.1:{demo.port}/account/login/", timeout=20) as page:
        assert page.status == 200
    with urlopen(f"http://127.0.0.1:{demo.port + 1}/", timeout=20) as mails:
        assert mails.status == 200
    demo.process.send_signal(signal.SIGINT)

    assert demo.process.wait(timeout=30) == 0
    assert f"http://127.0.0.1:{demo.port}/" in demo.said()
    assert f"http://127.0.0.1:{demo.port + 1}/" in demo.said()
    assert len(children) >= 7
    wait_until(lambda: not any(is_alive(pid) for pid in children), seconds=5)


def test_the_demonstration_restarts_what_dies_and_leaves_nothing_when_it_is_killed(
    start_demo: Callable[[], Demo],
) -> None:
    demo = start_demo()
    web = min(pid for pid in demo.children() if "gunicorn" in command_of(pid))
    os.kill(web, signal.SIGKILL)
    wait_until(lambda: "web was ended by SIGKILL; starting it again in 1 s" in demo.said(), seconds=20)
    wait_until(lambda: any("gunicorn" in command_of(pid) for pid in demo.children()), seconds=20)
    children = demo.children()

    demo.process.kill()

    wait_until(lambda: not any(is_alive(pid) for pid in children), seconds=20)


def test_a_taken_port_is_refused_with_the_remedy(database: Path) -> None:
    port = free_ports(3)
    with subprocess.Popen([sys.executable, "-m", "http.server", "--bind", "127.0.0.1", str(port)]) as squatter:
        wait_until(lambda: answers(port), seconds=20)
        answer = subprocess.run(
            [sys.executable, "manage.py", "demo"],
            cwd=settings.BASE_DIR,
            env=environment(database, PORT=str(port)),
            capture_output=True,
            text=True,
            check=False,
        )
        squatter.kill()

    assert answer.returncode == 1
    assert f"Port {port} cannot be used (Address already in use); take another: PORT=8100 ./dev demo" in answer.stderr


def answers(port: int) -> bool:
    """Say whether a page is served on this port."""
    try:
        urlopen(f"http://127.0.0.1:{port}/", timeout=5).close()
    except OSError:
        return False
    return True
