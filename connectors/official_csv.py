"""The organization's registry of official accounts as an export: one account a row, or a column for each platform."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date

from connectors import files
from connectors.contract import (
    AHEAD,
    OWN_TABLE,
    Access,
    BadRow,
    Connector,
    Expect,
    Item,
    Raw,
    Source,
)
from connectors.files import addresses, times
from connectors.files.cells import identifier
from connectors.files.contacts import is_words, named_contact
from connectors.files.dated import OPTION, unread_day, written_day
from connectors.files.fields import QUOTED
from connectors.files.handles import Which, visible_text, which_account
from connectors.files.registry_cells import STATE_WORDS, state_word
from connectors.files.registry_layout import FIELDS
from connectors.files.registry_rows import registry_rows
from connectors.files.row_filter import filter_fault
from connectors.placeholders import is_left_empty, is_placeholder, says_nothing
from connectors.platforms import ANYBODYS, nearest_platform, platform_id, platforms, profile
from connectors.records import OfficialAccount

OPTIONS = {
    **files.OPTIONS,
    "platform": "the platform of every row, where no column says it",
    "platform_columns": 'columns with accounts of one platform, or of any: { "Twitter" = "x", "facebook_id" ='
    ' "facebook id", "Social media" = "any" }',
    "status_values": 'own words for active, retired, pending: { "Live" = "active", "Gone" = "retired" }',
    "retired_path": "further files, whose accounts are all retired: a path like `path`",
    "date_format": OPTION,
}


def fetch(source: Source) -> Iterator[Item]:
    """Every account of the registry, as a row of its own. Raises SourceDown for what cannot be used."""
    yield from registry_rows(source)


def parse(raw: Raw) -> OfficialAccount:
    """One official account. An unknown status counts as active, an unreadable date stays empty; both are noted.

    A row that does not say for sure which account it is, or on which platform, keeps what stands there as
    `unread_handle`. Raises BadRow without anything that says which account or whose it is.
    """
    text, notes = raw.values, list(filter(None, [raw.values.get("told", "")]))
    platform = platform_id(text.get("platform", ""))
    which = which_account(text, platform, notes, placeholders=True) if platform else _anywhere(text, notes)
    if text.get("ids"):
        notes.append(
            f"account_id {text['ids'][:QUOTED]!r} is one platform's, and the row names several. Write a row for each."
        )
        which = replace(which, unread=f"{which.unread} {text['ids']}".strip())
    whose = _unnamed(text)
    if _leads_on(which, platform):
        notes.append(
            f"url {which.url[:QUOTED]!r} does not say which account it is. Write the handle, or the profile's address."
        )
        whose = whose or _of_agency(text)
        which = replace(which, url="") if whose else which
    unclear = which.unread or ("" if which.known else whose)
    if not (which.known or unclear):
        raise BadRow(
            "the row has no handle and no account_id, and its url shows none; enter one of them"
            + "".join(f"; {note}" for note in notes)
        )
    if unclear:
        notes.append("Until the row is corrected, no account that may be meant by this row is held against anybody.")
    supervisor, contacts, names = _supervisors(text, notes)
    state = _state(text.get("status", ""), raw.options.get("status_values", {}), notes)
    return OfficialAccount(
        platform=platform or "",
        handle=which.handle,
        account_id=which.account_id,
        url=which.url,
        agency_code="; ".join(filter(None, map(identifier, text.get("agency_code", "").split("\n")))),
        supervisor_employee_id=supervisor,
        registered_email=_registered(text.get("registered_email", ""), notes),
        retired=state == "retired",
        reviewed_on=_reviewed_on(raw, notes),
        provenance=raw.provenance,
        notes=tuple(notes),
        unread_handle=unclear,
        pending=state == "pending",
        contacts=contacts,
        contact_names=names,
    )


def _anywhere(text: Mapping[str, str], notes: list[str]) -> Which:
    """The account of a row whose platform nobody knows: whatever it says may be meant on any."""
    said = [visible_text(text.get(name, "")) for name in ("handle", "account_id", "url")]
    written = text.get("platform", "").strip()
    near = nearest_platform(written) if written else ""
    notes.append(
        (f"the platform {written[:QUOTED]!r} is unknown" if written else "the row names no platform")
        + (f"; did you mean {near}? Write" if near else "; write")
        + " its usual name, for example x."
    )
    return Which("", "", "", " ".join(one for one in said if not is_placeholder(one)))


def _leads_on(which: Which, platform: str | None) -> bool:
    """Whether a row says no more than an address that is no profile's: a short link, a mail filter's, a web page's."""
    alone = which.url and not (which.handle or which.account_id)
    return bool(
        alone and platform and platform not in ANYBODYS and platforms()[platform].urls and not profile(which.url)
    )


