"""What a platform's reply means: data, try again, no more today, or not for us. Pure; no request is sent here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from connectors.contract import SourceChanged, SourceDown
from connectors.http.bodies import BrokenOff, Unreadable, media_type, read_json
from connectors.http.pacing import Clock, Reset, reset_wait, retry_after
from connectors.http.secrets import redact

TRANSIENT, NEVER_DIFFERENT = frozenset({408, 425}), frozenset({501, 505})
"""Statuses after which another try may help, beside those of a server that fails (5xx); and those of 5xx after which
none does: it does not know what was asked for."""
ABSENT = (404, 410)
PAGES = ("text/html", "application/xhtml+xml")
SAID_AT_MOST = 160
"""Characters of a platform's own error message that ours repeats."""
CHANGED = "Check the address and options in audit.toml; if they are right, the platform has changed."


class OutOfBudget(SourceDown):
    """The night's allowance is spent: requests, minutes, or the platform's own daily quota."""


class TooMany(OutOfBudget):
    """The platform still says "too many requests" after we have waited as it asked."""


class Refused(SourceDown):
    """The platform does not let us in: credentials, permissions, or a login page where data should be."""


class NotTheInterface(SourceDown):
    """Something else answered in its place: a firewall, a proxy, or whatever stands at an address that is wrong."""


class Transient(Exception):
    """Worth another try, after `wait` seconds where the platform named them, else after `least` seconds and each time
    twice as long; else it is `down` in the end."""

    def __init__(
        self, what: str, wait: float | None = None, down: type[SourceDown] = SourceDown, least: float = 0.0
    ) -> None:
        super().__init__(what)
        self.wait = wait
        self.down = down
        self.least = least


@dataclass(frozen=True, slots=True)
class Service:
    """What a platform documents about its interface.

    `url` is its address, empty for instances that the organization names. `requests` in `seconds` is its limit.
    `limits_with` are the statuses that mean "too many" (403 only beside a header that says so), `quota` the words in
    such a refusal's body that mean "no more today", `slow` those that only mean "not so fast", after
    which we wait `slow_seconds` at least where no time is named. `limited` says of the JSON of a 200 whether it means
    "too many".
    `reply_seconds` is what one reply may take, headers and body, however busily it trickles. `headers` go with every
    request: the version of the interface, where it is no part of the address.
    """

    name: str
    requests: float
    seconds: float
    reset: Reset = Reset.NONE
    reset_header: str = ""
    remaining_header: str = ""
    limits_with: tuple[int, ...] = (429,)
    quota: tuple[str, ...] = ()
    slow: tuple[str, ...] = ()
    slow_seconds: float = 0.0
    limited: Callable[[Any], bool] = lambda _: False
    types: tuple[str, ...] = ("application/json",)
    most_requests: int = 10_000
    most_minutes: float = 120.0
    most_bytes: int = 32 * 1024 * 1024
    reply_seconds: float = 60.0
    advice: str = "Check the source's credentials and what they may read."
    url: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reply:
    """A whole reply. `where` is its endpoint without host and query; `value` the JSON of a 200, else None."""

    status: int
    headers: Mapping[str, str]
    value: Any
    where: str


def allowance(
    service: Service, window: float, status: int, headers: Mapping[str, str], clock: Clock
) -> tuple[float | None, float]:
    """(seconds to wait before the same request, or None; seconds to hold back every other one).

    Retry-After goes before the platform's own reset header, which counts where the allowance is spent or was exceeded.
    """
    reset = reset_wait(headers, service.reset_header, service.reset, window, clock)
    spent = _spent(service, headers)
    asked = retry_after(headers, clock)
    wait = asked if asked is not None else reset if spent or status == 429 else None
    return wait, reset if spent and reset is not None else 0.0


def _spent(service: Service, headers: Mapping[str, str]) -> bool:
    """Whether the platform says that nothing is left of its allowance."""
    return bool(service.remaining_header) and headers.get(service.remaining_header, "").strip() in ("0", "0.0")


