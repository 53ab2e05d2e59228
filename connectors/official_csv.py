"""The organization's registry of official accounts as an export, one account a row."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date

from connectors import files
from connectors.contract import Access, BadRow, Connector, Item, Raw, Source
from connectors.files import addresses, times
from connectors.files.cells import identifier
from connectors.files.dated import OPTION, dated, unread_day
from connectors.files.fields import QUOTED
from connectors.files.handles import Which, named_in, visible_text, which_account
from connectors.placeholders import is_placeholder
from connectors.platforms import named_platforms, platform_id, profile
from connectors.records import OfficialAccount

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
    for item in dated(source, ("reviewed_on",), lambda again: files.rows(again, FIELDS, REQUIRED, entire=True)):
        yield from _each(item) if isinstance(item, Raw) else (item,)


def _each(raw: Raw) -> Iterator[Raw]:
    """The row, once for each account that it names: for each platform ("FB & IG"), and for each handle of a cell
    ("@A / @B") where nothing else says which."""
    for one in _by_platform(raw):
        text = one.values
        platform = platform_id(text.get("platform", ""))
        handles = named_in(text.get("handle", ""), platform).handles if platform else ()
        if len(handles) < 2 or not all(is_placeholder(text.get(name, "")) for name in ("account_id", "url")):
            yield one
        else:
            yield from (replace(one, values={**text, "handle": handle}) for handle in handles)


def _by_platform(raw: Raw) -> Iterator[Raw]:
    """The row, once for each platform in its cell. An address goes to the platform that it is of; where none is named,
    it says which. An id is one platform's, and nobody knows which: it goes to none."""
    text = dict(raw.values)
    named = named_platforms(text.get("platform", ""))
    shown = {name: found.platform for name in ("url", "handle") if (found := profile(visible_text(text.get(name, ""))))}
    if len(named) < 2:
        one = next(iter(named or shown.values()), "")
        yield replace(raw, values={**text, "platform": one}) if one and not named else raw
        return
    handle = text.get("handle", "") if not is_placeholder(text.get("handle", "")) else ""
    for platform in named:
        own = {name: "" for name, of in shown.items() if of != platform}
        own = {**own, "account_id": "", "platform": platform, "ids": text.get("account_id", "")}
        yield replace(raw, values={**text, "handle": handle, **own})


def parse(raw: Raw) -> OfficialAccount:
    """One official account. An unknown status counts as active, an unreadable date stays empty; both are noted.

    A row that does not say for sure which account it is, or on which platform, keeps what stands there as
    `unread_handle`. Raises BadRow without anything that says which account or whose it is.
    """
    text, notes = raw.values, list[str]()
    platform = platform_id(text.get("platform", ""))
    which = which_account(text, platform, notes, placeholders=True) if platform else _anywhere(text, notes)
    if text.get("ids"):
        notes.append(
            f"account_id {text['ids'][:QUOTED]!r} is one platform's, and the row names several. Write a row for each."
        )
        which = replace(which, unread=f"{which.unread} {text['ids']}".strip())
    unclear = which.unread or _unnamed(which, text)
    if not (which.known or unclear):
        raise BadRow(
            "the row has no handle and no account_id, and its url shows none; enter one of them"
            + "".join(f"; {note}" for note in notes)
        )
    if unclear:
        notes.append("Until the row is corrected, no account that may be meant by this row is held against anybody.")
    return OfficialAccount(
        platform=platform or "",
        handle=which.handle,
        account_id=which.account_id,
        url=which.url,
        agency_code=identifier(text.get("agency_code", "")),
        supervisor_employee_id=identifier(text.get("supervisor_employee_id", "")),
        registered_email=_registered(text.get("registered_email", ""), notes),
        retired=_retired(text.get("status", ""), notes),
        reviewed_on=_reviewed_on(raw, notes),
        provenance=raw.provenance,
        notes=tuple(notes),
        unread_handle=unclear,
    )


def _anywhere(text: Mapping[str, str], notes: list[str]) -> Which:
    """The account of a row whose platform nobody knows: whatever it says may be meant on any."""
    said = [visible_text(text.get(name, "")) for name in ("handle", "account_id", "url")]
    written = text.get("platform", "").strip()
    notes.append(
        (f"the platform {written[:QUOTED]!r} is unknown" if written else "the row names no platform")
        + "; write its usual name, for example x."
    )
    return Which("", "", "", " ".join(one for one in said if not is_placeholder(one)))


def _unnamed(which: Which, text: Mapping[str, str]) -> str:
    """What to call a row that says no more than whose account it is: enough to hold that account against nobody."""
    whose = visible_text(text.get("supervisor_employee_id", "")) or visible_text(text.get("registered_email", ""))
    return f"account of {whose}" if not which.known and not is_placeholder(whose) else ""


def _retired(text: str, notes: list[str]) -> bool:
    word = text.strip().casefold()
    if word not in {"", "active", "retired"}:
        notes.append(
            f"status {text.strip()[:QUOTED]!r} is neither active nor retired and counts as active; correct it."
        )
    return word == "retired"


def _registered(text: str, notes: list[str]) -> str:
    """The address that the account hangs on, the first of its cell."""
    found = addresses.addresses_in(text)
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
        notes.append(unread_day("reviewed_on", written))
    return found


CONNECTOR = Connector(
    name="official_csv",
    record=OfficialAccount,
    access=Access.OWN_SYSTEM,
    summary="registry of the organization's official accounts: CSV, XLSX, JSON Lines or Parquet",
    fetch=fetch,
    parse=parse,
    reads=FIELDS,
    needs=("path",),
    options=OPTIONS,
)
