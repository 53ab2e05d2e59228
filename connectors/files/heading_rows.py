"""Which of the first rows of a table hold its headings: one of them, or two, where groups stand above. Pure.

Reports write "Employee" over ID, Name, Email and "Supervisor" over Name, Email. What stands below a group is the
heading where that leaves no doubt; where it stands below two groups, or is a heading of somebody else's or a private
column, or the group is a platform, it belongs to it: "Supervisor Name", "Home Email", "Twitter URL".
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from connectors import reference
from connectors.contract import folded
from connectors.files.cells import folded_word
from connectors.files.headings import OTHERS, PRIVATE, Wanted, likeness, serves
from connectors.platforms import platform_column

NEARLY = 0.8
"""Share of the fullest row's cells that a row must fill to pass for the headings where none names the fields."""
LABEL = 60
"""Characters of the longest cell that may name a group."""
SHOWN = 12
"""Groups, or headings, that are named one by one."""
REACHED = frozenset(("email", "emails", "mail", "e", "address", "addresses", "phone", "telephone", "mobile"))
"""Words of headings that say how somebody is reached."""


@dataclass(frozen=True, slots=True)
class HeadingRow:
    """The headings of a table as they are matched, and which of its first rows (from 0) they stand in.

    `titles` rows above say something else. `groups` is the row above, where it names groups of columns; `written` is
    then the row of the headings itself, and `joined` are the headings that were read with their group.
    """

    at: int
    headings: tuple[str, ...]
    titles: int = 0
    groups: tuple[str, ...] = ()
    written: tuple[str, ...] = ()
    joined: tuple[str, ...] = ()

    def told(self, unit: str) -> Iterator[str]:
        """What to say of headings that do not stand in the first row alone, a sentence each."""
        if self.titles:
            above = f"{self.titles} {unit}s" if self.titles > 1 else f"one {unit}"
            yield f"the headings were found here; {above} above them, a title or the like, had to be passed over."
        if self.groups:
            named = ", ".join(repr(text.strip()) for text in dict.fromkeys(self.groups) if text.strip())
            with_group = ", ".join(map(repr, self.joined[:SHOWN]))
            more = f" and {len(self.joined) - SHOWN} more" if len(self.joined) > SHOWN else ""
            yield (
                f"the headings stand in two rows; the upper one names groups of columns: {named}."
                + (
                    f" Headings that their group tells apart were read with it: {with_group}{more}."
                    if with_group
                    else ""
                )
                + " Where a field takes another one, name it in audit.toml: columns = { our_name = “the heading” }."
            )

    def again(self, values: Mapping[str, str], where: Mapping[str, int]) -> bool:
        """Whether the values of a row are one of two rows of headings once more. `where`: field → column."""
        if not self.groups:
            return False
        seen = [(name, at) for name, at in where.items() if values.get(name)]
        return any(
            bool(seen) and all(at < len(row) and values[name] == row[at] for name, at in seen)
            for row in (self.groups, self.written)
        )


def heading_row(
    rows: Sequence[Sequence[str]], wanted: Wanted, spread: Sequence[Sequence[str] | None] = ()
) -> HeadingRow:
    """The headings among the first rows of a table (blank ones left out, at least one).

    The first that serves; where nothing is required, the one that names most fields. Where none does, the first row
    that is nearly as full as the fullest: titles and dates of a report fill one or two cells. `spread` says of a row
    with merged cells which text each column shows; else a group reaches to the next one.
    """
    found = [HeadingRow(at, tuple(row), at) for at, row in enumerate(rows)]
    for at in range(1, len(rows)):
        groups = spread[at - 1] if at <= len(spread) else None
        found[at] = _below_groups(rows[at - 1], rows[at], groups, at, wanted) or found[at]
    at = _chosen([one.headings for one in found], wanted)
    if at + 1 < len(rows) and (below := found[at + 1]).groups:
        named, more = likeness(found[at].headings, wanted), likeness(below.headings, wanted)
        if (
            _completes(below)
            or _is_by_platform(below)
            or (more >= named and serves(below.headings, wanted) >= serves(rows[at], wanted))
        ):
            return below
    return found[at]


def _chosen(rows: Sequence[Sequence[str]], wanted: Wanted) -> int:
    named = [likeness(row, wanted) for row in rows]
    if wanted.required:
        serving = next((at for at, row in enumerate(rows) if named[at] and serves(row, wanted)), None)
        if serving is not None:
            return serving
    if max(named) >= (2 if wanted.required else 1):
        return named.index(max(named))
    filled = [sum(bool(cell.strip()) for cell in row) for row in rows]
    return next(at for at, cells in enumerate(filled) if cells >= NEARLY * max(filled))


