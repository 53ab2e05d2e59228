"""Sign-ins with state accounts at platforms, from the tenant's own sign-in log, through Microsoft Graph.

Sources: learn.microsoft.com/graph/api/serviceprincipal-list (which applications the tenant has, and to which addresses
their sign-ins are answered) and .../signin-list (v1.0; $filter on appId and createdDateTime, 30 days back with a P1
licence, 1,000 a page; no $select is documented, so fields are cut here, unread: IP address, place, device, risk). The
log is asked for the applications of listed platforms only. Five requests in ten seconds (graph/throttling-limits).

Which applications are a platform's own, and which are for work and not asked for, connectors/sign_ins/tenant.py says;
one that only bears a platform's name is weak.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from connectors.contract import Access, BadRow, Connector, Dropped, Expect, Interface, Item, Purpose, Rejected, Source
from connectors.files.fields import moment
from connectors.http import SYSTEM, Clock, Service, Session, number
from connectors.http.paging import each, mapping, named_next, once
from connectors.records import Account
from connectors.sign_ins import apps, events, tenant
from connectors.sign_ins.events import SignIn
from connectors.vendors import graph

LOG = "/auditLogs/signIns"
FIELDS = ("id", "createdDateTime", "userPrincipalName", "status")
PAGE, DAYS = 1000, 30
REACH = timedelta(days=30, minutes=-10)
SERVICE = Service(
    "Microsoft Graph sign-in log",
    requests=5,
    seconds=10,
    url=graph.URL,
    types=("application/json",),
    most_requests=5_000,
    most_minutes=240,
    advice="Grant the application AuditLog.Read.All and Directory.Read.All (application permissions, with admin"
    " consent); the tenant needs a Microsoft Entra ID P1 licence.",
)


def fetch(source: Source, clock: Clock = SYSTEM) -> Iterator[Item]:
    """What the log says, one item an address and platform; every other sign-in is counted. Raises SourceDown."""
    own = apps.own_apps(source)
    with graph.graph_session(source, SERVICE, clock) as talk:
        yield from events.counted(source, _found(talk, own, source.now or clock.now()))


parse = events.parse


def _found(talk: Session, own: apps.OwnApps, now: datetime) -> Iterator[SignIn | Item]:
    for app in tenant.applications(talk, own, work=events.is_for_work(talk.source, Purpose.PUBLIC)):
        if not isinstance(app, tenant.TenantApp):
            yield app
            continue
        for one in _sign_ins(talk, app.app_id, now):
            yield one if isinstance(one, Rejected) else _read(f"{LOG}/{one['id']}", one, app)


def _sign_ins(talk: Session, app_id: str, now: datetime) -> Iterator[Mapping[str, Any] | Rejected]:
    """The sign-ins of one application as far back as the log reaches, or as `days` of audit.toml says."""
    back = timedelta(days=number(talk.source, "days", DAYS))
    since = f"{now - min(back, REACH):%Y-%m-%dT%H:%M:%SZ}"
    quoted = app_id.replace("'", "''")
    params = {"$filter": f"appId eq '{quoted}' and createdDateTime ge {since}", "$top": PAGE}
    rows = (
        one
        for reply in named_next(talk, LOG, params)
        for one in each(talk, reply, mapping(talk, reply).get("value"), _sign_in)
    )
    yield from once(rows, lambda one: one["id"])


def _sign_in(one: Mapping[str, Any]) -> Mapping[str, Any]:
    if not isinstance(one.get("id"), str) or not isinstance(one.get("status"), dict):
        raise BadRow("a sign-in has no id or no status")
    return one


def _read(place: str, one: Mapping[str, Any], app: tenant.TenantApp) -> SignIn | Item:
    if one["status"].get("errorCode") != 0:
        return Dropped(1, events.FAILED)
    address, written = one.get("userPrincipalName"), one.get("createdDateTime")
    if not isinstance(address, str) or "@" not in address:
        return events.nobody(place)
    at = moment(written) if isinstance(written, str) else None
    if at is None:
        return events.unread_time(place)
    weak = "" if app.known.anchored else apps.BY_NAME
    return SignIn(place, address, app.known.platform, app.name, app.app_id, at, "sign-in", weak)


CONNECTOR = Connector(
    name="entra_signins",
    record=Account,
    access=Access.OWN_SYSTEM,
    summary="Sign-ins with state accounts at platforms, from Microsoft Entra's sign-in log through Microsoft Graph",
    fetch=fetch,
    parse=parse,
    interface=Interface("v1.0", date(2026, 11, 28), "https://learn.microsoft.com/graph/api/signin-list"),
    reads=(*tenant.APP_FIELDS, *FIELDS[1:]),
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
    " application permissions AuditLog.Read.All and Directory.Read.All with admin consent, and a P1 licence",
    terms=graph.TERMS,
)
