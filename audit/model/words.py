"""What was read of a profile, as it is kept until the next night."""

from __future__ import annotations

from dataclasses import dataclass

from connectors.records import WordsRead


@dataclass(frozen=True, slots=True)
class KnownWords:
    """What a profile says: what the rules read of its words, its display name with nothing private in it, and whether
    it shows a mark of the organization."""

    said: tuple[WordsRead, ...]
    name: str
    marked: bool
