"""Exports read safely: `rows` turns the files of a source into items, whatever their format, encoding or size.

A small CSV is read by Python's csv module. A large CSV or a Parquet file goes through DuckDB where rows can be left
out early (the nexus), and in any case streams: memory does not grow with the file. Every way gives the same items.

Silence means that all of it was read: files and sheets that were not, titles and totals that are no rows, are told.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from hashlib import sha256
from itertools import islice
from pathlib import Path, PurePosixPath

from connectors.contract import Dropped, Item, Raw, Rejected, Remark, Source, SourceDown, folded
from connectors.files import (
    archives,
    bulk,
    delimited,
    formats,
    jsonlines,
    lasting,
    progress,
    row_filter,
    sheets,
    table,
)
from connectors.files.delimited import filled
from connectors.files.furniture import HEADINGS_AGAIN, Furniture
from connectors.files.going_on import going_on
from connectors.files.headings import FileRow, Wanted, positions, serves, taken_down
from connectors.files.scratch import scratch
from connectors.letters import unescaped
from connectors.sift import Terms, terms_of
from connectors.spark.places import on_cluster

SMALL = 8 * 1024**2
"""Bytes up to which a file is read whole: nothing is sifted, the exact gate sees every row."""

DELIMITED, JSON = formats.DELIMITED, formats.JSON
READ = {*DELIMITED, *JSON, ".parquet", ".xlsx"}
KNOWN = {*READ, ".zip"}
"""Endings of files that are read, and of archives of them."""


def further_endings(one: formats.Format, *, wanted: bool) -> None:
    """Let files of a further format be found in folders and archives, or no more."""
    for endings in (READ, KNOWN):
        (endings.update if wanted else endings.difference_update)(one.endings)


OPTIONS = {
    "path": "the export: a file, a folder, a pattern (exports/*.csv) or a list of them, from audit.toml's folder",
    "sheet": 'of a workbook: a name, a list of names, or "*" for all (default: the first, and those like it)',
    "columns": 'headings that differ: columns = { our_name = "Their Heading" }',
    "headings": 'of a file without headings: what its columns hold, in their order: ["url", "agency_code", …]',
    "left_unread": "headings of columns with addresses, days or what profiles say that are left unread on purpose:"
    ' ["Supervisor E-Mail"]',
    "encoding": "of a text file, where it is told wrongly: utf-8, cp1252, utf-16 …",
    **row_filter.OPTIONS,
    "separator": 'of a CSV, where it is told wrongly: "," ";" "|" or "tab"',
}
"""The options that every file connector has, with a line of help each."""


def rows(
    source: Source,
    fields: Sequence[str],
    required: Sequence[str | tuple[str, ...]] = (),
    *,
    many: Collection[str] = (),
    constants: Collection[str] = (),
    search: Sequence[str] = (),
    synonyms: Mapping[str, tuple[str, ...]] | None = None,
    entire: bool = False,
    known: Sequence[str] = (),
    beside: Collection[str] = (),
) -> Iterator[Item]:
    """Every row of the source's files as an item, in the order of paths and lines.

    `Raw.values` holds each of `fields` as text: "" where it has no column, but for those of `beside`, which are then
    not in it. A row that cannot be read is a `Rejected`. In a large file, rows whose `search` fields hold nothing of
    `source.nexus` are left out and counted as `Dropped`. An entry of `required` is a field, or a tuple of which one
    must have a column; `constants` are exempt. `synonyms` are headings that stand for a field beside its own name,
    `known` such that no field reads. `entire`: the list counts only as a whole, so that a file or a sheet which may be
    more of it, and cannot be read, is a refusal; else such is told in a `Remark`.
    Raises SourceDown where a file is missing, empty, refused or damaged, SourceChanged where its columns do not serve.
    """
    kept = row_filter.row_filter(source)
    wanted = Wanted(
        (*fields, *kept.fields),
        tuple(required),
        _columns(source, fields),
        frozenset(many),
        frozenset(constants),
        dict(synonyms or {}),
        source.tables,
        row_filter=kept,
        known=frozenset(map(folded, known)),
        stated=_headings(source),
        beside=frozenset(beside),
    )
    furniture = Furniture(wanted)
    terms = terms_of(source.nexus, tuple(search))
    terms = replace(terms, always=f"{terms.always}|{furniture.marks}") if terms else None
    if on_cluster(source.options):
        from connectors.spark.tables import table_rows  # noqa: PLC0415  (it stands on this package)

        yield from _items(table_rows(source, wanted, terms), source, furniture, kept)
        yield from kept.told(source.tables, source.name)
        return
    found = paths(source)
    places = _places(found, source.folder)
    told = progress.shares(source, found)
    yield from unread_files(source, found, entire=entire)
    count = 0
    for path in found:
        try:
            with unchanged(path, places[path]):
                for one in open_each(path, places[path], told[path], found, entire=entire):
                    if isinstance(one, Remark):
                        yield one
                        continue
                    further = formats.further_format(one.path.suffix.lower())
                    if further:
                        read: Iterable[FileRow | Rejected | Dropped | Remark] = _further(further, one, wanted)
                    else:
                        read = _read(one.path, one.place, wanted, source, terms, one.told, entire)
                    for item in _items(read, source, furniture, kept):
                        count += 1
                        if entire and count > LISTED:
                            raise SourceDown(f"{one.place} {ENDLESS}")
                        yield item
            told[path](1.0)
        except OSError as fault:
            raise SourceDown(_unread_for(path, fault)) from fault
    yield from kept.told(source.tables, places[found[0]] if len(found) == 1 else source.name)


def _unread_for(path: Path, fault: OSError) -> str:
    if fault.filename and Path(os.fsdecode(fault.filename)) != path:  # where its copy, or DuckDB, has no room
        return (
            f"{path} was not read, for {in_letters(os.fsdecode(fault.filename))} cannot be used ({fault.strerror}). Let"
            " the account of the nightly run write there, and give the disk room."
        )
    if isinstance(fault, PermissionError):
        return f"{path} cannot be opened: no permission, or another program holds it. Close it, or allow reading."
    return f"{path} cannot be read ({fault.strerror or fault}). Check the disk."


LISTED = 4_000_000
"""Rows of the longest list that is read as a whole: people, agencies, official accounts or exceptions."""
ENDLESS = (
    f"has more than {LISTED:,} rows, and no list of people, agencies, official accounts or exceptions is as long. Check"
    " that it is the right export, and that no quotation mark is missing in it."
)
CHANGED = "Deliver exports under another name and rename them when they are whole; the next night reads this one."


@contextmanager
def unchanged(path: Path, place: str, *, may_grow: bool = False) -> Iterator[None]:
    """Raise SourceDown where a file was written, cut or put in another's place while what stands within read it.

    `may_grow`: lines may be added to it, as to a log in use.
    """
    size, *before = _state(path)
    yield
    size_now, *now = _state(path)
    if size_now < size or (now != before if not may_grow else now[-1] != before[-1]):
        raise SourceDown(f"{place} changed while it was read. {CHANGED}")


def _state(path: Path) -> tuple[int, int, int]:
    """What shows that a file was written, or another one put in its place."""
    found = path.stat()
    return found.st_size, found.st_mtime_ns, found.st_ino


def paths(source: Source) -> list[Path]:
    """The files that the option `path` names, in order, each once. Raises SourceDown where there is none, where a
    folder may not be looked into, and for a file whose name is no text, as no line of a report could name it."""
    option = source.options.get("path")
    named = [option] if isinstance(option, str) else option
    if not isinstance(named, list) or not named or not all(isinstance(entry, str) and entry for entry in named):
        raise SourceDown(
            f'{source.name}: audit.toml does not say which file to read. Add path = "…" (or a list) to its table.'
        )
    try:
        found = list(dict.fromkeys(path for entry in named for path in _found(source, entry)))
    except OSError as fault:
        raise SourceDown(
            f"{source.name}: {in_letters(fault.filename or named[0])} cannot be looked into"
            f" ({fault.strerror or fault}). Let the account of the nightly run read the folder and what is in it."
        ) from fault
    for path in found:
        if (shown := in_letters(path)) != str(path):
            raise SourceDown(
                f"{source.name}: the name of {shown} is not in UTF-8, so no report could say where a row stands. Give"
                " the file another name."
            )
    return found


def in_letters(name: Path | str) -> str:
    """A name of a file as it can be written down: bytes that are no letters stand as U+FFFD."""
    return str(name).encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _found(source: Source, entry: str) -> list[Path]:
    path = source.place(entry)
    if path.is_file():
        return [path]
    if path.is_dir():
        inside = sorted(child for child in path.iterdir() if child.is_file() and not child.name.startswith((".", "~$")))
        files = [child for child in inside if _suffix(child) in KNOWN]
        if files:  # a .json beside other exports may be anything
            return [child for child in files if _suffix(child) != ".json"] or files
        there = f" What lies there: {', '.join(in_letters(child.name) for child in inside[:SHOWN])}." if inside else ""
        raise SourceDown(
            f"{source.name}: no export in the folder {path} ({', '.join(sorted(KNOWN))}). Put it there.{there}"
        )
    if any(mark in entry for mark in "*?["):
        base = Path(path.anchor)
        matches = base.glob(str(path.relative_to(base)))
        if files := sorted(match for match in matches if match.is_file() and not match.name.startswith("~$")):
            return files
        raise SourceDown(f"{source.name}: no file matches {path}. Check the pattern; was the export delivered?")
    if os.path.lexists(path):
        raise SourceDown(
            f"{source.name}: {path} is no file but a device, a pipe, or a link that leads nowhere. Put the export"
            " itself there."
        )
    raise SourceDown(
        f"{source.name}: there is no file {path}. Check path in the source's table of audit.toml (relative paths start "
        "at audit.toml's folder), and that the export was delivered."
    )


@dataclass(frozen=True, slots=True)
class OpenFile:
    """A file that can be read: itself, or a temporary copy of what an archive holds. `place` is what messages call it
    ("trace.zip/trace.csv"), `told` how far it is read."""

    path: Path
    place: str
    told: progress.Tell


def open_each(
    path: Path, place: str, told: progress.Tell, found: Collection[Path] = (), *, entire: bool = False
) -> Iterator[OpenFile | Remark]:
    """The file itself, or one after the other the files of known endings that a .zip holds, in folders of it too.

    A copy is there until the next one is asked for. What else is in the archive is told, and a file of it that lies
    beside it as well and is read there, as one of the source's files (`found`), is not read twice. Raises SourceDown
    for an archive that is refused, is damaged or holds no export, and for a spreadsheet in it that is not read where
    the list counts only as a whole (`entire`).
    """
    if path.suffix.lower() == ".gz" and _suffix(path) in {".xlsx", ".parquet"}:
        with table.unpacked(path) as plain:
            yield OpenFile(plain, place, told)
        return
    if path.suffix.lower() != ".zip":
        yield OpenFile(path, place, told)
        return
    if path.stat().st_size == 0:
        raise SourceDown(f"{place} is empty (0 bytes). Deliver it again.")
    held = archives.zip_members(path, place)
    named = [PurePosixPath(entry.filename) for entry in held]
    known = [_suffix(Path(name)) in READ for name in named]
    for name, is_known in zip(named, known, strict=True):
        if is_known or name.name.lower() in LITTER:
            continue
        if entire and name.suffix.lower() in formats.SPREADSHEETS:
            raise formats.ENDINGS[name.suffix.lower()].refusal(f"{place}/{name}")
        said = NESTED if name.suffix.lower() == ".zip" else _other(Path(name), packed=True)
        yield Remark(f"{place}/{name}", said, unread=True)
    if not any(known):
        there = f" What it holds: {', '.join(map(str, named[:SHOWN]))}." if named else " It is empty."
        raise SourceDown(
            f"{place}: no export in the archive ({', '.join(sorted(READ))}).{there} Archives in it are not opened:"
            " unpack it, and name in path what counts."
        )
    whole = sum(entry.compress_size for entry in held) or 1
    done = 0
    for entry, is_known in zip(held, known, strict=True):
        inside, beside = f"{place}/{entry.filename}", path.with_name(PurePosixPath(entry.filename).name)
        if is_known and beside in found and archives.is_copy(entry, beside):
            yield Remark(inside, f"{beside.name} beside the archive is the same file; it was read there, once.")
        elif is_known:
            with archives.unpacked_member(path, entry, inside) as plain:
                share = progress.between(told, done / whole, (done + entry.compress_size) / whole)
                yield from open_each(plain, inside, share)
        done += entry.compress_size


def unread_files(source: Source, read: Collection[Path], *, entire: bool = False) -> Iterator[Remark]:
    """What lies in a folder that the option `path` names and is not among the files that are `read`: files of other
    endings, and folders.

    A pattern names what it names. Raises SourceDown, where the list counts only as a whole (`entire`), for a
    spreadsheet among it.
    """
    option = source.options.get("path")
    for entry in dict.fromkeys([option] if isinstance(option, str) else option or ()):
        folder = source.place(entry)
        if not folder.is_dir():
            continue
        for child in sorted(folder.iterdir()):
            if child in read or child.name.startswith((".", "~$")) or child.name.lower() in LITTER or _empty(child):
                continue
            place = f"{entry.rstrip('/')}/{in_letters(child.name)}"
            if child.is_dir():
                yield Remark(place, FOLDER, unread=True)
            elif not os.access(child, os.R_OK):
                yield Remark(place, CLOSED, unread=True)
            elif entire and child.suffix.lower() in formats.SPREADSHEETS:
                formats.refuse_unread(child, place)
            else:
                yield Remark(place, _other(child), unread=True)


FOLDER = "this is a folder in the folder that path names, and was not read. If it counts, add it to path."
CLOSED = "this file may not be opened, and was not read. If it counts, let the account of the nightly run read it."
NESTED = "this is an archive in an archive, which is not opened. Unpack the outer one, and name both in path."
LITTER = {"thumbs.db", "desktop.ini", "readme.md"}
"""Files that systems leave in folders by themselves, and what explains a folder."""
SHOWN = 10
"""Files that a message names at most."""


def _empty(child: Path) -> bool:
    try:
        return child.is_dir() and not any(child.iterdir())
    except PermissionError:
        return False


def _other(path: Path, *, packed: bool = False) -> str:
    """Why a file is not read, and what to do; of one in an archive (`packed`) its ending alone says it."""
    ending = path.suffix.lower()
    found = formats.ENDINGS.get(ending)
    if found and not packed:
        found = formats.unread_format(path)
    said = found.said if found else f"has the ending {ending}, of no known format" if ending else "has no ending"
    to_do = f"If it counts, give it its right ending ({', '.join(sorted(KNOWN))}); if not, take it away."
    if found:
        to_do = found.to_do
    elif ending in table.PACKED:
        to_do = "Unpack it, and put there what it holds."
    elif not packed and (ending in KNOWN or formats.is_tabbed(path)):
        said, to_do = "lies beside other exports", "If it counts, name it in path."
    return f"the file {in_letters(path.name)} {in_letters(said)}, and was not read. {to_do}"


def _places(found: Sequence[Path], folder: Path) -> dict[Path, str]:
    """How each file is called in messages: by its name, or by its path where two files share a name."""
    names = [path.name for path in found]
    return {
        path: path.name
        if names.count(path.name) == 1
        else (path.relative_to(folder) if path.is_relative_to(folder) else path).as_posix()
        for path in found
    }


def _suffix(path: Path) -> str:
    name = path.with_suffix("") if path.suffix.lower() == ".gz" else path
    return name.suffix.lower()


def _read(
    path: Path,
    place: str,
    wanted: Wanted,
    source: Source,
    terms: Terms | None,
    told: progress.Tell,
    entire: bool = False,
) -> Iterable[FileRow | Rejected | Dropped | Remark]:
    suffix, size = _suffix(path), path.stat().st_size
    if size == 0:
        raise SourceDown(f"{place} is empty (0 bytes). Export it again.")
    if path.suffix.lower() == ".gz" and suffix in DELIMITED | JSON:
        return _unpacked(path, place, wanted, source, terms, told)
    if formats.is_tabbed(path):
        return _delimited(path, place, wanted, source, terms if size > SMALL else None, told)
    if suffix != ".xlsx":
        formats.refuse_unread(path, place)
    if suffix == ".xlsx":
        return sheets.sheet_rows(path, sheet(source), wanted, place, entire=entire)
    large = terms if size > SMALL else None
    if suffix == ".parquet":
        return bulk.parquet_rows(path, wanted, place, large, told)
    if suffix in JSON:
        found = jsonlines.json_rows(path, wanted, place, _json_encoding(source, path, place), told, entire=entire)
        return going_on(found, large, wanted.row_filter) if large else found
    if suffix in DELIMITED:
        return _delimited(path, place, wanted, source, large, told)
    raise SourceDown(f"{path} is of no known format. Known are: {', '.join(sorted(KNOWN))}, and packed: .csv.gz.")


def _further(one: formats.Format, file: OpenFile, wanted: Wanted) -> Iterator[FileRow | Rejected]:
    """The rows of a file that a package reads: headings are matched as everywhere."""
    place = file.place
    table_rows = iter(one.table(file.path))
    _, headings = next(table_rows, ("", ()))
    if not headings:
        raise SourceDown(f"{place} holds no table ({one.name}). Export it again.")
    where = positions(headings, wanted, place)
    taken = taken_down(headings, where, wanted, place)
    for at, cells in table_rows:
        if any(cell.strip() for cell in cells):
            taken.look(cells)
            if len(cells) > len(headings):
                fault = "the row has more fields than there are headings; correct it"
                yield Rejected(f"{place}:{at}", fault, digest=lasting.cells_digest(cells))
            else:
                yield filled(f"{place}:{at}", cells, where, len(headings), wanted)


def _delimited(
    path: Path, place: str, wanted: Wanted, source: Source, terms: Terms | None, told: progress.Tell
) -> Iterator[FileRow | Rejected | Dropped | Remark]:
    refuse_disguise(path, place)
    how = delimited.layout_for(source, path, wanted, place, whole=not terms)
    if not wanted.stated and not serves(how.headings, wanted):
        with closing(table.lines(path, how.encoding, how.newline)) as text:
            if formats.is_fixed_width(list(islice(text, 20))):
                raise SourceDown(f"{place} {formats.FIXED}")
    where = positions(how.headings, wanted, how.place(place))
    yield from (Remark(f"{place}:{how.first_line}", sentence) for sentence in how.row.told("line"))
    if terms and not how.row.groups and not wanted.stated:
        counts = wanted.row_filter.counts.copy()
        try:
            with _as_utf8(path, how) as (plain, written):
                yield from bulk.csv_rows(plain, written, wanted, place, terms, told)
                return
        except bulk.Unsure:
            wanted.row_filter.counts = counts  # nothing was yielded: the rows below are the first ones
        how = delimited.layout_for(source, path, wanted, place, whole=True)
    found = delimited.delimited_rows(path, how, wanted, place, told)
    for row in going_on(found, terms, wanted.row_filter) if terms else found:
        if how.row.groups and isinstance(row, FileRow) and how.row.again(row.values, where):
            yield Remark(row.where, HEADINGS_AGAIN)
        else:
            yield row


@contextmanager
def _as_utf8(path: Path, how: table.Layout) -> Iterator[tuple[Path, table.Layout]]:
    """The file itself where it is UTF-8 with line feeds, else a temporary copy that is; and how that is written."""
    if how.encoding in {"utf-8", "utf-8-sig"} and how.newline == "\n":
        yield path, how
        return
    with scratch() as folder:
        copy = folder / "utf-8.csv"
        if not delimited.transcoded(path, how, copy):
            raise bulk.Unsure("the file holds bytes that are no text in its encoding")
        yield copy, replace(how, encoding="utf-8")


def _unpacked(
    path: Path, place: str, wanted: Wanted, source: Source, terms: Terms | None, told: progress.Tell
) -> Iterator[FileRow | Rejected | Dropped | Remark]:
    with table.unpacked(path) as plain:
        yield from _read(plain, place, wanted, source, terms, told)


def _items(
    found: Iterable[FileRow | Rejected | Dropped | Remark],
    source: Source,
    furniture: Furniture,
    kept: row_filter.RowFilter,
) -> Iterator[Item]:
    shorts, first, longer = 0, "", False
    for row in found:
        if not isinstance(row, FileRow):
            yield row
            continue
        remark = furniture.seen(row)
        if remark is not None:
            yield remark
            continue
        if row.longer and not longer:
            longer = True
            yield Remark(row.where, LONGER)
        if kept.rules and not row.lacks:
            if not kept.takes(row.values):
                continue
            for name in kept.fields:
                del row.values[name]
        if row.short and not row.lacks:
            shorts, first = shorts + 1, first or row.where
        if fault := row.lacks or _unusable(row.values):
            yield Rejected(row.where, fault, digest=lasting.lasting_digest(row.values))
        else:
            typed = {name: unescaped(text) for name, text in row.values.items()}
            yield Raw(typed, source.name, row.where, row_digest(row.values), source.day or source.now, source.options)
    if shorts:
        yield Remark(
            first,
            f"{shorts:,} row{'s end' if shorts > 1 else ' ends'} before the last headings, the first one here, as "
            "spreadsheets leave the last commas of a row away; what is missing was read as empty. If a separator is "
            "missing further in front, correct the export.",
        )


LONGER = (
    "this row, and perhaps others, has more fields than headings in audit.toml names; what stands behind the last of"
    " them was left unread. If a value holds the separator without quotation marks, correct the row; else name the"
    " column, too."
)
"""The note for the first row that is longer than the stated headings."""


def row_digest(values: dict[str, str]) -> str:
    """SHA-256 in hex of a row: its filled fields by name, each name and text ended by NUL, which no text holds.

    The order of columns, and columns that are empty, do not count.
    """
    told = sorted([one for one in values.items() if one[1]])
    return sha256("".join([f"{name}\0{text}\0" for name, text in told]).encode("utf-8", "surrogatepass")).hexdigest()


def _unusable(values: dict[str, str]) -> str:
    """Why text cannot be kept as it is; empty where it can."""
    text = "".join(values.values())
    if text.isascii() and "\0" not in text:
        return ""
    if "\0" in text:
        return "a value holds a NUL byte, which is no text; correct it in the export"
    try:
        text.encode()
    except UnicodeEncodeError:
        return "a value holds bytes that are no text in the file's encoding; name the right encoding in audit.toml"
    return ""


def _columns(source: Source, fields: Sequence[str]) -> dict[str, str]:
    columns = source.options.get("columns", {})
    if not isinstance(columns, dict) or not all(isinstance(heading, str) for heading in columns.values()):
        raise SourceDown(f'{source.name}: columns must be a table: columns = {{ our_name = "Their Heading" }}.')
    if unknown := [name for name in columns if name not in fields]:
        if turned := [f"{columns[name]} = {name!r}" for name in unknown if columns[name] in fields]:
            raise SourceDown(
                f"{source.name}: columns in audit.toml has our name on the left, and the export's heading on the right:"
                f" columns = {{ {', '.join(turned)} }}."
            )
        raise SourceDown(
            f"{source.name}: columns in audit.toml names {', '.join(unknown)}, which this connector does not read. "
            f"It reads: {', '.join(fields)}."
        )
    return dict(columns)


def _headings(source: Source) -> tuple[str, ...]:
    """The option `headings`: what the columns of a file without headings hold; none where it is not there."""
    stated = source.options.get("headings", [])
    if not isinstance(stated, list) or not all(isinstance(one, str) for one in stated):
        raise SourceDown(
            f'{source.name}: headings in audit.toml must be a list: headings = ["url", "agency_code", "-"].'
        )
    return tuple(stated)


def sheet(source: Source) -> str | list[str]:
    """The option `sheet`: a name, "*", or a list of names; "" where it is not there."""
    asked = source.options.get("sheet", "")
    if isinstance(asked, str) or (isinstance(asked, list) and asked and all(isinstance(one, str) for one in asked)):
        return asked
    raise SourceDown(f'{source.name}: sheet in audit.toml must be a name, a list of names, or "*" for every sheet.')


def _json_encoding(source: Source, path: Path, place: str) -> str:
    """UTF-8, as JSON is written, or the UTF-16 that Windows makes of it."""
    asked = delimited.stated_encoding(source, path, place)
    told = asked or delimited.sniffed_encoding(path, place, whole=False)
    return told if asked or told.startswith(("utf-16", "utf-32")) else "utf-8-sig"


def refuse_disguise(path: Path, place: str) -> None:
    """Refuse a file that is packed, and whose ending says that it is text; raises SourceDown."""
    if path.suffix.lower() == ".gz":
        return
    with path.open("rb") as file:
        head = file.read(8)
    if head.startswith(b"PK\x03\x04") or head == formats.OLE2:
        raise SourceDown(f"{place} is a workbook or an archive, not text. Give it its right ending (.xlsx, .zip).")
    if head.startswith(b"\x1f\x8b"):
        raise SourceDown(f"{place} is compressed. Give it its right ending (.csv.gz).")
