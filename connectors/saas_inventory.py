"""Accounts at platforms in exported inventories of applications: Nudge Security, Grip, 1Password (formerly Trelica).

Their help pages describe what they find and not the headings of their exports, so the headings here and the words for
how an account was found (data/reference/sign_in_words.csv) are from memory: `columns` and `words` say what differs. An
account is strong evidence where the inventory saw a sign-in of the person's own and names a host of the platform; what
it has from mails, imports or a list is weak, since somebody else can have typed the address. What an administrator
joined (SAML, SCIM, an integration) is for work, and left out. Of an account nothing else is read: no cost, risk or
device, no group.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime

from connectors import files
from connectors.contract import Access, Connector, Dropped, Expect, Interface, Item, Purpose, Raw, Rejected, Source
from connectors.files import times
from connectors.files.dated import OPTION, dated
from connectors.files.row_filter import filter_fault
from connectors.records import Account
from connectors.sign_ins import apps, events
from connectors.sign_ins.events import SignIn

SYNONYMS: Mapping[str, tuple[str, ...]] = {
    "address": ("Email", "Email address", "User email", "Account email", "Account", "Username", "User"),
    "application": ("App", "App name", "Application", "Application name", "SaaS", "SaaS name", "Service"),
    "client_id": ("Client ID", "OAuth client ID", "Application ID"),
    "domain": ("App domain", "Application domain", "Domain", "App URL", "Website", "URL"),
    "how": (
        *("Authentication method", "Auth method", "Sign-in method", "Login method", "Authentication", "Auth type"),
        *("Discovery method", "Discovery source", "Discovered via", "Discovered by", "Sources", "Source"),
    ),
    "first_at": ("First seen", "First discovered", "Discovered on", "Date discovered", "Added", "Created"),
    "last_at": (
        *("Last seen", "Last used", "Last activity", "Last active", "Last login", "Last sign-in", "Last accessed"),
    ),
    "standing": ("Account status", "User status", "Status"),
}
"""Field → its headings, the likeliest first."""
FIELDS = tuple(SYNONYMS)
REQUIRED = ("address", ("application", "domain"), ("how", "first_at", "last_at"))
GONE = frozenset(("deleted", "removed", "deactivated", "disabled", "suspended", "inactive", "closed", "deprovisioned"))
"""Words for an account that is no more, or not in use."""
CLOSED = "account that is closed"
NOT_SEEN = "the inventory did not see a sign-in, so somebody else can have typed the address"
NO_HOST = "the inventory names no host of the platform"


def fetch(source: Source) -> Iterator[Item]:
    """What the inventory says, one item an address and platform; every other row is counted. Raises SourceDown."""
    own, ways = apps.own_apps(source), events.Meanings("how", source)

    def read(again: Source) -> Iterator[Item]:
        return files.rows(again, FIELDS, REQUIRED, synonyms=SYNONYMS)

    found = (
        _listed(one, source, own, ways) if isinstance(one, Raw) else one
        for one in dated(source, ("first_at", "last_at"), read)
    )  # fmt: skip
    yield from events.counted(source, found)
    yield from ways.unknown()


parse = events.parse


def _listed(raw: Raw, source: Source, own: apps.OwnApps, ways: events.Meanings) -> SignIn | Item:
    """The row as an account at a platform, or as what it is instead."""
    row = {name: text.strip() for name, text in raw.values.items()}
    found = _platform(row, own)
    if found is None:
        return Dropped(1, events.NOT_LISTED)
    if row["standing"].casefold() in GONE:
        return Dropped(1, CLOSED)
    means = {ways.of(word, raw.where) for word in re.split(r"[;,|/\n]", row["how"]) if word.strip()}
    work = "managed" in means or own.administered(row["application"], row["client_id"])
    if work and not events.is_for_work(source, Purpose.PUBLIC):
        return Dropped(1, events.ADMINISTERED)
    if "@" not in row["address"]:
        return events.nobody(raw.where)
    first, last = _moment(row["first_at"], source), _moment(row["last_at"], source)
    if (row["first_at"] and first is None) or (row["last_at"] and last is None):
        return Rejected(raw.where, "first or last day cannot be read; correct it, or set date_format")
    weak = NOT_SEEN if "seen" not in means else "" if found.anchored else f"{NO_HOST}, and {apps.BY_NAME}"
    how = "seen" if "seen" in means else "told"
    return SignIn(
        raw.where, row["address"], found.platform, row["application"] or row["domain"], row["client_id"],
        last or first, how, weak, since=first,
    )  # fmt: skip


def _platform(row: Mapping[str, str], own: apps.OwnApps) -> apps.KnownApp | None:
    """The platform of the row: by an id, else by name and host, which must not contradict each other."""
    by_id = own.find(row["application"], row["client_id"])
    if by_id is not None and by_id.anchored:
        return by_id
    name, host = apps.platform_named(row["application"]), apps.platform_at(row["domain"]) if row["domain"] else ""
    if row["domain"] and row["application"]:
        return apps.KnownApp(name, True) if name and name == host else None
    return apps.KnownApp(name or host, bool(host)) if name or host else None


def _moment(text: str, source: Source) -> datetime | None:
    return times.form(str(source.options.get("date_format", ""))).moment(text) if text else None


CONNECTOR = Connector(
    name="saas_inventory",
    record=Account,
    access=Access.OWN_SYSTEM,
    summary="Accounts at platforms in an inventory of applications (Nudge, Grip, 1Password SaaS Manager), exported",
    fetch=fetch,
    parse=parse,
    interface=Interface(
        "exports whose headings their makers do not describe",
        date(2026, 11, 28),
        "https://nudgesecurity.readme.io/reference",
    ),
    reads=FIELDS,
    expect=Expect(filled={"registered_email": 1.0}),
    needs=("path",),
    options={**files.OPTIONS, **apps.OPTIONS, **events.WORDS_OPTION, "date_format": OPTION},
    fault=filter_fault,
    platforms=apps.app_platforms(),
    serves_both=True,
)
