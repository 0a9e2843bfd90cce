"""The Internet Archive, played: its CDX search and its mementos, with faults on demand.

The forms are those of the public documentation of the CDX server and of the Memento headers.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import format_datetime
from typing import BinaryIO
from urllib.parse import unquote, urlsplit

from tests.world import Reply, Request

Fault = Callable[[Request], Reply | None]


@dataclass(frozen=True, slots=True)
class Held:
    """One capture that the archive holds; `digest` is of the body unless given."""

    url: str
    stamp: str
    body: bytes = b""
    status: str = "200"
    mimetype: str = "text/html"
    headers: dict[str, str] = field(default_factory=dict)
    digest: str = ""

    @property
    def line(self) -> str:
        digest = self.digest or base64.b32encode(hashlib.sha1(self.body).digest()).decode()  # noqa: S324
        key = canonical(self.url).replace(" ", "%20")
        size = len(self.body) + 500
        url = self.url.replace(" ", "%20")
        return f"{key} {self.stamp} {url} {self.mimetype} {self.status} {digest} {size}"


def canonical(url: str) -> str:
    """Return an address as the archive compares it: without scheme, www. and letter case."""
    parts = urlsplit(url.lower())
    host = ",".join(reversed(parts.netloc.removeprefix("www.").split(".")))
    return unquote(f"{host}){parts.path or '/'}")


class InternetArchive:
    """A handler of the world: `held` are its captures, `faults` what goes wrong first.

    A fault stands under "cdx" or a stamp, and answers instead of the archive until it gives None.
    """

    def __init__(self, *held: Held, page_size: int = 1000) -> None:
        self.held = sorted(held, key=lambda one: (canonical(one.url), one.stamp))
        self.page_size = page_size
        self.faults: dict[str, Fault] = {}

    def __call__(self, request: Request) -> Reply | None:
        if request.path == "/cdx/search/cdx":
            return self._fault("cdx", request) or self._search(request)
        if request.path.startswith("/web/"):
            stamp, _, url = request.path.removeprefix("/web/").partition("id_/")
            return self._fault(stamp, request) or self._memento(stamp, url)
        return None

    def _fault(self, where: str, request: Request) -> Reply | None:
        return self.faults[where](request) if where in self.faults else None

    def _search(self, request: Request) -> Reply:
        asked = {name: values[0] for name, values in request.query.items()}
        assert asked["showResumeKey"] == "true"
        wanted = canonical(asked["url"])
        lines = [
            one.line
            for one in self.held
            if asked["from"] <= one.stamp[: len(asked["from"])]
            and one.stamp[: len(asked["to"])] <= asked["to"]
            and (
                canonical(one.url).startswith(wanted)
                if asked["matchType"] == "prefix"
                else canonical(one.url) == wanted
            )
        ]
        at = int(asked.get("resumeKey", 0))
        many = min(int(asked["limit"]), self.page_size)
        page = lines[at : at + many]
        if at + many < len(lines):
            page += ["", str(at + many)]
        return Reply(body="".join(f"{line}\n" for line in page).encode())

    def _memento(self, stamp: str, url: str) -> Reply:
        same = [one for one in self.held if canonical(one.url) == canonical(url)]
        if not same:
            return Reply(404, b"The Wayback Machine has not archived that URL.")
        nearest = min(same, key=lambda one: abs(int(one.stamp) - int(stamp)))
        if nearest.stamp != stamp:
            return Reply(302, headers={"Location": f"/web/{nearest.stamp}id_/{nearest.url}"})
        return memento(self._original(nearest))

    def _original(self, one: Held) -> Held:
        """Return the capture that a revisit repeats, at the revisit's time."""
        if one.mimetype != "warc/revisit":
            return one
        [first] = [
            other for other in self.held if other.line.split()[5] == one.digest and other.body
        ]
        return Held(one.url, one.stamp, first.body, first.status, first.mimetype, first.headers)


def memento(one: Held, at: str = "") -> Reply:
    """Return a capture's bytes with the archive's headers; `at` gives it another time."""
    moment = datetime.strptime(at or one.stamp, "%Y%m%d%H%M%S")
    day = format_datetime(moment).replace("-0000", "GMT")
    view = f"https://web.archive.org/web/{at or one.stamp}"
    return Reply(
        int(one.status),
        one.body,
        {
            "Content-Type": one.mimetype,
            "Memento-Datetime": day,
            "Link": f'<{one.url}>; rel="original", <{view}/{one.url}>; rel="memento";'
            f' datetime="{day}"',
            "X-Archive-Src": "live-20250101000000.warc.gz",
            **{f"X-Archive-Orig-{name}": value for name, value in one.headers.items()},
            **(
                {"Location": f"{view}id_/{one.headers['location']}"}
                if "location" in one.headers
                else {}
            ),
        },
    )


def times(many: int, reply: Reply) -> Fault:
    """Answer with this the first so many times."""
    left = iter(range(many))
    return lambda _: reply if next(left, None) is not None else None


def cut(reply: Reply) -> Reply:
    """Return a reply that promises its whole body and breaks off half way."""
    half = reply.body[: len(reply.body) // 2]
    headers = {**reply.headers, "Content-Length": str(len(reply.body))}

    def send(out: BinaryIO) -> None:
        out.write(half)

    return Reply(reply.status, b"", headers, send=send)
