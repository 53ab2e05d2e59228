"""The HR directory as an export: CSV, workbook, JSON Lines or Parquet, one employee a row."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from connectors import contract, files
from connectors.contract import OWN_TABLE, Access, BadRow, Connector, Expect, Item, Raw, Source, SourceDown
from connectors.files import addresses, times
from connectors.files.cells import identifier, plain
from connectors.files.dated import OPTION, dated, unread_day, written_day
from connectors.files.fields import QUOTED, ROUNDED
from connectors.files.leaving_reasons import FIELD, HEADINGS, reason_fields, unexplained_reason
from connectors.files.row_filter import filter_fault
from connectors.placeholders import is_error, is_no_name, is_placeholder
from connectors.records import Person, Status

FIELDS = (
    "employee_id",
    "given_name",
    "family_name",
    "preferred_name",
    "full_name",
    "work_email",
    "other_emails",
    "agency_code",
    "agency",
    "title",
    "status",
    "start_date",
    "end_date",
)
NAMES = ("given_name", "family_name", "preferred_name", "full_name")
REQUIRED = ("employee_id", NAMES, ("work_email", "other_emails"))
DAYS = ("start_date", "end_date")
SYNONYMS = {
    "full_name": ("employee_name", "worker_name", "legal_name", "employee", "worker", "name", "display_name"),
    FIELD: HEADINGS,
}
"""Headings under which HR systems write the whole name in one column, and why somebody left."""

OPTIONS = {
    **files.OPTIONS,
    "status_values": 'HR\'s own words for a status: status_values = { "LOA" = "leave", "SEP" = "terminated" }; a word'
    ' that proves neither is "unknown"',
    "may_lack": 'what rows need not have, since another table has it: ["work_email"] beside [addresses]',
    "date_format": OPTION,
}
MAY_LACK = ("employee_id", "work_email", "full_name")
"""What the option may_lack may name; full_name is the name, in whatever columns."""

RANK = re.compile(r"(?i:jr|sr|ii|iii|iv|esq|ph\.? ?d|cpa|mba|2nd|3rd|4th)\.?|[MDJRP]\.[DONE]\.")
"""What may follow a name behind a comma and is no given name. MD, DO and RN without dots are given names too."""


def _fault(options: Mapping[str, Any]) -> str:
    lacks = options.get("may_lack", [])
    if not isinstance(lacks, list) or not set(MAY_LACK).issuperset(map(str, lacks)):
        return f"may_lack: is a list, and may name {', '.join(MAY_LACK)}"
    return filter_fault(options)


def fetch(source: Source) -> Iterator[Item]:
    """Every row of the export. Raises SourceDown for settings or files that cannot be used."""
    spelled = source.options.get("status_values", {})
    if not isinstance(spelled, Mapping) or any(word not in list(Status) for word in spelled.values()):
        raise SourceDown(
            f"{source.name}: status_values in audit.toml has HR's words on the left, and on the right one of"
            f' {", ".join(Status)}, in small letters: status_values = {{ "LOA" = "leave" }}.'
        )
    may_lack = source.options.get("may_lack", [])
    required = [one for one in REQUIRED if not set(may_lack).intersection((one,) if isinstance(one, str) else one)]
    fields = (*FIELDS, *reason_fields(source))

    def read(again: Source) -> Iterator[Item]:
        many, beside = ("other_emails",), (FIELD,)
        return files.rows(again, fields, required, many=many, synonyms=SYNONYMS, entire=True, beside=beside)

    yield from dated(source, DAYS, read)


def parse(raw: Raw) -> Person:
    """One employee. An unreadable date or an unknown status is left open and noted.

    Raises NobodysRow without an employee id, BadRow without any name or address.
    """
    text, notes = raw.values, list[str]()
    employee_id = _employee_id(text.get("employee_id", ""), optional="employee_id" in raw.options.get("may_lack", ()))
    work_email, other_emails = _addresses(text, notes)
    names = _names(text, notes)
    if not any(names) and not work_email and not other_emails:
        raise BadRow("the row has neither a name nor an e-mail address; complete it in the HR system, or remove it")
    word = text.get("status", "").strip()
    status, remark, explained = _status(word, raw.options.get("status_values", {}))
    days: dict[str, date | None] = {}
    dark: list[str] = []
    form = times.form(str(raw.options.get("date_format", "")))
    for name in DAYS:
        written = written_day(text.get(name, ""))
        days[name] = form.day(written) if written else None
        if written and days[name] is None:
            notes.append(unread_day(name, written))
            dark.append(name)
    if status in (Status.ACTIVE, Status.LEAVE) and (unexplained := unexplained_reason(text)):
        notes.append(unexplained)
        dark.append(FIELD)
    return Person(
        employee_id=employee_id,
        given_name=names[0],
        family_name=names[1],
        preferred_name=names[2],
        work_email=work_email,
        other_emails=other_emails,
        agency_code=identifier(text.get("agency_code", "")),
        agency=text.get("agency", "").strip(),
        title=text.get("title", "").strip(),
        status=status,
        start_on=days["start_date"],
        end_on=days["end_date"],
        provenance=raw.provenance,
        notes=(*remark, *notes),
        unread=tuple(dark),
        status_word="" if explained else word,
        status_open=explained and status is Status.UNKNOWN,
    )


def _addresses(text: Mapping[str, str], notes: list[str]) -> tuple[str, tuple[str, ...]]:
    """The work address, the first of its cell, and all others. A cell that cannot be read is noted; the directory tells
    of a work address that is none."""
    work, others = (addresses.addresses_in(text.get(name, "")) for name in ("work_email", "other_emails"))
    for name, found in (("work_email", work), ("other_emails", others)):
        if found.unread:
            notes.append(
                f"{name} {addresses.masked(found.unread)[:QUOTED]!r} is no address that can be read, and ties nobody to"
                " an account. Correct it in HR, or in how HR exports it."
            )
    first, *more = work.addresses or (work.unread,)
    return first, tuple(dict.fromkeys(one for one in (*more, *others.addresses) if one != first))


def _names(text: Mapping[str, str], notes: list[str]) -> tuple[str, str, str]:
    """Given, family and preferred name. Where HR has the whole name in one column (full_name, or any one of the others
    with a comma in it), it is split: "Last, First Middle" at its comma; without a comma the first word is the given
    name and the rest the family name, which is right for display and nothing else ("Maria del Carmen Ortiz").
    """
    given, family, preferred, full = (_name(name, text.get(name, ""), notes) for name in NAMES)
    alone = [name for name in (given, family, preferred, full) if name]
    if len(set(alone)) == 1 and ("," in alone[0] or full):
        return (*_split(alone[0], notes), "")
    if full and not given and not family:
        given, family = _split(full, notes)
    first, last = _split(preferred, []) if preferred else ("", "")
    if last and last.casefold() == family.casefold():  # the whole name again, where a first name is expected
        preferred = first
    return given, family, preferred


def _name(field: str, text: str, notes: list[str]) -> str:
    """A name's cell without blanks around it and without what only fills it; a spreadsheet's error is noted."""
    if is_error(text):
        notes.append(
            f"{field} {text.strip()!r} is a spreadsheet's error, and was left empty. Mend its formula in HR's file."
        )
        return ""
    return "" if field == "preferred_name" and is_no_name(text) else text.strip()


def _split(full: str, notes: list[str]) -> tuple[str, str]:
    """Given and family name of a whole name; one with more commas than there is a meaning for stays whole, and is told.

    What follows a name for a rank (Jr., III, M.D.) stays with the family name, without its comma.
    """
    parts = [" ".join(part.split()) for part in full.split(",") if part.strip()]
    ranks = [part for part in parts[1:] if RANK.fullmatch(part)]
    rest = [part for part in parts if part not in ranks]
    if len(rest) == 2:
        return rest[1], " ".join([rest[0], *ranks])
    if len(rest) == 1:
        given, _, family = rest[0].partition(" ")
        return given, " ".join(filter(None, [family, *ranks]))
    notes.append(
        f"the name has {len(rest) - 1} commas and was kept as it is written; write it Last, First in one column "
        "(full_name), or given_name and family_name in two."
    )
    return "", full


def _employee_id(text: str, *, optional: bool) -> str:
    employee_id = identifier(text)
    if employee_id and not employee_id.isdigit() and is_placeholder(employee_id):  # a zero may be counted from
        if optional:
            return ""
        raise contract.NobodysRow(
            f"the employee_id {employee_id[:QUOTED]!r} only fills the cell, and is nobody's; correct it in HR"
        )
    if not employee_id and not optional:
        raise contract.NobodysRow(
            "the row has no employee_id; complete it in the HR system, or remove the row; if another column holds it,"
            ' name it in audit.toml: columns = { employee_id = "…" }'
        )
    if ROUNDED.fullmatch(employee_id):
        raise BadRow(f"the employee_id {employee_id} was rounded by a spreadsheet; export the column as text")
    return employee_id


def _status(text: str, spelled: Mapping[str, str]) -> tuple[Status, tuple[str, ...], bool]:
    """HR's word as a status, what to say where it is none, and whether somebody said what it means; an empty one is
    unknown without a word."""
    word = plain(text).casefold()
    known = {
        **{status.value: status.value for status in Status},
        **{key.strip().casefold(): spelled[key] for key in spelled},
    }
    if not word or word in known:
        return Status(known.get(word, Status.UNKNOWN)), (), word in known
    note = (
        # Never a meaning filled in: copied for a word of leavers, it would make them people employed.
        f"status {text.strip()[:QUOTED]!r} is none of {', '.join(Status)} and counts as unknown; say what it means in "
        f'audit.toml: status_values = {{ "{text.strip()[:QUOTED]}" = … }}, where … is “terminated”, “leave” or'
        " “active”."
    )
    return Status.UNKNOWN, (note,), False


CONNECTOR = Connector(
    name="hr_csv",
    record=Person,
    access=Access.OWN_SYSTEM,
    summary="HR directory from an export: CSV, XLSX, JSON Lines or Parquet",
    fetch=fetch,
    parse=parse,
    interface=OWN_TABLE,
    reads=(*FIELDS, FIELD),
    expect=Expect(filled={"work_email": 0.5}),
    needs=("path",),
    options=OPTIONS,
    fault=_fault,
)
