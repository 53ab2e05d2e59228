"""What doctor, `sources` and `rules` say of packages that bring code of their own."""

from __future__ import annotations

from collections.abc import Iterator

from audit.extensions import not_allowed
from audit.model.settings import Extensions
from audit.verbs.surroundings import Surrounding


def third_parties(given: Extensions) -> Iterator[Surrounding]:
    """Whose code takes part, what of it does not, and what is installed and not loaded."""
    for party in given.parties:
        values = {"distribution": party.distribution, "version": party.version, "brings": list(party.brings)}
        said = f"{party} takes part, with all rights of this program"
        yield Surrounding("third party", "ok", said, values)
    yield from (Surrounding("third party", "PROBLEM", sentence) for sentence in given.problems)
    yield from (Surrounding("third party", "note", sentence) for sentence in not_allowed(given.allow))
