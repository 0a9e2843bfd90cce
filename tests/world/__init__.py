"""A small web server on 127.0.0.1 that plays the outside world.

Each part of the world is a handler: a function that answers the requests it knows and gives None
for the others. A reply may write its body itself, which is how faults are played: dripping,
breaking off, promising another length.
"""

from __future__ import annotations

import ssl
import sys
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, BinaryIO, Self
from urllib.parse import parse_qs, unquote, urlsplit


@dataclass(frozen=True, slots=True)
class Request:
    """What was asked: the path as sent, its query, and the headers in lower case."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes = b""

    @property
    def path(self) -> str:
        return unquote(urlsplit(self.target).path)

    @property
    def query(self) -> dict[str, list[str]]:
        return parse_qs(urlsplit(self.target).query, keep_blank_values=True)


@dataclass(frozen=True, slots=True)
class Reply:
    """What is answered. `send` writes the body itself and then hangs up; it sets no length."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    send: Callable[[BinaryIO], None] | None = None


Handler = Callable[[Request], Reply | None]


class Server(ThreadingHTTPServer):
    """A web server that takes a client's hanging up for what it is, and not for an error."""

    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Print what went wrong, unless the client hung up between two requests."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class World:
    """A running server; `base` is its address, `requests` what was asked of it so far."""

    def __init__(self, *handlers: Handler, tls: ssl.SSLContext | None = None) -> None:
        self.handlers = list(handlers)
        self.requests: list[Request] = []
        self._server = Server(("127.0.0.1", 0), self._listener())
        if tls:
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True)
        scheme = "https" if tls else "http"
        self.base = f"{scheme}://127.0.0.1:{self._server.server_address[1]}"
        # The interval is what the end of a test waits for.
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.01,), daemon=True
        )

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def paths(self) -> list[str]:
        """Return the paths asked for so far, in order."""
        return [request.path for request in self.requests]

    def answer(self, request: Request) -> Reply:
        """Return the first handler's reply, or 404 when none knows the request."""
        self.requests.append(request)
        replies = (handler(request) for handler in self.handlers)
        return next((reply for reply in replies if reply), Reply(404, b"not here"))

    def _listener(world: Any) -> type[BaseHTTPRequestHandler]:  # noqa: N805 - self is the handler's
        class Listener(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                length = int(self.headers.get("content-length") or 0)
                body = self.rfile.read(length) if length else b""
                headers = {name.lower(): value for name, value in self.headers.items()}
                reply = world.answer(Request(self.command, self.path, headers, body))
                self.send_response_only(reply.status)
                if "Date" not in reply.headers:
                    self.send_header("Date", self.date_time_string())
                for name, value in reply.headers.items():
                    self.send_header(name, value)
                if reply.send:
                    self.send_header("Connection", "close")
                elif "Content-Length" not in reply.headers:
                    self.send_header("Content-Length", str(len(reply.body)))
                self.end_headers()
                try:
                    if reply.send:
                        reply.send(self.wfile)
                    elif self.command != "HEAD":
                        self.wfile.write(reply.body)
                except (BrokenPipeError, ConnectionResetError):
                    self.close_connection = True  # the client hung up: that is its right

            do_POST = do_GET  # noqa: N815 - the names are the base class's
            do_HEAD = do_PUT = do_PATCH = do_DELETE = do_GET  # noqa: N815

            def log_message(self, *_: object) -> None:
                """Say nothing: the requests are kept."""

        return Listener
