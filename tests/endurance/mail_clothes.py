"""The same mails in other clothes: every mail log that is read, as offices and programs hand it over.

    python -m tests.endurance.mail_clothes [--only FORMAT …] [--clothes NAME …]

Each format of tests/mail_formats.py is written plainly, and again in all of CLOTHES that suit it, and read by its
connector. What both find (mailboxes, platforms, kinds, numbers and times of mails) is the same, or something is told: a
row that cannot be read, a file that was not, why the source cannot be. A difference without a word does not pass; nor
does any difference where the clothes are such that are read (`reads`). Prints what does not pass, and how many did.
"""

from __future__ import annotations

import argparse
import base64
import csv
import gzip
import json
import re
import sys
import tempfile
import zipfile
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from io import BytesIO, StringIO
from pathlib import Path, PurePath
from typing import Any

import openpyxl

from connectors.catalog import CONNECTORS
from connectors.contract import BadRow, Raw, Rejected, Remark, Source, SourceDown
from tests.made_mails import MAILS, MadeMail
from tests.mail_formats import FORMATS, MailFormat

NOW = datetime(2026, 11, 20, tzinfo=UTC)
WEEKS = [
    replace(mail, number=100 * week + mail.number, at=mail.at - timedelta(days=9 * week, minutes=7 * week))
    for week in range(4)
    for mail in MAILS
]
"""The made mails of four times, so that some days are behind the twelfth."""
DAY_ZERO = datetime(1899, 12, 30, tzinfo=UTC)
TABLE, LINES, JSON, TRACKING = "table", "lines", "json", "tracking"
Facts = Mapping[tuple[str, str], Sequence[tuple[object, ...]]]
"""By mailbox and platform what its mails are, in order."""
Files = Mapping[str, bytes]
Row = list[str]


@dataclass(frozen=True)
class Clothes:
    """A way to hand a log over: `wear` makes files of its name and its text. `suits` are the kinds of logs that may
    come so; `reads`: it says what it says plainly, whatever is told beside."""

    name: str
    suits: frozenset[str]
    wear: Callable[[str, str], Files]
    reads: bool = True


@dataclass(frozen=True)
class Outcome:
    """How a format fared in its clothes: "same", "told" or "silent", and what was told first."""

    form: str
    clothes: str
    what: str
    passed: bool
    said: str = ""


def kind_of(form: MailFormat) -> str:
    """Which of the kinds of logs a format is."""
    if form.lines and not form.name.endswith(".jsonl"):
        return LINES
    return {".csv": TABLE, ".log": TRACKING}.get(PurePath(form.name).suffix.lower(), JSON)


# texts


def _text(change: Callable[[str], str], encoding: str = "utf-8") -> Callable[[str, str], Files]:
    return lambda name, text: {name: change(text).encode(encoding)}


def _by_line(change: Callable[[str], str]) -> Callable[[str, str], Files]:
    return _text(lambda text: "".join(f"{change(line)}\n" for line in text.splitlines()))


def _halves(name: str, text: str, *, twice: int = 0) -> Files:
    """In two files, `twice` lines of them in both; the second half is the newer one."""
    head, lines = _parted(name, text)
    half = len(lines) // 2
    older, newer = ("".join([*head, *part]) for part in (lines[: half + twice], lines[half:]))
    first = f"{name}.1" if not head and ".json" not in name else f"1-{name}"
    return {first: older.encode(), name: newer.encode()}


def _parted(name: str, text: str) -> tuple[list[str], list[str]]:
    """The lines that each part of a log begins with, and those of its mails."""
    lines = text.splitlines(keepends=True)
    count = sum(line.lstrip("\ufeff").startswith("#") for line in lines) + name.endswith(".csv")
    return lines[:count], lines[count:]


def _rotated(name: str, text: str) -> Files:
    lines = text.splitlines(keepends=True)
    third = len(lines) // 3
    parts = ["".join(lines[at:end]).encode() for at, end in ((0, third), (third, 2 * third), (2 * third, None))]
    began = name.endswith(".current")  # as Cisco's appliance calls its files
    older = [f"mail.@202611{at:02}T000000.s" if began else f"{name}.{3 - at}" for at in (1, 2)]
    return {f"{older[0]}.gz": gzip.compress(parts[0]), older[1]: parts[1], name: parts[2]}


