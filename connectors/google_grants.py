"""Sign-ins with a state Google account on social platforms, as the tenant's own list of grants shows them.

Source: Admin SDK Directory API, tokens.list (developers.google.com/workspace/admin/directory/reference/rest/v1/tokens):
one request an employee, 2,400 a minute for a user of a project (…/directory/v1/limits). Needs a service account with
domain-wide delegation for admin.directory.user.security; Google has no scope that only reads them. Of all grants come
name, client id and scopes (no other fields are asked for), and only sign-ins of apps in oauth_clients.csv are kept. An
app's name is chosen by its developer: alone it proves little. Whether one-tap sign-ins without a grant are listed could
not be confirmed, and an account that was registered by other means is never in this list.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from functools import partial
from typing import Any

from connectors.contract import (
    Access,
    Answer,
    BadRow,
    Connector,
    Dropped,
    Expect,
    Interface,
    Outcome,
    Raw,
    Source,
)
from connectors.http import SYSTEM, Clock, Service, Session, number
from connectors.http.bodies import allowed
from connectors.http.paging import changed, each, mapping
from connectors.http.sweep import EmployeeLookup, Part, swept
from connectors.records import SIGN_IN, Account, Evidence, Strength
from connectors.vendors import google, oauth_clients

VERSION = "directory/v1"
PATH = f"/admin/{VERSION}/users/{{user}}/tokens"
SCOPE = "https://www.googleapis.com/auth/admin.directory.user.security"
FIELDS = ("clientId", "displayText", "scopes")
MASK = {"fields": f"kind,items({','.join(FIELDS)})"}
NOT_LISTED, NO_SIGN_IN = "app that is not on the list", "grant that is no sign-in"
SERVICE = Service(
    "Google Workspace",
    requests=2400,
    seconds=60,
    url="https://admin.googleapis.com",
    limits_with=(403, 429),
    quota=("dailyLimitExceeded",),
    slow=(*google.SLOW, "quotaExceeded"),  # here the quota of requests at the same time
    most_requests=100_000,
    most_minutes=300,
    advice="Check that the Admin SDK API is enabled and that audit.toml's administrator may manage users' security.",
)


def _tokens(source: Source) -> int:
    """A token lasts 55 minutes here, and each takes a request, or several without a key."""
    return google.token_requests(source) * (1 + int(number(source, "most_minutes", SERVICE.most_minutes) // 55))


LOOKUP = EmployeeLookup(besides=_tokens)


def fetch(source: Source, clock: Clock = SYSTEM) -> Iterator[Answer]:
    """The sign-ins of each employee's Google account. Raises SourceDown."""
    sign = google.delegated(source, SCOPE, clock)
    with Session(source, SERVICE, sign=sign, clock=clock) as talk:
        door = google.Door(talk)
        yield from swept(source, Part(LOOKUP.keys(source), lambda batch: (_answer(door, batch[0]),)))


def parse(raw: Raw) -> Account:
    """One grant as an account on the app's platform. Raises BadRow for a field of another kind.

    Strong only where the client id is known to be the platform's own and the grant gave it the address, which Google
    has verified.
    """
    grant = raw.values
    address, client, app = grant["address"], grant["clientId"], grant.get("displayText")
    if not isinstance(app, str) or not isinstance(client, str):
        raise BadRow("the app's name or client id is no text; Google has changed")
    told = bool(oauth_clients.EMAIL.intersection(grant["scopes"]))
    detail = (
        f"{address} was used to sign in with Google to the app {app} (client id {client}), which was"
        f"{'' if told else ' not'} given the address"
    )
    if not grant["anchored"]:
        detail += "; only the app's name, which its developer chose, ties it to the platform"
    strength = Strength.STRONG if told and grant["anchored"] else Strength.WEAK
    return Account(
        platform=grant["platform"],
        registered_email=address,
        registration=strength,
        provenance=raw.provenance,
        evidence=(Evidence(raw.source, SIGN_IN, detail, raw.observed_at, raw.digest, strength),),
    )


def _answer(door: google.Door, address: str) -> Answer:
    reply = door.ask(PATH, MASK, {"user": address})
    if isinstance(reply, Outcome):
        return Answer(address, outcome=reply)
    value = mapping(door.talk, reply)
    if value.get("kind") != "admin#directory#tokenList":
        raise changed(door.talk, reply, "it is no list of grants")
    return Answer(address, tuple(each(door.talk, reply, value.get("items", []), partial(_kept, door.talk, address))))


def _kept(talk: Session, address: str, grant: Mapping[str, Any]) -> Raw | Dropped:
    """The sign-in of a listed app; of any other grant nothing but the count. Raises BadRow."""
    client, scopes = grant.get("clientId"), grant.get("scopes")
    if not isinstance(client, str) or not isinstance(scopes, list):
        raise BadRow("a grant has no client id or no list of scopes")
    platform, anchored = oauth_clients.app(client, str(grant.get("displayText")))
    shown = sorted(oauth_clients.SIGN_IN.intersection(scope for scope in scopes if isinstance(scope, str)))
    if not platform or not shown:
        return Dropped(1, NO_SIGN_IN if platform else NOT_LISTED)
    own = {"address": address, "platform": platform, "anchored": anchored, "scopes": shown}
    values = {**allowed(grant, ("clientId", "displayText")), **own}
    return talk.item(f"{PATH}:{client}", values)


CONNECTOR = Connector(
    name="google_grants",
    record=Account,
    access=Access.OWN_SYSTEM,
    summary="Sign-ins with a state Google account on social platforms, from the tenant's own list of grants",
    fetch=fetch,
    parse=parse,
    interface=Interface(
        VERSION, date(2026, 11, 22), "https://developers.google.com/workspace/admin/directory/reference/rest/v1/tokens"
    ),
    reads=(*FIELDS, "address", "anchored", "platform"),
    expect=Expect(at_least=0, filled={"registered_email": 1.0}),
    needs=("admin", "key"),
    options={
        **LOOKUP.options,
        **google.DELEGATED,
        "url": f"the Directory API's address, where it is not {SERVICE.url}",
    },
    service=SERVICE,
    sweep=LOOKUP.sweep,
    platforms=oauth_clients.platforms_with_apps(),
    covers=LOOKUP.covers,
    credentials="a service account (its key, or an identity pool that may sign for it) of the tenant's own Google Cloud"
    " project with the Admin SDK API, allowed the scope"
    " admin.directory.user.security by domain-wide delegation, and an administrator with the privilege"
    " User security management",
    terms="https://developers.google.com/terms",
)
