"""Platforms' applications that people let sign them in with their state account, from the tenant's own list of grants.

Sources: learn.microsoft.com/graph/api/serviceprincipal-list, .../oauth2permissiongrant-list (v1.0; $filter on clientId
and consentType; needs Directory.Read.All) and .../user-list (which address a grant's principal has). It takes no P1
licence, reaches back as long as a grant stands, and tells no day. Consent of an administrator for everybody
(AllPrincipals) says nothing about a person and is not asked for. Which applications are a platform's own, and which are
for work, is told as in entra_signins; users are asked for only where there is a grant.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping
from datetime import date
from typing import Any

from connectors.contract import Access, BadRow, Connector, Dropped, Expect, Interface, Item, Purpose, Rejected, Source
from connectors.http import SYSTEM, Clock, Service, Session
from connectors.http.paging import each, mapping, named_next, once
from connectors.records import Account
from connectors.sign_ins import apps, events, tenant
from connectors.sign_ins.events import SignIn
from connectors.vendors import graph

GRANTS, USERS = "/oauth2PermissionGrants", "/users"
GRANT_FIELDS, USER_FIELDS = ("id", "principalId", "scope"), ("id", "mail", "userPrincipalName")
PAGE = 999
NO_ADDRESS = "grant of somebody without an address in the tenant"
UNASKED = "its permissions do not give it the name of the account"
SERVICE = Service(
    "Microsoft Graph",
    requests=1000,
    seconds=100,
    url=graph.URL,
    types=("application/json",),
    advice="Grant the application Directory.Read.All (application permission, with admin consent).",
)


def fetch(source: Source, clock: Clock = SYSTEM) -> Iterator[Item]:
    """What the grants say, one item an address and platform; every other application is counted. Raises SourceDown."""
    own = apps.own_apps(source)
    with graph.graph_session(source, SERVICE, clock) as talk:
        yield from events.counted(source, _found(talk, own))


parse = events.parse


def _found(talk: Session, own: apps.OwnApps) -> Iterator[SignIn | Item]:
    granted: list[tuple[tenant.TenantApp, Mapping[str, Any]]] = []
    for app in tenant.applications(talk, own, work=events.is_for_work(talk.source, Purpose.PUBLIC)):
        if not isinstance(app, tenant.TenantApp):
            yield app
            continue
        for grant in _grants(talk, app):
            if isinstance(grant, Rejected):
                yield grant
            else:
                granted.append((app, grant))
    if not granted:
        return
    people = yield from _people(talk)
    for app, grant in granted:
        place, address = f"{GRANTS}/{grant['id']}", people.get(grant["principalId"], "")
        signs_in = {"openid", "profile", "email", "user.read"} & set(str(grant.get("scope") or "").lower().split())
        weak = apps.BY_NAME if not app.known.anchored else "" if signs_in else UNASKED
        yield (
            SignIn(place, address, app.known.platform, app.name, app.app_id, None, "consent", weak)
            if address
            else Dropped(1, NO_ADDRESS)
        )


def _grants(talk: Session, app: tenant.TenantApp) -> Iterator[Mapping[str, Any] | Rejected]:
    """The grants that people gave for themselves to one application."""
    params = {"$filter": f"clientId eq '{app.place}' and consentType eq 'Principal'", "$top": PAGE}
    rows = (
        one
        for reply in named_next(talk, GRANTS, params)
        for one in each(talk, reply, mapping(talk, reply).get("value"), _grant)
    )
    yield from once(rows, lambda one: one["id"])


def _grant(one: Mapping[str, Any]) -> Mapping[str, Any]:
    if not isinstance(one.get("id"), str) or not isinstance(one.get("principalId"), str):
        raise BadRow("a grant has no id or nobody who gave it")
    return one


def _people(talk: Session) -> Generator[Rejected, None, dict[str, str]]:
    """Id → mail address of every user, else the name that they sign in with; what is no user is rejected."""
    found: dict[str, str] = {}
    for reply in named_next(talk, USERS, {"$select": ",".join(USER_FIELDS), "$top": PAGE}):
        for one in each(talk, reply, mapping(talk, reply).get("value"), _user):
            if isinstance(one, Rejected):
                yield one
            else:
                found[one[0]] = one[1]
    return found


def _user(user: Mapping[str, Any]) -> tuple[str, str]:
    name = user.get("mail") or user.get("userPrincipalName")
    if not isinstance(user.get("id"), str) or not isinstance(name, str):
        raise BadRow("a user has no id or no name")
    return user["id"], name if "@" in name else ""


CONNECTOR = Connector(
    name="entra_grants",
    record=Account,
    access=Access.OWN_SYSTEM,
    summary="Platforms' applications that people let sign them in with a state account, from Entra's grants",
    fetch=fetch,
    parse=parse,
    interface=Interface("v1.0", date(2026, 11, 28), "https://learn.microsoft.com/graph/api/oauth2permissiongrant-list"),
    reads=(*tenant.APP_FIELDS, *GRANT_FIELDS, *USER_FIELDS[1:]),
    expect=Expect(filled={"registered_email": 1.0}),
    fault=graph.cloud_fault,
    needs=("tenant", "client_id", "client_secret"),
    options={**graph.OPTIONS, **apps.OPTIONS},
    service=SERVICE,
    page=PAGE,
    platforms=apps.app_platforms(),
    serves_both=True,
    credentials=f"an application of your tenant with {graph.PROOF} (Microsoft Entra, App registrations), and the"
    " application permission Directory.Read.All with admin consent",
    terms=graph.TERMS,
)
