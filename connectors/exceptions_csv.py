"""The register of exceptions as an export: uses that somebody has authorised on a paper, one a row.

A row counts only as a whole: one of which a part cannot be read authorises nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from connectors import files
from connectors.contract import OWN_TABLE, Access, BadRow, Connector, Expect, Item, Raw, Source
from connectors.files import times
from connectors.files.cells import identifier, plain
from connectors.files.dated import OPTION, dated
from connectors.files.fields import QUOTED, several
from connectors.files.handles import visible_text, which_account
from connectors.files.row_filter import filter_fault
from connectors.placeholders import says_nothing
from connectors.platforms import platform_id
from connectors.records import Exemption

FIELDS = (
    "employee_id", "agency_code", "platform", "handle", "account_id", "url", "rule", "clause", "what", "granted_by",
    "reference", "from", "until", "withdrawn_on",
)  # fmt: skip
REQUIRED = (("employee_id", "agency_code"), "platform", "granted_by", "reference", "until")
SYNONYMS = {
    "agency_code": ("agency",),
    "granted_by": ("approved_by", "authorised_by", "authorized_by"),
    "from": ("valid_from",),
    "until": ("valid_until", "expires", "expires_on"),
}
NEVER = 2099
"""From this year on a day is how systems write that there is none (9999-12-31)."""
DAYS = ("from", "until", "withdrawn_on")
EVERY = frozenset({"all", "any", "every", "*", "all platforms", "every platform"})
"""Words for "on every platform": an empty cell is none of them."""
SPARES_NOBODY = "Until then the row spares nobody"
OPTIONS = {**files.OPTIONS, "date_format": OPTION}


def fetch(source: Source) -> Iterator[Item]:
    """Every row of the register. Raises SourceDown for settings or files that cannot be used."""
    yield from dated(
        source,
        DAYS,
        lambda again: files.rows(again, FIELDS, REQUIRED, many=("rule", "clause"), synonyms=SYNONYMS, entire=True),
    )


def parse(raw: Raw) -> Exemption:
    """One exception. Raises BadRow where the row does not say for sure who may do what, until when, on which paper."""
    text = {name: plain(raw.values.get(name, "")) for name in ("what", "granted_by", "reference")}
    employee_id, agency_code = (
        "" if says_nothing(raw.values.get(name, "")) else identifier(raw.values.get(name, ""))
        for name in ("employee_id", "agency_code")
    )
    if not (employee_id or agency_code):
        raise _refused("the row names neither employee_id nor agency_code; say whose exception it is")
    for name in ("granted_by", "reference"):
        if says_nothing(text[name]):
            raise _refused(
                f"{name} is empty; say {'who' if name == 'granted_by' else 'on which paper somebody'} allowed it"
            )
    platform = _platform(raw.values.get("platform", ""))
    handle, account_id, url = _account(raw, platform)
    rules, clauses = (
        several(raw.values.get(name, "").replace(",", ";") if name == "rule" else raw.values.get(name, ""))
        for name in ("rule", "clause")
    )
    if not (rules or clauses or text["what"]):
        raise _refused("the row says nothing of what is allowed; fill in rule, clause or what")
    from_on, until_on, withdrawn_on = (_day(raw, name) for name in DAYS)
    if until_on is None:
        raise _refused("until is empty; an exception has an end, if only the day on which it is looked at again")
    if until_on.year >= NEVER:
        raise _refused(f"until {until_on.isoformat()} stands for no end; write the day on which it is looked at again")
    if from_on and from_on > until_on:
        raise _refused(f"it ends ({until_on.isoformat()}) before it begins ({from_on.isoformat()}); correct the days")
    return Exemption(
        employee_id, agency_code, platform, handle, account_id, url, rules, clauses, text["what"], text["granted_by"],
        text["reference"], from_on, until_on, withdrawn_on, raw.provenance,
    )  # fmt: skip


def _refused(reason: str) -> BadRow:
    return BadRow(f"{reason}. {SPARES_NOBODY}")


def _platform(written: str) -> str:
    """The platform's id, "" for every platform."""
    said = visible_text(written)
    if said.casefold() in EVERY:
        return ""
    platform = platform_id(said) if said else None
    if platform is None:
        named = f"the platform {said[:QUOTED]!r} is unknown" if said else "the row names no platform"
        raise _refused(f'{named}; write its usual name, for example x, or "all"')
    return platform


def _account(raw: Raw, platform: str) -> tuple[str, str, str]:
    """Handle, account id and address on the web; none where the exception is for every account there."""
    given = {name: raw.values.get(name, "") for name in ("handle", "account_id", "url")}
    written = [name for name, value in given.items() if visible_text(value)]
    if not written:
        return "", "", ""
    if not platform:
        raise _refused(f"{written[0]} is one platform's, and the row is for all; name the platform")
    notes: list[str] = []
    which = which_account(given, platform, notes, placeholders=True)
    if which.unread or notes or not which.known:
        why = " ".join(notes) or "what stands there is no account."
        raise _refused(
            f"which account is meant is not sure: {why.rstrip('.')}. Correct it, or leave it empty where every account"
            " there is meant"
        )
    return which.handle, which.account_id, which.url


def _day(raw: Raw, name: str) -> date | None:
    written = raw.values.get(name, "").strip()
    if not written:
        return None
    found = times.form(str(raw.options.get("date_format", ""))).day(written)
    if found is None:
        raise _refused(
            f"{name} {written[:QUOTED]!r} is no day that can be read for sure; correct it, or say how days are written:"
            ' date_format = "MM/DD/YYYY"'
        )
    return found


CONNECTOR = Connector(
    name="exceptions_csv",
    record=Exemption,
    access=Access.OWN_SYSTEM,
    summary="register of authorised exceptions: CSV, XLSX, JSON Lines or Parquet",
    expect=Expect(at_least=0, may_shrink=1.0, may_reject=1.0, unchanged_days=0),
    fetch=fetch,
    parse=parse,
    interface=OWN_TABLE,
    reads=FIELDS,
    needs=("path",),
    options=OPTIONS,
    fault=filter_fault,
)
