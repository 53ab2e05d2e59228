"""An XLSX archive being written, one part after the other; worksheets as they come, so that none waits in memory."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from io import TextIOWrapper
from types import TracebackType
from typing import IO
from zipfile import ZIP_DEFLATED, ZipFile

from audit.model.sheet import Column
from audit.workbook import parts
from audit.workbook.charts import Drawing

LEVEL = 5
"""Of 1 (fast) to 9 (small): a twentieth larger than with zlib's usual 6, in two thirds of its time."""


@dataclass(frozen=True, slots=True)
class ListedTable:
    """A table of a worksheet: its name, its rows from that of the headings to the last, and its columns."""

    name: str
    first: int
    last: int
    columns: Sequence[Column]


class Package:
    """The archive, and what its end has to list. All entries bear one time and one system: equal content gives equal
    bytes.

    One part is written at a time. What is left open by a fault is closed with the archive.
    """

    def __init__(self, file: IO[bytes]) -> None:
        self.archive = ZipFile(file, "w", ZIP_DEFLATED, compresslevel=LEVEL)
        self.open: TextIOWrapper | None = None
        self.listed: list[tuple[str, str]] = []
        self.sheets: list[tuple[str, int]] = []
        self.charts: list[bytes] = []
        self.tables = self.drawings = 0

    def __enter__(self) -> Package:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self._end()
        finally:
            self.archive.close()

    def begin_sheet(self, name: str, headings: int) -> TextIOWrapper:
        """Begin a worksheet; row `headings` is repeated on every page of it (0: none). Returns where its XML goes."""
        self.sheets.append((name, headings))
        return self._begin(f"xl/worksheets/sheet{len(self.sheets)}.xml", "worksheet")

    def end_sheet(self, urls: Iterable[str], drawn: Drawing | None, tables: Iterable[ListedTable]) -> None:
        """End the worksheet that was begun last, and write what belongs to it."""
        self._end()
        related = [("hyperlink", url) for url in urls]
        if drawn:
            self.drawings += 1
            related.append(("drawing", f"/xl/drawings/drawing{self.drawings}.xml"))
            self.charts += drawn.charts
            self.add(f"xl/drawings/drawing{self.drawings}.xml", drawn.content, "drawing")
            self.add(f"xl/drawings/_rels/drawing{self.drawings}.xml.rels", drawn.related)
        for table in tables:
            self.tables += 1
            place = f"xl/tables/table{self.tables}.xml"
            related.append(("table", f"/{place}"))
            self._write(
                place, [parts.table_part(self.tables, table.name, table.first, table.last, table.columns)], "table"
            )
        if related:
            self._write(f"xl/worksheets/_rels/sheet{len(self.sheets)}.xml.rels", parts.relationships(related))

    def add(self, place: str, content: bytes, kind: str = "") -> None:
        """Write a part that is finished."""
        self._begin(place, kind).buffer.write(content)
        self._end()

    def finish(self, styles: bytes) -> None:
        """Write what speaks of all other parts."""
        for number, chart in enumerate(self.charts, 1):
            self.add(f"xl/charts/chart{number}.xml", chart, "chart")
        self.add("xl/styles.xml", styles)
        self._write("_rels/.rels", parts.root_relationships())
        names, headings = zip(*self.sheets, strict=True)
        self._write("xl/workbook.xml", [parts.workbook_part(names, headings)])
        related = [("worksheet", f"/xl/worksheets/sheet{at}.xml") for at, _ in enumerate(names, 1)]
        related += [("styles", "styles.xml"), ("theme", "theme/theme1.xml")]
        self._write("xl/_rels/workbook.xml.rels", parts.relationships(related))
        self._write("[Content_Types].xml", parts.content_types(self.listed))

    def _write(self, place: str, texts: Iterable[str], kind: str = "") -> None:
        """Write a part; letters beyond ASCII become references, as openpyxl has them everywhere but in worksheets."""
        self._begin(place, kind, "ascii").writelines(texts)
        self._end()

    def _begin(self, place: str, kind: str, encoding: str = "utf-8") -> TextIOWrapper:
        if kind:
            self.listed.append((place, kind))
        entry = self.archive.open(place, "w", force_zip64=kind == "worksheet")
        self.open = TextIOWrapper(entry, encoding, "xmlcharrefreplace", newline="")
        return self.open

    def _end(self) -> None:
        if self.open:
            open_part, self.open = self.open, None
            open_part.close()
            self.archive.infolist()[-1].create_system = 3
