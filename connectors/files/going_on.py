"""Rows that Python has read, in the one predicate: which of them go on, as those of a large read do."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import compress, islice
from typing import TypeVar

import pyarrow as pa

from connectors.contract import Dropped, Rejected, Remark
from connectors.files.headings import FileRow
from connectors.files.row_filter import RowFilter
from connectors.sift import Terms, sift

Found = TypeVar("Found", FileRow | Rejected, FileRow | Rejected | Remark)
SOME = 500
"""Rows that are looked at in one go."""
_NO_TEXT = re.compile("[\ud800-\udfff]")


def goes_on(found: Sequence[Found], terms: Terms, kept: RowFilter) -> list[bool]:
    """Of each item, whether it is to be read, or to be told or counted by others: as no row, or as left out by the row
    filter. Of a row that is left out early the row filter takes down what it says."""
    rows = [one for one in found if isinstance(one, FileRow)]
    cells = {name: pa.array([_as_text(row.values[name]) for row in rows], pa.string()) for name in terms.fields}
    stays = iter(sift(pa.RecordBatch.from_pydict(cells), terms).to_pylist())
    return [not isinstance(one, FileRow) or next(stays) or _is_others(one, kept) for one in found]


def going_on(found: Iterable[Found], terms: Terms, kept: RowFilter) -> Iterator[Found | Dropped]:
    """The items that go on, and at the end how many rows do not."""
    left_out, items = 0, iter(found)
    while some := list(islice(items, SOME)):
        stay = goes_on(some, terms, kept)
        left_out += stay.count(False)
        yield from compress(some, stay)
    if left_out:
        yield Dropped(left_out)


def _is_others(row: FileRow, kept: RowFilter) -> bool:
    if row.lacks:
        return True
    return bool(kept.rules) and (kept.leaves_out(row.values) is not None or not kept.takes(row.values))


def _as_text(text: str) -> str:
    """A text that Arrow can hold: of bytes that are none, the sign for what is lost."""
    return text if text.isascii() else _NO_TEXT.sub("\ufffd", text)
