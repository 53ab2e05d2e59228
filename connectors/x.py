"""The organization's declared accounts on X, looked up by their handles, a hundred at once.

Source: X API v2 (docs.x.com and its openapi.json), GET /2/users (by id, where the registry has it) and /2/users/by (by
handle) with an app's bearer token: 300 requests each in 15 minutes for an app, and a price for every user returned,
which is why `most_requests` is low, and no handle is asked for that its id has shown. Read the Developer
Agreement first: User Protection bars surveillance and tracking of users unless X approved it in writing, and Government
Use asks for an Enterprise plan with each government end user disclosed. Keyed on declared handles only; the user
search needs the token of a user and is left out. Posts, places, pictures, metrics and who follows whom are never asked
for. That a suspended handle is told as "Forbidden" stands in no description; it is what public clients report.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from functools import partial
from typing import Any

from connectors.account_age import time_opened
from connectors.contract import (
    Access,
    Answer,
    BadRow,
    Connector,
    Declared,
    Expect,
    Interface,
    Outcome,
    Price,
    Raw,
    Rejected,
    Source,
    texts,
)
from connectors.http import SYSTEM, Clock, Reply, Reset, Service, Session
from connectors.http.bodies import allowed
from connectors.http.brands import Became, BrandSearch, became
from connectors.http.paging import changed, each, listed, mapping
from connectors.http.sweep import Part, swept
from connectors.http.tokens import bearer
from connectors.records import Account
from connectors.vendors.markup import web_addresses

VERSION = "2"
BY_HANDLE, BY_ID = f"/{VERSION}/users/by", f"/{VERSION}/users"
FIELDS = ("id", "username", "name", "description", "created_at")
ASKED = (*FIELDS, "entities")
"""Of the entities only the addresses are kept that X's short links in profile and biography stand for."""
NAMES = BrandSearch(
    "x",
    handle=re.compile(r"[A-Za-z0-9_]{1,15}"),
    account_id=re.compile(r"[0-9]{1,19}"),
    advice="A handle on X is up to 15 letters, digits and underscores",
    batch=100,
)
"""Another handle or id would spoil its whole batch and is not sent."""
ABSENT = "Not Found Error"
"""The title of the one problem that says for sure that nobody has the handle; a suspended one is "Forbidden"."""
PROBLEMS: Mapping[str, Outcome] = {
    "resource-not-found": Outcome.REFUSED,
    "not-authorized-for-resource": Outcome.REFUSED,
    "disallowed-resource": Outcome.REFUSED,
    "resource-unavailable": Outcome.REFUSED,
    "not-authorized-for-field": Outcome.FAILED,
    "field-unauthorized": Outcome.FAILED,
    "field-hydration-failure": Outcome.FAILED,
    "internal-error": Outcome.FAILED,
}
"""The last part of a problem's type, and what becomes of its key: half a profile is no answer."""
SERVICE = Service(
    "X",
    requests=300,
    seconds=900,
    url="https://api.x.com",
    reset=Reset.EPOCH,
    reset_header="x-rate-limit-reset",
    remaining_header="x-rate-limit-remaining",
    limits_with=(402, 429),
    quota=("usage-capped", "UsageCapExceeded", "CreditsDepleted", "credits"),
    most_requests=50,
    advice="Use the bearer token of an app whose plan allows this use and still has credits.",
)


def fetch(source: Source, clock: Clock = SYSTEM) -> Iterator[Answer]:
    """The profile of every declared account. Raises SourceDown."""
    declared = NAMES.declared(source)
    with Session(source, SERVICE, sign=bearer(source), clock=clock) as talk:
        part = Part(declared, lambda batch: _declared(talk, {key: declared[key] for key in batch}), NAMES.batch)
        yield from swept(source, part)


def parse(raw: Raw) -> Account:
    """One profile as an account. Raises BadRow for a field of another kind."""
    strange = "a field of the profile is no text; X has changed"
    found = texts(raw, FIELDS, strange)
    links = [link for link in raw.values["links"] if link is not None]
    if not all(isinstance(link, str) for link in links):
        raise BadRow(strange)
    return Account(
        platform="x",
        account_id=found["id"],
        handle=found["username"],
        url=f"https://x.com/{found['username']}",
        display_name=found["name"],
        bio=found["description"],
        links=web_addresses(links),
        **time_opened(raw, found["created_at"]),
        provenance=raw.provenance,
    )


