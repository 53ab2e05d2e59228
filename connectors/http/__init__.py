"""One polite session per source: paced, bounded in time and bytes, retried with care, and closed to certain doors.

What a platform documents about itself is a `Service`; what an operator may change stands in OPTIONS. Every failure is
a SourceDown that says what happened, where, and what to do, and holds no token, address or query.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.auth import AuthBase
from tenacity import RetryCallState, Retrying, retry_if_exception_type, wait_random_exponential

from connectors.contract import Pace, Raw, Source, SourceDown
from connectors.http import bodies, doors
from connectors.http.pacing import SHORTEST_WAIT, SYSTEM, Bucket, Clock, Reset
from connectors.http.replies import OutOfBudget, Refused, Reply, Service, TooMany, Transient, allowance, judged
from connectors.http.secrets import redact, secret
from connectors.http.wire import Wire, WireFault

__all__ = [
    "OPTIONS",
    "SYSTEM",
    "Clock",
    "OutOfBudget",
    "Refused",
    "Reply",
    "Reset",
    "Service",
    "Session",
    "night_capacity",
    "number",
    "tell",
]

TRIES = 5
"""Attempts at one request, the first included."""
RETRIES, RETRIED_SHARE = 200, 0.2
"""Retries that one source may spend in a night: so many, or this share of what it sent where that is more."""
CONNECT_SECONDS, SILENCE_SECONDS = 10.0, 30.0
TELL_SECONDS, TELL_BYTES = 20.0, 65536
"""What the other side may take, and answer, where it is told something."""

MORE_TIME = "Raise most_minutes of [night] in audit.toml, or look for the source that is slow (Coverage, requests)."
"""What to do where the night's own time was not enough."""

OPTIONS: Mapping[str, str] = {
    "proxy": 'HTTP proxy for this source, a URL or { env = "NAME" }; "" for none where [network] has one',
    "ca_file": "certificates (PEM) to trust instead of the public ones, the system's and those of [network]",
    "timeout": "seconds to wait for a connection (10), and for each next part of a reply (30)",
    "contact": "address or page where the platform reaches whoever runs this audit; sent as part of User-Agent",
    "requests": "how many requests the platform allows in `seconds`, where that is not what it documents",
    "seconds": "the span that `requests` counts for",
    "most_requests": "requests that this source may send in one night",
    "most_minutes": "minutes that this source may take in one night",
    "refresh_days": "days for which a sweep does not ask for the same key again (0: asks every night)",
    "must_find": "a canary: an account (or key of the sweep) that must be found every night, or nothing is judged",
    "must_not_find": "a canary: one that does not exist and must not be found, or nothing is judged",
}
"""Options that every connector with a session understands."""

_log = logging.getLogger(__name__)
_backoff = wait_random_exponential(multiplier=2, max=60)


@dataclass(frozen=True, slots=True)
class _Ask:
    method: str
    url: str
    params: Mapping[str, Any]
    form: Mapping[str, str] | None = None
    json: Any = None
    also: tuple[int, ...] = ()
    signature: Mapping[str, str] | None = None
    """Headers in the place of the session's own signature; None: that."""

    @property
    def where(self) -> str:
        return urlsplit(self.url).path


class _Signed(AuthBase):
    """Puts our headers on a request; being there keeps requests from looking for credentials elsewhere."""

    def __init__(self, headers: Mapping[str, str]) -> None:
        self._headers = headers

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers.update(self._headers)
        return request


