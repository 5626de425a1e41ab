"""What a file is, read from its own bytes and without unpacking it: its type, and whether it would burst.

BAD_INPUTS: 19, 20.
"""

from __future__ import annotations

import struct
import zipfile
from codecs import getincrementaldecoder
from typing import IO

HEAD = 8192
MOST_PIXELS = 100_000_000
MOST_UNPACKED = 1_000_000_000
MOST_RATIO = 200
"""An archive that claims to grow more than this many times is no archive of documents."""

OTHER = "application/octet-stream"
_SIGNATURES = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"%PDF-", "application/pdf"),
    (b"PK\x03\x04", "application/zip"),
    (b"PK\x05\x06", "application/zip"),
    (b"\x1f\x8b", "application/gzip"),
)
_ACTIVE = (b"<!doctype", b"<html", b"<svg", b"<script", b"<?xml", b"<body", b"<iframe", b"<!--")
"""How a text begins that a browser could run: it is handed out as bytes of no type."""


def content_type(head: bytes) -> str:
    """Return the type of a file by its first bytes: one of a few that are known, else bytes of no type."""
    for signature, known in _SIGNATURES:
        if head.startswith(signature):
            return known
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    if _is_text(head) and not any(mark in head.lower() for mark in _ACTIVE):
        return "text/plain"
    return OTHER


def _is_text(head: bytes) -> bool:
    try:
        text = getincrementaldecoder("utf-8")().decode(
            head
        )  # It forgives a character that the cut at HEAD went through.
    except UnicodeDecodeError:
        return False
    return all(character.isprintable() or character in "\t\n\r\f\ufeff" for character in text)


def burst(file: IO[bytes], kind: str, *, size: int) -> str:
    """Return what a file would grow into that nobody can open, '' where it is harmless; nothing is unpacked."""
    file.seek(0)
    if kind == "application/zip":
        return _archive(file, size)
    if kind.startswith("image/"):
        width, height = _pixels(file.read(size), kind)
        if width * height > MOST_PIXELS:
            return f"a picture of {width:,} by {height:,} pixels"
    return ""


def _archive(file: IO[bytes], size: int) -> str:
    """Read the table of contents alone, which is as large as the file at most."""
    try:
        with zipfile.ZipFile(file) as archive:
            unpacked = sum(entry.file_size for entry in archive.infolist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError, struct.error, OSError):
        return "an archive that cannot be read"
    if unpacked > MOST_UNPACKED or unpacked > size * MOST_RATIO:
        return f"an archive that unpacks to {unpacked:,} bytes"
    return ""


def _pixels(content: bytes, kind: str) -> tuple[int, int]:
    """Return the width and height that a picture claims, 0 where its header is broken."""
    try:
        if kind == "image/png":
            width, height = struct.unpack_from(">II", content, 16)
        elif kind == "image/gif":
            width, height = struct.unpack_from("<HH", content, 6)
        elif kind == "image/jpeg":
            width, height = _pixels_of_jpeg(content)
        else:
            width, height = _pixels_of_webp(content)
    except struct.error:
        return 0, 0
    return width, height


def _pixels_of_jpeg(content: bytes) -> tuple[int, int]:
    """Walk the segments up to the frame's header."""
    place = 2
    while place + 4 <= len(content) and content[place] == 0xFF:
        marker, length = struct.unpack_from(">xBH", content, place)
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack_from(">HH", content, place + 5)
            return width, height
        place += 2 + length
    return 0, 0


def _pixels_of_webp(content: bytes) -> tuple[int, int]:
    kind = content[12:16]
    if kind == b"VP8X":
        width, height = (int.from_bytes(content[place : place + 3], "little") + 1 for place in (24, 27))
        return width, height
    if kind == b"VP8L":
        (bits,) = struct.unpack_from("<I", content, 21)
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    width, height = struct.unpack_from("<HH", content, 26)
    return width & 0x3FFF, height & 0x3FFF
