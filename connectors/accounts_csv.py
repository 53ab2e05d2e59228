"""Accounts and registrations as an export: CSV, workbook, JSON Lines or Parquet, one account a row.

An export may bring a `location`: it is accepted and never read (where an employee lives is nobody's business here).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import chain

from connectors import files
from connectors.account_age import why_impossible
from connectors.contract import OWN_TABLE, Access, BadRow, Connector, Item, Raw, Source, SourceDown, registered
from connectors.files import addresses, confirmed, gone, times
from connectors.files.dated import OPTION, dated, unread_day, written_day
from connectors.files.fields import QUOTED, several
from connectors.files.handles import which_account
from connectors.files.row_filter import filter_fault
from connectors.files.unread_days import unread_age, with_age
from connectors.platforms import platform_id
from connectors.records import Account, Evidence, Strength
from connectors.spark import places

SEARCHED = ("account_id", "handle", "url", "display_name", "bio", "links", "emails", "registered_email")
"""The fields in which a tie to the organization can show; only these decide what a large read leaves out."""
DAYS = ("created_at", "observed_at")
FIELDS = ("platform", *SEARCHED, *DAYS, *confirmed.COLUMNS)
IDENTITIES = ("account_id", "handle", "url", "registered_email")

OPTIONS = {
    **files.OPTIONS,
    **places.OPTIONS,
    "platform": 'the platform of every row, where the export has no such column, for example "linkedin"',
    "platforms": 'spellings that are not known: platforms = { "Twitter/X corporate" = "x" }',
    "registration": 'whether the platform confirmed the registered addresses, where no column says it: "verified"'
    ' or "unverified" (leads at most)',
    "lists_official": "platforms of which the export lists every official account: one that is missing has vanished",
    "covers": "platforms of which the export lists every account that is registered with a state address",
    "date_format": OPTION,
}


def fetch(source: Source) -> Iterator[Item]:
    """Every row of the export; of a large one, those that can concern the organization, and the count of the others.

    Raises SourceDown for settings or files that cannot be used.
    """
    _check(source)
    constants = ("platform",) if source.options.get("platform") else ()
    many = ("links", "emails")
    beside = confirmed.columns_read(source)

    def read(again: Source) -> Iterator[Item]:
        return files.rows(
            again,
            ("platform", *SEARCHED, *DAYS, *beside),
            ("platform", IDENTITIES),
            many=many,
            constants=constants,
            search=SEARCHED,
            synonyms={name: confirmed.also_written(name) for name in beside},
            beside=beside,
        )

    yield from with_age(source, confirmed.with_confirmation(source, dated(source, DAYS, read)))


def parse(raw: Raw) -> Account:
    """One account. What is unreadable or contradicts itself is left open and noted.

    Raises BadRow without a known platform, or without anything that says which account it is.
    """
    text, options, notes = raw.values, raw.options, list[str]()
    platform = _platform(text.get("platform", "").strip() or str(options.get("platform", "")), options)
    which = which_account(text, platform, notes, placeholders=False)
    found = addresses.addresses_in(text.get("registered_email", ""))
    address, *others = found.addresses or (found.unread,)
    if not (which.known or address):
        raise BadRow(
            f"nothing says which account this is: the row needs one of {', '.join(IDENTITIES)}"
            + "".join(f"; {n}" for n in notes)
        )
    if found.unread:
        notes.append(
            f"registered_email {addresses.masked(found.unread)[:QUOTED]!r} is no address that can be read, and ties"
            " nobody to this account. Correct the row, or how the source exports it."
        )
    moments = {name: _moment(name, raw, notes) for name in DAYS}
    seen = replace(raw, observed_at=moments["observed_at"] or raw.observed_at)
    emails = addresses.every(text.get("emails", ""))
    strength = Strength.NONE
    if address:
        strength = confirmed.strength(text, str(options.get("registration", "")))
        notes += filter(None, [confirmed.unread_word(text)])
    against = gone.against_standing(text, raw.observed_at, notes)
    return Account(
        platform=platform,
        account_id=which.account_id,
        handle=which.handle,
        url=which.url,
        display_name=text.get("display_name", "").strip(),
        bio=text.get("bio", ""),
        links=several(text.get("links", "")),
        emails=emails,
        registered_email=address,
        registered_others=tuple(others),
        registration=strength,
        created_at=moments["created_at"],
        provenance=seen.provenance,
        evidence=_evidence(seen, (address, *others), strength, emails),
        notes=tuple(notes),
        unread=(
            *(name for name in DAYS if moments[name] is None and written_day(text.get(name, ""))),
            *(("registered_email",) if found.unread else ()),
            *(("created_at",) if unread_age(text) else ()),
        ),
        unread_handle=which.unread,
        dated=moments["observed_at"] is not None,
        against=against,
    )


def _check(source: Source) -> None:
    options = source.options
    if str(options.get("registration", "verified")) not in confirmed.WORDS:
        raise SourceDown(f'{source.name}: registration in audit.toml must be "verified" or "unverified".')
    extra, lists = options.get("platforms", {}), [options.get(name, []) for name in ("lists_official", "covers")]
    if not isinstance(extra, Mapping) or not all(isinstance(one, list | tuple) for one in lists):
        raise SourceDown(
            f'{source.name}: in audit.toml, platforms is a table ({{ "spelling" = "x" }}), lists_official a list and'
            " covers a list."
        )
    for word in (*extra.values(), *chain.from_iterable(lists), *filter(None, [options.get("platform")])):
        if platform_id(str(word)) is None:
            raise SourceDown(
                f"{source.name}: audit.toml names the platform {word!r}, which platforms.csv does not know."
            )


def _platform(text: str, options: Mapping[str, object]) -> str:
    if not text:
        raise BadRow(
            'the row names no platform; fill the column, or set platform = "…" in audit.toml for the whole export'
        )
    extra = options.get("platforms")
    spelled = (
        {str(key).strip().casefold(): str(value) for key, value in extra.items()} if isinstance(extra, Mapping) else {}
    )
    found = platform_id(spelled.get(text.casefold(), text))
    if found is None:
        raise BadRow(
            # Never a platform filled in: copied, it would make accounts those of strangers who have the handle there.
            f"the platform {text[:QUOTED]!r} is unknown; say which one it is in the source's table of audit.toml: "
            f"platforms = {{ {json.dumps(text[:QUOTED], ensure_ascii=False)} = … }}, where … is its usual name; a row"
            " of several needs a row for each."
        )
    return found


def _moment(name: str, raw: Raw, notes: list[str]) -> datetime | None:
    """The time of a column; none, noted, where it cannot be read, or lies behind the day that is judged (a day is left
    to time zones): a typing error, or an account of after that day."""
    written = written_day(raw.values.get(name, ""))
    found = times.form(str(raw.options.get("date_format", ""))).moment(written) if written else None
    if written and found is None:
        notes.append(unread_day(name, written))
    if found and (fault := why_impossible(found, raw.observed_at)):
        notes.append(f"{name} {written[:QUOTED]!r} {fault}, and was left empty. Correct it in the export.")
        return None
    return found


def _evidence(raw: Raw, given: Sequence[str], strength: Strength, emails: tuple[str, ...]) -> tuple[Evidence, ...]:
    """The addresses as facts: those that the account was registered with, and those that its profile shows."""
    facts = [one for each in given for one in registered(raw, each, f"registered with {each} ({raw.where})", strength)]
    for email in emails:
        words = f"profile shows {email} as contact ({raw.where})"
        facts.append(Evidence(raw.source, "profile contact", words, raw.observed_at, raw.digest, Strength.NONE))
    return tuple(facts)


CONNECTOR = Connector(
    name="accounts_csv",
    record=Account,
    access=Access.EXPORT_ONLY,
    summary="accounts and registrations from an export: CSV, XLSX, JSON Lines or Parquet, of any size",
    fetch=fetch,
    parse=parse,
    interface=OWN_TABLE,
    reads=FIELDS,
    needs=("path",),
    options=OPTIONS,
    fault=filter_fault,
)
