"""The directory over LDAP: Active Directory or OpenLDAP's inetOrgPerson, paged, encrypted, by a list of attributes.

Sources: RFC 4511 (LDAP), RFC 2696 (paged results), RFC 2798 (inetOrgPerson); learn.microsoft.com for userAccountControl
and accountExpires. ldap3's own paging takes a size limit for the end of the results: here it is an error.
"""

from __future__ import annotations

import ssl
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from connectors.contract import Access, Connector, Interface, Item, Raw, Source, SourceDown
from connectors.files.fields import day
from connectors.http import SYSTEM, Clock, number, patience
from connectors.http.bodies import item
from connectors.http.doors import loopback
from connectors.http.secrets import read_secret
from connectors.http.trust import trusting
from connectors.records import Person
from connectors.vendors import directories

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)  # ldap3 2.9 imports names that pyasn1 has since renamed
    import ldap3
    from ldap3.core.exceptions import LDAPException

PAGED = "1.2.840.113556.1.4.319"
DISABLED = 0x2
"""The bit ACCOUNTDISABLE of userAccountControl."""
NEVER = (0, 0x7FFF_FFFF_FFFF_FFFF)
"""What accountExpires holds where an account does not expire."""
CONNECT_SECONDS, REPLY_SECONDS = 10, 60
TROUBLES = {
    3: "it ran out of time", 4: "it gives no more than its size limit", 11: "it gives no more than its own limit",
    32: "base names no entry", 49: "user or password is wrong", 50: "the user may not read there",
}  # fmt: skip


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
    layout = _layout(source)
    with _bound(source) as connection:
        entries = _entries(source, connection, layout, clock)
        yield from directories.with_ids(source, entries, "employee_id")


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


def _entries(source: Source, connection: ldap3.Connection, layout: DirectoryLayout, clock: Clock) -> Iterator[Raw]:
    """Page after page, until the server's cookie is empty. Raises SourceDown for any end but that one."""
    ends_at = clock.monotonic() + 60 * number(source, "most_minutes", 60)
    size, cookie, seen = int(number(source, "page", 500)), b"", set[bytes]()
    while True:
        connection.search(
            str(source.options.get("base", "")),
            str(source.options.get("filter", layout.filter)),
            attributes=sorted(set(layout.fields.values())),
            paged_size=size,
            paged_criticality=True,
            paged_cookie=cookie or None,
        )
        if code := connection.result["result"]:
            raise SourceDown(_sentence(source, f"the search failed: {TROUBLES.get(code, f'LDAP result {code}')}"))
        for entry in connection.response or ():
            if entry["type"] == "searchResEntry":
                yield _raw(source, layout, entry)
        cookie = connection.result.get("controls", {}).get(PAGED, {}).get("value", {}).get("cookie", b"")
        if not cookie:
            return
        if cookie in seen:
            raise SourceDown(_sentence(source, "its pages repeat in a circle"))
        if clock.monotonic() > ends_at:
            raise SourceDown(_sentence(source, "the search takes too long; raise most_minutes"))
        seen.add(cookie)


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


@contextmanager
def _bound(source: Source) -> Iterator[ldap3.Connection]:
    """A connection, encrypted and bound, read-only. Raises SourceDown, without ldap3's words: they may hold names."""
    parts = urlsplit(str(source.options.get("url", "")))
    if parts.scheme not in ("ldap", "ldaps") or not parts.hostname:
        raise SourceDown(f"{source.name}: url in audit.toml must be like ldaps://dc1.example.gov.")
    password = read_secret(source, "password")
    timeout = patience(source)
    server = ldap3.Server(
        parts.hostname, parts.port, parts.scheme == "ldaps", tls=_Tls(source), get_info=ldap3.NONE,
        connect_timeout=timeout or CONNECT_SECONDS,
    )  # fmt: skip
    connection = ldap3.Connection(
        server, str(source.options.get("user", "")), password.reveal(),
        read_only=True, auto_referrals=False, receive_timeout=timeout or REPLY_SECONDS, raise_exceptions=False,
    )  # fmt: skip
    try:
        connection.open()
        if parts.scheme == "ldap" and not loopback(parts.hostname) and not connection.start_tls():
            raise SourceDown(_sentence(source, "it does not turn encryption on"))
        if not connection.bind():
            trouble = TROUBLES.get(connection.result["result"], f"LDAP result {connection.result['result']}")
            raise SourceDown(_sentence(source, f"it does not let us in: {trouble}"))
        yield connection
    except LDAPException as error:
        raise SourceDown(_sentence(source, f"the connection failed ({type(error).__name__})")) from None
    finally:
        connection.unbind()
        if connection.socket is not None:  # ldap3 leaves it open where opening failed
            connection.socket.close()


class _Tls(ldap3.Tls):
    """TLS as the standard library checks it, names included; ldap3's own way calls what later Pythons have removed."""

    def __init__(self, source: Source) -> None:
        super().__init__(validate=ssl.CERT_REQUIRED)
        only = source.folder / str(source.options["ca_file"]) if "ca_file" in source.options else None
        try:
            self._context = ssl.create_default_context(cafile=only) if only else trusting(source.network.ca_file)
        except OSError:
            what = f"ca_file {only or source.network.ca_file} is not there, or holds no certificate in PEM"
            raise SourceDown(f"{source.name}: {what}. Correct it in audit.toml.") from None

    def wrap_socket(self, connection: ldap3.Connection, do_handshake: bool = False) -> None:  # noqa: ARG002
        connection.socket = self._context.wrap_socket(connection.socket, server_hostname=connection.server.host)


def _sentence(source: Source, what: str) -> str:
    host = urlsplit(str(source.options.get("url", ""))).hostname
    return f"{source.name}: the directory at {host}: {what}. Check url, base, user and password in audit.toml."


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
