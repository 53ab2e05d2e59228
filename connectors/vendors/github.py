"""GitHub's interface as its connectors share it: its limits, and how it says that one was passed.

Source: docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api and docs.github.com/graphql/overview/
rate-limits-and-query-limits-for-the-graphql-api: too many is a 403 or a 429; with Retry-After or nothing remaining the
wait is named; of a secondary limit without either "wait for at least one minute", and longer each time. GraphQL says it
in the errors of a 200. Its page calls the type RATE_LIMITED; RATE_LIMIT was met, too.
"""

from __future__ import annotations

from typing import Any

from connectors.http import Reset, Service

LIMITED = ("RATE_LIMITED", "RATE_LIMIT")


def limited(value: Any) -> bool:
    """Whether a reply of GraphQL means that a limit was passed."""
    errors = value.get("errors") if isinstance(value, dict) else None
    found = errors if isinstance(errors, list) else []
    return any(isinstance(one, dict) and one.get("type") in LIMITED for one in found)


SERVICE = Service(
    "GitHub",
    requests=5000,
    seconds=3600,
    url="https://api.github.com",
    reset=Reset.EPOCH,
    reset_header="X-RateLimit-Reset",
    remaining_header="X-RateLimit-Remaining",
    limits_with=(403, 429),
    slow=("secondary rate limit", "abuse detection"),
    slow_seconds=60,
    limited=limited,
)
