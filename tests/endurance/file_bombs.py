"""Every reader of files, through whole nights in which its file was made to hurt.

    python -m tests.endurance.file_bombs [--only READER …] [--bomb NAME …] [--workers 2]

Each night runs in a process of its own, with a bound on its memory and a clock. A night passes where the file is read
right (nothing is told, and the findings are those of the night with the sound file, to the last), or what was not read
is told in a sentence that names the file; where it is a source's, the other source's finding is there as on every
night. A traceback, silence, more than SECONDS or more than MEGABYTES do not pass. Prints a table: seconds of the
processor, and the most memory that was used. A file that may not be read is tried by a user who is not root.
"""

from __future__ import annotations

import argparse
import contextlib
import gzip
import importlib
import io
import json
import multiprocessing
import os
import pkgutil
import random
import resource
import signal
import sys
import tempfile
import threading
import time
import traceback
import zipfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
from pyarrow import parquet

from audit.cli import FAULTS
from audit.config import load
from audit.model.night import Night, PullStatus
from audit.night.run import run
from tests.paths import ROOT
from tests.states import NOON

DAY = date(2026, 11, 20)
SECONDS, MEGABYTES, ADDRESSES = 60.0, 2_200, 12 * 1024**3
"""What one night may take: CPU seconds, memory that is used, and addresses (DuckDB and Arrow reserve many)."""
PATIENCE = 8
"""Times as many real seconds, as others may be at work on the machine."""
NOBODY = 65534
PAYLOADS = ROOT / "tests" / "connectors" / "payloads"
PACK = (ROOT / "data" / "reference" / "policies" / "maine.toml").read_bytes()
HR = """employee_id,given_name,family_name,work_email,agency_code,status,start_date,end_date
1001,Ada,Thibodeau,ada.thibodeau@maine.gov,DOL,active,2010-01-04,
1002,Noor,Haddad,noor.haddad@maine.gov,DOT,active,2010-01-04,
1003,Ravi,Lee,ravi.lee@maine.gov,DOT,terminated,2010-01-04,2026-06-30
"""
AGENCIES = """agency_code,name,acronyms,handles
DOL,Maine Department of Labor,MaineDOL,
DOT,Maine Department of Transportation,MaineDOT,
"""
OFFICIAL = """platform,handle,account_id,agency_code,supervisor_employee_id,status
x,MaineDOT1,555,DOT,1001,active
"""
ACCOUNTS = """platform,handle,display_name,bio,registered_email,registration,created_at,observed_at
x,quietfern,Ada T,Paddles,ada.thibodeau@maine.gov,verified,2026-01-05,2026-11-01
x,harborlight,Noor H,Bakes,noor.haddad@maine.gov,verified,2026-01-05,2026-11-01
"""
OTHER = """platform,handle,registered_email,registration,created_at,observed_at
x,stillthere,noor.haddad@maine.gov,verified,2026-01-05,2026-11-01
"""
REVIEWED = "finding_id,disposition,note\nE-1-0123456789ab,confirmed,seen\n"
CONFIG = """[organization]
name = "State of Maine"
state = "ME"
mail_domains = ["maine.gov"]
{agencies}
official_accounts = "{official}"
{policy}
{exceptions}
[directory]
connector = "hr_csv"
path = "{directory}"
[sources.other]
connector = "accounts_csv"
path = "other.csv"
{source}
"""
SOURCE = '[sources.tried]\nconnector = "{}"\npath = "{}"\n'


# Readers: what is read, as a sound file -----------------------------------------------------------------------------


@dataclass(frozen=True)
class Reader:
    """One way to read a file: its kind (of which bombs are made for), its name, and the sound content. `place` is what
    of audit.toml names it: a connector, or one of the settings."""

    name: str
    kind: str
    file: str
    content: bytes
    place: str
    table: str = ""
    """Of a workbook: what it was made of."""

    def bombs(self) -> Iterator[Bomb]:
        """What is tried on it."""
        return (bomb for bomb in BOMBS if not bomb.kinds or self.kind in bomb.kinds)


def as_rows(table: str) -> list[list[str]]:
    """The cells of a small table without quotation marks, headings first."""
    return [line.split(",") for line in table.splitlines()]


