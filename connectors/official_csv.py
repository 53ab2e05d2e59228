"""The organization's registry of official accounts as an export, one account a row."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from connectors import files
from connectors.contract import Access, BadRow, Connector, Item, Raw, Source
from connectors.files import addresses, times
from connectors.files.cells import identifier
from connectors.files.dated import OPTION, dated, unread
from connectors.files.fields import QUOTED, ROUNDED, handle_text, web_address
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
    "date_format": OPTION,
}


def fetch(source: Source) -> Iterator[Item]:
    """Every row of the registry. Raises SourceDown for settings or files that cannot be used."""
    yield from dated(source, ("reviewed_on",), lambda again: files.rows(again, FIELDS, REQUIRED))


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
    account_id, url = identifier(text.get("account_id", "")), web_address(text.get("url", ""))
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
        agency_code=identifier(text.get("agency_code", "")),
        supervisor_employee_id=identifier(text.get("supervisor_employee_id", "")),
        registered_email=_registered(text.get("registered_email", ""), notes),
        retired=_retired(text.get("status", ""), notes),
        reviewed_on=_reviewed_on(raw, notes),
        provenance=Provenance(raw.source, raw.where, raw.observed_at, raw.digest),
        notes=tuple(notes),
    )


def _retired(text: str, notes: list[str]) -> bool:
    word = text.strip().casefold()
    if word not in {"", "active", "retired"}:
        notes.append(
            f"status {text.strip()[:QUOTED]!r} is neither active nor retired and counts as active; correct it."
        )
    return word == "retired"


def _registered(text: str, notes: list[str]) -> str:
    """The address that the account hangs on, the first of its cell."""
    found = addresses.read(text)
    if found.unread:
        notes.append(
            f"registered_email {addresses.masked(found.unread)[:QUOTED]!r} is no address that can be read, and was left"
            " empty. Correct the row."
        )
    if len(found.addresses) > 1:
        notes.append(f"registered_email holds {len(found.addresses)} addresses; the first one was kept.")
    return next(iter(found.addresses), "")


def _reviewed_on(raw: Raw, notes: list[str]) -> date | None:
    written = raw.values.get("reviewed_on", "").strip()
    found = times.form(str(raw.options.get("date_format", ""))).day(written) if written else None
    if written and found is None:
        notes.append(unread("reviewed_on", written))
    return found


CONNECTOR = Connector(
    name="official_csv",
    record=OfficialAccount,
    access=Access.OWN_SYSTEM,
    summary="registry of the organization's official accounts: CSV, XLSX, JSON Lines or Parquet",
    fetch=fetch,
    parse=parse,
    options=OPTIONS,
)
