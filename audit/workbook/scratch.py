"""Where a worksheet's XML waits for the archive: in memory, compressed. openpyxl would put it into a temporary file,
plain, readable by whoever finds it, and left behind by a process that is killed."""

from __future__ import annotations

from gzip import GzipFile
from io import BytesIO
from typing import Any

from openpyxl.worksheet._writer import WorksheetWriter

FAST = 1
"""The compression of what is read once more and then thrown away: a twentieth of its size, in little time."""


class Scratch(GzipFile):
    """A file in memory that is written once, and then read `again`."""

    def __init__(self) -> None:
        self.content = BytesIO()
        super().__init__(fileobj=self.content, mode="wb", compresslevel=FAST, mtime=0)

    def again(self) -> GzipFile:
        """What was written, from its beginning; nothing more can be written."""
        self.close()
        self.content.seek(0)
        return GzipFile(fileobj=self.content, mode="rb")


class _Writer(WorksheetWriter):
    def __init__(self, page: Any) -> None:
        self.scratch = Scratch()
        super().__init__(page, out=self.scratch)

    def cleanup(self) -> None:
        """Let go of the worksheet, which stands in the archive now."""
        self.scratch.content.close()


def begin(page: Any) -> None:
    """Let a write-only worksheet be written into memory. Widths, panes and margins must be set by now."""
    if page._writer is None:
        page._writer = _Writer(page)
        page._writer.write_top()
