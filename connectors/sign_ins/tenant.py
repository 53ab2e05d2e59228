"""The applications of a tenant of Microsoft Entra that are a platform's, as Microsoft Graph lists them.

An application is known to be the platform's own where every address that its sign-ins are answered to is a host of the
platform's, or audit.toml says so by its id. Applications of the own tenant, joined by SAML or password, or open to
those alone who are assigned to them, are for work.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from connectors.contract import BadRow, Dropped, Rejected
from connectors.http import Session
from connectors.http.paging import changed, each, mapping, named_next, once
from connectors.sign_ins import events
from connectors.sign_ins.apps import KnownApp, OwnApps, platform_at_all

TENANT, APPS = "/organization", "/servicePrincipals"
APP_FIELDS = (
    "id", "appId", "displayName", "appOwnerOrganizationId", "replyUrls", "preferredSingleSignOnMode",
    "appRoleAssignmentRequired",
)  # fmt: skip
JOINED = ("saml", "password")
"""Ways by which an administrator joins an application to the tenant."""
PAGE = 999


@dataclass(frozen=True, slots=True)
class TenantApp:
    """An application of a platform's: its own id, its place in the tenant, its name there."""

    app_id: str
    place: str
    name: str
    known: KnownApp


def applications(talk: Session, own: OwnApps, *, work: bool) -> Iterator[TenantApp | Dropped | Rejected]:
    """The tenant's applications that are a platform's; with `work` also those that are for work. Raises SourceDown."""
    tenant = yield from _tenant(talk)
    pages = named_next(talk, APPS, {"$select": ",".join(APP_FIELDS), "$top": PAGE})
    held = (app for reply in pages for app in each(talk, reply, mapping(talk, reply).get("value"), _application))
    for app in once(held, lambda app: app["id"]):
        if isinstance(app, Rejected):
            yield app
            continue
        known = _known(app, own)
        if known is None or (not work and _administered(app, tenant, own)):
            yield Dropped(1, events.NOT_LISTED if known is None else events.ADMINISTERED)
        else:
            yield TenantApp(app["appId"], app["id"], app.get("displayName") or "", known)


def _application(app: Mapping[str, Any]) -> Mapping[str, Any]:
    app_id, place, name = (app.get(field) or "" for field in ("appId", "id", "displayName"))
    if not all(isinstance(text, str) for text in (app_id, place, name)) or not (app_id and place):
        raise BadRow("an application has no id or no name")
    if not isinstance(app.get("replyUrls"), list):
        raise BadRow("an application has no list of addresses")
    return app


def _tenant(talk: Session) -> Generator[Rejected, None, str]:
    """The tenant's id; what stands beside it in the answer is rejected."""
    reply = talk.get(TENANT, {"$select": "id"})
    found = each(talk, reply, mapping(talk, reply).get("value"), _tenant_id)
    yield from (one for one in found if isinstance(one, Rejected))
    ids = [one for one in found if not isinstance(one, Rejected)]
    if len(ids) != 1:
        raise changed(talk, reply, "the tenant has no id")
    return ids[0]


def _tenant_id(one: Mapping[str, Any]) -> str:
    if not isinstance(one.get("id"), str):
        raise BadRow("the tenant has no id")
    return str(one["id"])


def _known(app: Mapping[str, Any], own: OwnApps) -> KnownApp | None:
    """The platform of an application: by audit.toml, by where its sign-ins are answered, else by its name."""
    answered_at = platform_at_all(app["replyUrls"])
    found = own.find(app.get("displayName") or "", app["appId"])
    return KnownApp(answered_at, True) if answered_at and not (found and found.anchored) else found


def _administered(app: Mapping[str, Any], tenant: str, own: OwnApps) -> bool:
    mode = str(app.get("preferredSingleSignOnMode") or "").lower()
    ours = app.get("appOwnerOrganizationId") == tenant or app.get("appRoleAssignmentRequired") is True
    return ours or mode in JOINED or own.administered(app.get("displayName") or "", app["appId"])