def _added_in_utf_16(name: str, text: str) -> Files:
    lines = text.splitlines(keepends=True)
    half = len(lines) // 2
    return {name: "".join(lines[:half]).encode() + "".join(lines[half:]).encode("utf-16-le")}


def _zipped(name: str, text: str) -> Files:
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(f"2026/11/{name}", text)
    return {"log.zip": packed.getvalue()}


# objects


def _turned(line: str) -> str:
    return json.dumps(dict(reversed(json.loads(line).items())))


def _over_lines(line: str) -> str:
    return json.dumps(json.loads(line), indent=1)


# tables


def _rows(text: str) -> list[Row]:
    return [row for row in csv.reader(StringIO(text)) if not row[0].startswith("#TYPE")]


def _written(rows: Sequence[Row], **how: Any) -> str:
    text = StringIO()
    csv.writer(text, **how).writerows(rows)
    return text.getvalue()


def _as_table(change: Callable[[list[Row]], list[Row]] = lambda rows: rows, **how: Any) -> Callable[[str, str], Files]:
    return lambda name, text: {name: _written(change(_rows(text)), **how).encode()}


def _by_cell(change: Callable[[str], str]) -> Callable[[str, str], Files]:
    return _as_table(lambda rows: [rows[0], *([change(cell) for cell in row] for row in rows[1:])])


