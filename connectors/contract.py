"""What a connector is: an impure `fetch`, a pure `parse`, and what a healthy pull looks like.

A connector is a value, not a class to inherit from. `fetch` yields `Raw` items and, in between, what it left out:
`Rejected` for a row it could not read, `Dropped` for rows that cannot concern the question.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from connectors.records import Account, Agency, OfficialAccount, Person

Record = Person | Account | Agency | OfficialAccount


def unseen(done: int, total: int) -> None:
    """Progress that nobody watches."""


class SourceDown(Exception):
    """The source could not be read tonight. The message says what happened, where, and what to do."""


class SourceChanged(SourceDown):
    """The source answered in a shape that this connector does not know; guessing would be worse than stopping."""


class BadRow(ValueError):
    """Raised by `parse`: this one item is unusable. The message is the reason, and what to do about it."""


class Access(StrEnum):
    """Under which title a source may be read."""

    OWN_SYSTEM = "own system"
    PUBLIC = "public"
    APPROVAL = "with approval"
    EXPORT_ONLY = "export only"


@dataclass(frozen=True, slots=True)
class Expect:
    """What a healthy pull looks like; outside it the source is not judged tonight.

    `at_least`/`at_most` bound the items read; `may_shrink` is the largest share that may be missing against the
    last healthy pull (0.5: half); `may_reject` the largest share of unreadable items; `filled` maps a field of
    the record to the least share of records in which it must not be empty.
    """

    at_least: int = 1
    at_most: int | None = None
    may_shrink: float = 0.5
    may_reject: float = 0.2
    filled: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Nexus:
    """What ties an account to the organization, as plain text: pushed down into large reads and searches.

    All are casefolded substrings. An account whose casefolded text is all ASCII can pass the exact gate only if it
    holds one of `domains` or `terms`, or one of each group of `together` ("maine" and "warden"). The text is the
    account's fields, each on a line of its own. No terms at all means: push nothing down.
    """

    domains: tuple[str, ...] = ()
    terms: tuple[str, ...] = ()
    together: tuple[tuple[str, ...], tuple[str, ...]] = ((), ())


@dataclass(frozen=True, slots=True)
class Source:
    """One configured source as its connector sees it: a table of audit.toml, and the folder paths start from."""

    name: str
    folder: Path
    options: Mapping[str, Any] = field(default_factory=dict)
    nexus: Nexus = Nexus()
    now: datetime | None = None
    """When the pull began (aware UTC); the observation time of items that bring none."""
    progress: Callable[[int, int], None] = field(default=unseen, compare=False, repr=False)
    """Told now and then, by whatever reads files: the bytes read so far, and the bytes of all files. Never falling."""


@dataclass(frozen=True, slots=True)
class Raw:
    """One item as the source gave it. `where` is "file.csv:17" or an endpoint; `digest` its SHA-256 in hex."""

    values: Mapping[str, Any]
    source: str
    where: str
    digest: str
    observed_at: datetime | None = None
    options: Mapping[str, Any] = field(default_factory=dict)
    """The source's own table of audit.toml: how it spells a platform or a date, which `parse` cannot know otherwise."""


@dataclass(frozen=True, slots=True)
class Rejected:
    """One item that could not be read: where it stands, why, and what to do."""

    where: str
    reason: str


@dataclass(frozen=True, slots=True)
class Dropped:
    """So many items were read and left out; empty `reason`: nothing in them ties them to the organization.

    A reason is a fixed phrase of the connector ("sender not on the list"), never a word of what was left out: the
    counts of each are reported.
    """

    count: int
    reason: str = ""


Item = Raw | Rejected | Dropped


@dataclass(frozen=True, slots=True)
class Connector:
    """A source that identity-audit can read. `summary` is one line for `identity-audit sources` and the README.

    `options` names every key that its table in audit.toml may hold, with a line of help each: an unknown key is a
    configuration error.
    """

    name: str
    record: type[Person] | type[Account] | type[Agency] | type[OfficialAccount]
    access: Access
    summary: str
    fetch: Callable[[Source], Iterator[Item]]
    parse: Callable[[Raw], Record | None]
    expect: Expect = Expect()
    options: Mapping[str, str] = field(default_factory=dict)
    adds_up: bool = False
    """Whether a pull shows a window of time: then it adds to what was known, and what it lacks is not gone."""
