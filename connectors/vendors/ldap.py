"""A connection to a directory over LDAP that ends: encrypted, read-only, bounded in time and bytes.

ldap3 waits for each piece of a reply anew, and for any number of them: so each reading of its socket is watched.
"""

from __future__ import annotations

import socket
import ssl
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from math import ceil
from typing import Any
from urllib.parse import urlsplit

from connectors.contract import Source, SourceDown
from connectors.http import Clock, patience
from connectors.http.doors import loopback
from connectors.http.secrets import read_secret
from connectors.http.trust import trusting

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)  # ldap3 2.9 imports names that pyasn1 has since renamed
    import ldap3
    from ldap3.core.exceptions import LDAPException

__all__ = ["TROUBLES", "PageWatch", "bound_connection", "directory_fault", "ldap3"]
CONNECT_SECONDS, REPLY_SECONDS = 10, 60
MOST_BYTES = 64 * 1024 * 1024
"""Bytes of one page of entries, which is held in memory."""
TROUBLES = {
    3: "it ran out of time", 4: "it gives no more than its size limit", 11: "it gives no more than its own limit",
    10: "base lies on another server, to which it refers", 32: "base names no entry",
    49: "user or password is wrong", 50: "the user may not read there",
}  # fmt: skip
"""What results of a search or a sign-in mean, by their numbers (RFC 4511)."""


@dataclass
class PageWatch:
    """How long the search may go on, on the caller's clock, and how many bytes of a page have come."""

    source: Source
    clock: Clock
    ends_at: float
    page: int = 0

    def left(self) -> float:
        """The seconds that are left. Raises SourceDown where there are none."""
        seconds = self.ends_at - self.clock.monotonic()
        if seconds <= 0:
            raise SourceDown(directory_fault(self.source, "the search takes too long; raise most_minutes"))
        return seconds

    def took(self, count: int) -> None:
        """Bytes have come. Raises SourceDown where a page gets too large."""
        self.page += count
        if self.page > MOST_BYTES:
            said = f"one page is larger than {MOST_BYTES // 1024**2} MB; lower page in audit.toml"
            raise SourceDown(directory_fault(self.source, said))


@dataclass
class _Watched:
    """A socket whose every reading is watched: ldap3 waits for each piece of a reply anew, and for any number of them.

    What else a socket does is the socket's own.
    """

    inner: socket.socket
    watch: PageWatch
    patience: float = field(init=False)

    def __post_init__(self) -> None:
        self.patience = self.inner.gettimeout() or REPLY_SECONDS

    def __getattr__(self, name: str) -> Any:
        return getattr(self.inner, name)

    def recv(self, size: int) -> bytes:
        """As a socket's. Raises SourceDown where time is over, or too much has come."""
        self.inner.settimeout(min(self.patience, self.watch.left()))
        try:
            data = self.inner.recv(size)
        except TimeoutError:
            self.watch.left()
            raise
        self.watch.took(len(data))
        return data


@contextmanager
def bound_connection(source: Source, watch: PageWatch) -> Iterator[ldap3.Connection]:
    """A connection, encrypted and bound, read-only. Raises SourceDown, without ldap3's words: they may hold names."""
    parts = urlsplit(str(source.options.get("url", "")))
    if parts.scheme not in ("ldap", "ldaps") or not parts.hostname:
        raise SourceDown(f"{source.name}: url in audit.toml must be like ldaps://dc1.example.gov.")
    password = read_secret(source, "password")
    timeout = patience(source)
    server = ldap3.Server(
        parts.hostname, parts.port, parts.scheme == "ldaps", tls=_Tls(source, watch), get_info=ldap3.NONE,
        connect_timeout=timeout or CONNECT_SECONDS,
    )  # fmt: skip
    connection = ldap3.Connection(
        server, str(source.options.get("user", "")), password.reveal(),
        read_only=True, auto_referrals=False, receive_timeout=ceil(timeout or REPLY_SECONDS), raise_exceptions=False,
    )  # fmt: skip
    try:
        connection.open()
        if parts.scheme == "ldap":
            connection.socket = _Watched(connection.socket, watch)
        if parts.scheme == "ldap" and not loopback(parts.hostname) and not connection.start_tls():
            raise SourceDown(directory_fault(source, "it does not turn encryption on"))
        if not connection.bind():
            trouble = TROUBLES.get(connection.result["result"], f"LDAP result {connection.result['result']}")
            raise SourceDown(directory_fault(source, f"it does not let us in: {trouble}"))
        yield connection
    except LDAPException as error:
        raise SourceDown(directory_fault(source, f"the connection failed ({type(error).__name__})")) from None
    finally:
        connection.unbind()
        if connection.socket is not None:  # ldap3 leaves it open where opening failed
            connection.socket.close()


class _Tls(ldap3.Tls):
    """TLS as the standard library checks it, names included; ldap3's own way calls what later Pythons have removed."""

    def __init__(self, source: Source, watch: PageWatch) -> None:
        super().__init__(validate=ssl.CERT_REQUIRED)
        self._watch = watch
        only = source.place(str(source.options["ca_file"])) if "ca_file" in source.options else None
        try:
            self._context = ssl.create_default_context(cafile=only) if only else trusting(source.network.ca_file)
        except OSError:
            what = f"ca_file {only or source.network.ca_file} is not there, or holds no certificate in PEM"
            raise SourceDown(f"{source.name}: {what}. Correct it in audit.toml.") from None

    def wrap_socket(self, connection: ldap3.Connection, do_handshake: bool = False) -> None:  # noqa: ARG002
        bare = connection.socket.inner if isinstance(connection.socket, _Watched) else connection.socket
        wrapped = self._context.wrap_socket(bare, server_hostname=connection.server.host)
        connection.socket = _Watched(wrapped, self._watch)


def directory_fault(source: Source, what: str) -> str:
    """A sentence about the directory, by the name of its host."""
    host = urlsplit(str(source.options.get("url", ""))).hostname
    return f"{source.name}: the directory at {host}: {what}. Check url, base, user and password in audit.toml."
