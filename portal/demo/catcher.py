"""The embedded mail catcher: takes every mail on a loopback port, keeps it as a file, shows it on a page.

Run as `python -m portal.demo.catcher FOLDER --smtp-port 8002 --page-port 8001`. Mail is shown as hostile: all text is
escaped, and an HTML part stands in a sandboxed frame under a policy that loads and runs nothing.
"""

import argparse
import functools
import html
import re
import time
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

KEPT = 1000
"""Mails that are kept; older files go."""

STYLE = """
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif }
body { max-width: 60rem; margin: 2rem auto; padding: 0 1rem }
table { border-collapse: collapse; width: 100% }
th, td { text-align: left; padding: .4rem .8rem .4rem 0; border-bottom: 1px solid #8886; vertical-align: top }
pre { white-space: pre-wrap; overflow-wrap: anywhere }
iframe { width: 100%; height: 40rem; border: 1px solid #8886; background: #fff }
"""
PAGE_POLICY = "default-src 'none'; style-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'none'"
# A link of the mail opens in a window of its own, free of the sandbox, as it would from a mail program.
HTML_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; "
    "sandbox allow-popups allow-popups-to-escape-sandbox"
)


class Folder:
    """Mails as files, named so that their order is that of arrival."""

    def __init__(self, path: Path) -> None:
        self._path = path
        path.mkdir(parents=True, exist_ok=True)

    def keep(self, content: bytes, recipients: list[str]) -> None:
        """Keep a mail, with the recipients of its envelope, who may stand in no header."""
        addresses = ", ".join(re.sub(r"[\r\n]", " ", address) for address in recipients)
        name = f"{time.time_ns():020d}"
        draft = self._path / f"{name}.part"
        draft.write_bytes(f"X-Envelope-To: {addresses}\r\n".encode() + content)
        draft.rename(self._path / f"{name}.eml")
        for old in self.names()[KEPT:]:
            (self._path / f"{old}.eml").unlink(missing_ok=True)

    def names(self) -> list[str]:
        """Return the names of the mails, newest first."""
        return sorted((path.stem for path in self._path.glob("*.eml")), reverse=True)

    def read(self, name: str) -> EmailMessage | None:
        """Return one mail, None when there is none of that name."""
        if not re.fullmatch(r"[0-9]{20}", name):
            return None
        try:
            return message_from_bytes((self._path / f"{name}.eml").read_bytes(), policy=policy.default)
        except FileNotFoundError:
            return None


