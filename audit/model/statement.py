"""What a source says against an account that another one shows with a state address."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Statement:
    """When a source last showed an account with another address, and when as gone or switched off (POSIX seconds);
    infinity where it does not say when, minus infinity where it said no such thing."""

    source: str
    other_at: float
    ended_at: float
