"""What audit.toml says, where it crosses a wall: one configured source, its approval, and what is wrong in a file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Annotated, Any

from annotated_types import Gt, Le, MinLen

from connectors.contract import Connector, Engine, Expect, Network, Purpose


class ConfigError(Exception):
    """audit.toml or a policy pack cannot be used: the message says which file, which setting, and what to do."""


@dataclass(frozen=True, slots=True)
class Approval:
    """Who allowed a source that needs it, when, on what paper, and until when."""

    by: Annotated[str, MinLen(1)]
    on: date
    reference: Annotated[str, MinLen(1)]
    expires: date

    def __str__(self) -> str:
        """As run.json and the workbook name it."""
        return f"{self.reference}, by {self.by} on {self.on.isoformat()}, until {self.expires.isoformat()}"


@dataclass(frozen=True, slots=True)
class AgencyAnswer:
    """Where an agency sends its copy back, in words, and within how many days; "" and None where nobody has said it."""

    contact: str = ""
    days: int | None = None


NO_ANSWER = AgencyAnswer()


@dataclass(frozen=True, slots=True)
class Hold:
    """What a legal hold keeps, by its id; why, by whose word and since when, where audit.toml says it. `nothing_yet`:
    whoever wrote it knows that nobody and nothing has the id so far."""

    id: Annotated[str, MinLen(1)]
    reason: str = ""
    by: str = ""
    on: date | None = None
    nothing_yet: bool = False


@dataclass(frozen=True, slots=True)
class Holds:
    """[holds]: of which people (employee ids) and which findings nothing is purged."""

    people: tuple[Hold, ...] = ()
    findings: tuple[Hold, ...] = ()


@dataclass(frozen=True, slots=True)
class ThirdParty:
    """A package beside this one whose code took part: what of it was loaded ("connector example_forum")."""

    distribution: str
    version: str
    brings: tuple[str, ...] = ()

    def __str__(self) -> str:
        """As the workbook and doctor name it."""
        return f"{self.distribution} {self.version} ({'; '.join(self.brings) or 'nothing of it could be taken'})"


@dataclass(frozen=True, slots=True)
class Extensions:
    """[extensions]: the packages whose code may take part (name, or name==version); what came of it when audit.toml was
    read, and what did not."""

    allow: tuple[Annotated[str, MinLen(1)], ...] = ()
    parties: tuple[ThirdParty, ...] = ()
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SourceSettings:
    """One table of audit.toml that a connector reads: which connector, its options, what a healthy pull looks like."""

    name: str
    connector: Connector[Any]
    options: Mapping[str, Any]
    expect: Expect
    approval: Approval | None = None
    purpose: Purpose | None = None
    """What its accounts are for, where audit.toml says it."""
    network: Network = field(default_factory=Network)
    """[network], which its own options go before."""
    engine: Engine = field(default_factory=Engine)
    """[engine], which reads what lies on a cluster."""
    ends_at: float | None = None
    """When the night's time is over, as time.monotonic() counts; set by the night itself."""


@dataclass(frozen=True, slots=True)
class NightSettings:
    """[night]: `most_minutes` is how long the sources of one night may be read, all of them together."""

    most_minutes: Annotated[float, Gt(0), Le(10_080)] = 720.0
    """Half a day: what began in the evening is written before the next evening."""
