"""Accounts of an AT Protocol server (PDS) that the State runs, with the address each is registered with.

Source: the lexicons com.atproto.admin.searchAccounts, getAccountInfos and com.atproto.sync.listRepos
(github.com/bluesky-social/atproto), with the server's admin password; 3,000 requests in 5 minutes. The reference server
has no searchAccounts yet (atproto issue 4736): where it does not answer, the server's own public list of repositories
takes its place, and a wrong password shows at getAccountInfos. Either only names the accounts; what they are registered
with comes from getAccountInfos, deactivated and taken down ones too. Invitations, threat signatures and records come
along and are left out unread. Bluesky's own servers cannot be read this way, and that somebody has no account here says
nothing about Bluesky (covers nobody).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from connectors import http
from connectors.account_age import time_opened
from connectors.contract import (
    Access,
    Connector,
    Dropped,
    Expect,
    Interface,
    Item,
    Raw,
    Source,
    SourceDown,
    registered,
    texts,
)
from connectors.http import SYSTEM, Clock, Refused, Reply, Reset, Service, Session
from connectors.http.bodies import allowed
from connectors.http.paging import changed, cursors, listed, mapping
from connectors.http.replies import NotTheInterface
from connectors.http.tokens import basic
from connectors.records import CLOSED, Account, Evidence, Strength

SEARCH, INFOS = "/xrpc/com.atproto.admin.searchAccounts", "/xrpc/com.atproto.admin.getAccountInfos"
REPOS = "/xrpc/com.atproto.sync.listRepos"
UNKNOWN = (400, 401, 403, 404, 405, 501)
"""What servers answer for a method that they do not have; the reference server would pass it on to the AppView, and
wants somebody's own token for that (401), or fails at it (400)."""
PAGE = 50
"""Accounts that are listed and asked about at once: their dids fit into one address."""
FIELDS = ("did", "handle", "email", "emailConfirmedAt", "indexedAt")
DELETED, SHUT = "deleted", ("takendown", "suspended")
"""What listRepos says of accounts that are no more, and of those that nobody gets into."""
GONE = "deleted on the server"
DID = re.compile(r"did:[a-z]+:[A-Za-z0-9._:%-]*[A-Za-z0-9._-]")
UNPROVED = "handle.invalid"
"""What stands for a handle whose DNS name does not confirm it."""
SERVICE = Service(
    "AT Protocol PDS",
    requests=3000,
    seconds=300,
    reset=Reset.EPOCH,
    reset_header="RateLimit-Reset",
    remaining_header="RateLimit-Remaining",
    advice="Use the admin password of the State's own PDS (PDS_ADMIN_PASSWORD).",
)


def fetch(source: Source, clock: Clock = SYSTEM) -> Iterator[Item]:
    """Every account of the server. Raises SourceDown, also where it keeps back one that it lists."""
    with Session(source, SERVICE, sign=basic(source, "admin", "admin_password"), clock=clock) as talk:
        for statuses in _listed(talk):
            dids = [did for did, status in statuses.items() if status != DELETED]
            if gone := len(statuses) - len(dids):
                yield Dropped(gone, GONE)
            if not dids:
                continue
            reply = talk.get(INFOS, {"dids": dids})
            told = {info.get("did"): info for info in listed(talk, reply, mapping(talk, reply).get("infos"))}
            if set(dids) - told.keys():
                raise SourceDown(
                    f"{source.name}: the PDS lists accounts of which it tells nothing. Try again the next night;"
                    " if it stays so, look at the server's log."
                )
            for did in dids:
                more = {"status": statuses[did]} if statuses[did] else {}
                yield talk.item(f"{INFOS}:{did}", allowed(told[did], FIELDS) | more)


def parse(raw: Raw) -> Account:
    """One account. An address that was never confirmed proves little. Raises BadRow for a field of another kind."""
    strange = "a field of the account is no text, or its did is missing; the PDS has changed"
    found = texts(raw, FIELDS, strange, needed="did")
    email, handle = found["email"], "" if found["handle"] == UNPROVED else found["handle"]
    strength = Strength.STRONG if found["emailConfirmedAt"] else Strength.WEAK
    how = "confirmed" if strength is Strength.STRONG else "never confirmed"
    detail = f"registered with {email}, which its owner {how}"
    return Account(
        platform="bluesky",
        account_id=found["did"],
        handle=handle,
        url=f"https://bsky.app/profile/{handle or found['did']}",
        registered_email=email,
        registration=strength if email else Strength.NONE,
        **time_opened(raw, found["indexedAt"]),  # the reference server puts the account's creation there
        provenance=raw.provenance,
        evidence=(*registered(raw, email, detail, strength), *_closed(raw)),
    )


def _closed(raw: Raw) -> Iterator[Evidence]:
    """That the server lets nobody into the account; a deactivated one is opened again by whoever signs in."""
    if (status := raw.values.get("status", "")) in SHUT:
        words = f"{status} on the server"
        yield Evidence(raw.source, CLOSED, words, raw.observed_at, raw.digest, Strength.NONE)


def _listed(talk: Session) -> Iterator[dict[str, str]]:
    """The dids of all accounts, each with its status where the list tells one, page by page, none twice."""
    status, searches = _searches(talk)
    path, name = (SEARCH, "accounts") if searches else (REPOS, "repos")
    seen: set[str] = set()
    for reply in cursors(talk, path, {"limit": PAGE}):
        found = listed(talk, reply, mapping(talk, reply).get(name))
        told = {_did(talk, reply, one): str(one.get("status") or "") for one in found}
        if fresh := {did: status for did, status in told.items() if did not in seen}:
            seen |= fresh.keys()
            yield fresh
    if not seen and status in (401, 403):
        raise Refused(f"{talk.source.name}: the PDS lists nobody, and does not let us search. {SERVICE.advice}")


def _searches(talk: Session) -> tuple[int, bool]:
    """(what the server answers to a search, whether it can search); 404 where something in front of it answers."""
    try:
        probe = talk.get(SEARCH, {"limit": 1}, also=UNKNOWN)
    except NotTheInterface:
        return 404, False
    return probe.status, probe.status == 200 and bool(mapping(talk, probe).get("accounts"))


def _did(talk: Session, reply: Reply, found: Mapping[str, Any]) -> str:
    did = found.get("did")
    if not isinstance(did, str) or not DID.fullmatch(did):
        raise changed(talk, reply, "an account has no did")
    return did


CONNECTOR = Connector(
    name="atproto_pds",
    record=Account,
    access=Access.OWN_SYSTEM,
    summary="Accounts of an AT Protocol server (Bluesky PDS) that the organization runs",
    fetch=fetch,
    parse=parse,
    interface=Interface(
        "lexicons com.atproto.admin and com.atproto.sync",
        date(2026, 11, 22),
        "https://github.com/bluesky-social/atproto/tree/main/lexicons/com/atproto",
    ),
    reads=(*FIELDS, "status"),
    expect=Expect(filled={"registered_email": 0.9}),
    needs=("url", "admin_password"),
    options={
        **http.OPTIONS,
        "url": "the server's address, https://pds.example.gov",
        "admin_password": 'the server\'s admin password, as { env = "NAME" } or { file = "PATH" }',
    },
    service=SERVICE,
    page=PAGE // 2,  # a page is two requests: its list, and what the accounts on it are registered with
    platforms=("bluesky",),
    purpose=None,
    credentials="the admin password of the State's own PDS (PDS_ADMIN_PASSWORD in its pds.env)",
    terms="the server's own terms of service and privacy policy",
)
