"""The table of sources in connectors/README.md, made from the catalogue so that it stays true. Nothing is sent."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from connectors.contract import Connector, Pace, Source
from connectors.http import night_capacity

BEGIN, END = "<!-- sources: identity-audit sources --markdown -->", "<!-- end of sources -->"
SPANS = ((86400, "day"), (3600, "hour"), (60, "minute"), (1, "second"))


def markdown(connectors: Iterable[Connector[Any]]) -> str:
    """A row for each connector: what it reads, by which title, its limit, its credentials, the terms to read."""
    rows = [
        "| source | what it reads | access | limit | credentials | terms to read |",
        "|---|---|---|---|---|---|",
    ]
    rows += [f"| {' | '.join(_cells(connector))} |" for connector in connectors]
    return "\n".join(rows)


def _cells(connector: Connector[Any]) -> tuple[str, ...]:
    summary, credentials, terms = connector.summary, connector.credentials or "none", connector.terms or "your own"
    cells = (
        f"`{connector.name}`",
        summary[0].upper() + summary[1:],
        str(connector.access),
        _limit(connector.service) if connector.service else "",
        credentials[0].lower() + credentials[1:].rstrip("."),
        f"<{terms}>" if terms.startswith("http") and " " not in terms else terms,
    )
    return tuple(cell.replace("|", "\\|") for cell in cells)


def _limit(service: Pace) -> str:
    """The documented limit, and what one night has room for as things stand in audit.toml by default."""
    a_night = night_capacity(Source("", Path()), service)
    return f"{service.requests:,.0f} in {_span(service.seconds)}; {a_night:,} a night"


def _span(seconds: float) -> str:
    """Seconds in the largest unit that goes into them: 300 is "5 minutes"."""
    unit, name = next((unit, name) for unit, name in SPANS if seconds % unit == 0 or unit == 1)
    count = seconds / unit
    return f"{'an' if name == 'hour' else 'a'} {name}" if count == 1 else f"{count:g} {name}s"
