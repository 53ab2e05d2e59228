"""YouTube channels that wear the organization's name: search by brand term, and declared handles.

Source: YouTube Data API v3, search.list and channels.list (developers.google.com/youtube/v3/docs), with an API key. A
project has 100 searches a day and 10,000 units for everything else, a unit a request
(developers.google.com/youtube/data/determine_quota_cost); no rate is documented, so ours is one a second. Keyed on
brand terms, state domains and declared handles, never on employees. Only id, title, description, handle and date are
asked for; pictures, country, videos and counts are not. A channel that is closed or hidden is missing from the answer.
YouTube's developer policies limit how long its data may be stored: read them before approval.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from functools import partial
from itertools import islice
from typing import Any

from connectors.account_age import time_opened
from connectors.contract import (
    Access,
    Answer,
    BadRow,
    Connector,
    Declared,
    Dropped,
    Expect,
    Interface,
    Outcome,
    Raw,
    Rejected,
    Source,
)
from connectors.http import SYSTEM, Clock, Service, Session, number
from connectors.http.bodies import allowed
from connectors.http.brands import BrandSearch, one_by_one
from connectors.http.paging import changed, cursors, each, mapping, once
from connectors.http.sweep import Part, stalest_first, swept
from connectors.records import Account
from connectors.vendors import google

VERSION = "v3"
SEARCH, CHANNELS = f"/youtube/{VERSION}/search", f"/youtube/{VERSION}/channels"
FIELDS = ("title", "description", "customUrl", "publishedAt")
BATCH, SEARCHES = 50, 90
"""Channels, or results, of one request; searches of one night, of 100 that a day has."""
NAMES = BrandSearch(
    "youtube",
    handle=re.compile(r"[\w.·-]{3,30}"),
    account_id=re.compile(r"UC[\w-]{22}", re.ASCII),
    advice="A handle on YouTube is 3 to 30 letters, digits, dots and dashes: write that, or the channel's id (UC…)",
    pages=1,
    turns=2,
)
"""Each page of a term's results takes a search and the look-up of what it found. What a handle looks like says
support.google.com/youtube/answer/11585688; anything else would be a faulty request."""
CLOSED = "channel that was closed since the search saw it"
SERVICE = Service(
    "YouTube",
    requests=60,
    seconds=60,
    url="https://youtube.googleapis.com",
    limits_with=(403, 429),
    quota=google.QUOTA,
    slow=google.SLOW,
    most_requests=2 * SEARCHES,
    advice="Check the key, and that its project has the YouTube Data API v3 enabled.",
)
"""A night is 90 searches and the look-up of what each of them found: so a plan is as long as the searches take."""


def fetch(source: Source, clock: Clock = SYSTEM) -> Iterator[Answer]:
    """Every channel found by a term, or declared by its handle or id. Raises SourceDown."""
    pages, declared = NAMES.pages_of(source), NAMES.declared(source)
    sign = google.key_header(source)
    handles, terms = _tonight(source, declared)
    with Session(source, SERVICE, sign=sign, clock=clock) as talk:
        yield from swept(
            source,
            Part(handles, lambda batch: _declared(talk, {key: declared[key] for key in batch})),
            Part(terms, lambda batch: (_found(talk, batch[0], pages),)),
        )


def parse(raw: Raw) -> Account:
    """One channel as an account. Raises BadRow for a field of another kind."""
    channel = raw.values
    texts = {name: channel.get(name, "") for name in FIELDS}
    if not all(isinstance(text, str) for text in texts.values()):
        raise BadRow("a field of the channel is no text; YouTube has changed")
    return Account(
        platform="youtube",
        account_id=channel["id"],
        handle=texts["customUrl"].removeprefix("@"),
        url=f"https://www.youtube.com/channel/{channel['id']}",
        display_name=texts["title"],
        bio=texts["description"],
        **time_opened(raw, texts["publishedAt"]),
        provenance=raw.provenance,
    )


def _tonight(source: Source, declared: Mapping[str, Declared]) -> tuple[list[str], list[str]]:
    """(handles, terms) that a night has room for, the stalest of both: neither keeps the other waiting for ever."""
    room = number(source, "most_requests", SERVICE.most_requests)
    searches = number(source, "searches", SEARCHES)
    chosen: tuple[list[str], list[str]] = [], []
    for key in stalest_first(source, NAMES.keys(source)):
        term = key not in declared
        cost = NAMES.requests(source, (key,)) if term else sum(map(bool, NAMES.sent(declared[key])))
        if room > 0 and (not term or searches >= cost / 2):
            chosen[term].append(key)
            room -= cost
            searches -= cost / 2 if term else 0
    return chosen


def _declared(talk: Session, asked: Mapping[str, Declared]) -> Iterator[Answer]:
    def channel(which: Mapping[str, Any]) -> Raw | Outcome | Rejected:
        return next(iter(_channels(talk, which)), Outcome.NOT_FOUND)

    by_id = one_by_one(lambda name: channel({"id": name}))
    by_handle = one_by_one(lambda name: channel({"forHandle": f"@{name}"}))
    return NAMES.look_up(asked, by_id, by_handle, lambda raw: str(raw.values.get("customUrl")).removeprefix("@"))


def _found(talk: Session, term: str, pages: int) -> Answer:
    """The channels of a term's first pages; a search shows descriptions cut short, so each is looked up."""
    asked = {"part": "snippet", "type": "channel", "q": term, "maxResults": BATCH}
    mask = {"fields": "kind,nextPageToken,items(id(kind,channelId))"}
    replies = cursors(talk, SEARCH, asked | mask, found=lambda value: value.get("nextPageToken"), sent="pageToken")
    ids: dict[str, None] = {}
    odd: list[Rejected] = []
    for reply in islice(replies, pages):
        if mapping(talk, reply).get("kind") != "youtube#searchListResponse":
            raise changed(talk, reply, "it is no list of search results")
        results = each(talk, reply, reply.value.get("items", []), _channel_id)
        ids |= dict.fromkeys(one for one in results if isinstance(one, str))
        odd += [one for one in results if isinstance(one, Rejected)]
    wanted, found = list(ids), list[Raw | Rejected]()
    for start in range(0, len(wanted), BATCH):
        found += _channels(talk, {"id": ",".join(wanted[start : start + BATCH]), "maxResults": BATCH})
    gone = max(0, len(ids) - len(found))
    return Answer(term, (*found, *odd, *([Dropped(gone, CLOSED)] if gone else [])))