def _declared(talk: Session, asked: Mapping[str, Declared]) -> Iterator[Answer]:
    return NAMES.look_up(
        asked,
        lambda ids: _users(talk, BY_ID, "ids", ids),
        lambda handles: _users(talk, BY_HANDLE, "usernames", handles),
        lambda raw: str(raw.values["username"]),
    )


def _users(talk: Session, path: str, parameter: str, names: list[str]) -> Became:
    """What became of up to a hundred ids or handles; what is amiss stands beside the users, in a 200."""
    reply = talk.get(path, {parameter: ",".join(names), "user.fields": ",".join(ASKED)})
    value = mapping(talk, reply)
    if not value.keys() & {"data", "errors"}:
        raise changed(talk, reply, "there are neither users nor errors")
    made = each(talk, reply, value.get("data", []), partial(_user, talk, reply))
    users = [user for user in made if isinstance(user, Raw)]
    told: dict[str, Raw | Outcome] = {}
    for raw in users:
        told |= {raw.values["username"].lower(): raw, raw.values["id"]: raw}
    for problem in listed(talk, reply, value.get("errors", [])):
        outcome = _outcome(talk, reply, problem)
        amiss = {str(problem[name]).lower() for name in ("value", "resource_id") if name in problem}
        amiss |= {raw.values["username"].lower() for raw in users if raw.values["id"] in amiss}
        told |= dict.fromkeys(amiss, outcome)
    found = {name: told[name.lower()] for name in names if name.lower() in told}
    return became(names, found, [user for user in made if isinstance(user, Rejected)], Outcome.FAILED)


def _user(talk: Session, reply: Reply, user: Mapping[str, Any]) -> Raw:
    """One user cut to what is kept. Raises BadRow."""
    if not all(isinstance(user.get(name), str) and user[name] for name in ("id", "username")):
        raise BadRow("a user has no id or no username")
    entities = user.get("entities") or {}
    places = [entities.get(place) or {} for place in ("url", "description")] if isinstance(entities, dict) else []
    if not places or not all(isinstance(place, dict) for place in places):
        raise BadRow("the links of a user are not where they were")
    urls = [one for place in places for one in (place.get("urls") or ())]
    if not all(isinstance(one, dict) for one in urls):
        raise BadRow("the links of a user are not where they were")
    links = [one.get("expanded_url") for one in urls]
    values = {**allowed(user, FIELDS), "links": links}
    where = f"{reply.where}:{user['id']}"
    return talk.item(where, values)


def _outcome(talk: Session, reply: Reply, problem: Mapping[str, Any]) -> Outcome:
    """What a problem means for its key. Raises SourceChanged for one of an unknown type."""
    kind = str(problem.get("type")).rpartition("/")[2]
    if kind not in PROBLEMS:
        raise changed(talk, reply, "an error is of an unknown type")
    return Outcome.NOT_FOUND if (kind, problem.get("title")) == ("resource-not-found", ABSENT) else PROBLEMS[kind]


CONNECTOR = Connector(
    name="x",
    record=Account,
    access=Access.APPROVAL,
    summary="The organization's declared accounts on X, by their handles",
    fetch=fetch,
    parse=parse,
    interface=Interface(VERSION, date(2026, 11, 28), "https://docs.x.com/x-api/users/lookup/introduction"),
    reads=(*FIELDS, "links"),
    expect=Expect(at_least=0, may_shrink=0.7, filled={"account_id": 1.0, "handle": 1.0}),
    needs=("token",),
    options={
        **NAMES.options,
        "token": 'the app\'s bearer token, as { env = "NAME" } or { file = "PATH" }',
        "url": f"the interface's address, where it is not {SERVICE.url}",
    },
    service=SERVICE,
    sweep=NAMES.sweep,
    platforms=("x",),
    credentials="the bearer token of an app under an Enterprise plan with the State disclosed as its"
    " government end user, and X's written approval of the use",
    terms="https://developer.x.com/en/more/developer-terms/agreement-and-policy",
    price=Price(0.010, "USD", "user returned", date(2026, 11, 28), "https://docs.x.com/x-api/getting-started/pricing"),
)
