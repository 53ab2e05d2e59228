"""The directory over LDAP: Active Directory or OpenLDAP's inetOrgPerson, paged, encrypted, by a list of attributes.

Sources: RFC 4511 (LDAP), RFC 2696 (paged results), RFC 2798 (inetOrgPerson); learn.microsoft.com for userAccountControl
and accountExpires. ldap3's own paging takes a size limit for the end of the results: here it is an error. Referrals
are not followed, for they may lead to any host, with our password: each is told as a part that was not read.
"""

from __future__ import annotations

import re
import socket
import ssl
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from math import ceil
from typing import Any
from urllib.parse import urlsplit

from connectors.contract import Access, Connector, Interface, Item, Raw, Remark, Source, SourceDown
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
MOST_BYTES = 64 * 1024 * 1024
"""Bytes of one page of entries, which is held in memory."""
NOBODY_THERE = re.compile(r"/(?:DC=(?:Domain|Forest)DnsZones|CN=Configuration|CN=Schema),", re.IGNORECASE)
"""Branches that Active Directory refers to from the root of every domain: its own settings and names of hosts."""
TROUBLES = {
    3: "it ran out of time", 4: "it gives no more than its size limit", 11: "it gives no more than its own limit",
    10: "base lies on another server, to which it refers", 32: "base names no entry",
    49: "user or password is wrong", 50: "the user may not read there",
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
    layout, elsewhere = _layout(source), dict[str, None]()
    watch = _Watch(source, clock, clock.monotonic() + 60 * number(source, "most_minutes", 60))
    with _bound(source, watch) as connection:
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
    source: Source, connection: ldap3.Connection, layout: DirectoryLayout, watch: _Watch, elsewhere: dict[str, None]
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
            raise SourceDown(_sentence(source, f"the search failed: {TROUBLES.get(code, f'LDAP result {code}')}"))
        for entry in connection.response or ():
            if entry["type"] == "searchResEntry":
                yield _raw(source, layout, entry)
            elif entry["type"] == "searchResRef" and not any(map(NOBODY_THERE.search, entry["uri"])):
                elsewhere[next(iter(entry["uri"]), "")] = None
        cookie = connection.result.get("controls", {}).get(PAGED, {}).get("value", {}).get("cookie", b"")
        if not cookie:
            return
        if cookie in seen:
            raise SourceDown(_sentence(source, "its pages repeat in a circle"))
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


@dataclass
class _Watch:
    """How long the search may go on, on the caller's clock, and how many bytes of a page have come."""

    source: Source
    clock: Clock
    ends_at: float
    page: int = 0

    def left(self) -> float:
        """The seconds that are left. Raises SourceDown where there are none."""
        seconds = self.ends_at - self.clock.monotonic()
        if seconds <= 0:
            raise SourceDown(_sentence(self.source, "the search takes too long; raise most_minutes"))
        return seconds

    def took(self, count: int) -> None:
        """Bytes have come. Raises SourceDown where a page gets too large."""
        self.page += count
        if self.page > MOST_BYTES:
            said = f"one page is larger than {MOST_BYTES // 1024**2} MB; lower page in audit.toml"
            raise SourceDown(_sentence(self.source, said))


@dataclass
class _Watched:
    """A socket whose every reading is watched: ldap3 waits for each piece of a reply anew, and for any number of them.

    What else a socket does is the socket's own.
    """

    inner: socket.socket
    watch: _Watch
    patience: float = field(init=False)

    def __post_init__(self) -> None:
        self.patience = self.inner.gettimeout() or REPLY_SECONDS

    def __getattr__(self, name: str) -> Any:
        return getattr(self.inner, name)

    def recv(self, size: int) -> bytes:
        """As a socket's. Raises SourceDown where time is over, or too much has come."""
        self.inner.settimeout(min(self.patience, self.watch.left()))
        try:
            data = self.inner.recv(size)
        except TimeoutError:
            self.watch.left()
            raise
        self.watch.took(len(data))
        return data


@contextmanager
def _bound(source: Source, watch: _Watch) -> Iterator[ldap3.Connection]:
    """A connection, encrypted and bound, read-only. Raises SourceDown, without ldap3's words: they may hold names."""
    parts = urlsplit(str(source.options.get("url", "")))
    if parts.scheme not in ("ldap", "ldaps") or not parts.hostname:
        raise SourceDown(f"{source.name}: url in audit.toml must be like ldaps://dc1.example.gov.")
    password = read_secret(source, "password")
    timeout = patience(source)
    server = ldap3.Server(
        parts.hostname, parts.port, parts.scheme == "ldaps", tls=_Tls(source, watch), get_info=ldap3.NONE,
        connect_timeout=timeout or CONNECT_SECONDS,
    )  # fmt: skip
    connection = ldap3.Connection(
        server, str(source.options.get("user", "")), password.reveal(),
        read_only=True, auto_referrals=False, receive_timeout=ceil(timeout or REPLY_SECONDS), raise_exceptions=False,
    )  # fmt: skip
    try:
        connection.open()
        if parts.scheme == "ldap":
            connection.socket = _Watched(connection.socket, watch)
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

    def __init__(self, source: Source, watch: _Watch) -> None:
        super().__init__(validate=ssl.CERT_REQUIRED)
        self._watch = watch
        only = source.folder / str(source.options["ca_file"]) if "ca_file" in source.options else None
        try:
            self._context = ssl.create_default_context(cafile=only) if only else trusting(source.network.ca_file)
        except OSError:
            what = f"ca_file {only or source.network.ca_file} is not there, or holds no certificate in PEM"
            raise SourceDown(f"{source.name}: {what}. Correct it in audit.toml.") from None

    def wrap_socket(self, connection: ldap3.Connection, do_handshake: bool = False) -> None:  # noqa: ARG002
        bare = connection.socket.inner if isinstance(connection.socket, _Watched) else connection.socket
        wrapped = self._context.wrap_socket(bare, server_hostname=connection.server.host)
        connection.socket = _Watched(wrapped, self._watch)


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
