# ruff: noqa: RUF001 (dashes, quotes and apostrophes are meant as printed)
"""Article bytes as text: what is no text at all, and which encoding the rest is in."""

from __future__ import annotations

import re

from flows.steps.common.errors import Unreadable

_MAGIC = {
    b"%PDF": "a PDF",
    b"PK\x03\x04": "a zip archive or office document",
    b"\x89PNG": "a PNG image",
    b"\xff\xd8\xff": "a JPEG image",
    b"GIF8": "a GIF image",
    b"\x1f\x8b": "a gzip archive",
    b"\xd0\xcf\x11\xe0": "an old office document",
    b"RIFF": "a media file",
    b"7z\xbc\xaf": "a 7z archive",
    b"SQLite format": "a database",
    b"\x7fELF": "a program",
}
_BOMS = (
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
_DECLARED = re.compile(rb"""(?:charset|encoding)\s?=\s?["']?\s?([A-Za-z0-9_-]{3,20})""")


def decode(data: bytes, *, name: str) -> tuple[str, tuple[str, ...]]:
    """Return the text of article bytes and notes on how it was read.

    A byte order mark decides, then valid UTF-8, whatever the page declares; then the declared
    encoding, with Latin-1 read as Windows-1252 as browsers do. Raises `Unreadable` for empty
    input and for bytes that are no text.
    """
    if not data.strip(b"\x00 \t\r\n"):
        raise Unreadable(f"{name} is empty: save the article again and ingest that file.")
    for magic, what in _MAGIC.items():
        if data.startswith(magic):
            raise Unreadable(
                f"{name} is {what}, not an article page: save the article as HTML or plain text."
            )
    text, notes = _decoded(data)
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "")
    odd = sum(1 for letter in text[:20_000] if ord(letter) < 32 and letter not in "\n\t\f")
    if odd > max(4, len(text[:20_000]) // 50) or not re.search(r"[^\W\d_]{2}", text):
        raise Unreadable(
            f"{name} holds binary data, not an article: save the article as HTML or plain text."
        )
    return text, notes


def _decoded(data: bytes) -> tuple[str, tuple[str, ...]]:
    """Return the text in the encoding that fits the bytes, and a note when it was not UTF-8."""
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return data.decode(encoding, errors="replace"), ()
    start = data[:2000]
    if start.count(b"\x00") > len(start) // 4:
        little = start[1::2].count(b"\x00") > start[0::2].count(b"\x00")
        return data.decode("utf-16-le" if little else "utf-16-be", errors="replace"), ()
    try:
        return _unscramble(data.decode("utf-8"))
    except UnicodeDecodeError:
        pass
    lenient = data.decode("utf-8", errors="replace")
    good = len(re.findall(rb"[\xc2-\xf4][\x80-\xbf]", data))
    if good > 4 * lenient.count("�"):
        return lenient, ("encoding: UTF-8 with broken bytes",)
    declared = _DECLARED.search(data[:4000])
    encoding = declared[1].decode("ascii").lower() if declared else "cp1252"
    if encoding in ("utf-8", "utf8", "ascii", "us-ascii", "latin-1", "latin1", "iso-8859-1"):
        encoding = "cp1252"
    try:
        return data.decode(encoding, errors="replace"), (f"encoding: read as {encoding}",)
    except LookupError:
        return data.decode("cp1252", errors="replace"), ("encoding: read as cp1252",)


def _unscramble(text: str) -> tuple[str, tuple[str, ...]]:
    """Return text whose UTF-8 was once taken for Windows-1252 ("â€™") set right again."""
    if not re.search("â€[œ“”™˜]|Ã[©¨¡±³]", text):
        return text, ()
    mended = re.sub("[\u0080-\u00ff\u0152-\u02dc\u2013-\u2122]{2,}", _mend, text)
    return mended, ("encoding: doubly encoded text mended",)


def _mend(found: re.Match[str]) -> str:
    """Return one scrambled run as it was meant, unchanged when it was not scrambled."""
    try:
        raw = b"".join(
            bytes([ord(letter)]) if 0x80 <= ord(letter) < 0xA0 else letter.encode("cp1252")
            for letter in found[0]
        )
        return raw.decode("utf-8")
    except UnicodeError:
        return found[0]