class Receiver:
    """What aiosmtpd hands each mail to."""

    def __init__(self, folder: Folder) -> None:
        self._folder = folder

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Keep the mail and answer that it was accepted."""
        self._folder.keep(envelope.original_content or b"", envelope.rcpt_tos)
        return "250 Kept"


class Page(BaseHTTPRequestHandler):
    """The list at /, a mail at /<name>, its HTML part alone at /<name>/html."""

    def __init__(self, folder: Folder, *args: object) -> None:
        self._folder = folder
        super().__init__(*args)  # type: ignore[arg-type]

    def do_GET(self) -> None:
        """Answer with a page, and with 404 for everything else."""
        host = (self.headers.get("Host") or "").rpartition(":")[0]
        name, _, part = self.path.strip("/").partition("/")
        if host not in {"127.0.0.1", "localhost"}:  # A page elsewhere could point its own name at this computer.
            self._answer(HTTPStatus.MISDIRECTED_REQUEST, "text/plain", "Ask for 127.0.0.1.")
        elif self.path == "/":
            self._answer(HTTPStatus.OK, "text/html", self._list())
        elif self.path == "/style.css":
            self._answer(HTTPStatus.OK, "text/css", STYLE)
        elif (mail := self._folder.read(name)) is None or part not in {"", "html"}:
            self._answer(HTTPStatus.NOT_FOUND, "text/plain", "There is no such mail.")
        elif part == "html":
            body = '<base target="_blank">' + text_of(mail, "html")
            self._answer(HTTPStatus.OK, "text/html", body, content_policy=HTML_POLICY)
        else:
            self._answer(HTTPStatus.OK, "text/html", self._mail(name, mail))

    def log_message(self, format: str, *args: object) -> None:
        """Write no log: the page asks for itself every few seconds."""

    def _answer(self, status: HTTPStatus, kind: str, body: str, *, content_policy: str = PAGE_POLICY) -> None:
        content = body.encode("utf-8", "replace")
        self.send_response(status)
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Content-Security-Policy", content_policy)
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        self.wfile.write(content)

    def _list(self) -> str:
        rows = "".join(self._rows())
        table = (
            f"<table><thead><tr><th>Subject<th>To<th>Sent</thead><tbody>{rows}</tbody></table>"
            if rows
            else "<p>No mail was sent yet. This page looks again every five seconds.</p>"
        )
        return _page("Mails", table, head='<meta http-equiv="refresh" content="5">')

    def _rows(self) -> Iterator[str]:
        for name in self._folder.names():
            if mail := self._folder.read(name):
                subject = header(mail, "Subject") or "(no subject)"
                yield (
                    f'<tr><td><a href="/{name}">{html.escape(subject)}</a>'
                    f"<td>{html.escape(header(mail, 'X-Envelope-To'))}<td>{html.escape(header(mail, 'Date'))}</tr>"
                )

    def _mail(self, name: str, mail: EmailMessage) -> str:
        fields = "".join(
            f"<tr><th>{html.escape(field)}<td>{html.escape(header(mail, field))}</tr>" for field in dict.fromkeys(mail)
        )
        body = f'<p><a href="/">All mails</a></p><table>{fields}</table>'
        body += f"<h2>As text</h2><pre>{html.escape(text_of(mail, 'plain'))}</pre>"
        if mail.get_body(("html",)) is not None:
            sandbox = "allow-popups allow-popups-to-escape-sandbox"
            body += f'<h2>As HTML</h2><iframe title="The mail as HTML" sandbox="{sandbox}" src="/{name}/html"></iframe>'
        return _page(header(mail, "Subject") or "(no subject)", body)


def header(mail: EmailMessage, name: str) -> str:
    """Return a header's text, '' when it is absent; what cannot be parsed is shown as it came."""
    try:
        return str(mail.get(name, ""))
    except Exception:  # The parser raises whatever it stumbled over; a mail that it cannot read is still a mail.
        raw = next((value for key, value in mail.raw_items() if key.lower() == name.lower()), "")
        return str(raw)


def text_of(mail: EmailMessage, kind: str) -> str:
    """Return the mail's body of a kind ('plain' or 'html'), '' when there is none."""
    part = mail.get_body((kind,))
    if part is None:
        return ""
    content = part.get_payload(decode=True)
    if not isinstance(content, bytes):
        return str(part.get_payload())
    try:
        return content.decode(part.get_content_charset("utf-8"), "replace")
    except LookupError:  # A charset that nobody knows.
        return content.decode("utf-8", "replace")


def _page(title: str, body: str, *, head: str = "") -> str:
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{html.escape(title)}</title>{head}'
        f'<link rel="stylesheet" href="/style.css"></head><body><h1>{html.escape(title)}</h1>{body}</body></html>'
    )


def main() -> None:
    """Take and show mails until ended."""
    parser = argparse.ArgumentParser(description="Take every mail on a loopback port and show it on a page.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--smtp-port", type=int, required=True)
    parser.add_argument("--page-port", type=int, required=True)
    arguments = parser.parse_args()
    folder = Folder(arguments.folder)
    Controller(Receiver(folder), hostname="127.0.0.1", port=arguments.smtp_port).start()
    ThreadingHTTPServer(("127.0.0.1", arguments.page_port), functools.partial(Page, folder)).serve_forever()


if __name__ == "__main__":
    main()
