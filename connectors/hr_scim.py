"""The directory from any identity provider that speaks SCIM 2.0: GET /Users with fixed attributes.

Source: RFC 7643 (schemas) and RFC 7644, 3.4.2 (queries, paging from 1). Home addresses, telephone numbers, photographs,
managers and groups are never asked for; an address of type "home" that comes all the same is left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from functools import partial
from typing import Any

from connectors import http
from connectors.contract import Access, BadRow, Connector, Interface, Item, Raw, Source, SourceDown
from connectors.http import SYSTEM, Clock, Reply, Service, Session, number
from connectors.http.bodies import allowed
from connectors.http.paging import offsets, usable
from connectors.http.tokens import bearer
from connectors.records import Person
from connectors.vendors import directories
from connectors.vendors.directories import text_field

ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
CORE_FIELDS = ("id", "externalId", "userName", "active", "title")
NAME_FIELDS = ("givenName", "familyName")
WORK_FIELDS = ("employeeNumber", "department", "organization", "division", "costCenter")
ATTRIBUTES = (
    *CORE_FIELDS, *(f"name.{name}" for name in NAME_FIELDS), "nickName", "emails",
    *(f"{ENTERPRISE}:{name}" for name in WORK_FIELDS),
)  # fmt: skip
PRIVATE = "home"
PAGE = 100
SERVICE = Service(
    "the SCIM service",
    requests=60,
    seconds=60,
    types=("application/scim+json", "application/json"),
    advice="Check the token in audit.toml, and that it may read users.",
)
"""SCIM documents no limit; one request a second is what a small identity provider bears."""


def fetch(source: Source, clock: Clock = SYSTEM) -> Iterator[Item]:
    """Every user of the directory with an employee id; the others are dropped. Raises SourceDown."""
    sign = bearer(source)
    for name in ("agency_code", "agency"):
        if source.options.get(name, "department") not in WORK_FIELDS:
            raise SourceDown(f"{source.name}: {name} in audit.toml must be one of {', '.join(WORK_FIELDS)}.")
    id_field = _id_field(source.options)
    if id_field not in ("employeeNumber", "externalId", "userName"):
        raise SourceDown(f"{source.name}: employee_id in audit.toml must be employeeNumber, externalId or userName.")
    size = int(number(source, "page", PAGE))
    params = {"attributes": ",".join(ATTRIBUTES), "count": size}
    with Session(source, SERVICE, sign=sign, clock=clock) as talk:
        users = offsets(
            talk, "/Users", params,
            items=lambda value: value.get("Resources", [] if value.get("totalResults") == 0 else None),
            total=lambda value: value.get("totalResults"),
            key=lambda user: user.get("id") if isinstance(user, dict) else None,
            full=size,
        )  # fmt: skip
        entries = (usable(reply, user, partial(_raw, talk, reply)) for reply, user in users)
        yield from directories.with_ids(source, entries, id_field)


def parse(raw: Raw) -> Person:
    """One user as a person. Raises BadRow for a field of another kind."""
    user = raw.values
    if not isinstance(user.get("active"), bool | None):
        raise BadRow("active is neither true nor false; the directory has changed")
    addresses = user["emails"]
    return directories.person(
        raw,
        employee_id=text_field(user.get(_id_field(raw.options))),
        given_name=text_field(user.get("givenName")),
        family_name=text_field(user.get("familyName")),
        preferred_name=text_field(user.get("nickName")),
        work_email=addresses[0] if addresses else "",
        other_emails=[*addresses, *([name] if "@" in (name := text_field(user.get("userName"))) else [])],
        agency_code=text_field(user.get(raw.options.get("agency_code", "department"))),
        agency=text_field(user.get(raw.options.get("agency", "department"))),
        title=text_field(user.get("title")),
        enabled=user.get("active"),
    )


def _id_field(options: Mapping[str, Any]) -> str:
    return str(options.get("employee_id", "employeeNumber"))


def _raw(talk: Session, reply: Reply, user: Mapping[str, Any]) -> Raw:
    """The user cut to the allow-list and made flat; addresses with the one for work first. Raises BadRow."""
    if not isinstance(user.get("id"), str):
        raise BadRow("a user has no id")
    name, work, emails = user.get("name") or {}, user.get(ENTERPRISE) or {}, user.get("emails") or []
    if not isinstance(name, dict) or not isinstance(work, dict) or not isinstance(emails, list):
        raise BadRow("name, emails or the enterprise extension of a user are of another kind")
    known = [one for one in emails if isinstance(one, dict) and isinstance(one.get("value"), str)]
    ours = [one for one in known if str(one.get("type", "")).lower() != PRIVATE]
    ours.sort(key=lambda one: (str(one.get("type", "")).lower() != "work", one.get("primary") is not True))
    values = {
        **allowed(user, (*CORE_FIELDS, "nickName")),
        **allowed(name, NAME_FIELDS),
        **allowed(work, WORK_FIELDS),
        "emails": [one["value"] for one in ours],
    }
    return talk.item(f"{reply.where}/{user['id']}", values)


CONNECTOR = Connector(
    name="hr_scim",
    record=Person,
    access=Access.OWN_SYSTEM,
    summary="HR directory from an identity provider that speaks SCIM 2.0",
    fetch=fetch,
    parse=parse,
    interface=Interface("SCIM 2.0 (RFC 7644)", date(2026, 11, 22), "https://www.rfc-editor.org/rfc/rfc7644"),
    reads=(*CORE_FIELDS, *NAME_FIELDS, *WORK_FIELDS, "nickName", "emails"),
    expect=directories.EXPECT,
    needs=("url", "token"),
    options={
        **http.OPTIONS,
        **directories.OPTIONS,
        "url": "the SCIM service's base address, ending before /Users",
        "token": 'the bearer token, as { env = "NAME" } or { file = "PATH" }',
        "page": f"users to ask for at a time ({PAGE})",
        "employee_id": "the attribute that holds the employee id: employeeNumber (default), externalId or userName",
        "agency_code": f"the attribute that holds the agency's code: {', '.join(WORK_FIELDS[1:])} (default department)",
        "agency": "the attribute that holds the agency's name",
    },
    service=SERVICE,
    page=PAGE,
    credentials="a bearer token of the identity provider that may read users with their enterprise extension,"
    " and nothing else",
    terms="the organization's own contract with its identity provider",
)
