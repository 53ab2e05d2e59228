"""Sign-ins with state accounts, as exported files: Entra sign-in and audit logs, Google's OAuth log, Okta's System Log.

Headings by their source. From documents: Google's OAuth log (support.google.com/a/answer/6124308: Date, Event, Actor,
Application name, Application ID, Scope; earlier User, Client ID, Event name), and Entra's sign-in log as JSON
(learn.microsoft.com/graph/api/resources/signin). From public scripts that read such files: its CSV (Date (UTC),
Username, Application, Application ID, Status, App owner tenant ID, Authentication Protocol), Entra's audit log
(Activity, Result, ActorUserPrincipalName, Target1DisplayName, Target1ModifiedProperty1Name) and Okta's CSV (timestamp,
event_type, actor.alternate_id, outcome.result, target0 to target3). Addresses of networks, devices, places, sessions
and risks stand beside these, and are never taken up.

A sign-in is strong evidence where the application is known by an id to be the platform's own; by name alone it is weak.
Left out: what failed, applications of the organization's own tenant or over SAML (they are for work), consent that an
administrator gave for others, and Okta's sign-ons, unless audit.toml says what they are for.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from connectors import files
from connectors.contract import Access, Connector, Dropped, Expect, Interface, Item, Purpose, Raw, Source
from connectors.files import times
from connectors.files.dated import OPTION, dated
from connectors.files.row_filter import filter_fault
from connectors.platforms import platforms
from connectors.records import Account
from connectors.sign_ins import apps, events
from connectors.sign_ins.events import SignIn
from connectors.vendors import oauth_clients

PROPERTIES = tuple(range(1, 6))
"""Changed properties that Entra's audit log writes of its first target."""
TARGETS = tuple(range(4))
"""Targets that Okta's CSV has of an event."""
SYNONYMS: Mapping[str, tuple[str, ...]] = {
    "address": (
        *("Username", "userPrincipalName", "User principal name", "ActorUserPrincipalName"),
        *("Actor user principal name", "actor.alternate_id", "actor.alternateId", "actor.email", "Actor", "User"),
    ),
    "application": (*("appDisplayName", "Application name", "App name", "Target1DisplayName", "Target1 display name"),),
    "client_id": ("Application ID", "appId", "Client ID"),
    "at": (
        *("Date (UTC)", "createdDateTime", "activityDateTime", "timestamp", "published", "Date", "Event time"),
        *("TimeGenerated", "TimeGenerated [UTC]", "id.time"),
    ),
    "event": ("Activity", "activityDisplayName", "event_type", "eventType", "Event name", "name"),
    "outcome": ("ResultType", "Status", "status.errorCode", "Result", "outcome.result"),
    "owner": ("App owner tenant ID", "appOwnerTenantId"),
    "home": ("Home tenant ID", "homeTenantId"),
    "protocol": ("Authentication Protocol", "authenticationProtocol"),
    "scopes": ("Scope", "Scopes"),
    **{f"property{n}": (f"Target1ModifiedProperty{n}Name", f"Target1 modified property{n} name") for n in PROPERTIES},
    **{
        f"value{n}": (f"Target1ModifiedProperty{n}NewValue", f"Target1 modified property{n} new value")
        for n in PROPERTIES
    },
    **{f"target{n}": (f"target{n}.display_name",) for n in TARGETS},
    **{f"kind{n}": (f"target{n}.type",) for n in TARGETS},
}
"""Field → its headings, the likeliest first."""
FIELDS = tuple(SYNONYMS)
REQUIRED = ("address", ("application", "client_id", "target0"), "at", ("event", "outcome"))
ADMIN, ALL = "consentcontext.isadminconsent", "consentcontext.onbehalfofall"
FEDERATED = ("saml", "wsfed")
"""How the protocols begin by which an administrator joins an application to the tenant."""
UNSEEN_SCOPE = "the log does not show that {platform} was given the address"


def fetch(source: Source) -> Iterator[Item]:
    """What the logs say, one item an address and platform; every other row is counted. Raises SourceDown."""
    own = apps.own_apps(source)
    meanings = {column: events.Meanings(column, source) for column in ("event", "outcome")}

    def read(again: Source) -> Iterator[Item]:
        return files.rows(again, FIELDS, REQUIRED, synonyms=SYNONYMS)

    found = (
        _sign_in(one, source, own, meanings) if isinstance(one, Raw) else one for one in dated(source, ("at",), read)
    )
    yield from events.counted(source, found)
    for column in meanings.values():
        yield from column.unknown()


