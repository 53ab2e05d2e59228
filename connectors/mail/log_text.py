"""The text of a mail log, whatever made a file of it: in UTF-8 where it was UTF-16, as PowerShell's `>` writes it, and
without the byte-order marks that joined files leave in the middle."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from operator import methodcaller
from pathlib import Path

from connectors.contract import Remark, Source
from connectors.files import OpenFile, open_each
from connectors.files.progress import Tell, unwatched
from connectors.files.scratch import scratch
from connectors.files.table import lines, unpacking

UTF_16 = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}
UNMARKED = methodcaller("removeprefix", "\ufeff")


def open_logs(source: Source, path: Path, told: Tell, files: Sequence[Path]) -> Iterator[OpenFile | Remark]:
    """The logs in a file, as `open_each` opens them, none of them in UTF-16 unless audit.toml names an encoding."""
    for one in open_each(path, path.name, told, files):
        if isinstance(one, Remark) or source.options.get("encoding"):
            yield one
            continue
        with in_utf8(one.path) as plain:
            yield replace(one, path=plain)


@contextmanager
def in_utf8(path: Path) -> Iterator[Path]:
    """The file itself, or, of one that begins with a mark of UTF-16, a temporary copy in UTF-8."""
    with path.open("rb") as file, unpacking(file) as content:
        encoding = UTF_16.get(content.read(2), "")
    if not encoding:
        yield path
        return
    with scratch() as folder:
        plain = folder / path.name.removesuffix(".gz")
        with plain.open("w", encoding="utf-8", errors="surrogatepass", newline="") as out:
            out.writelines(map(UNMARKED, lines(path, encoding)))
        yield plain


def log_lines(path: Path, told: Tell = unwatched) -> Iterator[str]:
    """The lines of a log in UTF-8, without byte-order marks."""
    return map(UNMARKED, lines(path, "utf-8", told=told))
