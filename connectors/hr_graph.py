"""The directory from Microsoft Entra ID, through Microsoft Graph: GET /users with a fixed $select.

Source: learn.microsoft.com/graph/api/user-list (v1.0). The application needs User.Read.All, and for `leave_date` also
User-LifeCycleInfo.Read.All. otherMails and mobile numbers are private contact data and never asked for.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from functools import partial
from typing import Any

from connectors.contract import Access, BadRow, Connector, Interface, Item, Raw, Rejected, Source, SourceDown
from connectors.files.fields import day
from connectors.http import SYSTEM, Clock, Reply, Service, Session
from connectors.http.bodies import allowed
from connectors.http.paging import each, mapping, named_next, once
from connectors.records import Person
from connectors.vendors import directories, graph
from connectors.vendors.directories import text_field, texts_field

FIELDS = (
    "id", "employeeId", "givenName", "surname", "mail", "userPrincipalName", "proxyAddresses", "jobTitle",
    "accountEnabled", "userType", "employeeHireDate",
)  # fmt: skip
LEAVE = "employeeLeaveDateTime"
PAGE = 999
"""Users a page; Graph gives no more."""
PLACES = {
    "department": "department",
    "companyName": "companyName",
    "division": "employeeOrgData",
    "costCenter": "employeeOrgData",
    **{f"extensionAttribute{number}": "onPremisesExtensionAttributes" for number in range(1, 16)},
}
"""Where an organization may keep its agency codes, and under which property Graph gives it."""
SERVICE = Service(
    "Microsoft Graph",
    requests=1000,
    seconds=100,
    url=graph.URL,
    types=("application/json",),
    advice="Grant the application User.Read.All (application permission, with admin consent).",
)
"""A request for users costs 2 of 8,000 resource units in 10 s (graph/throttling-limits): ours stay far below."""


def fetch(source: Source, clock: Clock = SYSTEM) -> Iterator[Item]:
    """Every user of the tenant with an employee id; guests and everybody else are dropped. Raises SourceDown."""
    with graph.graph_session(source, SERVICE, clock) as talk:
        select = ",".join((*FIELDS, *dict.fromkeys(PLACES[place] for place in _places(source))))
        if source.options.get("leave_date") is True:
            select += f",{LEAVE}"
        pages = named_next(talk, "/users", {"$select": select, "$top": PAGE})
        users = (one for reply in pages for one in _users(talk, reply))
        yield from directories.with_ids(source, once(users, lambda raw: raw.where), "employeeId")


def parse(raw: Raw) -> Person | None:
    """One user as a person; None for a guest. Raises BadRow for a field of another kind."""
    user = raw.values
    if text_field(user.get("userType")).lower() == "guest":
        return None
    enabled = user.get("accountEnabled")
    if not isinstance(enabled, bool | None):
        raise BadRow("accountEnabled is neither true nor false; the directory has changed")
    upn = text_field(user.get("userPrincipalName"))
    mail = text_field(user.get("mail"))
    hired, left = (graph.time_field(text_field(user.get(name))) for name in ("employeeHireDate", LEAVE))
    code, agency = (text_field(user.get(raw.options.get(name, "department"))) for name in ("agency_code", "agency"))
    return directories.person(
        raw,
        employee_id=text_field(user.get("employeeId")),
        given_name=text_field(user.get("givenName")),
        family_name=text_field(user.get("surname")),
        work_email=mail or upn,
        other_emails=[upn, *texts_field(user.get("proxyAddresses"))],
        agency_code=code,
        agency=agency,
        title=text_field(user.get("jobTitle")),
        enabled=enabled,
        start_on=day(hired),
        end_on=day(left),
        written={"start_date": hired, "end_date": left},
    )


def _users(talk: Session, reply: Reply) -> list[Raw | Rejected]:
    return each(talk, reply, mapping(talk, reply).get("value"), partial(_raw, talk, reply))


def _raw(talk: Session, reply: Reply, user: Mapping[str, Any]) -> Raw:
    """The user cut to the allow-list: of an object only the part that audit.toml names. Raises BadRow without an id."""
    if not isinstance(user.get("id"), str):
        raise BadRow("a user has no id")
    values = allowed(user, (*FIELDS, LEAVE))
    for place in _places(talk.source):
        holder = user.get(PLACES[place])
        values[place] = holder.get(place) if isinstance(holder, Mapping) else holder
    return talk.item(f"{reply.where}/{user['id']}", values)


def _places(source: Source) -> list[str]:
    found = [str(source.options.get(name, "department")) for name in ("agency_code", "agency")]
    if unknown := [place for place in found if place not in PLACES]:
        raise SourceDown(f"{source.name}: {unknown[0]!r} in audit.toml is none of {', '.join(PLACES)}.")
    return list(dict.fromkeys(found))


CONNECTOR = Connector(
    name="hr_graph",
    record=Person,
    access=Access.OWN_SYSTEM,
    summary="HR directory from Microsoft Entra ID, through Microsoft Graph",
    fetch=fetch,
    parse=parse,
    interface=Interface(graph.VERSION, date(2026, 11, 22), "https://learn.microsoft.com/graph/api/user-list"),
    reads=(*FIELDS, *PLACES, LEAVE),
    expect=directories.EXPECT,
    fault=graph.cloud_fault,
    needs=("tenant", "client_id", "client_secret"),
    options={
        **graph.OPTIONS,
        **directories.OPTIONS,
        "agency_code": "the property that holds the agency's code (department, companyName, extensionAttribute1 …)",
        "agency": "the property that holds the agency's name",
        "leave_date": "true to ask for the last working day as well; needs a further permission",
    },
    service=SERVICE,
    page=PAGE,
    credentials=f"an application of your tenant with {graph.PROOF} (Microsoft Entra, App registrations), and the"
    " application permission User.Read.All with admin consent",
    terms=graph.TERMS,
)