def as_objects(table: str) -> list[dict[str, str]]:
    """Its rows by their headings."""
    heads, *rows = as_rows(table)
    return [dict(zip(heads, row, strict=True)) for row in rows]


def as_parquet(rows: list[dict[str, str]]) -> bytes:
    """A Parquet file of rows."""
    out = io.BytesIO()
    parquet.write_table(pa.Table.from_pylist(rows), out)
    return out.getvalue()


def zipped(parts: Mapping[str, bytes | Iterable[bytes]]) -> bytes:
    """A zip archive of parts, each whole or in pieces."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            with archive.open(name, "w", force_zip64=True) as part:
                for piece in [content] if isinstance(content, bytes) else content:
                    part.write(piece)
    return out.getvalue()


CELL = '<c r="{}" t="inlineStr"><is><t>{}</t></is></c>'
NAMESPACE = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
LINKS = 'xmlns="http://schemas.openxmlformats.org/package/2006/relationships"'
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def row_xml(number: int, cells: Iterable[str]) -> str:
    """A row of a sheet, its cells as inline text from column A on."""
    shown = "".join(CELL.format(f"{chr(65 + at)}{number}", cell) for at, cell in enumerate(cells))
    return f'<row r="{number}">{shown}</row>'


def book(
    table: str,
    *,
    more: str | Iterable[bytes] = "",
    before: str = "",
    after: str = "",
    sheets: int = 1,
    prolog: str = "",
    shared: Iterable[bytes] = (),
    parts: Mapping[str, bytes] | None = None,
) -> bytes:
    """A workbook of one table, as bare as it may be: `more` stands behind its rows, `before` and `after` around them.

    `shared` are pieces of its shared strings, `parts` further parts, `sheets` how many sheets of that content it has.
    """
    rows = "".join(row_xml(number, cells) for number, cells in enumerate(as_rows(table), start=1))
    head = f"{prolog}<worksheet {NAMESPACE}>{before}<sheetData>{rows}".encode()
    tail = f"</sheetData>{after}</worksheet>".encode()
    shared = list(shared)
    types = "".join(
        f'<Override PartName="/xl/{name}.xml" ContentType="application/vnd.openxmlformats-officedocument.'
        f'spreadsheetml.{kind}+xml"/>'
        for name, kind in [
            ("workbook", "sheet.main"),
            *[(f"worksheets/sheet{one}", "worksheet") for one in range(1, sheets + 1)],
            *([("sharedStrings", "sharedStrings")] if shared else []),
        ]
    )
    links = "".join(
        f'<Relationship Id="r{one}" Type="{OFFICE}/worksheet" Target="worksheets/sheet{one}.xml"/>'
        for one in range(1, sheets + 1)
    )
    if shared:
        links += f'<Relationship Id="s" Type="{OFFICE}/sharedStrings" Target="sharedStrings.xml"/>'
    named = "".join(f'<sheet name="Sheet{one}" sheetId="{one}" r:id="r{one}"/>' for one in range(1, sheets + 1))
    made: dict[str, bytes | Iterable[bytes]] = {
        "[Content_Types].xml": (
            '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels"'
            ' ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml"'
            f' ContentType="application/xml"/>{types}</Types>'
        ).encode(),
        "_rels/.rels": (
            f'<Relationships {LINKS}><Relationship Id="r" Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/>'
            "</Relationships>"
        ).encode(),
        "xl/workbook.xml": f'<workbook {NAMESPACE} xmlns:r="{OFFICE}"><sheets>{named}</sheets></workbook>'.encode(),
        "xl/_rels/workbook.xml.rels": f"<Relationships {LINKS}>{links}</Relationships>".encode(),
    }
    if shared:
        made["xl/sharedStrings.xml"] = [f"<sst {NAMESPACE}>".encode(), *shared, b"</sst>"]
    pieces = [more.encode()] if isinstance(more, str) else list(more)
    for one in range(1, sheets + 1):
        made[f"xl/worksheets/sheet{one}.xml"] = [head, *pieces, tail]
    return zipped(made | dict(parts or {}))


def _payload(name: str) -> bytes:
    (path,) = PAYLOADS.glob(f"{name}.*")
    return path.read_bytes()


READERS = (
    Reader("accounts CSV", "text", "tried.csv", ACCOUNTS.encode(), "accounts_csv"),
    Reader("accounts TSV", "text", "tried.tsv", ACCOUNTS.replace(",", "\t").encode(), "accounts_csv"),
    Reader("accounts JSON", "json", "tried.json", json.dumps(as_objects(ACCOUNTS)).encode(), "accounts_csv"),
    Reader(
        "accounts JSONL", "jsonl", "tried.jsonl", "\n".join(map(json.dumps, as_objects(ACCOUNTS))).encode(),
        "accounts_csv",
    ),
    Reader("accounts XLSX", "xlsx", "tried.xlsx", book(ACCOUNTS), "accounts_csv", ACCOUNTS),
    Reader("accounts Parquet", "parquet", "tried.parquet", as_parquet(as_objects(ACCOUNTS)), "accounts_csv"),
    Reader("accounts CSV.GZ", "gz", "tried.csv.gz", gzip.compress(ACCOUNTS.encode()), "accounts_csv"),
    Reader("accounts ZIP", "zip", "tried.zip", zipped({"a.csv": ACCOUNTS.encode()}), "accounts_csv"),
    Reader("directory CSV", "text", "hr.csv", HR.encode(), "directory"),
    Reader("directory XLSX", "xlsx", "hr.xlsx", book(HR), "directory", HR),
    Reader("agencies CSV", "text", "agencies.csv", AGENCIES.encode(), "agencies"),
    Reader("official CSV", "text", "official.csv", OFFICIAL.encode(), "official"),
    Reader("official XLSX", "xlsx", "official.xlsx", book(OFFICIAL), "official", OFFICIAL),
    Reader("exceptions CSV", "text", "exceptions.csv", _payload("exceptions_csv"), "exceptions"),
    Reader("exchange_trace CSV", "text", "tried.csv", _payload("exchange_trace"), "exchange_trace"),
    Reader("postfix_log", "log", "tried.log", _payload("postfix_log"), "postfix_log"),
    Reader("exim_log", "log", "tried.log", _payload("exim_log"), "exim_log"),
    Reader("cisco_log", "log", "tried.log", _payload("cisco_log"), "cisco_log"),
    Reader("postfix_log GZ", "gz", "tried.log.gz", gzip.compress(_payload("postfix_log")), "postfix_log"),
    Reader("mimecast_log JSONL", "jsonl", "tried.jsonl", _payload("mimecast_log"), "mimecast_log"),
    Reader("proofpoint_log JSONL", "jsonl", "tried.jsonl", _payload("proofpoint_log"), "proofpoint_log"),
    Reader("google_mail_log CSV", "text", "tried.csv", _payload("google_mail_log"), "google_mail_log"),
    Reader("signin_log CSV", "text", "tried.csv", _payload("signin_log"), "signin_log"),
    Reader("policy pack", "toml", "pack.toml", PACK, "policy"),
    Reader("reviewers' copy", "xlsx", "reviews/copy.xlsx", book(REVIEWED), "reviews", REVIEWED),
)  # fmt: skip


# Bombs --------------------------------------------------------------------------------------------------------------

Puts = Callable[[Path, Reader], Any]


@dataclass(frozen=True)
class Bomb:
    """One way to hurt: what puts it where the sound content would stand. `kinds` of readers it is for (none: all)."""

    name: str
    puts: Puts
    kinds: tuple[str, ...] = ()
    second: bool = False
    """Whether the night before read the sound file: what is whole in itself shows beside it alone."""


def _bytes(made: Callable[[bytes], bytes | Iterable[bytes]]) -> Puts:
    """A file of what is made of the sound content."""

    def puts(path: Path, reader: Reader) -> None:
        content = made(reader.content)
        with path.open("wb") as file:
            file.writelines([content] if isinstance(content, bytes) else content)

    return puts


def _folder(path: Path, _: Reader) -> None:
    path.mkdir()


def _unreadable(path: Path, reader: Reader) -> None:
    path.write_bytes(reader.content)
    path.chmod(0)


def _closed_folder(path: Path, reader: Reader) -> None:
    path.mkdir()
    (path / f"one{path.suffix}").write_bytes(reader.content)
    path.chmod(0)


def _odd_name(path: Path, reader: Reader) -> None:
    """A folder of one file, whose name is no text."""
    path.mkdir()
    Path(os.fsdecode(os.fsencode(path / "one") + b"-\xe9\xff" + os.fsencode("".join(path.suffixes)))).write_bytes(
        reader.content
    )


def _fifo(path: Path, _: Reader) -> None:
    os.mkfifo(path)


def _device(path: Path, _: Reader) -> None:
    path.symlink_to("/dev/zero")


def _loop(path: Path, _: Reader) -> None:
    path.symlink_to(path.name)


def _growing(path: Path, reader: Reader) -> None:
    """Somebody else writes: it grows, is cut and comes whole again all the time."""
    sound = reader.content
    path.write_bytes(sound)

    def writes() -> None:
        while path.parent.exists():
            for content in (sound[: len(sound) // 2], sound * 2, sound):
                path.write_bytes(content)
                time.sleep(0.001)

    threading.Thread(target=writes, daemon=True).start()


def _filler(count: int, piece: bytes) -> Iterator[bytes]:
    """So many megabytes of a piece."""
    block = piece * ((1 << 20) // len(piece))
    return (block for _ in range(count))


def _letters(megabytes: int) -> Iterator[bytes]:
    """Text that packs to a fiftieth of itself and no less, as what is refused for its density alone tells little."""
    made = random.Random(16)
    return (made.randbytes(11_000).hex().encode().ljust(1 << 20, b"x") for _ in range(megabytes))


def _in_last_field(sound: bytes, piece: bytes, megabytes: int) -> Iterator[bytes]:
    """A table whose last cell does not end."""
    yield sound.rstrip(b"\n")
    yield from _filler(megabytes, piece)
    yield b"\n"


def _wide(sound: bytes) -> Iterator[bytes]:
    head, _, rest = sound.partition(b"\n")
    mark = b"\t" if b"\t" in head else b","
    yield head + mark + mark.join(b"c%d" % at for at in range(1_000_000)) + b"\n"
    yield from (line + mark * 1_000_000 + b"\n" for line in rest.splitlines())


def _with_value(sound: bytes, text: str) -> bytes:
    """The sound JSON (lines) with a further field, written as `text`, in each object."""
    return sound.replace(b"{", b'{"more": ' + text.encode() + b", ", 1)


DEEP = "[" * 100_000 + "]" * 100_000
ENTITIES = "<!DOCTYPE x [<!ENTITY a0 'ha'>" + "".join(
    f"<!ENTITY a{at + 1} '{f'&a{at};' * 10}'>" for at in range(10)
) + "]>"  # fmt: skip
OUTSIDE = "<!DOCTYPE x [<!ENTITY a SYSTEM 'file:///etc/passwd'>]>"


def _book(**given: Any) -> Puts:
    """A workbook of the reader's own table with something more; what is callable is made when it is needed."""

    def puts(path: Path, reader: Reader) -> None:
        more = {name: value() if callable(value) else value for name, value in given.items()}
        path.write_bytes(book(reader.table, **more))

    return puts