class Session:
    """One source's conversation with one host: `get` and `post` return whole, checked replies or raise SourceDown.

    `base` is the URL that paths are put behind; without it, the source's option `url`, else the service's. `sign` gives
    the headers that carry the credentials, asked for each request so that a token can be renewed. `sent` and `retried`
    count its requests; the source's tally those of all its sessions. `usable` counts items of lists that could be read.
    """

    def __init__(
        self,
        source: Source,
        service: Service,
        base: str | None = None,
        sign: Callable[[], Mapping[str, str]] = dict,
        clock: Clock = SYSTEM,
    ) -> None:
        self.source, self.service, self.clock = source, service, clock
        given = str(source.options.get("url", service.url)) if base is None else base
        self.base = doors.checked_base(given, source.name)
        self._sign = sign
        self._most = int(number(source, "most_requests", service.most_requests))
        own = clock.monotonic() + 60 * number(source, "most_minutes", service.most_minutes)
        self._ends_at = own if source.ends_at is None else min(own, source.ends_at)
        self._late = "the source's time is used up. Raise most_minutes in audit.toml."
        if self._ends_at < own:
            self._late = f"the night's time is used up. {MORE_TIME}"
        self._window = number(source, "seconds", service.seconds)
        self._bucket = Bucket(number(source, "requests", service.requests), self._window, clock)
        timeout = patience(source)
        self._reply_seconds = max(service.reply_seconds, timeout or 0)
        self._wire = _wire(source, timeout)
        self.sent = self.retried = self.usable = 0

    def __enter__(self) -> Session:
        return self

    def __exit__(self, *_: object) -> None:
        self._wire.close()

    def item(self, where: str, values: Mapping[str, Any]) -> Raw:
        """What it gave in one place as a raw item; the values are already cut to the allow-list."""
        return bodies.item(self.source, where, values)

    def get(
        self,
        path: str,
        params: Mapping[str, Any] | None = None,
        *,
        values: Mapping[str, str] | None = None,
        also: tuple[int, ...] = (),
    ) -> Reply:
        """Read `path`, in whose {braces} `values` are put, escaped; or a whole URL that an earlier reply gave.

        A status in `also` (404: not found) is returned without a value where it is the interface that says it. Raises
        SourceDown: its NotTheInterface where something else does, its ClosedDoor for a path that no connector may ask.
        """
        if "://" in path:
            url = template = doors.same_origin(path, self.base, self.source.name)
        else:
            template, url = self.base + path, self.base + doors.placed(path, values or {}, self.source.name)
        doors.refuse(template, params or {})
        return self._send(_Ask("GET", url, params or {}, also=also))

    def post(
        self,
        path: str,
        *,
        form: Mapping[str, str] | None = None,
        json: Any = None,
        values: Mapping[str, str] | None = None,
        token: bool = False,
        client: Mapping[str, str] | None = None,
    ) -> Reply:
        """Send a form or JSON to an endpoint that only reads (a query in GraphQL), or with `token` to a token endpoint.

        `values` are put into the path as `get` does. Retried like it, for this changes nothing there. A token endpoint
        gets no signature but the headers of `client`, where it wants the client's name there and not in the form
        (RFC 6749, 2.3.1). Raises as `get`.
        """
        doors.refuse(self.base + path, {}, token=token)
        signature = (client or {}) if token else None
        url = self.base + doors.placed(path, values or {}, self.source.name)
        return self._send(_Ask("POST", url, {}, form, json, signature=signature))

    def _send(self, ask: _Ask) -> Reply:
        retrying = Retrying(
            stop=self._stop,
            wait=_wait,
            retry=retry_if_exception_type(Transient),
            before_sleep=self._note_retry,
            sleep=self.clock.sleep,
            reraise=True,
        )
        try:
            return retrying(self._attempt, ask)
        except Transient as fault:
            advice = "Try again the next night; if it stays so, look at the platform's status page."
            raise fault.down(f"{self._place(ask)}: {fault}, also when asked again. {advice}") from None

    def _stop(self, state: RetryCallState) -> bool:
        """tenacity's stop_before_delay on our own clock, for the whole source; and no more tries than are allowed."""
        late = self.clock.monotonic() + state.upcoming_sleep >= self._ends_at
        return late or state.attempt_number >= TRIES or self.retried >= max(RETRIES, RETRIED_SHARE * self.sent)

    def _note_retry(self, state: RetryCallState) -> None:
        self.retried += 1
        self.source.tally.retried += 1
        _log.info("%s: trying again in %.0f s (%d)", self.source.name, state.upcoming_sleep, state.attempt_number)

    def _attempt(self, ask: _Ask) -> Reply:
        self._wait_turn(ask)
        signature = self._sign() if ask.signature is None else ask.signature
        self.sent += 1
        self.source.tally.sent += 1
        try:
            status, headers, body = self._wire.exchange(
                ask.method,
                ask.url,
                auth=_Signed({"Accept": ", ".join(self.service.types), **self.service.headers, **signature}),
                params=ask.params,
                data=ask.form,
                json=ask.json,
                seconds=min(self._reply_seconds, max(1.0, self._ends_at - self.clock.monotonic())),
                most_bytes=self.service.most_bytes,
                clock=self.clock,
            )
        except WireFault as fault:
            if fault.again:
                raise Transient(str(fault)) from None
            raise SourceDown(f"{self._place(ask)}: {fault}. {fault.advice}") from None
        wait, hold = allowance(self.service, self._window, status, headers, self.clock)
        self._bucket.hold(hold)
        try:
            return judged(self.service, self._place(ask), ask.where, status, headers, body, wait, ask.also)
        except Transient as fault:
            self.source.tally.limited += fault.down is TooMany
            raise

    def _wait_turn(self, ask: _Ask) -> None:
        together = self.source.tally.sent if "most_requests" in self.source.options else self.sent
        if max(self.sent, together) >= self._most:
            raise OutOfBudget(
                f"{self._place(ask)}: the {self._most:,} requests of one night are used up. Raise most_requests in"
                " audit.toml, or let the next night go on."
            )
        self.rest(self._bucket.delay(), self._place(ask))
        self._bucket.take()

    def rest(self, seconds: float, place: str = "") -> None:
        """Wait for so long. Raises OutOfBudget, in a sentence that begins with `place`, where time is over by then."""
        if self.clock.monotonic() + seconds >= self._ends_at:
            raise OutOfBudget(f"{place or self.source.name}: {self._late}")
        if seconds:
            self.clock.sleep(seconds)

    def _place(self, ask: _Ask) -> str:
        return f"{self.source.name}: {self.service.name} at {urlsplit(ask.url).hostname}{redact(ask.where)}"


