"""The organization's registry of official accounts as an export, one account a row."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from connectors import files
from connectors.contract import Access, BadRow, Connector, Item, Raw, Source
from connectors.files.fields import QUOTED, addresses, date_format, day, unread
from connectors.files.handles import named_in, which_account
from connectors.platforms import is_placeholder, platform_id
from connectors.records import OfficialAccount, Provenance

FIELDS = (
    "platform",
    "handle",
    "account_id",
    "url",
    "agency_code",
    "supervisor_employee_id",
    "registered_email",
    "status",
    "reviewed_on",
)
REQUIRED = ("platform", ("handle", "account_id", "url"))
OPTIONS = {
    **files.OPTIONS,
    "date_format": 'how reviewed_on is written where not YYYY-MM-DD, for example "MM/DD/YYYY"',
}


def fetch(source: Source) -> Iterator[Item]:
    """Every row of the registry. Raises SourceDown for settings or files that cannot be used."""
    date_format(str(source.options.get("date_format", "")), source.name)
    for item in files.rows(source, FIELDS, REQUIRED):
        yield from _each(item) if isinstance(item, Raw) else (item,)


def _each(raw: Raw) -> Iterator[Raw]:
    """The row, once for each account where its handle names several ("@A / @B") and nothing else says which."""
    text = raw.values
    platform = platform_id(text.get("platform", ""))
    handles = named_in(text.get("handle", ""), platform).handles if platform else ()
    if len(handles) < 2 or not all(is_placeholder(text.get(name, "")) for name in ("account_id", "url")):
        yield raw
        return
    yield from (replace(raw, values={**text, "handle": handle}) for handle in handles)


def parse(raw: Raw) -> OfficialAccount:
    """One official account. An unknown status counts as active, an unreadable date stays empty; both are noted.

    A row that does not say for sure which account it is keeps what stands there as `unread`. Raises BadRow without a
    known platform, or without handle, account id and profile URL.
    """
    text, notes = raw.values, list[str]()
    platform = platform_id(text.get("platform", ""))
    if platform is None:
        raise BadRow(
            f"the platform {text.get('platform', '')[:QUOTED]!r} is unknown; write its usual name, for example x"
        )
    which = which_account(text, platform, notes, placeholders=True)
    if not (which.handle or which.account_id or which.unread):
        raise BadRow(
            "the row has no handle and no account_id, and its url shows none; enter one of them"
            + "".join(f"; {note}" for note in notes)
        )
    if which.unread:
        notes.append("Until the row is corrected, no account that may be meant by this row is held against anybody.")
    return OfficialAccount(
        platform=platform,
        handle=which.handle,
        account_id=which.account_id,
        url=which.url,
        agency_code=text.get("agency_code", "").strip(),
        supervisor_employee_id=text.get("supervisor_employee_id", "").strip(),
        registered_email=next(iter(addresses(text.get("registered_email", ""))), ""),
        retired=_retired(text.get("status", ""), notes),
        reviewed_on=day(text.get("reviewed_on", ""), str(raw.options.get("date_format", ""))),
        provenance=Provenance(raw.source, raw.where, raw.observed_at, raw.digest),
        notes=(*notes, *_undated(raw)),
        unread=which.unread,
    )


def _retired(text: str, notes: list[str]) -> bool:
    word = text.strip().casefold()
    if word not in {"", "active", "retired"}:
        notes.append(
            f"status {text.strip()[:QUOTED]!r} is neither active nor retired and counts as active; correct it."
        )
    return word == "retired"


def _undated(raw: Raw) -> tuple[str, ...]:
    written = raw.values.get("reviewed_on", "").strip()
    readable = not written or day(written, str(raw.options.get("date_format", ""))) is not None
    return () if readable else (unread("reviewed_on", written),)


CONNECTOR = Connector(
    name="official_csv",
    record=OfficialAccount,
    access=Access.OWN_SYSTEM,
    summary="registry of the organization's official accounts: CSV, XLSX, JSON Lines or Parquet",
    fetch=fetch,
    parse=parse,
    options=OPTIONS,
)
