"""Formats that are not read, told by a file's content or its ending, each with the sentence on how to save it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from connectors.contract import SourceDown

DELIMITED = {".csv", ".tsv", ".txt"}
JSON = {".jsonl", ".ndjson", ".json"}
OURS = frozenset({*DELIMITED, *JSON, ".parquet", ".xlsx", ".zip", ".gz"})
HEAD = 1 << 16
"""Bytes that are looked at."""
OLE2 = bytes.fromhex("d0cf11e0a1b11ae1")
FEW_LINES = 3
"""Lines from which columns can be told by their positions."""
SAVE_AS = "Open it and save it as an Excel workbook (.xlsx) or as CSV UTF-8."
ATTACHED = "Save the table that is attached to it, and hand that in."
AGAIN = "Export it as CSV UTF-8 from the system that it comes from."
XML_AS = "If Excel opens it as a table, save it there as an Excel workbook (.xlsx); else export it as CSV UTF-8."


@dataclass(frozen=True, slots=True)
class Format:
    """A format that a package reads beside ours: `endings` as they are written (".ods"), and what `table` makes of a
    file: (place, cells) row by row, the headings first. A place is what stands behind the file's name ("17").

    `table` raises SourceDown where the file is damaged or refused.
    """

    name: str
    endings: tuple[str, ...]
    table: Callable[[Path], Iterator[tuple[str, Sequence[str]]]]


FURTHER: dict[str, Format] = {}
"""Formats of packages that audit.toml allows, by name; audit.extensions fills it."""


def further_format(ending: str) -> Format | None:
    """The format of a package that reads files of an ending, if there is one."""
    return next((one for one in FURTHER.values() if ending in one.endings), None)


def format_faults(one: Format) -> Iterator[str]:
    """What keeps a format of a package from taking part: a sentence each, without its full stop."""
    if not one.endings:
        yield "it names no endings"
    for ending in one.endings:
        if not re.fullmatch(r"\.[a-z0-9]+", ending):
            yield f"{ending!r} is no ending, written like .ods"
        elif ending in OURS or further_format(ending):
            yield f"files of the ending {ending} are read already"


@dataclass(frozen=True, slots=True)
class UnreadFormat:
    """A format that is not read: what a file of it is, what to do, its endings, and whether a head is of it.

    `holds` sees the first bytes as text (bytes as Latin-1, UTF-16 as what it says). `tables`: it holds spreadsheets, so
    that such a file may be more of a list that counts only as a whole.
    """

    said: str
    to_do: str
    endings: tuple[str, ...] = ()
    holds: Callable[[str], bool] = lambda _: False
    tables: bool = False

    def refusal(self, place: str, *, renamed: bool = False) -> SourceDown:
        """What to raise for a file of it; `renamed`: its ending says something else."""
        return SourceDown(f"{place} {self.said}{' under another name' * renamed}, which is not read. {self.to_do}")


def _begins(pattern: str) -> Callable[[str], bool]:
    found = re.compile(rf"\s*(?:{pattern})", re.IGNORECASE)
    return lambda head: found.match(head) is not None


def _holds(*marks: str) -> Callable[[str], bool]:
    return lambda head: all(mark in head for mark in marks)


def _zipped(mark: str) -> Callable[[str], bool]:
    return lambda head: head.startswith("PK\x03\x04") and mark in head


def _old(name: str) -> Callable[[str], bool]:
    stream = "\0".join(name) + "\0"
    return lambda head: head.startswith(OLE2.decode("latin-1")) and stream in head


UNREAD = (
    UnreadFormat(
        "is a Word document",
        "Copy its table into a spreadsheet, and save that as .xlsx.",
        (".doc", ".docx", ".rtf"),
        lambda head: _zipped("word/")(head) or _old("WordDocument")(head) or head.startswith("{\\rtf"),
    ),
    UnreadFormat("is a mail of Outlook", ATTACHED, (".msg",), _old("__substg1.0_")),
    UnreadFormat(
        "is in the old Excel format (.xls)", SAVE_AS, (".xls", ".xlt"), _begins(OLE2.decode("latin-1")), tables=True
    ),
    UnreadFormat("is a binary workbook (.xlsb)", SAVE_AS, (".xlsb",), _zipped("xl/workbook.bin"), tables=True),
    UnreadFormat("is a workbook with macros (.xlsm)", SAVE_AS, (".xlsm",), tables=True),
    UnreadFormat("is a template with macros (.xltm)", SAVE_AS, (".xltm",), tables=True),
    UnreadFormat(
        "is an OpenDocument spreadsheet (.ods)",
        SAVE_AS,
        (".ods", ".fods"),
        lambda head: _zipped("opendocument")(head) or "office:document" in head,
        tables=True,
    ),
    UnreadFormat(
        "is a spreadsheet of Apple Numbers",
        "In Numbers choose File, Export To, Excel or CSV (UTF-8).",
        (".numbers",),
        _zipped("Index/"),
        tables=True,
    ),
    UnreadFormat("is a PDF", f"A page is no table. {AGAIN}", (".pdf",), _begins("%PDF")),
    UnreadFormat(
        "is an Access database",
        "In Access open the table and choose External Data, Export, Excel or Text File.",
        (".mdb", ".accdb"),
        lambda head: head[4:19] in ("Standard Jet DB", "Standard ACE DB"),
    ),
    UnreadFormat(
        "is a SQLite database",
        "Export its table as CSV UTF-8.",
        (".sqlite", ".sqlite3", ".db"),
        _begins("SQLite format 3"),
    ),
    UnreadFormat(
        "is a mailbox of Outlook (.pst)",
        "Mails are not looked into: export the message trace instead.",
        (".pst", ".ost"),
        _begins("!BDN"),
    ),
    UnreadFormat(
        "is a mail",
        ATTACHED,
        (".eml", ".mbox"),
        _begins(r"(?:From \S+@\S+ |(?:Received|Return-Path|Delivered-To|MIME-Version|Message-ID): )"),
    ),
    UnreadFormat(
        "is an LDIF file",
        "Export it as CSV (csvde in the place of ldifde, or Export-Csv), or read the directory with hr_ldap.",
        (".ldif", ".ldf"),
        _begins(r"(?:#[^\n]*\n\s*|version: *1\s+)*dn:{1,2} *\S"),
    ),
    UnreadFormat(
        "is a WordPress export (WXR)",
        "It holds posts: export the site's users as CSV, or read the site with wordpress_site.",
        (".wxr",),
        _holds("wordpress.org/export"),
    ),
    UnreadFormat("is an XML spreadsheet", SAVE_AS, (), _holds("urn:schemas-microsoft-com:office:spreadsheet")),
    UnreadFormat(
        "is a web page (HTML)",
        f"{XML_AS} If it is a page to sign in, download the export again.",
        (".html", ".htm", ".mht", ".mhtml"),
        _begins(r"(?:<[?!][^>]*>\s*)*<(?:!doctype html|html|head|body|table|meta|style|div)\b"),
    ),
    UnreadFormat("is XML", XML_AS, (".xml",), _begins(r"<\?xml|<!--|<[a-z][\w:.-]*(?:\s[^>]*)?>\s*<")),
    UnreadFormat(
        "is YAML",
        AGAIN,
        (".yaml", ".yml"),
        _begins(r"(?:#[^\n]*\n\s*)*---\s++(?:#[^\n]*\n\s*+)*+(?:- )?[\w ]+:(?:\s|$)"),
    ),
    UnreadFormat("is a calendar or contact card", AGAIN, (".vcf", ".ics"), _begins("BEGIN:V(?:CARD|CALENDAR)")),
)
"""What is not read, the surer signs first."""
ENDINGS = {ending: one for one in UNREAD for ending in one.endings}
SPREADSHEETS = frozenset(ending for ending, one in ENDINGS.items() if one.tables)


def unread_format(path: Path) -> UnreadFormat | None:
    """The format of a file that is not read, by its content, else by its ending; None for one that may be read.

    A file of such an ending that holds text of no such format is what its content is: old reports are named .xls and
    hold a table with tabs.
    """
    with path.open("rb") as file:
        head = file.read(HEAD)
    text = _text(head)
    if found := next((one for one in UNREAD if one.holds(text)), None):
        return found
    ending = path.suffix.lower()
    return None if ending == ".xls" and _has_tabs(text) else ENDINGS.get(ending)


def is_tabbed(path: Path) -> bool:
    """Whether a file named .xls is text with tabs, as many reports are."""
    return path.suffix.lower() == ".xls" and unread_format(path) is None


def _has_tabs(text: str) -> bool:
    lines = [line for line in text.splitlines() if line.strip()]
    return "\0" not in text and any("\t" in line for line in lines[:20])


def refuse_unread(path: Path, place: str) -> None:
    """Refuse a file of a format that is not read; raises SourceDown with what it is and what to do."""
    if found := unread_format(path):
        raise found.refusal(place, renamed=bool(found.endings) and path.suffix.lower() not in found.endings)


TEXT_AS_WORKBOOK = (
    "holds text and is no Excel workbook, whatever its name says. If it is a CSV, give it that ending (.csv); else open"
    " it in Excel and save it as an Excel workbook (.xlsx)."
)


def is_text(path: Path) -> bool:
    """Whether a file's beginning is text and nothing else: no NUL, no control character but tabs and line ends."""
    with path.open("rb") as file:
        text = _text(file.read(HEAD))
    return bool(text.strip()) and not any(unicodedata.category(one) == "Cc" and not one.isspace() for one in text)


FIXED = (
    "holds columns of fixed width, which are not read. Open it in Excel with Data, From Text (fixed width), and save it"
    " as an Excel workbook (.xlsx), or export it with a separator."
)


def is_fixed_width(lines: Sequence[str]) -> bool:
    """Whether lines without a separator have columns by their positions: blanks that stand in all of them."""
    filled = [line.rstrip() for line in lines if line.strip(" -=\r\n")]
    if len(filled) < FEW_LINES:
        return False
    filled = filled[-max(len(filled) - 2, FEW_LINES) :]  # titles may stand above
    width = min(map(len, filled))
    blank = "".join(" " if all(line[at] == " " for line in filled) else "x" for at in range(width))
    return len(blank.split()) > 2 and all("  " in line for line in filled[:FEW_LINES])


def _text(head: bytes) -> str:
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return head.decode("utf-16", "replace")
    return head.decode("latin-1").removeprefix("ï»¿")
