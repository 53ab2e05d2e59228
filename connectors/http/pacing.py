"""When to send and how long to wait: the clock, the token bucket, and what platforms say in their headers."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from enum import StrEnum

LONGEST_WAIT = 120.0
"""Seconds that one Retry-After may ask of us; a longer one is cut to this."""
SHORTEST_WAIT = 1.0
"""Seconds that a retry waits at least, also where the platform says 0 or names a time that has passed."""
EPOCH_SECONDS, EPOCH_MILLISECONDS = 1e9, 1e11
"""From where on a number in a reset header is a time of day, in seconds or milliseconds, and no wait."""
SHARE = 0.9
"""Of a documented limit, the share that we use: others work under the same credentials."""


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Clock:
    """Time as a session sees it: monotonic seconds, the aware UTC time of day, and sleep. Tests bring their own."""

    monotonic: Callable[[], float] = time.monotonic
    now: Callable[[], datetime] = _now
    sleep: Callable[[float], None] = time.sleep


SYSTEM = Clock()


class Reset(StrEnum):
    """How a platform says that its reset header counts. A value that can only be of another kind is read as that."""

    NONE = "none"
    EPOCH = "epoch seconds"
    LEFT = "seconds left"
    ISO = "ISO 8601 time"


@dataclass(slots=True)
class Bucket:
    """A token bucket that never lets more than SHARE × `requests` through in any span of `seconds`.

    A tenth of them may go at once, the rest at an even pace.
    """

    requests: float
    seconds: float
    clock: Clock
    tokens: float = field(init=False)
    _filled_at: float = field(init=False)
    _not_before: float = field(init=False, default=0.0)

    def __post_init__(self) -> None:
        self.tokens = self.burst
        self._filled_at = self.clock.monotonic()

    @property
    def burst(self) -> float:
        """Requests that may go at once."""
        return max(1.0, self.requests * SHARE // 10)

    @property
    def pace(self) -> float:
        """Requests a second once the burst is spent."""
        return max(self.requests * SHARE - self.burst, SHARE / 2) / self.seconds

    def delay(self) -> float:
        """Seconds until the next request may go."""
        now = self.clock.monotonic()
        self.tokens = min(self.burst, self.tokens + (now - self._filled_at) * self.pace)
        self._filled_at = now
        return max(0.0, (1 - self.tokens) / self.pace, self._not_before - now)

    def take(self) -> None:
        """Count one request; `delay` has been waited for."""
        self.delay()
        self.tokens -= 1

    def hold(self, seconds: float) -> None:
        """Send nothing for so long: the platform says that its allowance is spent."""
        self._not_before = max(self._not_before, self.clock.monotonic() + seconds)


def retry_after(headers: Mapping[str, str], clock: Clock) -> float | None:
    """Seconds that Retry-After asks for, as seconds or as an HTTP date (RFC 9110, 10.2.3).

    At least SHORTEST_WAIT, at most LONGEST_WAIT; None where there is no such header or it says nothing readable.
    """
    text = headers.get("Retry-After", "").strip()
    if not text:
        return None
    try:
        number = text.replace(".", "", 1).isdecimal()
        seconds = float(text) if number else _until(parsedate_to_datetime(text), headers, clock)
    except (ValueError, OverflowError):
        return None
    return min(max(SHORTEST_WAIT, seconds), LONGEST_WAIT)


def reset_wait(headers: Mapping[str, str], name: str, kind: Reset, window: float, clock: Clock) -> float | None:
    """Seconds until a platform's own reset header; never beyond its documented window, which would be a misreading.

    A number is seconds left, or the time of day in seconds or milliseconds since 1970, as large as it is; anything else
    an ISO 8601 or HTTP date. None where the platform has none, it is unreadable, or the time has passed: then it tells
    nothing about how long to wait.
    """
    text = headers.get(name, "").strip() if name else ""
    if not text or kind is Reset.NONE:
        return None
    try:
        seconds = _left(text, headers, clock)
    except (ValueError, OverflowError, OSError):
        return None
    return min(seconds, window) if seconds > 0 else None


def _left(text: str, headers: Mapping[str, str], clock: Clock) -> float:
    try:
        number = float(text)
    except ValueError:
        iso = text[:4].isdecimal()
        return _until(datetime.fromisoformat(text) if iso else parsedate_to_datetime(text), headers, clock)
    if number < EPOCH_SECONDS:
        return number
    return _until(datetime.fromtimestamp(number / (1000 if number >= EPOCH_MILLISECONDS else 1), UTC), headers, clock)


def _until(moment: datetime, headers: Mapping[str, str], clock: Clock) -> float:
    """Seconds until a moment by the clock of whoever named it, as far as the reply tells it (its Date): two clocks that
    differ would make any wait too long or none at all."""
    try:
        now = parsedate_to_datetime(headers.get("Date", ""))
    except (ValueError, OverflowError):
        now = clock.now()
    ours, theirs = (one if one.tzinfo else one.replace(tzinfo=UTC) for one in (now, moment))
    return theirs.timestamp() - ours.timestamp()
