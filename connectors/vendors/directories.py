"""What directory services have in common when their entries become people. Pure, but for the count of who has an id."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from connectors.contract import BadRow, Dropped, Expect, Item, Raw, Rejected, Source, SourceChanged, SourceDown
from connectors.files import addresses
from connectors.files.cells import identifier, plain
from connectors.records import Person, Status

LEAST_WITH_ID = 0.25
"""Share of the entries that must carry an employee id: rooms, shared mailboxes and service accounts have none."""
EXPECT = Expect(may_shrink=0.2, filled={"work_email": 0.5, "agency_code": 0.5})
"""A healthy directory: it does not lose a fifth overnight, and says for half of the people where they work."""
OPTIONS: Mapping[str, str] = {
    "agency_codes": 'what the directory calls an agency, and its code: agency_codes = { "Transportation" = "17" }',
    "disabled": 'what a disabled entry says about employment: "terminated", "leave", or "unknown" (the default)',
}


def with_ids(source: Source, raws: Iterable[Raw | Rejected], field: str) -> Iterator[Item]:
    """The entries that carry an employee id in `field`, and what was rejected; the others are counted as dropped.

    Raises SourceDown for an option with an unknown word, and, at the end, where too few carry an id.
    """
    if source.options.get("disabled", "unknown") not in set(Status) - {Status.ACTIVE}:
        raise SourceDown(f'{source.name}: disabled in audit.toml must be "terminated", "leave" or "unknown".')
    if not isinstance(source.options.get("agency_codes", {}), Mapping):
        raise SourceDown(f"{source.name}: {OPTIONS['agency_codes']}, in audit.toml.")
    entries = with_id = 0
    odd: Rejected | None = None
    for raw in raws:
        if isinstance(raw, Rejected):
            odd = raw
            yield raw
            continue
        entries += 1
        has_id = bool(str(raw.values.get(field) or "").strip())
        with_id += has_id
        yield raw if has_id else Dropped(1, "no employee id")
    if odd and not entries:
        raise SourceChanged(f"{source.name}: none of its entries can be read: {odd.reason}")
    if with_id < entries * LEAST_WITH_ID:
        raise SourceDown(
            f"{source.name}: {with_id:,} of {entries:,} entries carry an employee id ({field})."
            " Have the directory filled from HR, or name the attribute that holds the id in audit.toml."
        )


def person(
    raw: Raw,
    *,
    employee_id: str,
    given_name: str,
    family_name: str,
    preferred_name: str = "",
    work_email: str,
    other_emails: Iterable[str],
    agency_code: str,
    agency: str,
    title: str,
    enabled: bool | None,
    start_on: date | None = None,
    end_on: date | None = None,
    written: Mapping[str, str] | None = None,
) -> Person:
    """The entry as a person. `written` are start_date and end_date as the directory has them, where it has them: one
    that gave no day is unread. Raises BadRow without an id, or without any name or address."""
    if not employee_id.strip():
        raise BadRow("the entry carries no employee id; add it in the directory")
    work_email, *more = addresses.addresses_in(work_email).addresses or (plain(work_email),)
    aliases, strange = addresses.aliases(other_emails)
    others = dict.fromkeys(text for text in (*more, *aliases) if text.lower() != work_email.lower())
    if not (given_name.strip() or family_name.strip() or work_email or others):
        raise BadRow("the entry has neither a name nor an e-mail address; complete it in the directory")
    days = {"start_date": start_on, "end_date": end_on}
    unread = tuple(name for name, text in (written or {}).items() if text.strip() and days[name] is None)
    codes: Mapping[str, str] = raw.options.get("agency_codes", {})
    status = _status(enabled, raw.options)
    return Person(
        employee_id=identifier(employee_id),
        given_name=given_name.strip(),
        family_name=family_name.strip(),
        preferred_name=preferred_name.strip(),
        work_email=work_email,
        other_emails=tuple(text for text in others if text),
        agency_code=str(codes.get(agency_code.strip(), agency_code.strip())),
        agency=agency.strip(),
        title=title.strip(),
        status=status,
        start_on=start_on,
        end_on=end_on,
        provenance=raw.provenance,
        notes=(
            *(
                f"the address {addresses.masked(address)!r} is none that can be read, and ties nobody to an account."
                " Correct it in the directory."
                for address in strange
                if "@" in address
            ),
            *(
                f"{name} {(written or {})[name]!r} could not be read as a day, so nobody can tell whether this person"
                " is employed, and their accounts are leads at most. Correct it in the directory."
                for name in unread
            ),
        ),
        unread=unread,
        status_open=enabled is False and status is Status.UNKNOWN,
    )


def text_field(value: Any) -> str:
    """A field that holds text or nothing; a number counts as its digits. Raises BadRow for anything else."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    raise BadRow("a field holds a list or an object where text is expected; the directory has changed")


def texts_field(value: Any) -> list[str]:
    """A field that holds a list of texts, or nothing. Raises BadRow for anything else."""
    if value is None:
        return []
    if not isinstance(value, list | tuple) or not all(isinstance(part, str) for part in value):
        raise BadRow("a field does not hold a list of texts; the directory has changed")
    return list(value)


def _status(enabled: bool | None, options: Mapping[str, Any]) -> Status:
    """A disabled entry may be a leaver's, or of somebody on leave: it says which only where audit.toml does."""
    if enabled is None:
        return Status.UNKNOWN
    return Status.ACTIVE if enabled else Status(options.get("disabled", "unknown"))