def _channel_id(result: Mapping[str, Any]) -> str:
    one = result.get("id")
    if not isinstance(one, dict) or not isinstance(one.get("channelId"), str):
        raise BadRow("a result is no channel")
    return str(one["channelId"])


def _channels(talk: Session, which: Mapping[str, Any]) -> list[Raw | Rejected]:
    """The channels, each once; without those that are closed, hidden or unknown."""
    fields = f"kind,items(id,snippet({','.join(FIELDS)}))"
    reply = talk.get(CHANNELS, {"part": "snippet", "fields": fields, **which}, also=(404,))
    if reply.status == 404:
        return []
    if mapping(talk, reply).get("kind") != "youtube#channelListResponse":
        raise changed(talk, reply, "it is no list of channels")
    channels = each(talk, reply, reply.value.get("items", []), partial(_channel, talk))
    return list(once(channels, lambda raw: raw.where))


def _channel(talk: Session, channel: Mapping[str, Any]) -> Raw:
    channel_id, snippet = channel.get("id"), channel.get("snippet")
    if not isinstance(channel_id, str) or not isinstance(snippet, dict):
        raise BadRow("a channel has no id or no snippet")
    return talk.item(f"{CHANNELS}:{channel_id}", {"id": channel_id, **allowed(snippet, FIELDS)})


CONNECTOR = Connector(
    name="youtube",
    record=Account,
    access=Access.APPROVAL,
    summary="YouTube channels found by brand terms, state domains and declared handles",
    fetch=fetch,
    parse=parse,
    interface=Interface(VERSION, date(2026, 11, 22), "https://developers.google.com/youtube/v3/docs"),
    reads=(*FIELDS, "id"),
    expect=Expect(may_shrink=0.7, filled={"account_id": 1.0}),
    needs=("key",),
    options={
        **NAMES.options,
        "key": google.API_KEY,
        "pages": f"pages of {BATCH} results to read for each term ({NAMES.pages}); each is a search",
        "searches": f"searches of one night ({SEARCHES}), where the project has another quota than 100 a day",
        "url": f"the API's address, where it is not {SERVICE.url}",
    },
    service=SERVICE,
    sweep=NAMES.sweep,
    platforms=("youtube",),
    credentials="an API key of a Google Cloud project with the YouTube Data API v3, restricted to that API"
    " (console.cloud.google.com, APIs & Services, Credentials)",
    terms="https://developers.google.com/youtube/terms/developer-policies",
)
