"""Where a worksheet's XML waits for the archive: in memory, compressed."""

from __future__ import annotations

from gzip import GzipFile
from io import BytesIO

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
