"""Sign-ins with state accounts at platforms, from the tenant's own sign-in log, through Microsoft Graph.

Sources: learn.microsoft.com/graph/api/serviceprincipal-list (which applications the tenant has, and to which addresses
their sign-ins are answered) and .../signin-list (v1.0; $filter on appId and createdDateTime, 30 days back with a P1
licence, 1,000 a page; no $select is documented, so fields are cut here, unread: IP address, place, device, risk). The
log is asked for the applications of listed platforms only. Five requests in ten seconds (graph/throttling-limits).

An application is known to be the platform's own where every address that its sign-ins are answered to is a host of the
platform's, or audit.toml says so by its id; one that only bears the platform's name is weak. Applications of the own
tenant, joined by SAML or password, or open to those alone who are assigned to them, are for work and not asked for.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

from connectors.contract import Access, Connector, Dropped, Expect, Interface, Item, Purpose, Source
from connectors.files.fields import moment
from connectors.http import SYSTEM, Clock, Reply, Service, Session, number
from connectors.http.paging import changed, listed, mapping, named_next, once
from connectors.records import Account
from connectors.sign_ins import apps, events
from connectors.sign_ins.events import SignIn
from connectors.vendors import graph

TENANT, APPS, LOG = "/organization", "/servicePrincipals", "/auditLogs/signIns"
APP_FIELDS = (
    "appId", "displayName", "appOwnerOrganizationId", "replyUrls", "preferredSingleSignOnMode",
    "appRoleAssignmentRequired",
)  # fmt: skip
FIELDS = ("id", "createdDateTime", "userPrincipalName", "status")
JOINED = ("saml", "password")
"""Ways by which an administrator joins an application to the tenant."""
PAGE, APPS_PAGE = 1000, 999
REACH = timedelta(days=30, minutes=-10)
SERVICE = Service(
    "Microsoft Graph sign-in log",
    requests=5,
    seconds=10,
    url=graph.URL,
    types=("application/json",),
    most_requests=5_000,
    most_minutes=240,
    advice="Grant the application AuditLog.Read.All and Application.Read.All (application permissions, with admin"
    " consent); the tenant needs a Microsoft Entra ID P1 licence.",
)


def fetch(source: Source, clock: Clock = SYSTEM) -> Iterator[Item]:
    """What the log says, one item an address and platform; every other sign-in is counted. Raises SourceDown."""
    own = apps.own_apps(source)
    with graph.graph_session(source, SERVICE, clock) as talk:
        yield from events.counted(source, _found(talk, own, source.now or clock.now()))


parse = events.parse


def _found(talk: Session, own: apps.OwnApps, now: datetime) -> Iterator[SignIn | Item]:
    tenant = _tenant(talk)
    pages = named_next(talk, APPS, {"$select": ",".join(APP_FIELDS), "$top": APPS_PAGE})
    held = ((reply, app) for reply in pages for app in listed(talk, reply, mapping(talk, reply).get("value")))
    work = events.is_for_work(talk.source, Purpose.PUBLIC)
    for reply, app in once(held, lambda pair: str(pair[1].get("appId"))):
        app_id, name = app.get("appId"), app.get("displayName") or ""
        if not isinstance(app_id, str) or not isinstance(name, str):
            raise changed(talk, reply, "an application has no id or no name")
        known = _platform(talk, reply, app, own)
        if known is None or (not work and _administered(app, tenant, own)):
            yield Dropped(1, events.NOT_LISTED if known is None else events.ADMINISTERED)
            continue
        for place, one in _sign_ins(talk, app_id, now):
            yield _read(place, one, known, name, app_id)


def _tenant(talk: Session) -> str:
    reply = talk.get(TENANT, {"$select": "id"})
    found = listed(talk, reply, mapping(talk, reply).get("value"))
    if len(found) != 1 or not isinstance(found[0].get("id"), str):
        raise changed(talk, reply, "the tenant has no id")
    return str(found[0]["id"])


def _platform(talk: Session, reply: Reply, app: Mapping[str, Any], own: apps.OwnApps) -> apps.KnownApp | None:
    """The platform of an application: by audit.toml, by where its sign-ins are answered, else by its name."""
    urls = app.get("replyUrls")
    if not isinstance(urls, list):
        raise changed(talk, reply, "an application has no list of addresses")
    by_hosts = apps.platform_at_all(urls)
    found = own.find(app.get("displayName") or "", str(app["appId"]))
    if by_hosts and not (found and found.anchored):
        return apps.KnownApp(by_hosts, True)
    return found


def _administered(app: Mapping[str, Any], tenant: str, own: apps.OwnApps) -> bool:
    mode = str(app.get("preferredSingleSignOnMode") or "").lower()
    ours = app.get("appOwnerOrganizationId") == tenant or app.get("appRoleAssignmentRequired") is True
    return ours or mode in JOINED or own.administered(app.get("displayName") or "", str(app["appId"]))


def _sign_ins(talk: Session, app_id: str, now: datetime) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """(place, sign-in) of one application as far back as the log reaches, or as `days` of audit.toml says."""
    back = timedelta(days=number(talk.source, "days", 30))
    since = f"{now - min(back, REACH):%Y-%m-%dT%H:%M:%SZ}"
    quoted = app_id.replace("'", "''")
    params = {"$filter": f"appId eq '{quoted}' and createdDateTime ge {since}", "$top": PAGE}
    rows = (
        (reply, one)
        for reply in named_next(talk, LOG, params)
        for one in listed(talk, reply, mapping(talk, reply).get("value"))
    )
    for reply, one in once(rows, lambda pair: str(pair[1].get("id"))):
        status = one.get("status")
        if not isinstance(one.get("id"), str) or not isinstance(status, dict):
            raise changed(talk, reply, "a sign-in has no id or no status")
        yield f"{LOG}/{one['id']}", one


def _read(place: str, one: Mapping[str, Any], known: apps.KnownApp, name: str, app_id: str) -> SignIn | Item:
    if one["status"].get("errorCode") != 0:
        return Dropped(1, events.FAILED)
    address, written = one.get("userPrincipalName"), one.get("createdDateTime")
    if not isinstance(address, str) or "@" not in address:
        return events.nobody(place)
    at = moment(written) if isinstance(written, str) else None
    if at is None or at > datetime.max.replace(tzinfo=UTC):
        return events.unread_time(place)
    return SignIn(place, address, known.platform, name, app_id, at, "sign-in", "" if known.anchored else apps.BY_NAME)


CONNECTOR = Connector(
    name="entra_signins",
    record=Account,
    access=Access.OWN_SYSTEM,
    summary="Sign-ins with state accounts at platforms, from Microsoft Entra's sign-in log through Microsoft Graph",
    fetch=fetch,
    parse=parse,
    interface=Interface("v1.0", date(2026, 11, 28), "https://learn.microsoft.com/graph/api/signin-list"),
    reads=(*APP_FIELDS, *FIELDS),
    expect=Expect(may_shrink=0.9, filled={"registered_email": 1.0}),
    fault=graph.cloud_fault,
    adds_up=True,
    needs=("tenant", "client_id", "client_secret"),
    options={**graph.OPTIONS, **apps.OPTIONS, "days": "how many days back to ask, at most 30"},
    service=SERVICE,
    page=PAGE,
    platforms=apps.app_platforms(),
    serves_both=True,
    credentials=f"an application of your tenant with {graph.PROOF} (Microsoft Entra, App registrations), the"
    " application permissions AuditLog.Read.All and Application.Read.All with admin consent, and a P1 licence",
    terms=graph.TERMS,
)