def judged(
    service: Service,
    place: str,
    where: str,
    status: int,
    headers: Mapping[str, str],
    body: bytes,
    wait: float | None,
    also: tuple[int, ...],
) -> Reply:
    """The reply as data. Raises Transient or a SourceDown, whose sentence `place` begins."""
    if status == 200:
        value = _value(service, place, headers, body)
        if service.limited(value):
            raise Transient(f"too many requests (200{_said(body)})", wait, TooMany, service.slow_seconds)
        return Reply(200, headers, value, where)
    if status in also:
        if body and _is_anothers(service, status, headers):
            raise NotTheInterface(
                f"{place}: a web page or mere text came ({status}), which says nothing about what was asked for."
                f" {CHANGED}"
            )
        return Reply(status, headers, None, where)
    said = _said(body)
    if status in service.limits_with:
        words = body.decode("utf-8", "replace")
        slow = any(word.lower() in words.lower() for word in service.slow)
        if any(word in words for word in service.quota):
            raise OutOfBudget(
                f"{place}: the platform's quota for today is used up ({status}{said}). The next night goes on."
            )
        if status != 403 or wait is not None or slow or _spent(service, headers):
            least = service.slow_seconds if slow else 0.0
            raise Transient(f"too many requests ({status}{said})", wait, TooMany, least)
    if status in TRANSIENT or (500 <= status < 600 and status not in NEVER_DIFFERENT):
        raise Transient(f"the platform failed ({status}{said})", wait)
    raise _refusal(service, place, status, said, headers)


def _refusal(service: Service, place: str, status: int, said: str, headers: Mapping[str, str]) -> SourceDown:
    if status in (401, 407):
        return Refused(f"{place}: the credentials are not accepted ({status}{said}). {service.advice}")
    if status == 403:
        page = media_type(headers.get("Content-Type", ""))[0] in PAGES
        what = f"says a web page, {status}" if page else f"{status}{said}"
        return Refused(f"{place}: this is not permitted to us ({what}). {service.advice}")
    if 300 <= status < 400:
        return SourceChanged(
            f"{place}: we were sent elsewhere ({status}, to {_host(headers)}) and do not follow."
            " Put the final address into audit.toml; if that is a login page, renew the credentials."
        )
    if status < 300:
        return SourceChanged(
            f"{place}: the reply is not a whole one ({status}). Ask the operator of a proxy in between."
        )
    if status in ABSENT:
        return SourceDown(f"{place}: nothing is there ({status}{said}). Check the address and names in audit.toml.")
    return SourceChanged(f"{place}: our request is not understood ({status}{said}). {CHANGED}")


def _is_anothers(service: Service, status: int, headers: Mapping[str, str]) -> bool:
    """Whether a reply without data is not the interface's own: it speaks JSON, and names no reason but in mere text."""
    kind, _ = media_type(headers.get("Content-Type", ""))
    own = kind in service.types or kind.endswith("+json")
    return kind in PAGES or (status in ABSENT and not own)


def _value(service: Service, place: str, headers: Mapping[str, str], body: bytes) -> Any:
    kind, charset = media_type(headers.get("Content-Type", ""))
    if not kind or not body:
        raise Transient("the reply was cut before its content")
    if kind in PAGES:
        raise Refused(f"{place}: a web page came where data should be, as for somebody not logged in. {service.advice}")
    if kind not in service.types or charset not in ("", "utf-8", "utf8", "us-ascii"):
        raise SourceChanged(f"{place}: the reply is of another type ({redact(f'{kind} {charset}').strip()}). {CHANGED}")
    try:
        return read_json(body)
    except BrokenOff as fault:
        raise Transient(f"the reply is {fault}", down=SourceChanged) from None
    except Unreadable as fault:
        raise SourceChanged(f"{place}: the reply cannot be read: {fault}. Ask the platform's operator.") from None


def _said(body: bytes) -> str:
    """The platform's own words on an error, shortened and without anything secret: ": …", or nothing."""
    try:
        words = " ".join(_words(read_json(body[:65536])).split())
    except ValueError:
        return ""
    return f": {redact(words)[:SAID_AT_MOST].rstrip('. ')}" if words else ""


def _words(value: Any) -> str:
    """The words of an error object in one of the shapes that platforms use; empty where it is in none."""
    if isinstance(value, str):
        return value
    if isinstance(value, dict):
        names = ("error_description", "message", "detail", "error", "errors", "code", "title")
        return next((words for name in names if (words := _words(value.get(name)))), "")
    return _words(value[0]) if isinstance(value, list) and value else ""


def _host(headers: Mapping[str, str]) -> str:
    try:
        return redact(urlsplit(headers.get("Location", "")).hostname or "the same host")
    except ValueError:
        return "an address that is none"
