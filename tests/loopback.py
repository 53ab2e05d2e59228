"""A server on loopback that misbehaves on demand, a clock that only sleep moves, and sources that ask it."""

import json
import socket
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from threading import Thread
from typing import Any

from connectors.contract import Nexus, Source
from connectors.made_platform import NOON, FakeTime

__all__ = ["NOON", "FakeTime", "Server", "http", "resets", "sends", "source", "whole"]

TLS_HELLO = b"\x16"
Step = Callable[[socket.socket], None]


def source(
    folder: Path,
    name: str = "test",
    marks: tuple[str, ...] = (),
    domains: tuple[str, ...] = ("maine.gov",),
    **options: Any,
) -> Source:
    """A source as audit.toml would have it, with options; NOON is now."""
    return Source(name, folder, options, Nexus(domains, marks), NOON)


class Server:
    """Answers each connection with the next of `steps`, in one thread; `requests` keeps what it `reads`."""

    def __init__(self, *steps: Step, reads: bool = True) -> None:
        self.steps = list(steps)
        self._reads = reads
        self.requests: list[str] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self._listener.settimeout(0.05)
        self._over = False
        self._thread = Thread(target=self._serve, daemon=True)

    def __enter__(self) -> "Server":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over = True
        self._thread.join(5)
        self._listener.close()

    def _serve(self) -> None:
        for step in self.steps:
            connection = self._accepted()
            if connection is None:
                return
            with connection:
                connection.settimeout(5)
                if self._reads:
                    self.requests.append(self._request(connection))
                try:
                    step(connection)
                except OSError:
                    continue

    def _accepted(self) -> socket.socket | None:
        while not self._over:
            with suppress(TimeoutError):
                return self._listener.accept()[0]
        return None

    @staticmethod
    def _request(connection: socket.socket) -> str:
        text = b""
        while b"\r\n\r\n" not in text and not text.startswith(TLS_HELLO) and (part := connection.recv(65536)):
            text += part
        return text.decode("latin-1")


def sends(*parts: bytes, pause: Callable[[], object] = lambda: None) -> Step:
    """A step that sends the parts as they are, with a pause before each but the first, and then hangs up."""

    def step(connection: socket.socket) -> None:
        for number, part in enumerate(parts):
            if number:
                pause()
            connection.sendall(part)

    return step


def resets(connection: socket.socket) -> None:
    """A step that resets the connection instead of answering."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")


def http(
    body: bytes, *headers: str, status: str = "200 OK", kind: str = "application/json", length: int | None = None
) -> bytes:
    """A reply as bytes. `length` puts another Content-Length in than is true."""
    lines = [
        f"HTTP/1.1 {status}",
        f"Content-Type: {kind}",
        f"Content-Length: {len(body) if length is None else length}",
    ]
    return "\r\n".join([*lines, "Connection: close", *headers, "", ""]).encode() + body


def whole(value: Any, *headers: str) -> Step:
    """A step that answers 200 with JSON."""
    return sends(http(json.dumps(value).encode(), *headers))