def _one_string() -> list[bytes]:
    return [b'<row r="9"><c r="C9" t="inlineStr"><is><t>', *_letters(10), b"</t></is></c></row>"]


def _empty_rows() -> list[bytes]:
    return [b'<row r="%d"/>' % at for at in range(10, 1_048_577)]


def _empty_cells() -> list[bytes]:
    cells = b"".join(b'<c r="%s"/>' % name for name in (b"A", b"B", b"C"))
    return [b'<row r="%d">%s</row>' % (at, cells.replace(b'"/', b'%d"/' % at)) for at in range(10, 1_000_010)]


def _far_column() -> list[bytes]:
    return [b'<row r="%d"><c r="XFD%d"><v>1</v></c></row>' % (at, at) for at in range(10, 2_000)]


XLSX = ("xlsx",)
BOMBS = (
    Bomb("sound", _bytes(lambda sound: sound)),
    Bomb("empty", _bytes(lambda _: b"")),
    Bomb("truncated", _bytes(lambda sound: sound[: len(sound) * 3 // 5]), second=True),
    Bomb("NULs", _bytes(lambda _: _filler(8, b"\0"))),
    Bomb("NULs in the middle", _bytes(lambda sound: sound[:-9] + b"\0\0" + sound[-9:])),
    Bomb("no text at all", _bytes(lambda _: bytes(range(256)) * 4096)),
    Bomb("UTF-16 of it", _bytes(lambda sound: b"\xff\xfe" + sound.decode("latin-1").encode("utf-16-le"))),
    Bomb("marks of order everywhere", _bytes(lambda sound: sound.replace(b"\n", b"\n\xef\xbb\xbf\xff\xfe"))),
    Bomb("bytes that are no text", _bytes(lambda sound: sound.replace(b"a", b"\xe9\xff"))),
    Bomb("folder", _folder),
    Bomb("may not be read", _unreadable),
    Bomb("a folder that may not be read", _closed_folder),
    Bomb("a name that is not UTF-8", _odd_name),
    Bomb("pipe", _fifo),
    Bomb("device", _device),
    Bomb("loop of links", _loop),
    Bomb("changes while it is read", _growing),
    Bomb("one line of 100 MB", _bytes(lambda _: _filler(100, b"x")), ("text", "log", "json", "jsonl", "toml")),
    Bomb("last cell of 10 MB", _bytes(lambda sound: _in_last_field(sound, b"x ", 10)), ("text", "log")),
    Bomb("quote without end", _bytes(lambda sound: _in_last_field(sound + b'"', b"x\n", 10)), ("text", "log")),
    Bomb("a million columns", _bytes(_wide), ("text",)),
    Bomb("a million separators", _bytes(lambda sound: sound + b"," * 1_000_000 + b"\n"), ("text", "log")),
    Bomb("10 MB of line ends", _bytes(lambda sound: [sound, *_filler(10, b"\n")]), ("text", "log", "jsonl")),
    Bomb("nested 100,000 deep", _bytes(lambda _: DEEP.encode()), ("json", "jsonl")),
    Bomb("nested in a field", _bytes(lambda sound: _with_value(sound, DEEP)), ("json", "jsonl")),
    Bomb("objects 100,000 deep", _bytes(lambda _: b'{"a":' * 100_000), ("json", "jsonl")),
    Bomb("a number of 1 MB", _bytes(lambda sound: _with_value(sound, "9" * 1_000_000)), ("json", "jsonl")),
    Bomb("1e999999 and NaN", _bytes(lambda sound: _with_value(sound, "[1e999999, NaN, -Infinity]")), ("json", "jsonl")),
    Bomb("half a surrogate", _bytes(lambda sound: _with_value(sound, r'"\ud800 \udc00x"')), ("json", "jsonl")),
    Bomb("a name twice", _bytes(lambda sound: sound.replace(b"{", b'{"handle": "evil", ')), ("json", "jsonl")),
    Bomb("a value of 40 MB", _bytes(lambda sound: _with_value(sound, json.dumps("x" * 40_000_000))), ("json", "jsonl")),
    Bomb("packed 1,000 times", _bytes(lambda sound: sound + gzip.compress(b"x" * (1 << 20)) * 2_000), ("gz",)),
    Bomb("a gz in a gz", _bytes(gzip.compress), ("gz",)),
    Bomb("bytes behind its end", _bytes(lambda sound: sound + b"x" * 1000), ("gz", "zip", "xlsx", "parquet")),
    Bomb("one part of 2 GB", _bytes(lambda _: zipped({"a.csv": _filler(2_000, b"x")})), ("zip",)),
    Bomb("20,000 parts", _bytes(lambda _: zipped({f"{at}.csv": b"x" for at in range(20_000)})), ("zip",)),
    Bomb("a path outside", _bytes(lambda _: zipped({"../a.csv": ACCOUNTS.encode()})), ("zip",)),
    Bomb("archives in it", _bytes(lambda sound: zipped({"a.zip": sound})), ("zip",)),
    Bomb("a size that lies", _bytes(lambda sound: sound.replace(b"\x00\x00a.csv", b"\x00\x00b.csv")), ("zip",)),
    Bomb("a string of 10 MB", _book(more=_one_string), XLSX),
    Bomb(
        "a shared string of 10 MB",
        _book(
            more='<row r="9"><c r="C9" t="s"><v>0</v></c></row>',
            shared=lambda: [b"<si><t>", *_letters(10), b"</t></si>"],
        ),
        XLSX,
    ),
    Bomb(
        "that string in 20,000 cells",
        _book(
            more="".join(f'<row r="{at}"><c r="C{at}" t="s"><v>0</v></c></row>' for at in range(9, 20_009)),
            shared=lambda: [b"<si><t>", *_letters(12), b"</t></si>"],
        ),
        XLSX,
    ),
    Bomb(
        "two million shared strings",
        _book(shared=lambda: [b"<si><t>%06x</t></si>" % at for at in range(2_000_000)]),
        XLSX,
    ),
    Bomb("a million empty rows", _book(more=_empty_rows), XLSX),
    Bomb("three million empty cells", _book(more=_empty_cells), XLSX),
    Bomb("a cell far to the right", _book(more='<row r="9"><c r="XFD9"><v>1</v></c></row>'), XLSX),
    Bomb("a cell far below", _book(more='<row r="1048576"><c r="A1048576"><v>1</v></c></row>'), XLSX),
    Bomb("a cell in the far corner", _book(more='<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'), XLSX),
    Bomb("2,000 rows of 16,384 columns", _book(more=_far_column), XLSX),
    Bomb("a column behind all columns", _book(more='<row r="9"><c r="ZZZZZZZ9"><v>1</v></c></row>'), XLSX),
    Bomb("a dimension that lies", _book(before='<dimension ref="A1:XFD1048576"/>'), XLSX),
    Bomb("a dimension too small", _book(before='<dimension ref="A1:A1"/>'), XLSX),
    Bomb("300 sheets", _book(sheets=300), XLSX),
    Bomb(
        "a million merged cells",
        _book(
            after=lambda: (
                "<mergeCells>"
                + "".join(f'<mergeCell ref="H{at}:H{at + 1}"/>' for at in range(2, 1_000_002, 2))
                + "</mergeCells>"
            )
        ),
        XLSX,
    ),
    Bomb("all cells merged", _book(after='<mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>'), XLSX),
    Bomb(
        "merged one over the other",
        _book(
            after=lambda: "<mergeCells>" + '<mergeCell ref="A1:H1048576"/>' * 100_000 + "</mergeCells>",
        ),
        XLSX,
    ),
    Bomb("entities in entities", _book(prolog=ENTITIES, more=row_xml(9, ["&a10;"])), XLSX),
    Bomb("an entity of a file", _book(prolog=OUTSIDE, more=row_xml(9, ["&a;"])), XLSX),
    Bomb("elements 1,000,000 deep", _book(more="<row>" * 1_000_000), XLSX),
    Bomb("links to other books", _book(parts={"xl/externalLinks/externalLink1.xml": b"<x/>"}), XLSX),
    Bomb("sheet missing", _bytes(lambda sound: sound.replace(b"worksheets/sheet1", b"worksheets/sheetX")), XLSX),
    Bomb("packed 1,000 times", _book(more=lambda: _filler(290, b" ")), XLSX),
    Bomb("a cell of 30 MB", _bytes(lambda _: as_parquet(_long(30_000_000))), ("parquet",)),
    Bomb("tables 100,000 deep", _bytes(lambda sound: sound + b"\n[" + b"a." * 100_000 + b"a]\n"), ("toml",)),
    Bomb("lists 100,000 deep", _bytes(lambda sound: b"x = " + DEEP.encode() + b"\n" + sound), ("toml",)),
    Bomb("a number of 1 MB", _bytes(lambda sound: b"x = " + b"9" * 1_000_000 + b"\n" + sound), ("toml",)),
    Bomb("a value of 40 MB", _bytes(lambda sound: b'x = "' + b"y" * 40_000_000 + b'"\n' + sound), ("toml",)),
)


def _long(letters: int) -> list[dict[str, str]]:
    return [one | {"bio": "MaineDOT " + "x " * (letters // 2)} for one in as_objects(ACCOUNTS)]


# A night --------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Outcome:
    """How one night fared: `what` in a word or two, `said` the sentence, `passed` whether it is as it must be; `read`
    is what came of the file."""

    reader: str
    bomb: str
    what: str
    passed: bool
    said: str = ""
    seconds: float = 0.0
    megabytes: float = 0.0
    read: tuple[object, ...] = ()


def prepared(folder: Path, reader: Reader, bomb: Bomb) -> Path:
    """A state whose file of `reader` is the bomb; its audit.toml."""
    for name, text in {"hr.csv": HR, "agencies.csv": AGENCIES, "official.csv": OFFICIAL, "other.csv": OTHER}.items():
        (folder / name).write_text(text, encoding="utf-8")
    path = folder / reader.file
    path.parent.mkdir(exist_ok=True)
    path.unlink(missing_ok=True)
    bomb.puts(path, reader)
    named = {"agencies": "agencies.csv", "official": "official.csv", "directory": "hr.csv", reader.place: reader.file}
    source = "" if reader.place in SETTINGS else SOURCE.format(reader.place, reader.file)
    text = CONFIG.format(
        agencies=f'agencies = "{named["agencies"]}"',
        official=named["official"],
        directory=named["directory"],
        policy=f'policy = "{reader.file}"' if reader.place == "policy" else "",
        exceptions=f'[exceptions]\npath = "{reader.file}"' if reader.place == "exceptions" else "",
        source=source,
    )
    config = folder / "audit.toml"
    config.write_text(text, encoding="utf-8")
    return config


SETTINGS = frozenset({"directory", "agencies", "official", "exceptions", "policy", "reviews"})


def made_of(night: Night) -> tuple[object, ...]:
    """What a night made of its files: its findings to the last word, its people, the accounts that were kept."""
    findings = sorted(
        (one.finding_id, one.rule_id, one.platform, one.handle, one.mailbox, one.employee_id, one.agency_code,
         one.matched_text, one.because)
        for one in night.findings
    )  # fmt: skip
    return night.people, len(night.registry), tuple((one.source, one.kept) for one in night.pulls), *findings


def judged(reader: Reader, night: Night, sound: tuple[object, ...]) -> tuple[str, str, bool]:
    """What became of the file in a night that was judged: a word, the sentence about it, and whether that is right.

    `sound` is what a night makes of the sound file (empty: this is that night).
    """
    where = Path(reader.file).name if reader.place != "reviews" else Path(reader.file).stem
    told = [f"{one.where}: {one.reason}" for one in night.problems if where in f"{one.where} {one.reason}"]
    told += [f"{one.where}: {one.reason}" for one in night.import_problems if where in f"{one.where} {one.reason}"]
    pulls = {one.source: one for one in night.pulls}
    still = any(one.handle == "stillthere" and one.rule_id == "E-1" for one in night.findings)
    own = pulls.get("tried")
    if own and own.status is PullStatus.NOT_JUDGED:
        return "not judged", own.reason, still and where in own.reason
    if told:
        return "told", told[0], still or reader.place in SETTINGS
    made = made_of(night)
    right = not sound or made == sound
    return "read", "" if right else f"without a word it made {made} and not {sound}", right


def fared(reader: Reader, bomb: Bomb, folder: Path, sound: tuple[object, ...] = ()) -> Outcome:
    """One night with the bomb, in this process."""
    what, said, passed = "", "", False
    read: tuple[object, ...] = ()
    if bomb.second:
        run(load(prepared(folder, reader, BOMBS[0])), DAY - timedelta(1), clock=lambda: NOON - timedelta(1))
    config = prepared(folder, reader, bomb)
    if "may not be read" in bomb.name and os.getuid() == 0:
        _become_nobody(folder)
    try:
        night = run(load(config), DAY, clock=lambda: NOON)
        (what, said, passed), read = judged(reader, night, sound), made_of(night)
    except tuple(kind for kind, _ in FAULTS) as refusal:
        what, said = "refused", f"{refusal}"
        named = (Path(reader.file).name, os.path.realpath(folder / reader.file))
        passed = any(name in said for name in named) and reader.place in SETTINGS
    except BaseException as fault:
        what, said = type(fault).__name__, f"{fault} {traceback.format_exc()[-900:]}"
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    seconds = sum(one.ru_utime + one.ru_stime for one in used)
    peak = max(one.ru_maxrss for one in used) / 1024
    passed = passed and seconds < SECONDS and peak < MEGABYTES
    return Outcome(reader.name, bomb.name, what, passed, said, seconds, peak, read)


def _become_nobody(folder: Path) -> None:
    """From here on this process may read what others may; `folder` is its own."""
    for package in ("encodings", "audit", "connectors", "duckdb", "openpyxl", "pyarrow"):
        for one in pkgutil.walk_packages(importlib.import_module(package).__path__, f"{package}."):
            if not one.name.startswith(("encodings.mbcs", "encodings.oem")) and ".tests" not in one.name:
                with contextlib.suppress(ImportError):
                    importlib.import_module(one.name)
    for path in (folder, *folder.rglob("*")):
        os.chown(path, NOBODY, NOBODY)
    os.setgroups([])
    os.setgid(NOBODY)
    os.setuid(NOBODY)


def bounded_outcome(task: tuple[str, str], sound: tuple[object, ...] = ()) -> Outcome:
    """One night in a process of its own, which is ended where it takes too long."""
    reader = next(one for one in READERS if one.name == task[0])
    bomb = next(one for one in reader.bombs() if one.name == task[1])
    there, here = multiprocessing.get_context("fork").Pipe()
    with tempfile.TemporaryDirectory(prefix="bombs") as folder:
        child = multiprocessing.get_context("fork").Process(
            target=_in_child, args=(reader, bomb, Path(folder), here, sound)
        )
        child.start()
        here.close()
        try:
            found: Outcome | None = there.recv() if there.poll(PATIENCE * SECONDS) else None
        except EOFError:
            found = None
        if found is None:
            what = "does not end" if child.is_alive() else f"died ({child.exitcode})"
            found = Outcome(reader.name, bomb.name, what, passed=False)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.pid or 0, signal.SIGKILL)
        child.join()
        if (closed := Path(folder) / reader.file).is_dir():
            closed.chmod(0o700)
    return found


def _in_child(reader: Reader, bomb: Bomb, folder: Path, here: Any, sound: tuple[object, ...]) -> None:
    os.setpgid(0, 0)
    resource.setrlimit(resource.RLIMIT_AS, (ADDRESSES, ADDRESSES))
    resource.setrlimit(resource.RLIMIT_CPU, (int(2 * SECONDS), int(2 * SECONDS) + 5))
    here.send(fared(reader, bomb, folder, sound))


def main() -> int:
    """Run what is asked for; 1 where a night did not pass."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", nargs="*", default=[one.name for one in READERS])
    parser.add_argument("--bomb", nargs="*", default=[one.name for one in BOMBS])
    parser.add_argument("--workers", type=int, default=2)
    asked = parser.parse_args()
    tasks = [
        (reader.name, bomb.name)
        for reader in READERS
        for bomb in reader.bombs()
        if reader.name in asked.only and bomb.name in asked.bomb
    ]
    outcomes = []
    sound = {name: bounded_outcome((name, "sound")).read for name in dict(tasks)}
    with ThreadPoolExecutor(asked.workers) as pool:
        for one in pool.map(lambda task: bounded_outcome(task, sound[task[0]]), tasks):
            outcomes.append(one)
            mark = "" if one.passed else "  <-- DID NOT PASS"
            said = " ".join(one.said.split())[: 110 if one.passed else 1_500]
            print(
                f"{one.reader:20} {one.bomb:28} {one.what:12} {one.seconds:6.1f} s {one.megabytes:5.0f} MB"
                f"  {said}{mark}",
                flush=True,
            )
    failed = sum(not one.passed for one in outcomes)
    print(
        f"\n{len(outcomes)} nights, {failed} did not pass; {dict(Counter(one.what for one in outcomes))}; the"
        f" longest took {max(one.seconds for one in outcomes):.1f} s, the largest"
        f" {max(one.megabytes for one in outcomes):.0f} MB"
    )
    return bool(failed)


if __name__ == "__main__":
    sys.exit(main())
