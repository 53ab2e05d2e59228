"""The directory over LDAP: Active Directory or OpenLDAP's inetOrgPerson, paged, encrypted, by a list of attributes.

Sources: RFC 4511 (LDAP), RFC 2696 (paged results), RFC 2798 (inetOrgPerson); learn.microsoft.com for userAccountControl
and accountExpires. ldap3's own paging takes a size limit for the end of the results: here it is an error. Referrals
are not followed, for they may lead to any host, with our password: each is told as a part that was not read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from connectors.contract import Access, Connector, Interface, Item, Raw, Remark, Source, SourceDown
from connectors.files.fields import day
from connectors.http import SYSTEM, Clock, number
from connectors.http.bodies import item
from connectors.records import Person
from connectors.vendors import directories
from connectors.vendors.ldap import TROUBLES, PageWatch, bound_connection, directory_fault, ldap3

PAGED = "1.2.840.113556.1.4.319"
DISABLED = 0x2
"""The bit ACCOUNTDISABLE of userAccountControl."""
NEVER = (0, 0x7FFF_FFFF_FFFF_FFFF)
"""What accountExpires holds where an account does not expire."""
NOBODY_THERE = re.compile(r"/(?:DC=(?:Domain|Forest)DnsZones|CN=Configuration|CN=Schema),", re.IGNORECASE)
"""Branches that Active Directory refers to from the root of every domain: its own settings and names of hosts."""


@dataclass(frozen=True, slots=True)
class DirectoryLayout:
    """How a kind of directory names what we read: our field → its attribute."""

    filter: str
    fields: Mapping[str, str]


LAYOUTS = {
    "ad": DirectoryLayout(
        "(&(objectCategory=person)(objectClass=user))",
        {
            "employee_id": "employeeID", "given_name": "givenName", "family_name": "sn", "mail": "mail",
            "aliases": "proxyAddresses", "agency_code": "department", "agency": "company", "title": "title",
            "control": "userAccountControl", "expires": "accountExpires",
        },
    ),
    "openldap": DirectoryLayout(
        "(objectClass=inetOrgPerson)",
        {
            "employee_id": "employeeNumber", "given_name": "givenName", "family_name": "sn", "mail": "mail",
            "agency_code": "departmentNumber", "agency": "o", "title": "title",
        },
    ),
}  # fmt: skip
OPTIONS = {
    **directories.OPTIONS,
    "url": "the directory's address, ldaps://dc1.example.gov; ldap:// begins unencrypted and turns TLS on first",
    "base": 'where to search, for example "ou=people,dc=example,dc=gov"',
    "kind": '"ad" (default) or "openldap": which attributes hold what',
    "user": "who reads, as a distinguished name or, for Active Directory, name@domain",
    "password": 'the password, as { env = "NAME" } or { file = "PATH" }',
    "attributes": 'other names for attributes: attributes = { employee_id = "employeeNumber" }',
    "filter": "which entries are people, as an LDAP filter",
    "ca_file": "certificates (PEM) to trust instead of the public ones, the system's and those of [network]",
    "timeout": "seconds to wait for a connection (10), and for a reply (60)",
    "page": "entries to ask for at a time (500)",
    "most_minutes": "minutes that the search may take (60)",
}


def fetch(source: Source, clock: Clock = SYSTEM) -> Iterator[Item]:
    """Every entry that the filter finds and that carries an employee id; the others are dropped. Raises SourceDown."""
    layout, elsewhere = _layout(source), dict[str, None]()
    watch = PageWatch(source, clock, clock.monotonic() + 60 * number(source, "most_minutes", 60))
    with bound_connection(source, watch) as connection:
        entries = _entries(source, connection, layout, watch, elsewhere)
        yield from directories.with_ids(source, entries, "employee_id")
    yield from map(_referred, elsewhere)


def parse(raw: Raw) -> Person:
    """One entry as a person. In OpenLDAP, which has no word for it, an entry counts as employed. Raises BadRow."""
    entry: Mapping[str, list[str]] = raw.values["attributes"]

    def first(name: str) -> str:
        return next(iter(entry.get(name, ())), "")

    mail, control = entry.get("mail", []), first("control")
    return directories.person(
        raw,
        employee_id=first("employee_id"),
        given_name=first("given_name"),
        family_name=first("family_name"),
        preferred_name=first("preferred_name"),
        work_email=mail[0] if mail else "",
        other_emails=[*mail, *entry.get("aliases", ())],
        agency_code=first("agency_code"),
        agency=first("agency"),
        title=first("title"),
        enabled=not int(control) & DISABLED if control.isdecimal() else None if control else True,
        end_on=_expiry(first("expires")),
        written={"end_date": "" if first("expires").isdecimal() else first("expires")},
    )


def _entries(
    source: Source, connection: ldap3.Connection, layout: DirectoryLayout, watch: PageWatch, elsewhere: dict[str, None]
) -> Iterator[Raw]:
    """Page after page, until the server's cookie is empty. Raises SourceDown for any end but that one.

    Where the server refers to another one for a part of the branch, the part's address is put into `elsewhere`.
    """
    size, cookie, seen = int(number(source, "page", 500)), b"", set[bytes]()
    while True:
        watch.page = 0
        connection.search(
            str(source.options.get("base", "")),
            str(source.options.get("filter", layout.filter)),
            attributes=sorted(set(layout.fields.values())),
            paged_size=size,
            paged_criticality=True,
            paged_cookie=cookie or None,
        )
        if code := connection.result["result"]:
            raise SourceDown(directory_fault(source, f"the search failed: {TROUBLES.get(code, f'LDAP result {code}')}"))
        for entry in connection.response or ():
            if entry["type"] == "searchResEntry":
                yield _raw(source, layout, entry)
            elif entry["type"] == "searchResRef" and not any(map(NOBODY_THERE.search, entry["uri"])):
                elsewhere[next(iter(entry["uri"]), "")] = None
        cookie = connection.result.get("controls", {}).get(PAGED, {}).get("value", {}).get("cookie", b"")
        if not cookie:
            return
        if cookie in seen:
            raise SourceDown(directory_fault(source, "its pages repeat in a circle"))
        watch.left()
        seen.add(cookie)


def _referred(address: str) -> Remark:
    """What is said of a part of the branch that another server has; of its address only the host: names of entries may
    be people's."""
    try:
        host = urlsplit(address).hostname or "another server"
    except ValueError:
        host = "another server"
    return Remark(
        f"ldap:{host}",
        f"the directory refers to {host} for a part of the branch, and referrals are not followed: who is listed there"
        " was not read. Ask a server that has the whole branch (in Active Directory the global catalog, port 3269), or"
        " narrow base or filter where nobody employed is listed there.",
        unread=True,
    )


