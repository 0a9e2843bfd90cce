"""A webhook that collects what Apprise posts (json://127.0.0.1:PORT/), and fails on demand."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlsplit

from . import Reply, Request, World


class Inbox(World):
    """What came in stands in `messages`, by path; paths in `refused` answer 500."""

    def __init__(self) -> None:
        super().__init__(self._take)
        self.messages: dict[str, list[dict[str, Any]]] = {}
        self.refused: set[str] = set()

    def address(self, name: str) -> str:
        """Return the Apprise address of one receiver; it holds a password, as real ones do."""
        return f"json://watch:s3cret@{urlsplit(self.base).netloc}/{name}"

    def titles(self, name: str) -> list[str]:
        return [message["title"] for message in self.messages.get(name, [])]

    def _take(self, request: Request) -> Reply | None:
        name = request.path.strip("/")
        if request.method != "POST":
            return None
        if name in self.refused:
            return Reply(500, b"not now")
        self.messages.setdefault(name, []).append(json.loads(request.body))
        return Reply(200, b"{}")
