"""The mail catcher: every mail is kept and shown, and none of it runs."""

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path
from smtplib import SMTP
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from tests.portal.demo.waiting import free_ports, wait_until


@dataclass
class Catcher:
    """A running mail catcher."""

    smtp_port: int
    page_port: int

    def send(self, mail: EmailMessage | bytes, *, to: list[str]) -> None:
        """Hand a mail over by SMTP."""
        content = mail if isinstance(mail, bytes) else mail.as_bytes()
        with SMTP("127.0.0.1", self.smtp_port, timeout=10) as smtp:
            smtp.sendmail("sender@example.com", to, content)

    def page(self, path: str = "/", *, host: str = "127.0.0.1") -> tuple[str, str]:
        """Return a page and its content security policy."""
        request = Request(f"http://127.0.0.1:{self.page_port}{path}", headers={"Host": f"{host}:{self.page_port}"})
        with urlopen(request, timeout=10) as answer:
            return answer.read().decode(), answer.headers["Content-Security-Policy"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("mail")


@pytest.fixture(scope="module")
def catcher(folder: Path) -> Iterator[Catcher]:
    page_port = free_ports(2)
    running = Catcher(page_port + 1, page_port)
    ports = [f"--smtp-port={running.smtp_port}", f"--page-port={running.page_port}"]
    process = subprocess.Popen([sys.executable, "-m", "portal.demo.catcher", str(folder), *ports])

    def answers() -> bool:
        try:
            running.page()
        except OSError:
            return False
        return True

    try:
        wait_until(answers, seconds=20)
        yield running
    finally:
        process.kill()
        process.wait()


@pytest.fixture
def name(catcher: Catcher, folder: Path) -> str:
    """Send a hostile mail and return the name it was kept under."""
    mail = EmailMessage()
    mail["Subject"] = "Breached <script>alert(1)</script>"
    mail["To"] = "team@example.com"
    mail.set_content("Answer <b>now</b>: https://portal.example.com/incidents/1")
    mail.add_alternative("<script>alert(2)</script><p>Answer now</p>", subtype="html")
    catcher.send(mail, to=["team@example.com", "hidden@example.com"])
    return max(path.stem for path in folder.glob("*.eml"))


def test_the_list_shows_subject_and_every_recipient_of_the_envelope(catcher: Catcher, name: str) -> None:
    page, _ = catcher.page()

    assert f'href="/{name}"' in page
    assert "team@example.com, hidden@example.com" in page


def test_text_of_a_mail_is_shown_and_never_runs(catcher: Catcher, name: str) -> None:
    page, policy = catcher.page(f"/{name}")

    assert "Answer &lt;b&gt;now&lt;/b&gt;: https://portal.example.com/incidents/1" in page
    assert "<script" not in page
    assert "default-src 'none'" in policy


def test_the_html_part_stands_in_a_sandbox_that_runs_nothing(catcher: Catcher, name: str) -> None:
    page, _ = catcher.page(f"/{name}")
    part, policy = catcher.page(f"/{name}/html")

    assert 'sandbox="allow-popups allow-popups-to-escape-sandbox"' in page
    assert "<p>Answer now</p>" in part
    assert "sandbox allow-popups" in policy
    assert "script-src" not in policy


@pytest.mark.parametrize(
    "mail",
    [
        b"no header at all",
        b"Subject: =?nonsense?Q?x?=\r\nContent-Type: text/plain; charset=klingon\r\n\r\nBody \xff\xfe",
        b"Content-Type: multipart/alternative; boundary=never\r\n\r\nragged",
        b"Subject: x\r\nDate: not a date\r\nTo: <<<>>>\r\nContent-Transfer-Encoding: base64\r\n\r\n%%%",
    ],
)
def test_a_broken_mail_is_kept_and_shown(catcher: Catcher, folder: Path, mail: bytes) -> None:
    catcher.send(mail, to=["team@example.com"])

    newest = max(path.stem for path in folder.glob("*.eml"))
    assert "All mails" in catcher.page(f"/{newest}")[0]
    assert newest in catcher.page()[0]


@pytest.mark.parametrize("path", ["/00000000000000000000", "/../secret-key", "/%2e%2e/secret-key", "/1/2/3"])
def test_what_is_no_mail_is_not_found(catcher: Catcher, path: str) -> None:
    with pytest.raises(HTTPError, match="404"):
        catcher.page(path)


def test_a_name_that_points_here_from_elsewhere_is_refused(catcher: Catcher) -> None:
    with pytest.raises(HTTPError, match="421"):
        catcher.page(host="attacker.example.com")
