"""Take off what Content-Encoding says bytes were packed with, where that is so.

Servers say more than there is in codings (`none`, `UTF-8`, gzip over bytes that are none): the
bytes decide. Nothing unpacks to more than the cap, whatever it says.
"""

from __future__ import annotations

import gzip
import io
import zlib

ASKED = ("gzip", "x-gzip")
"""What a request accepts; deflate is unpacked as well, since Python can."""
OTHERS = ("br", "zstd", "compress", "x-compress", "dcb", "dcz", "bzip2", "lzma", "xz", "exi")
"""Codings that nobody asked for: bytes packed with them cannot be read."""
GZIP = b"\x1f\x8b"
# How files begin that are plainly not packed: workbooks (zip and OLE), PDF, pages.
PLAIN = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"%PDF", b"<")


class TooMuch(Exception):
    """The bytes unpack to more than the cap."""


class Broken(Exception):
    """The bytes are packed, and damaged."""


class Unasked(Exception):
    """The bytes are packed with a coding that was not asked for; its name is the message."""


def unpacked(data: bytes, codings: str, most: int) -> bytes:
    """Return bytes without the codings that a Content-Encoding names, at most so many of them.

    An unknown coding, and a known one that the bytes do not have, leave them as they are. Raises
    `TooMuch`, `Broken` or `Unasked`.
    """
    for coding in reversed([part.strip().lower() for part in codings.split(",")]):
        if coding in ASKED and data.startswith(GZIP):
            data = _gunzipped(data, most)
        elif coding == "deflate":
            data = _inflated(data, most)
        elif coding in OTHERS and not (data.isascii() or data.startswith(PLAIN)):
            raise Unasked(coding)
    return data


def _gunzipped(data: bytes, most: int) -> bytes:
    try:
        plain = gzip.GzipFile(fileobj=io.BytesIO(data)).read(most + 1)
    except (OSError, EOFError, zlib.error) as problem:
        raise Broken(str(problem)) from problem
    return _within(plain, most)


def _inflated(data: bytes, most: int) -> bytes:
    """Return deflated bytes as they were, with or without the zlib wrapper; others as they are."""
    if data.startswith(PLAIN):
        return data
    for wrapper in (zlib.MAX_WBITS, -zlib.MAX_WBITS):
        inflate = zlib.decompressobj(wrapper)
        try:
            plain = inflate.decompress(data, most + 1)
        except zlib.error:
            continue
        if len(plain) > most or inflate.eof:
            return _within(plain, most)
    return data


def _within(data: bytes, most: int) -> bytes:
    if len(data) > most:
        raise TooMuch
    return data
