"""State addresses in the breached data of platforms in scope, one request for each state domain: leads, never proof.

Source: haveibeenpwned.com/API/v3, /breacheddomain/{domain} (names before the @, each with the names of its breaches)
and /breaches. Needs a key, and each domain verified with Have I Been Pwned: 404 is a domain without a breach, 403 one
that was not verified. Its smallest subscription allows 10 requests a minute (third-party figure); Retry-After counts
seconds. Breaches that are sensitive, fabricated, spam lists, malware's or stealers' logs, retired, not verified or
flagged in a way not known here, and those of any service that is no platform of ours, are left out before anything
leaves `fetch`; the stealer-log interface is never asked. Not confirmed: what a subscription too small is answered.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from datetime import date
from typing import Any

from connectors import http
from connectors.contract import (
    Access,
    Answer,
    BadRow,
    Connector,
    Dropped,
    Expect,
    Interface,
    KeyedOn,
    Outcome,
    Raw,
    Rejected,
    Source,
    Sweep,
)
from connectors.files.fields import moment
from connectors.http import SYSTEM, Clock, Service, Session
from connectors.http.bodies import allowed
from connectors.http.paging import changed, each, mapping
from connectors.http.secrets import read_secret
from connectors.http.sweep import Part, canaries, swept
from connectors.platforms import platforms
from connectors.records import Account, Evidence, Strength

VERSION = "v3"
BREACHES, DOMAIN = "/breaches", "/breacheddomain/{domain}"
FIELDS = ("Name", "Title", "BreachDate")
FLAGS = ("IsVerified", "IsFabricated", "IsSensitive", "IsRetired", "IsSpamList", "IsMalware", "IsStealerLog")
HARMLESS = frozenset({"IsVerified", "IsSubscriptionFree"})
"""Flags that may be up; any other, one that is new to us included, takes its breach out."""
ELSEWHERE = "breach of a service that is no platform in scope"
FLAGGED = "breach of a platform that is flagged, retired or not verified"
UNLISTED = "breach that the list of breaches does not describe"
ODD = "the breaches of a name before the @ are no list of names. Everything else of the reply was read."
SERVICE = Service(
    "Have I Been Pwned",
    requests=10,
    seconds=60,
    url=f"https://haveibeenpwned.com/api/{VERSION}",
    most_requests=500,
    advice="Check the key, its subscription, and that User-Agent reaches the platform.",
)


def keys(source: Source) -> tuple[str, ...]:
    """The state domains, and canaries that are one."""
    return tuple(dict.fromkeys((*source.nexus.domains, *(key for key in canaries(source) if "@" not in key))))


def requests(source: Source, keys: Collection[str]) -> int:  # noqa: ARG001
    """One for a domain, and one for the list of breaches."""
    return len(keys) + 1


def fetch(source: Source, clock: Clock = SYSTEM) -> Iterator[Answer]:
    """Every address of a domain with the platforms in whose breached data it stands. Raises SourceDown."""
    key = read_secret(source, "key")
    with Session(source, SERVICE, sign=lambda: {"hibp-api-key": key.reveal()}, clock=clock) as talk:
        breaches = _breaches(talk)
        yield from swept(source, Part(keys(source), lambda batch: _domain(talk, batch[0], breaches)))


def parse(raw: Raw) -> Account:
    """One address on one platform, by nothing but its breaches. Raises BadRow for a field of another kind."""
    address, breaches = raw.values["address"], raw.values["breaches"]
    texts = [breach.get(name) for breach in breaches for name in ("Title", "BreachDate")]
    if address.count("@") != 1 or address.startswith("@") or not all(isinstance(text, str) and text for text in texts):
        raise BadRow("the address, or a breach's title or date, is of another kind; Have I Been Pwned has changed")
    if not all(moment(breach["BreachDate"]) for breach in breaches):
        raise BadRow("the date of a breach is no ISO date; Have I Been Pwned has changed")
    return Account(
        platform=raw.values["platform"],
        registered_email=address,
        registration=Strength.WEAK,
        provenance=raw.provenance,
        evidence=tuple(
            Evidence(raw.source, "breach list", _words(address, breach), raw.observed_at, raw.digest, Strength.WEAK)
            for breach in breaches
        ),
    )


def _words(address: str, breach: Mapping[str, str]) -> str:
    return (
        f"{address} stands in the platform’s breached data ({breach['Title']}, {breach['BreachDate']}), says Have I"
        " Been Pwned. That proves no registration: addresses are not always verified at sign-up"
    )


def _breaches(talk: Session) -> dict[str, dict[str, Any] | str | Rejected]:
    """Each breach by its name: what may be said of it, with its platform; or why it is left out. Under "" stands one
    that cannot be read."""
    hosts = {host: platform.id for platform in platforms().values() for host in platform.hosts}
    reply = talk.get(BREACHES)
    known: dict[str, dict[str, Any] | str | Rejected] = {}
    for breach in each(talk, reply, reply.value, _sound):
        if isinstance(breach, Rejected):
            known[""] = breach
            continue
        domain = breach.get("Domain")
        up = {name for name, value in breach.items() if name.startswith("Is") and value is not False}
        if not isinstance(domain, str) or not (platform := hosts.get(domain.lower().removeprefix("www."))):
            known[breach["Name"]] = ELSEWHERE
        elif up - HARMLESS or "IsVerified" not in up:
            known[breach["Name"]] = FLAGGED
        else:
            known[breach["Name"]] = {**allowed(breach, FIELDS), "platform": platform}
    if not known.keys() - {""}:
        raise changed(talk, reply, "the list of breaches is empty")
    return known


def _sound(breach: Mapping[str, Any]) -> Mapping[str, Any]:
    if not isinstance(breach.get("Name"), str) or not all(isinstance(breach.get(flag), bool) for flag in FLAGS):
        raise BadRow("a breach has no name, or lacks one of its flags")
    return breach


def _domain(talk: Session, domain: str, breaches: Mapping[str, dict[str, Any] | str | Rejected]) -> Iterator[Answer]:
    """What stands in breached data for one domain, an item for each address and platform."""
    reply = talk.get(DOMAIN, values={"domain": domain}, also=(403, 404))
    if reply.status != 200:
        yield Answer(domain, outcome=Outcome.REFUSED if reply.status == 403 else Outcome.ANSWERED)
        return
    aliases = mapping(talk, reply)
    lists = [names if _are_names(names) else None for names in aliases.values()]
    if not any(names is not None for names in lists):
        raise changed(talk, reply, "the names before the @ or their lists of breaches are not where they were")
    left_out = Counter[str]()
    items: list[Raw | Dropped | Rejected] = []
    unread: Rejected | None = None
    for alias, names in zip(aliases, lists, strict=True):
        found: dict[str, list[dict[str, Any]]] = {}
        if names is None:
            items.append(Rejected(reply.where, ODD, unnamed=True))
        for name in sorted(names or ()):
            breach = breaches.get(name, breaches.get("", UNLISTED))
            if isinstance(breach, Rejected):
                unread = breach
            elif isinstance(breach, str):
                left_out[breach] += 1
            else:
                found.setdefault(breach["platform"], []).append(allowed(breach, FIELDS))
        for platform, its in found.items():
            values = {"address": f"{alias}@{domain}", "platform": platform, "breaches": its}
            where = f"{reply.where}:{alias}/{platform}"
            items.append(talk.item(where, values))
    items += [unread] if unread else []
    yield Answer(domain, (*items, *(Dropped(count, reason) for reason, count in sorted(left_out.items()))))


def _are_names(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(name, str) for name in value)


CONNECTOR = Connector(
    name="hibp",
    record=Account,
    access=Access.APPROVAL,
    summary="State addresses in the breached data of platforms in scope, by state domain: leads only",
    fetch=fetch,
    parse=parse,
    interface=Interface(VERSION, date(2026, 11, 22), "https://haveibeenpwned.com/API/v3"),
    reads=(*FIELDS, "address", "platform", "breaches"),
    expect=Expect(at_least=0, filled={"registered_email": 1.0}),
    needs=("key",),
    options={
        **http.OPTIONS,
        "key": 'the key of the subscription, as { env = "NAME" } or { file = "PATH" }',
        "url": f"the interface's address, where it is not {SERVICE.url}",
    },
    service=SERVICE,
    sweep=Sweep(KeyedOn.DOMAINS, keys, requests),
    platforms=tuple(platform.id for platform in platforms().values() if platform.hosts),
    credentials="a subscription's key (haveibeenpwned.com/API/Key), and each mail domain verified in its dashboard;"
    " requests = 10 in 60 seconds is the smallest subscription's",
    terms="https://haveibeenpwned.com/API/TermsOfUse",
)