def _unnamed(text: Mapping[str, str]) -> str:
    """What to call a row that says no more than whose account it is: enough to hold that account against nobody."""
    whose = visible_text(text.get("supervisor_employee_id", "")) or visible_text(text.get("registered_email", ""))
    return "" if is_placeholder(whose) else f"account of {whose}"


def _of_agency(text: Mapping[str, str]) -> str:
    """What to call a row by its agency alone."""
    agency = visible_text(text.get("agency_code", ""))
    return "" if is_placeholder(agency) else f"account of {agency}"


def _state(text: str, spelled: Mapping[str, str], notes: list[str]) -> str:
    """active, retired or pending; an unknown word counts as active, and one that says that nobody knows ("TBD", "?",
    "N/A") as an empty cell: both are told."""
    word, own = state_word(text), {state_word(key): state for key, state in spelled.items()}
    blank = own.get("", "active")
    if state := own.get(word) or STATE_WORDS.get(word):
        return state
    if is_left_empty(text):
        return blank
    state = blank if word != "no" and says_nothing(text) else "active"
    said = text.strip()[:QUOTED]
    notes.append(
        f"status {said!r} is neither active nor retired nor pending, and counts as {state}; correct it, or say what"
        f' it means in audit.toml: status_values = {{ "{said}" = … }}.'
    )
    return state


SEVERAL_IDS = re.compile(
    r"(?:(?<!\s)\s*)?[|;\n]\s*|,\s+(?=\S*\d)|(?<=\d{4})(?:(?<! ) +)?(?:/|&|\band\b) *(?=[^\W\d]{0,3}\d{4})"
)


Contacts = tuple[str, ...]
Names = tuple[tuple[str, str], ...]


def _supervisors(text: Mapping[str, str], notes: list[str]) -> tuple[str, Contacts, Names]:
    """The supervisor's employee id where the row names one; all that it names where they are several, addresses, or
    have names beside them, and these names: which of them HR knows, and by that name, is for others to say."""
    written = text.get("supervisor_employee_id", "")
    pieces = [piece for piece in SEVERAL_IDS.split(visible_text(written)) if not is_placeholder(piece)]
    nobodys = not pieces and not written.strip().isdigit()  # 99999 may be somebody's
    if nobodys and not is_left_empty(written):
        notes.append(
            f"supervisor_employee_id {written.strip()[:QUOTED]!r} says nobody's id, and was left empty. Write the id"
            " into each row."
        )
    written = "" if nobodys else written
    mailed = text.get("supervisor_email", "").replace("\n", "; ")
    named = {piece: found for piece in (*pieces, mailed) if (found := named_contact(piece))}
    names = [(found.contact, found.name) for found in named.values()]
    pieces = [named[piece].contact if piece in named else piece for piece in pieces]
    words = [piece for piece in pieces if "@" not in piece and is_words(piece)]
    ids = [identifier(piece) for piece in pieces if "@" not in piece and piece not in words]
    mails: list[str] = []
    for cell in (*(piece for piece in pieces if "@" in piece), named[mailed].contact if mailed in named else mailed):
        found_in = addresses.addresses_in(cell)
        mails += found_in.addresses
        if found_in.unread:
            notes.append(
                f"the supervisor {addresses.masked(found_in.unread)[:QUOTED]!r} is no address that can be read. Correct"
                " the row."
            )
    if len(words) == len(ids) == 1 and not re.search(r"[|;\n]", written):  # "Ann Oak, 000124"
        names.append((ids[0], words.pop()))
    if words:
        notes.append(
            f"supervisor_employee_id {'; '.join(words)[:QUOTED]!r} is words and no id, and by a name nobody is"
            " looked for in HR. Write the employee id or the work address."
        )
        written = "" if len(ids) != 1 else ids[0]
    if not names and not mails and ("@" in written or len(ids) < 2):
        return identifier(written), (), ()
    return "", tuple(dict.fromkeys((*ids, *mails))), tuple(names)


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
    written = written_day(raw.values.get("reviewed_on", ""))
    found = times.form(str(raw.options.get("date_format", ""))).day(written) if written else None
    if written and found is None:
        notes.append(unread_day("reviewed_on", written))
    if found and raw.observed_at and found > (raw.observed_at + AHEAD).date():
        notes.append(
            f"reviewed_on {written[:QUOTED]!r} lies after the day that is judged, so nobody has looked yet, and it was"
            " left empty. Correct it in the registry."
        )
        return None
    return found


CONNECTOR = Connector(
    name="official_csv",
    record=OfficialAccount,
    access=Access.OWN_SYSTEM,
    summary="registry of the organization's official accounts: CSV, XLSX, JSON Lines or Parquet",
    fetch=fetch,
    parse=parse,
    interface=OWN_TABLE,
    expect=Expect(unchanged_days=366),
    reads=FIELDS,
    needs=("path",),
    options=OPTIONS,
    fault=filter_fault,
)