parse = events.parse


def _sign_in(raw: Raw, source: Source, own: apps.OwnApps, meanings: Mapping[str, events.Meanings]) -> SignIn | Item:
    """The row as a sign-in at a platform, or as what it is instead."""
    row = {name: text.strip() for name, text in raw.values.items()}
    how = meanings["event"].of(row["event"], raw.where, told=False) if row["event"] else "sign-in"
    known = own.find(_application(row), row["client_id"])
    if known is None or how not in events.SAID:
        return Dropped(1, events.NO_SIGN_IN if how not in events.SAID else events.NOT_LISTED)
    if not _succeeded(row["outcome"], raw.where, meanings["outcome"]):
        return Dropped(1, events.FAILED)
    if reason := "" if events.is_for_work(source, Purpose.PUBLIC) else _for_work(row, how, source, own):
        return Dropped(1, reason)
    if "@" not in row["address"]:
        return events.nobody(raw.where)
    at = times.form(str(raw.options.get("date_format", ""))).moment(row["at"])
    if at is None:
        return events.unread_time(raw.where)
    weak = _weakness(known, how, row["scopes"])
    return SignIn(raw.where, row["address"], known.platform, _application(row), row["client_id"], at, how, weak)


def _for_work(row: Mapping[str, str], how: str, source: Source, own: apps.OwnApps) -> str:
    """Why a row says nothing about a person's own account: it is the organization that put the application there."""
    sign_on = how == "sso" and source.purpose is None
    if sign_on or _administered(row) or own.administered(_application(row), row["client_id"]):
        return events.ADMINISTERED
    return events.FOR_EVERYBODY if how == "consent" and not _of_one_person(row) else ""


def _succeeded(word: str, where: str, outcomes: events.Meanings) -> bool:
    """Whether a sign-in succeeded: of a log that says nothing (Google's), every one; of a code, 0 alone."""
    return not word or (outcomes.of(word, where, told=not word.isdigit()) == "yes")


def _application(row: Mapping[str, str]) -> str:
    """The application's name; of Okta's targets, that of the one which is an application."""
    targets = [row[f"target{n}"].strip() for n in TARGETS if row[f"kind{n}"].strip() == "AppInstance"]
    return row["application"].strip() or (targets[0] if len(targets) == 1 else "")


def _administered(row: Mapping[str, str]) -> bool:
    """Whether the organization itself has put the application there: it is of its own tenant, or joined over SAML."""
    protocol = "".join(letter for letter in row["protocol"].casefold() if letter.isalnum())
    own = row["owner"].strip().casefold()
    return protocol.startswith(FEDERATED) or bool(own and own == row["home"].strip().casefold())


def _of_one_person(row: Mapping[str, str]) -> bool:
    """Whether a consent is plainly one person's own: the log says that no administrator gave it for others."""
    said = {row[f"property{n}"].strip().casefold(): row[f"value{n}"].strip().strip('"').casefold() for n in PROPERTIES}
    return said.get(ADMIN) == "false" and said.get(ALL, "false") == "false"


def _weakness(known: apps.KnownApp, how: str, scopes: str) -> str:
    """Why the sign-in proves little; empty where it proves whose the account is."""
    if how == "sso":
        return events.SIGN_ON_PAGE
    if not known.anchored:
        return apps.BY_NAME
    given = oauth_clients.EMAIL.intersection(scopes.replace(",", " ").replace(";", " ").split())
    return UNSEEN_SCOPE.format(platform=platforms()[known.platform].name) if known.google and not given else ""


CONNECTOR = Connector(
    name="signin_log",
    record=Account,
    access=Access.OWN_SYSTEM,
    summary="Sign-ins with state accounts at platforms, in exported logs of Entra, Google Workspace or Okta",
    fetch=fetch,
    parse=parse,
    interface=Interface(
        "Entra's sign-in and audit logs, Google's OAuth log, Okta's System Log, as downloaded",
        date(2026, 11, 28),
        "https://support.google.com/a/answer/6124308",
    ),
    reads=FIELDS,
    expect=Expect(may_shrink=0.9, filled={"registered_email": 1.0}),
    needs=("path",),
    options={**files.OPTIONS, **apps.OPTIONS, **events.WORDS_OPTION, "date_format": OPTION},
    fault=filter_fault,
    adds_up=True,
    platforms=apps.app_platforms(),
    serves_both=True,
)
