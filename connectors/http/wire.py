"""One exchange over HTTP, bounded in time and in decoded bytes whatever the other side does; for http alone.

`HTTPSConnection._new_conn` is urllib3's own, and the only place that has a socket before its handshake. Read in urllib3
2.8; pyproject.toml admits no later major version until somebody has read that one, too.
"""

from __future__ import annotations

import logging
import socket
import ssl
from collections.abc import Mapping
from contextlib import suppress
from functools import cached_property
from http.cookiejar import DefaultCookiePolicy
from pathlib import Path
from threading import Event, Timer
from types import TracebackType
from typing import Any
from weakref import WeakSet

import requests
import urllib3
from requests.adapters import HTTPAdapter
from requests.auth import AuthBase
from requests.structures import CaseInsensitiveDict
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from connectors.http.pacing import Clock
from connectors.http.trust import trusting

for name in ("urllib3.connectionpool", "urllib3.connection", "urllib3.util.retry"):
    logging.getLogger(name).addFilter(lambda _: False)  # their lines hold addresses with whole queries
CHUNK = 65536
ENCODINGS = ("", "identity", "gzip")
"""Content encodings that we ask for; another one, or several layers of one, is refused."""

FAULTS: tuple[tuple[tuple[type[Exception], ...], str], ...] = (
    ((requests.exceptions.SSLError, urllib3.exceptions.SSLError), "the encrypted connection could not be set up"),
    ((requests.exceptions.ProxyError,), "the proxy does not let us through"),
    ((requests.Timeout, urllib3.exceptions.TimeoutError), "no answer in time"),
    ((urllib3.exceptions.DecodeError, requests.exceptions.ContentDecodingError), "the reply cannot be unpacked"),
    ((urllib3.exceptions.ProtocolError, requests.exceptions.ChunkedEncodingError), "the reply was cut"),
)
"""What an error of a kind means, the first that fits."""


class WireFault(Exception):
    """The exchange did not end well; `again` says whether another try may help, `advice` what to do if none does."""

    def __init__(self, what: str, *, again: bool = True, advice: str = "") -> None:
        super().__init__(what)
        self.again = again
        self.advice = advice


class Wire:
    """A requests session that takes nothing from its surroundings: no .netrc, proxies, cookies, redirects of theirs.

    `proxy` is a URL or empty. `only` holds the certificates that alone are trusted; without it, `beside` those that are
    trusted beside the system's and the public ones. Raises WireFault for a file that is not there.
    """

    def __init__(
        self,
        proxy: str,
        only: Path | None,
        beside: Path | None,
        contact: str,
        connect_seconds: float,
        silence_seconds: float,
    ) -> None:
        ca_file = only or beside
        if ca_file is not None and not ca_file.is_file():
            raise WireFault(f"ca_file {ca_file} is not there", again=False)
        self._timeout = connect_seconds, silence_seconds
        self._adapter = _Adapter(only, beside)
        self._session = session = requests.Session()
        session.trust_env = False
        session.verify = str(only) if only else True
        session.proxies = {"http": proxy, "https": proxy} if proxy else {}
        session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        session.headers["User-Agent"] = f"identity-audit (+{contact})" if contact else "identity-audit"
        session.headers["Accept-Encoding"] = "gzip"
        for scheme in ("https://", "http://"):
            session.mount(scheme, self._adapter)

    def close(self) -> None:
        """Give up the connections."""
        self._session.close()

    def exchange(
        self,
        method: str,
        url: str,
        *,
        auth: AuthBase,
        params: Mapping[str, Any],
        data: Mapping[str, str] | None,
        json: Any,
        seconds: float,
        most_bytes: int,
        clock: Clock,
    ) -> tuple[int, CaseInsensitiveDict[str], bytes]:
        """(status, headers, decoded body) of one request, within `seconds` for all of it. Raises WireFault."""
        late = WireFault(f"the reply was not complete after {seconds:.0f} s")
        ends_at = clock.monotonic() + seconds
        with _Watch(seconds, self._adapter) as watch:
            try:
                with self._session.request(
                    method, url, params=params, data=data, json=json, auth=auth,
                    stream=True, allow_redirects=False, timeout=self._timeout,
                ) as response:  # fmt: skip
                    body = bytearray()
                    for part in _parts(response):
                        body += part
                        if len(body) > most_bytes:
                            raise WireFault(
                                f"the reply is larger than {most_bytes:,} bytes once unpacked",
                                again=False,
                                advice="Check the address in audit.toml; if it is right, ask its operator.",
                            )
                        if clock.monotonic() > ends_at:
                            raise late
                    if watch.fired:
                        raise late
                    return response.status_code, response.headers, bytes(body)
            except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as error:
                raise late if watch.fired else _fault(error) from None