def _raw(source: Source, layout: DirectoryLayout, entry: Mapping[str, Any]) -> Raw:
    """The entry under our own names. Its distinguished name holds a person's name: the employee id stands for it."""
    found = {name.lower(): values for name, values in entry["raw_attributes"].items()}
    attributes: dict[str, list[str]] = {}
    for name, attribute in layout.fields.items():
        if values := [bytes(value).decode("utf-8", "replace") for value in found.get(attribute.lower(), ())]:
            attributes[name] = values
    employee_id = next(iter(attributes.get("employee_id", ())), "")
    where = f"ldap:{layout.fields['employee_id']}={employee_id}"
    return item(source, where, {"attributes": attributes, "employee_id": employee_id})


def _layout(source: Source) -> DirectoryLayout:
    known = LAYOUTS.get(str(source.options.get("kind", "ad")))
    renamed = source.options.get("attributes", {})
    if known is None or not isinstance(renamed, Mapping):
        raise SourceDown(f'{source.name}: kind in audit.toml is "ad" or "openldap", attributes a table of names.')
    fields = {**known.fields, **{str(name): str(attribute) for name, attribute in renamed.items()}}
    if unknown := set(fields) - set(LAYOUTS["ad"].fields) - {"preferred_name"}:
        raise SourceDown(
            f"{source.name}: attributes in audit.toml: {sorted(unknown)[0]!r} is none of {', '.join(fields)}."
        )
    return DirectoryLayout(known.filter, fields)


def _expiry(text: str) -> date | None:
    """The last day of an account: accountExpires counts 100 ns from 1601, as of the day's end; or an ISO date."""
    if not text.isdecimal():
        return day(text) if text else None
    if int(text) in NEVER:
        return None
    try:
        return (datetime(1601, 1, 1, tzinfo=UTC) + timedelta(microseconds=int(text) // 10, seconds=-1)).date()
    except OverflowError:
        return None


CONNECTOR = Connector(
    name="hr_ldap",
    record=Person,
    access=Access.OWN_SYSTEM,
    summary="HR directory from Active Directory or OpenLDAP, over LDAP",
    fetch=fetch,
    parse=parse,
    interface=Interface("LDAP v3 (RFC 4511)", date(2026, 11, 22), "https://www.rfc-editor.org/rfc/rfc4511"),
    reads=tuple(sorted({name for layout in LAYOUTS.values() for name in layout.fields})),
    expect=directories.EXPECT,
    needs=("url", "base", "user", "password"),
    options=OPTIONS,
    credentials="a bind account that may read the people of its branch, over TLS",
)