def tell(source: Source, url: str | Mapping[str, str], values: Mapping[str, Any], headers: Mapping[str, str]) -> None:
    """Send values as JSON, once, to an address that takes them; what it says back is not read.

    An address that is a secret in itself is { env | file }, and may have a query. Raises SourceDown where nothing
    takes them in time, which names the host and nothing behind it.
    """
    kept = not isinstance(url, str)
    place = secret(url, source.folder, f"{source.name}: url").reveal() if kept else str(url)
    doors.checked_base(place.partition("?")[0] if kept else place, source.name)
    wire, where = _wire(source, patience(source)), f"{source.name}: {urlsplit(place).hostname}"
    try:
        status, _, _ = wire.exchange(
            "POST", place, auth=_Signed(headers), params={}, data=None, json=values,
            seconds=TELL_SECONDS, most_bytes=TELL_BYTES, clock=SYSTEM,
        )  # fmt: skip
    except WireFault as fault:
        raise SourceDown(f"{where}: {fault}. {fault.advice}".rstrip()) from None
    finally:
        wire.close()
    if not 200 <= status < 300:
        raise SourceDown(f"{where}: it does not take what it is told ({status}). Check its address and its token.")


def night_capacity(source: Source, service: Pace) -> int:
    """The most requests that one night has room for, by the source's budget, its pace and its time. Sends nothing."""
    bucket = Bucket(number(source, "requests", service.requests), number(source, "seconds", service.seconds), SYSTEM)
    seconds = 60 * number(source, "most_minutes", service.most_minutes)
    return min(int(number(source, "most_requests", service.most_requests)), int(bucket.burst + seconds * bucket.pace))


def number(source: Source, name: str, otherwise: float) -> float:
    """An option of audit.toml that must be a number above zero. Raises SourceDown where it is not."""
    value = source.options.get(name, otherwise)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < float("inf"):
        raise SourceDown(f"{source.name}: {name} in audit.toml must be a number above 0.")
    return float(value)


def patience(source: Source) -> float | None:
    """Seconds to wait for the other side, where audit.toml says it. Raises SourceDown where that is no number."""
    return number(source, "timeout", 1) if "timeout" in source.options else source.network.timeout


def _wire(source: Source, timeout: float | None) -> Wire:
    given = source.options.get("proxy", source.network.proxy)
    kept = not isinstance(given, str)
    proxy = secret(given, source.folder, f"{source.name}: proxy").reveal() if kept else given
    if fault := doors.proxy_fault(proxy, kept=kept):
        raise SourceDown(f"{source.name}: proxy in audit.toml {fault}.")
    only = source.place(str(source.options["ca_file"])) if "ca_file" in source.options else None
    waits = (timeout, timeout) if timeout else (CONNECT_SECONDS, SILENCE_SECONDS)
    try:
        return Wire(proxy, only, source.network.ca_file, str(source.options.get("contact", "")), *waits)
    except WireFault as fault:
        raise SourceDown(f"{source.name}: {fault}. Correct it in audit.toml.") from None


def _wait(state: RetryCallState) -> float:
    fault = state.outcome.exception() if state.outcome else None
    if not isinstance(fault, Transient) or fault.wait is None:
        least = fault.least * 2 ** (state.attempt_number - 1) if isinstance(fault, Transient) else 0.0
        return max(SHORTEST_WAIT, least, _backoff(state))
    return max(SHORTEST_WAIT, fault.wait)