class _Watch:
    """Cuts every connection of an adapter after so many seconds: nothing else ends headers or a chunk that trickle."""

    def __init__(self, seconds: float, adapter: _Adapter) -> None:
        self._fired = Event()
        self._adapter = adapter
        self._timer = Timer(seconds, self._cut)
        self._timer.daemon = True

    @property
    def fired(self) -> bool:
        return self._fired.is_set()

    def _cut(self) -> None:
        self._fired.set()
        for connection in list(self._adapter.sockets):
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def __enter__(self) -> _Watch:
        self._timer.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._timer.cancel()


class _Adapter(HTTPAdapter):
    """requests' own adapter, on connections that make their sockets known to a _Watch and trust what Wire says."""

    def __init__(self, only: Path | None, beside: Path | None) -> None:
        self.sockets: WeakSet[socket.socket] = WeakSet()
        self._only, self._beside = only, beside
        super().__init__()

    @cached_property
    def _context(self) -> ssl.SSLContext:
        try:
            return ssl.create_default_context(cafile=self._only) if self._only else trusting(self._beside)
        except OSError:
            what = f"ca_file {self._only or self._beside} holds no certificate in PEM"
            raise WireFault(what, again=False, advice="Correct it in audit.toml.") from None

    def build_connection_pool_key_attributes(self, *args: Any, **kwargs: Any) -> tuple[Any, Any]:
        host, pool = super().build_connection_pool_key_attributes(*args, **kwargs)
        return host, {**pool, "ssl_context": self._context} if host["scheme"] == "https" else pool

    def cert_verify(self, conn: Any, *args: Any, **kwargs: Any) -> None:
        super().cert_verify(conn, *args, **kwargs)  # type: ignore[no-untyped-call]
        conn.ca_certs = conn.ca_cert_dir = None  # the context has them

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = _pools(self.sockets)

    def proxy_manager_for(self, proxy: str, **kwargs: Any) -> urllib3.ProxyManager:
        if proxy.startswith("https:"):
            kwargs["proxy_ssl_context"] = self._context
        manager: urllib3.ProxyManager = super().proxy_manager_for(proxy, **kwargs)
        manager.pool_classes_by_scheme = _pools(self.sockets)
        return manager


def _pools(sockets: WeakSet[socket.socket]) -> dict[str, type[HTTPConnectionPool]]:
    class Plain(HTTPConnection):
        def connect(self) -> None:
            super().connect()
            sockets.add(self.sock)

    class Tls(HTTPSConnection):
        _twin: socket.socket | None = None

        def _new_conn(self) -> socket.socket:
            plain = super()._new_conn()
            # The handshake takes the socket away from whoever has it: only a second one can cut it meanwhile.
            self._twin = plain.dup()
            sockets.add(self._twin)
            return plain

        def connect(self) -> None:
            try:
                super().connect()
            finally:
                if self._twin is not None:
                    self._twin.close()
                    self._twin = None
            if self.sock is not None:
                sockets.add(self.sock)

    class PlainPool(HTTPConnectionPool):
        ConnectionCls = Plain

    class TlsPool(HTTPSConnectionPool):
        ConnectionCls = Tls

    return {"http": PlainPool, "https": TlsPool}


def _parts(response: requests.Response) -> Any:
    encoding = response.headers.get("Content-Encoding", "").strip().lower()
    if encoding not in ENCODINGS:
        raise WireFault("the reply is packed in a way that was not asked for", again=False, advice="Ask its operator.")
    return response.raw.stream(CHUNK, decode_content=True)


def _fault(error: Exception) -> WireFault:
    """What happened, from the kind of error alone: its text may hold the address with its query."""
    if any(word in str(error) for word in ("CERTIFICATE_VERIFY_FAILED", "SSLCertVerificationError")):
        advice = "Renew the certificate there, or name its authority with ca_file in audit.toml."
        return WireFault("its certificate is expired, or not one that we trust", again=False, advice=advice)
    if isinstance(error, requests.exceptions.InvalidURL | requests.exceptions.InvalidHeader):
        return WireFault("the address or a credential cannot be sent", again=False, advice="Check both in audit.toml.")
    return WireFault(next((words for kinds, words in FAULTS if isinstance(error, kinds)), "the connection failed"))