def _moment(cell: str) -> datetime | None:
    try:
        return datetime.strptime(cell, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    except ValueError:
        return None


def _times(form: Callable[[datetime], str]) -> Callable[[str, str], Files]:
    return _by_cell(lambda cell: form(moment) if (moment := _moment(cell)) else cell)


SUBJECTS = frozenset(mail.subject for mail in MAILS)
MAILBOXES = frozenset(mail.to for mail in MAILS)
FATES = frozenset({"Delivered", "Failed", "Blocked", "Not Delivered", "DELIVER", "FAIL"})


def _subjects(change: Callable[[str], str]) -> Callable[[str, str], Files]:
    return _by_cell(lambda cell: change(cell) if cell in SUBJECTS and "=?" not in cell else cell)


def _recipients(change: Callable[[str], str]) -> Callable[[str, str], Files]:
    """Those in a column of their own, not the ones that stand before a status ("ada@maine.gov##Deliver")."""
    return _by_cell(lambda cell: change(cell) if cell in MAILBOXES else cell)


def _without(tells: Callable[[str], bool]) -> Callable[[list[Row]], list[Row]]:
    """The rows without the columns in which most cells are such."""

    def change(rows: list[Row]) -> list[Row]:
        left = [column for column in zip(*rows, strict=True) if sum(map(tells, column)) * 2 < len(rows)]
        return [list(row) for row in zip(*left, strict=True)]

    return change


def _workbook(as_dates: bool, title: Sequence[str] = ()) -> Callable[[str, str], Files]:
    def wear(name: str, text: str) -> Files:
        book, saved = openpyxl.Workbook(), BytesIO()
        sheet = book.active
        assert sheet is not None
        for line in title:
            sheet.append([line])
        for row in _rows(text):
            moments = [_moment(cell) if as_dates else None for cell in row]
            sheet.append([at.replace(tzinfo=None) if at else cell for at, cell in zip(moments, row, strict=True)])
        book.save(saved)
        return {f"{PurePath(name).stem}.xlsx": saved.getvalue()}

    return wear


def _in_base64(subject: str) -> str:
    return f"=?UTF-8?B?{base64.b64encode(subject.encode()).decode()}?="


def _quoted_printable(subject: str) -> str:
    letters = "".join(f"={byte:02X}" if byte in b"=?_ " or byte > 126 else chr(byte) for byte in subject.encode())
    return f"=?utf-8?q?{letters}?="


def _clock(moment: datetime) -> str:
    return f"{moment:%I:%M:%S %p}".removeprefix("0")


STAMPED = r"^(?:[A-Z][a-z]{2} [ \d]\d |\d{4}-\d\d-\d\dT)"
EASTERN = timedelta(hours=5)
EVERY = frozenset({TABLE, LINES, JSON, TRACKING})
TABLES, OF_LINES, OBJECTS = frozenset({TABLE}), frozenset({LINES}), frozenset({JSON})
NEWEST_FIRST = "its newest line first"
CLOTHES = (
    Clothes("line ends of Windows", EVERY, _text(lambda text: text.replace("\r\n", "\n").replace("\n", "\r\n"))),
    Clothes("line ends of Unix", EVERY, _text(lambda text: text.replace("\r\n", "\n"))),
    Clothes("a byte-order mark", EVERY, _text(lambda text: "\ufeff" + text.removeprefix("\ufeff"))),
    Clothes("UTF-16", EVERY, _text(lambda text: "\ufeff" + text.removeprefix("\ufeff"), "utf-16-le")),
    Clothes("UTF-16, big-endian", EVERY, _text(lambda text: "\ufeff" + text.removeprefix("\ufeff"), "utf-16-be")),
    Clothes("UTF-16 without a mark", EVERY, _text(lambda text: text.removeprefix("\ufeff"), "utf-16-le"), reads=False),
    Clothes("blank lines between", EVERY - {TRACKING}, _text(lambda text: text.replace("\n", "\n\n"))),
    Clothes("no line end at its end", EVERY, _text(lambda text: text.rstrip("\r\n"))),
    Clothes("packed", EVERY, lambda name, text: {f"{name}.gz": gzip.compress(text.encode())}),
    Clothes("packed under its old name", EVERY, lambda name, text: {name: gzip.compress(text.encode())}, reads=False),
    Clothes("in folders of an archive", EVERY, _zipped, reads=False),
    Clothes("a copy beside it", EVERY, lambda name, text: dict.fromkeys((name, f"Copy of {name}"), text.encode())),
    Clothes("its lines twice", EVERY, _text(lambda text: text + text.removeprefix("\ufeff"))),
    Clothes("in two files", EVERY, _halves),
    Clothes("in two files of which lines are in both", EVERY, lambda name, text: _halves(name, text, twice=9)),
    Clothes("cut in half", TABLES, _text(lambda text: text[: len(text) // 2 - 3]), reads=False),
    Clothes("cut in its last line", EVERY, _text(lambda text: text[:-23]), reads=False),
    # tables
    Clothes("line ends of old Macs", TABLES, _as_table(lineterminator="\r")),
    Clothes("semicolons", TABLES, _as_table(delimiter=";")),
    Clothes("tabs", TABLES, _as_table(delimiter="\t")),
    Clothes("bars", TABLES, _as_table(delimiter="|")),
    Clothes("every cell quoted", TABLES, _as_table(quoting=csv.QUOTE_ALL)),
    Clothes("Excel's line of separators", TABLES, _text(lambda text: f"sep=,\r\n{text}")),
    Clothes("PowerShell's line of types", TABLES, _text(lambda text: f'#TYPE "Deserialized.Trace"\r\n{text}')),
    Clothes("a title above", TABLES, _text(lambda text: f"Message trace of 20 November 2026\r\n\r\n{text}")),
    Clothes("a total below", TABLES, _text(lambda text: f"{text}Total: {len(WEEKS)}\r\n")),
    Clothes("empty rows below", TABLES, _as_table(lambda rows: [*rows, *[[""] * len(rows[0])] * 3])),
    Clothes("columns the other way round", TABLES, _as_table(lambda rows: [row[::-1] for row in rows])),
    Clothes("headings in capitals", TABLES, _as_table(lambda rows: [[one.upper() for one in rows[0]], *rows[1:]])),
    Clothes("headings among blanks", TABLES, _as_table(lambda rows: [[f" {one} " for one in rows[0]], *rows[1:]])),
    Clothes("rows in another order", TABLES, _as_table(lambda rows: [rows[0], *sorted(rows[1:], key=str)])),
    Clothes("a workbook", TABLES, _workbook(as_dates=False)),
    Clothes("a workbook with dates", TABLES, _workbook(as_dates=True)),
    Clothes("a workbook with a title", TABLES, _workbook(as_dates=True, title=("Message trace",))),
    Clothes("times of the United States", TABLES, _times(lambda at: f"{at.month}/{at.day}/{at.year} {_clock(at)}")),
    Clothes("times with the day first", TABLES, _times(lambda at: f"{at:%d/%m/%Y %H:%M:%S}")),
    Clothes("times with dots", TABLES, _times(lambda at: f"{at:%d.%m.%Y %H:%M:%S}")),
    Clothes("times in words", TABLES, _times(lambda at: f"{at:%b} {at.day}, {at.year} {_clock(at)}")),
    Clothes("times of mails", TABLES, _times(lambda at: f"{at:%a, %d %b %Y %H:%M:%S} +0000")),
    Clothes("times with an offset", TABLES, _times(lambda at: f"{at - EASTERN:%Y-%m-%dT%H:%M:%S}-05:00")),
    Clothes("times with a zone", TABLES, _times(lambda at: f"{at - EASTERN:%m/%d/%Y %H:%M:%S} EST")),
    Clothes("seconds since 1970", TABLES, _times(lambda at: f"{at.timestamp():.0f}")),
    Clothes("milliseconds since 1970", TABLES, _times(lambda at: f"{at.timestamp() * 1000:.0f}")),
    Clothes("Excel's day numbers", TABLES, _times(lambda at: f"{(at - DAY_ZERO) / timedelta(days=1):.6f}")),
    Clothes("times that nobody reads", TABLES, _times(lambda at: f"day {at:%j} of {at.year}"), reads=False),
    Clothes("times to come", TABLES, _times(lambda at: f"{at + timedelta(days=90):%Y-%m-%d %H:%M}"), reads=False),
    Clothes("no times", TABLES, _as_table(_without(lambda cell: _moment(cell) is not None)), reads=False),
    Clothes("no subjects", TABLES, _as_table(_without(SUBJECTS.__contains__)), reads=False),
    Clothes("no fates", TABLES, _as_table(_without(FATES.__contains__)), reads=False),
    Clothes("subjects on two lines", TABLES, _subjects(lambda subject: subject.replace(" ", "\r\n ", 1))),
    Clothes("subjects in base64", TABLES, _subjects(_in_base64)),
    Clothes("subjects in quoted-printable", TABLES, _subjects(_quoted_printable)),
    Clothes("recipients in capitals", TABLES, _recipients(str.upper)),
    Clothes("recipients in angle brackets", TABLES, _recipients(lambda one: f"<{one}>")),
    Clothes("recipients with names", TABLES, _recipients(lambda one: f"Doe, Jo <{one}>")),
    Clothes("several recipients", TABLES, _recipients(lambda one: f"{one}; {one}")),
    Clothes("fates in small letters", TABLES, _by_cell(lambda cell: cell.lower() if cell in FATES else cell)),
    Clothes("fates in other words", TABLES, _by_cell(lambda cell: "Remis" if cell in FATES else cell), reads=False),
    # lines
    Clothes("priorities before the stamps", OF_LINES, _by_line(lambda line: re.sub(STAMPED, r"<22>\g<0>", line))),
    Clothes("rotated and packed", OF_LINES, _rotated),
    Clothes("lines of others between", OF_LINES, _by_line(lambda line: f"{line}\nNov  2 06:00:00 mx1 cron[7]: ran")),
    Clothes("NULs before it, as after a fall", OF_LINES, _text(lambda text: "\0" * 512 + "\n" + text)),
    Clothes("UTF-16 added to UTF-8", OF_LINES, _added_in_utf_16, reads=False),
    Clothes(NEWEST_FIRST, OF_LINES, _text(lambda text: "".join(reversed(text.splitlines(True)))), reads=False),
    Clothes("names of files before the lines", OF_LINES, _by_line(lambda line: f"mail.log:{line}"), reads=False),
    Clothes("lines in quotation marks", OF_LINES, _by_line(json.dumps), reads=False),
    Clothes("lines in JSON", OF_LINES, _by_line(lambda line: json.dumps({"message": line})), reads=False),
    # objects
    Clothes("keys in another order", OBJECTS, _by_line(_turned)),
    Clothes("commas behind the objects", OBJECTS, _by_line(lambda line: f"{line},"), reads=False),
    Clothes("one list", OBJECTS, _text(lambda text: f"[{','.join(text.splitlines())}]\n"), reads=False),
    Clothes("one object", OBJECTS, _text(lambda text: f'{{"value": [{",".join(text.splitlines())}]}}\n'), reads=False),
    Clothes("objects over several lines", OBJECTS, _by_line(_over_lines), reads=False),
    Clothes("objects within objects", OBJECTS, _by_line(lambda line: f'{{"_source": {line}}}'), reads=False),
)  # fmt: skip


def read(connector: str, folder: Path) -> tuple[Facts, list[str]]:
    """What a connector finds in a folder, and what it tells."""
    facts: dict[tuple[str, str], Sequence[tuple[object, ...]]] = {}
    told: list[str] = []
    source = Source("mail", folder, {"path": "."}, now=NOW)
    try:
        for item in CONNECTORS[connector].fetch(source):
            if isinstance(item, (Rejected, Remark)):
                told.append(f"{item.where}: {item.reason if isinstance(item, Rejected) else item.text}")
            elif isinstance(item, Raw):
                try:
                    account = CONNECTORS[connector].parse(item)
                except BadRow as fault:
                    told.append(str(fault))
                    continue
                facts[account.registered_email, account.platform] = sorted(
                    (*_seconds(one.first_at, one.last_at), one.kind, one.strength, one.third_party, one.count, one.days)
                    for one in account.signals
                )
    except SourceDown as fault:
        told.append(str(fault))
    return facts, told


def _seconds(*moments: datetime) -> tuple[datetime, ...]:
    return tuple(one.replace(microsecond=0) for one in moments)


def worn(form: str, files: Files) -> tuple[Facts, list[str]]:
    """What the connector of a format finds in these files, and what it tells."""
    with tempfile.TemporaryDirectory() as folder:
        for name, content in files.items():
            (Path(folder) / name).write_bytes(content)
        return read(FORMATS[form].connector, Path(folder))


def plain(form: str, mails: Sequence[MadeMail] = WEEKS) -> tuple[Facts, list[str]]:
    """The same of the plain log."""
    return worn(form, {FORMATS[form].name: FORMATS[form].write(mails).encode()})


def outcome(form: str, clothes: Clothes, facts: Facts) -> Outcome:
    """How a format fares in clothes, beside the facts of its plain log."""
    one = FORMATS[form]
    found, told = worn(form, clothes.wear(one.name, one.write(WEEKS)))
    what = "same" if found == facts else "told" if told else "silent"
    return Outcome(form, clothes.name, what, what == "same" or (what == "told" and not clothes.reads), "; ".join(told))


def main() -> int:
    """Run what is asked for; 1 where something did not pass."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", nargs="*", default=list(FORMATS))
    parser.add_argument("--clothes", nargs="*", default=[one.name for one in CLOTHES])
    asked = parser.parse_args()
    outcomes = []
    for form in asked.only:
        facts, told = plain(form)
        assert facts, f"the plain log of {form} says nothing"
        assert not told, f"the plain log of {form} is told: {told}"
        for clothes in CLOTHES:
            if clothes.name in asked.clothes and kind_of(FORMATS[form]) in clothes.suits:
                outcomes.append(one := outcome(form, clothes, facts))
                if not one.passed:
                    print(f"{one.form:24} {one.clothes:40} {one.what:6} {one.said[:240]}", flush=True)
    failed = sum(not one.passed for one in outcomes)
    print(f"{len(outcomes)} logs, {failed} did not pass; {dict(Counter(one.what for one in outcomes))}")
    return bool(failed)


if __name__ == "__main__":
    sys.exit(main())
