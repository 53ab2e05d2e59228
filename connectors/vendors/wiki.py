"""MediaWiki's query API as a connector asks it: one query at a time, errors with status 200, and waiting where it lags.

Source: www.mediawiki.org/wiki/API:Etiquette, API:Errors_and_warnings and Manual:Maxlag_parameter (at least five seconds
where a lagging wiki names no time).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from typing import Any

from connectors.contract import SourceDown
from connectors.http import TRIES, Refused, Reply, Session
from connectors.http.pacing import retry_after
from connectors.http.paging import changed, mapping
from connectors.http.replies import TooMany

ALWAYS: Mapping[str, Any] = {"action": "query", "format": "json", "formatversion": 2, "maxlag": 5}
LATER, NOT_YOU = ("maxlag", "ratelimited"), ("readapidenied", "permissiondenied", "blocked", "autoblocked")
"""Error codes that mean: ask again in a while; and: not with these rights."""
PAUSE = 5.0


def queried(talk: Session, params: Mapping[str, Any]) -> tuple[Reply, Mapping[str, Any]]:
    """(reply, its JSON with a `query` in it) of one query, asked up to TRIES times where the wiki is busy.

    Raises SourceDown for an error that the wiki reports: Refused or TooMany where it is one of these.
    """
    for attempt in range(1, TRIES + 1):
        reply = talk.get("", {**ALWAYS, **params})
        value = mapping(talk, reply)
        if (error := value.get("error")) is None:
            break
        code = str(error.get("code")) if isinstance(error, dict) else "an error without a code"
        talk.source.tally.limited += code == "ratelimited"
        if code not in LATER or attempt == TRIES:
            kind = Refused if code in NOT_YOU else TooMany if code == "ratelimited" else SourceDown
            service = talk.service
            raise kind(f"{talk.source.name}: {service.name}, {reply.where}: it says {code[:40]!r}. {service.advice}")
        talk.retried += 1
        talk.source.tally.retried += 1
        talk.rest(retry_after(reply.headers, talk.clock) or PAUSE)
    if not isinstance(value.get("query"), dict):
        raise changed(talk, reply, "there is no `query` in the reply")
    return reply, value


def canonical(name: str) -> str:
    """A user name as MediaWiki writes it: spaces for underscores, the first letter a capital, the rest as it is."""
    text = " ".join(unicodedata.normalize("NFC", name).replace("_", " ").split())
    return text[:1].upper() + text[1:]
