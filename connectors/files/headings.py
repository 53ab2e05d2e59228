"""Which column of an export holds which field: headings matched without guessing, faults told in full."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from connectors.contract import SourceChanged, Table

SHOWN = 40
"""At most so many headings are quoted in a message."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """The fields to read. Each entry of `required` is a field, or a tuple of fields of which one must be there.

    `columns` maps a field to the heading that the operator named for it in audit.toml. `many` are the fields that
    may hold several values. `constants` are fields that audit.toml states for the whole source. `tables` takes down
    each table that is met, by place.
    """

    fields: tuple[str, ...]
    required: tuple[str | tuple[str, ...], ...] = ()
    columns: Mapping[str, str] = field(default_factory=dict)
    many: Collection[str] = ()
    constants: Collection[str] = ()
    tables: dict[str, Table] = field(default_factory=dict, compare=False)


@dataclass(frozen=True, slots=True)
class Row:
    """One row read: where it stands ("file.csv:17", "file.xlsx:Sheet1:17"), and field → text for every wanted field."""

    where: str
    values: dict[str, str]


def folded(heading: str) -> str:
    """A heading for comparison: trimmed, letter case ignored, spaces and hyphens as underscores."""
    return "_".join(heading.strip().lstrip("\ufeff").casefold().replace("-", " ").replace("_", " ").split())


def positions(headings: Sequence[str], wanted: Wanted, place: str) -> dict[str, int]:
    """Map each wanted field to its column's position, from 0; fields without a column are left out.

    Raises SourceChanged where a required field has no column, or where two columns claim one field.
    """
    found: dict[str, list[int]] = {}
    for position, heading in enumerate(headings):
        found.setdefault(folded(heading), []).append(position)
    chosen = {}
    for name in wanted.fields:
        heading = folded(wanted.columns.get(name, name))
        claims = found.get(heading, [])
        if len(claims) > 1:
            raise SourceChanged(_twice(place, name, heading, claims))
        if claims:
            chosen[name] = claims[0]
        elif name in wanted.columns:
            raise SourceChanged(_absent(place, (name,), headings, wanted))
    _require(chosen, headings, wanted, place)
    wanted.tables[place] = Table(tuple(heading.strip() for heading in headings), chosen)
    return chosen


def likeness(headings: Sequence[str], wanted: Wanted) -> int:
    """How many wanted fields the headings name: tells the right separator from a wrong one."""
    names = {folded(wanted.columns.get(name, name)) for name in wanted.fields}
    return len(names & {folded(heading) for heading in headings})


def _require(chosen: Mapping[str, int], headings: Sequence[str], wanted: Wanted, place: str) -> None:
    for need in wanted.required:
        names = (need,) if isinstance(need, str) else need
        if not any(name in chosen or name in wanted.constants for name in names):
            raise SourceChanged(_absent(place, names, headings, wanted))


def _twice(place: str, name: str, heading: str, claims: Sequence[int]) -> str:
    columns = " and ".join(str(position + 1) for position in claims)
    return (
        f"{place}: the heading {heading!r} stands over columns {columns}, so it is unclear which one is {name}. "
        f"Rename one of them in the export, or name another heading in the source's table of audit.toml: "
        f'columns = {{ {name} = "the right heading" }}.'
    )


def _absent(place: str, names: Sequence[str], headings: Sequence[str], wanted: Wanted) -> str:
    seen = [heading.strip() for heading in headings if heading.strip()]
    shown = ", ".join(repr(heading) for heading in seen[:SHOWN]) or "none"
    more = f" and {len(seen) - SHOWN} more" if len(seen) > SHOWN else ""
    asked = [wanted.columns.get(name, name) for name in names]
    near = difflib.get_close_matches(folded(asked[0]), [folded(heading) for heading in seen], n=1)
    guess = next((heading for heading in seen if near and folded(heading) == near[0]), "the heading that holds it")
    return (
        f"{place}: no column is headed {' or '.join(asked)}. The headings are: {shown}{more}. If one "
        f'holds it, add to its table of audit.toml: columns = {{ {names[0]} = "{guess}" }}; otherwise add the column '
        "to the export."
    )
