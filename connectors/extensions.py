"""What packages beside this one bring: connectors, formats and rules, told by the entry points of their metadata.

Looking imports nothing of them. `load` does, and from then on their code has all rights that this program has: who
calls it has been told to (audit.toml, [extensions] allow).
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, field
from importlib.metadata import EntryPoint, entry_points
from typing import Any

KINDS = {
    "identity_audit.connectors": "connector",
    "identity_audit.formats": "format",
    "identity_audit.rules": "rule",
}
"""The groups of entry points, and what a value of each is."""


class Unloadable(Exception):
    """What a package brings could not be imported; the message is the reason."""


@dataclass(frozen=True, slots=True)
class Offer:
    """One thing that an installed package brings. `name` is that of the entry point: of a connector its name in
    audit.toml, of a rule its id."""

    distribution: str
    version: str
    kind: str
    name: str
    entry: EntryPoint = field(repr=False)

    @property
    def package(self) -> str:
        """As it is named everywhere: "example-audit 1.0"."""
        return f"{self.distribution} {self.version}"

    def load(self) -> Any:
        """The value itself: its module is imported now. Raises Unloadable, whatever goes wrong in there."""
        try:
            return self.entry.load()
        except (Exception, SystemExit) as fault:
            raise Unloadable(f"{type(fault).__name__}: {fault}") from fault


def offers() -> tuple[Offer, ...]:
    """What all installed packages bring, in the order of their names. Nothing is imported."""
    found = [
        Offer(plain_name(entry.dist.name), entry.dist.version, kind, entry.name, entry)
        for group, kind in KINDS.items()
        for entry in entry_points(group=group)
        if entry.dist is not None
    ]
    return tuple(sorted(found, key=lambda one: (one.distribution, one.kind, one.name)))


def plain_name(distribution: str) -> str:
    """A distribution's name as all spellings of it have it (PEP 503): "Example_Audit" is "example-audit"."""
    return re.sub(r"[-_.]+", "-", distribution.strip()).lower()


def brought_in_words(brought: Collection[Offer]) -> str:
    """What of one package there is, in words: "connector example_forum; rule X-EXAMPLE-1"."""
    return "; ".join(f"{one.kind} {one.name}" for one in brought)
