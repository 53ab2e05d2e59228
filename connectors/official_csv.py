"""The organization's registry of official accounts as an export, one account a row."""

from __future__ import annotations

from collections.abc import Iterator

from connectors import files
from connectors.contract import Access, BadRow, Connector, Item, Raw, Source
from connectors.files.fields import QUOTED, ROUNDED, addresses, date_format, day, handle_text, unread, web_address
from connectors.platforms import platform_id, profile
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
    yield from files.rows(source, FIELDS, REQUIRED, entire=True)


def parse(raw: Raw) -> OfficialAccount:
    """One official account. An unknown status counts as active, an unreadable date stays empty; both are noted.

    Raises BadRow without a known platform, or without handle, account id and profile URL.
    """
    text, notes = raw.values, list[str]()
    platform = platform_id(text.get("platform", ""))
    if platform is None:
        raise BadRow(
            f"the platform {text.get('platform', '')[:QUOTED]!r} is unknown; write its usual name, for example x"
        )
    account_id, url = text.get("account_id", "").strip(), web_address(text.get("url", ""))
    if ROUNDED.fullmatch(account_id):
        notes.append(f"account_id {account_id} was rounded by a spreadsheet and left empty; enter it as text.")
        account_id = ""
    shown = profile(url) if url else None
    handle = handle_text(text.get("handle", ""))
    if shown is not None and shown.platform == platform:
        handle, account_id = handle or shown.handle, account_id or shown.account_id
    if not handle and not account_id:
        raise BadRow("the row has no handle and no account_id, and its url shows none; enter one of them")
    return OfficialAccount(
        platform=platform,
        handle=handle,
        account_id=account_id,
        url=url,
        agency_code=text.get("agency_code", "").strip(),
        supervisor_employee_id=text.get("supervisor_employee_id", "").strip(),
        registered_email=next(iter(addresses(text.get("registered_email", ""))), ""),
        retired=_retired(text.get("status", ""), notes),
        reviewed_on=day(text.get("reviewed_on", ""), str(raw.options.get("date_format", ""))),
        provenance=Provenance(raw.source, raw.where, raw.observed_at, raw.digest),
        notes=(*notes, *_undated(raw)),
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
