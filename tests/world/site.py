"""The stand-in's site: the list page, the workbooks, and every fault of the web on demand.

`Site` is a handler for `World`. A page or file is put at a path as a play: a function that
answers one request. The plays here are the faults; `in_turn` answers each request with the next.
"""

from __future__ import annotations

import gzip
import io
import ssl
import time
import zipfile
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from ipaddress import ip_address
from pathlib import Path
from typing import BinaryIO

from tests.world import Reply, Request

Play = Callable[[Request], Reply]

PAGE = "/identify-and-arrest/287g"
FOLDER = "/doclib/about/offices/ero/287g"
BLOCK_PAGE = (
    b"<html><head><title>Access Denied</title></head><body><h1>Access Denied</h1>"
    b"You don't have permission to access this server. Reference #18.2f.1</body></html>"
)


class Site:
    """What each path answers. The site's clock stands at `clock` (UTC); None is the real time."""

    def __init__(self, clock: datetime | None = None) -> None:
        self.clock = clock
        self.plays: dict[str, Play] = {}

    def __call__(self, request: Request) -> Reply | None:
        play = self.plays.get(request.path)
        if play is None:
            return None
        reply = play(request)
        if self.clock is None or "Date" in reply.headers:
            return reply
        return replace(reply, headers={"Date": http_date(self.clock), **reply.headers})

    def put(self, path: str, body: bytes, **headers: str) -> None:
        """Serve bytes; headers are named with an underscore for a dash."""
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        self.plays[path] = always(Reply(200, body, given))

    def links(self, *links: tuple[str, str], more: str = "") -> None:
        """Make the list page link these (address, anchor text)."""
        self.put(PAGE, page_of(*links, more=more))


def looking_at(page: str) -> dict[str, str]:
    """Return the settings under which a page of the stand-in is ICE's, and may be looked at."""
    return {
        "PACTWATCH_OFFLINE": "0",
        "PACTWATCH_PAGE": page,
        "PACTWATCH_ALLOWED_HOSTS": '["127.0.0.1"]',
        "PACTWATCH_ALLOW_HTTP": "1",
    }


def page_of(*links: tuple[str, str], more: str = "") -> bytes:
    """Return a list page as the agency writes it: clutter, then the links."""
    anchors = "\n".join(f'<p><a href="{href}">{text}</a></p>' for href, text in links)
    return (
        '<!DOCTYPE html><html><head><title>287(g) | ICE</title><script>var captcha = "off";'
        '</script></head><body><nav><a href="/about">About participating agencies</a>'
        '<a href="/doclib/factsheet.pdf">Pending legislation</a></nav>'
        f"<main>{anchors}{more}</main></body></html>"
    ).encode()


def always(reply: Reply) -> Play:
    return lambda _: reply


def in_turn(*replies: Reply) -> Play:
    """Answer each request with the next reply, and then with the last again."""
    left = list(replies)
    return lambda _: left.pop(0) if len(left) > 1 else left[0]


def conditional(body: bytes, *, etag: str = "", changed: datetime | None = None) -> Play:
    """Serve bytes with their tags, and 304 to whoever names one of them."""
    headers = {"ETag": etag} if etag else {}
    headers |= {"Last-Modified": http_date(changed)} if changed else {}

    def play(request: Request) -> Reply:
        tag, since = (request.headers.get(n) for n in ("if-none-match", "if-modified-since"))
        is_same = tag == etag if tag else bool(since) and since == headers.get("Last-Modified")
        return Reply(304, b"", headers) if is_same else Reply(200, body, headers)

    return play


def refused(status: int = 403) -> Reply:
    return Reply(status, BLOCK_PAGE, {"Content-Type": "text/html"})


def later(status: int = 429, wait: str = "") -> Reply:
    return Reply(status, b"later", {"Retry-After": wait} if wait else {})


def moved(to: str, status: int = 302) -> Reply:
    return Reply(status, b"", {"Location": to})


def cut(body: bytes, at: int) -> Reply:
    """Promise the whole and hang up in the middle."""
    return Reply(200, body, {"Content-Length": str(len(body))}, send=_writes([body[:at]]))


def promising(body: bytes, length: int) -> Reply:
    """Send the bytes under another Content-Length."""
    return Reply(200, body, {"Content-Length": str(length)}, send=_writes([body]))


def dripping(body: bytes, pause: float) -> Reply:
    """Send byte after byte, each in time for a reader that bounds single reads only."""

    def send(stream: BinaryIO) -> None:
        for at in range(len(body)):
            stream.write(body[at : at + 1])
            stream.flush()
            time.sleep(pause)

    return Reply(200, body, {"Content-Length": str(len(body))}, send=send)


def slow(reply: Reply, pause: float) -> Play:
    """Wait before the answer begins."""

    def play(_: Request) -> Reply:
        time.sleep(pause)
        return reply

    return play


def packed(body: bytes, coding: str = "gzip") -> Reply:
    return Reply(200, gzip.compress(body), {"Content-Encoding": coding})


def gzip_bomb(size: int) -> Reply:
    """A small body that unpacks to `size` zeros."""
    return packed(bytes(size))


def endless(chunk: bytes = bytes(65536)) -> Reply:
    """Send without an end, and without saying how long."""

    def send(stream: BinaryIO) -> None:
        while True:
            stream.write(chunk)

    return Reply(200, b"", send=send)


def zip_bomb(size: int) -> bytes:
    """Return a small file that is a workbook by its first bytes and expands to `size`."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        with archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as part:
            for _ in range(size // 1_000_000):
                part.write(bytes(1_000_000))
    return stream.getvalue()


def download(name: str, body: bytes) -> Reply:
    """Serve a file whose name stands in Content-Disposition only."""
    return Reply(200, body, {"Content-Disposition": f'attachment; filename="{name}"'})


def http_date(moment: datetime) -> str:
    return format_datetime(moment.replace(tzinfo=UTC), usegmt=True)


def certificate(folder: Path) -> tuple[ssl.SSLContext, Path]:
    """Return what a server on 127.0.0.1 needs for https, and the file that makes it trusted."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    names = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
    signed = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(names, critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = folder / "site.pem"
    pem.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + signed.public_bytes(serialization.Encoding.PEM)
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    return context, pem


def _writes(parts: Iterable[bytes]) -> Callable[[BinaryIO], None]:
    def send(stream: BinaryIO) -> None:
        for part in parts:
            stream.write(part)

    return send