def _below_groups(
    upper: Sequence[str], lower: Sequence[str], spread: Sequence[str] | None, at: int, wanted: Wanted
) -> HeadingRow | None:
    """The headings of two rows, where the upper one names groups of the columns of the lower one; else None."""
    width = max(len(lower), max((n + 1 for n, cell in enumerate(upper) if cell.strip()), default=0))
    above, below = ([*row, *[""] * width][:width] for row in (upper, lower))
    groups = [*(spread or _spread(above)), *[""] * width][:width]
    below = ["" if cell == over else cell for cell, over in zip(below, above, strict=True)]  # merged over both rows
    if not _is_groups(above, below, groups):
        return None
    times = Counter(folded(cell) for cell in below if cell.strip())
    headings, joined = [], []
    for group, over, cell in zip(groups, above, below, strict=True):
        heading = cell if cell.strip() else over
        if cell.strip() and group.strip():
            heading = _heading(group.strip(), cell.strip(), times[folded(cell)] > 1, wanted)
            joined += [heading] if heading != cell.strip() else []
        headings.append(heading)
    return HeadingRow(at, tuple(headings), at - 1, tuple(above), tuple(below), tuple(joined))


def _spread(row: Sequence[str]) -> list[str]:
    shown: list[str] = []
    for cell in row:
        shown.append(cell if cell.strip() or not shown else shown[-1])
    return shown


def _is_groups(above: Sequence[str], below: Sequence[str], groups: Sequence[str]) -> bool:
    """Whether a row names groups: short words, two of them or one that is not the first cell's, and one at least over
    several headings, or two of them platforms. A title stands in the first cell, or over everything."""
    named = {group.strip() for group in groups if group.strip()}
    over = Counter(group for group, cell in zip(groups, below, strict=True) if group.strip() and cell.strip())
    return (
        (len(named) > 1 or (len(named) == 1 and not above[0].strip()))
        and all(_names_group(cell) for cell in above if cell.strip())
        and all(
            "@" not in cell and "://" not in cell and re.search(r"[^\W\d]|#", cell) for cell in below if cell.strip()
        )
        and (max(over.values(), default=0) > 1 or _over_platforms(groups, below))
    )


def _over_platforms(groups: Sequence[str], below: Sequence[str]) -> bool:
    """Whether two groups are platforms, and what stands below each names its accounts: "Handle", "URL"."""
    pairs = [(group.strip(), cell.strip()) for group, cell in zip(groups, below, strict=True) if cell.strip()]
    over = {group for group, _ in pairs if group and platform_column(group)}
    return len(over) > 1 and over == {group for group, cell in pairs if _is_platforms(group, cell)}


def _is_platforms(group: str, cell: str) -> bool:
    """Whether a group is a platform, and what stands below it names its accounts: "Twitter" over "Handle"."""
    return platform_column(group) is not None and platform_column(f"{group} {cell}") is not None


def _is_by_platform(pair: HeadingRow) -> bool:
    return _over_platforms(_spread(pair.groups), pair.written)


def _names_group(cell: str) -> bool:
    return (
        len(cell.strip()) <= LABEL
        and not re.search(r"[@:]|\d[\d/.-]", cell)
        and re.search(r"[^\W\d]", cell) is not None
    )


def _completes(pair: HeadingRow) -> bool:
    """Whether the lower row only fills what the upper one leaves open: it is then no row of data."""
    groups = _spread(pair.groups)
    several = {group for group, count in Counter(groups).items() if count > 1}
    open_ = [bool(cell.strip()) and group in several for cell, group in zip(pair.written, groups, strict=True)]
    filled = [bool(cell.strip()) for cell in pair.written]
    return filled == open_ and any(over.strip() and not cell for over, cell in zip(pair.groups, filled, strict=True))


def _heading(group: str, cell: str, repeated: bool, wanted: Wanted) -> str:
    words = set(folded(group).split("_"))
    if set(folded(group).removesuffix("s").split("_")) <= set(folded(cell).split("_")):
        return cell
    joined = (f"{group} {cell}", f"{cell} {group}", f"{cell} {group.removesuffix('s')}")
    asked = {folded(heading) for heading in (*wanted.columns.values(), *wanted.filters.values())}
    known = next((one for one in joined if folded(one) in asked), "")
    known = known or next((one for one in joined if folded_word(one) in _known_headings()), "")
    reached = not REACHED.isdisjoint(folded(cell).split("_"))
    if (
        repeated
        or _is_platforms(group, cell)
        or not OTHERS.isdisjoint(words)
        or (reached and not PRIVATE.isdisjoint(words))
    ):
        return known or joined[0]
    own = folded(cell) in asked or folded(cell) in wanted.fields
    return known if known and (not own or folded(known) in asked) else cell


@cache
def _known_headings() -> frozenset[str]:
    """What other systems call their columns: "Work Email" is one of them where "Email" alone says too little."""
    return frozenset(
        folded_word(heading) for row in reference.table("headings.csv") for heading in row["headings"].split(";")
    )
