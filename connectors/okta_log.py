"""Sign-ons at platforms' applications, from the System Log of the organization's own Okta.

Source: developer.okta.com/docs/api/openapi/okta-management/management/tag/SystemLog (GET /api/v1/logs with since, until
and a filter on eventType; 1,000 a page, the next by a Link header; kept for 90 days) and .../reference/rl-global-mgmt
(120 requests a minute; X-Rate-Limit-Reset in seconds since 1970). A token (SSWS) of a read-only administrator. Of an
event are taken up who, which application, when and how it ended; client, place, device and risk are left out unread.

What stands on Okta's sign-on page was put there by the organization: these are seats for work. Where people may add
applications of their own, and only there, `purpose = "public"` makes leads of them: which account opens is not shown.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from connectors import http
from connectors.contract import Access, BadRow, Connector, Dropped, Expect, Interface, Item, Purpose, Rejected, Source
from connectors.files.fields import moment
from connectors.http import SYSTEM, Clock, Reset, Service, Session, number
from connectors.http.paging import each, linked, once
from connectors.http.secrets import read_secret
from connectors.records import Account
from connectors.sign_ins import apps, events
from connectors.sign_ins.events import SignIn

PATH, EVENT = "/api/v1/logs", "user.authentication.sso"
FIELDS = ("uuid", "published", "actor", "target", "outcome")
APPLICATION = "AppInstance"
PAGE, DAYS = 1000, 30
REACH = timedelta(days=90, minutes=-10)
SERVICE = Service(
    "Okta",
    requests=60,
    seconds=60,
    reset=Reset.EPOCH,
    reset_header="X-Rate-Limit-Reset",
    remaining_header="X-Rate-Limit-Remaining",
    most_requests=5_000,
    most_minutes=240,
    advice="Check that the token's administrator may read the System Log (Read-Only Administrator).",
)
"""Half of what Okta documents: the limit is shared by everything that reads the log."""


def fetch(source: Source, clock: Clock = SYSTEM) -> Iterator[Item]:
    """What the log says, one item an address and platform; every other event is counted. Raises SourceDown."""
    token, own = read_secret(source, "token"), apps.own_apps(source)
    outcomes = events.Meanings("outcome", source)
    until = source.now or clock.now()
    back = min(timedelta(days=number(source, "days", DAYS)), REACH)
    params = {
        "since": _written(until - back), "until": _written(until), "filter": f'eventType eq "{EVENT}"',
        "sortOrder": "ASCENDING", "limit": PAGE,
    }  # fmt: skip
    sign = lambda: {"Authorization": f"SSWS {token.reveal()}"}  # noqa: E731
    with Session(source, SERVICE, sign=sign, clock=clock) as talk:
        rows = (one for reply in linked(talk, PATH, params) for one in each(talk, reply, reply.value, _event))
        found = (
            one if isinstance(one, Rejected) else _sign_on(talk, one, own, outcomes)
            for one in once(rows, lambda one: one["uuid"])
        )
        yield from events.counted(source, found)
    yield from outcomes.unknown()


parse = events.parse


def _event(one: Mapping[str, Any]) -> Mapping[str, Any]:
    if not isinstance(one.get("uuid"), str):
        raise BadRow("an event has no uuid")
    return one


def _sign_on(talk: Session, one: Mapping[str, Any], own: apps.OwnApps, outcomes: events.Meanings) -> SignIn | Item:
    """The event as a sign-on at a platform, or as what it is instead."""
    place = f"{PATH}/{one['uuid']}"
    targets = [target for target in one.get("target") or () if isinstance(target, dict)]
    named = [target for target in targets if target.get("type") == APPLICATION]
    name, app_id = (_text(named[0], key) if len(named) == 1 else "" for key in ("displayName", "id"))
    known = own.find(name, app_id)
    if known is None:
        return Dropped(1, events.NOT_LISTED)
    if outcomes.of(_text(one.get("outcome"), "result"), place) != "yes":
        return Dropped(1, events.FAILED)
    if not events.is_for_work(talk.source, Purpose.WORK) and own.administered(name, app_id):
        return Dropped(1, events.ADMINISTERED)
    address = _text(one.get("actor"), "alternateId")
    if "@" not in address:
        return events.nobody(place)
    at = moment(_text(one, "published"))
    if at is None:
        return events.unread_time(place)
    return SignIn(place, address, known.platform, name, "", at, "sso", events.SIGN_ON_PAGE)


def _text(part: Any, name: str) -> str:
    """A text in a part of an event; empty where there is none."""
    found = part.get(name) if isinstance(part, dict) else None
    return found if isinstance(found, str) else ""


def _written(at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%S}.000Z"


CONNECTOR = Connector(
    name="okta_log",
    record=Account,
    access=Access.OWN_SYSTEM,
    summary="Sign-ons at platforms' applications, from the System Log of the organization's own Okta",
    fetch=fetch,
    parse=parse,
    interface=Interface(
        "v1",
        date(2026, 11, 28),
        "https://developer.okta.com/docs/api/openapi/okta-management/management/tag/SystemLog",
    ),
    reads=FIELDS,
    expect=Expect(may_shrink=0.9, filled={"registered_email": 1.0}),
    adds_up=True,
    needs=("url", "token"),
    options={
        **http.OPTIONS,
        **apps.OPTIONS,
        **events.WORDS_OPTION,
        "url": "the organization's Okta, https://my-state.okta.com",
        "token": 'an API token of a read-only administrator, as { env = "NAME" } or { file = "PATH" }',
        "days": "how many days back to ask, at most 90 (30 where it is left out)",
    },
    service=SERVICE,
    page=PAGE,
    platforms=apps.app_platforms(),
    purpose=Purpose.WORK,
    credentials="an API token (Okta Admin Console, Security, API, Tokens) made by an administrator whose role is"
    " Read-Only Administrator",
    terms="the organization's own contract with Okta",
)
