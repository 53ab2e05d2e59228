"""What an account is known by, and which accounts the registry says are the organization's own. Pure.

An account is known by its id, else its handle, else its address on the web, else the mailbox it is registered with:
`known_by` and `identities` say so, and nothing else does.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from connectors.platforms import is_cut
from connectors.records import Account, OfficialAccount

FEDERATED = "mastodon"
"""The platform on which a handle is somebody's on one instance, and somebody else's on another."""
DOTLESS, HOSTED = "facebook", {"bluesky": ".bsky.social"}
"""The platform that lets dots stand anywhere in a handle, and the one that gives short handles a host."""
SHORTEST_RUN = 4
"""Letters that a piece of an unreadable registry row must have to stand for a handle."""


def known_by(account_id: str, handle: str, url: str, mailbox: str = "") -> str:
    """The identity of an account on its platform; empty where nothing says which account it is."""
    return account_id or fold_handle(handle) or fold_url(url) or mailbox.casefold()


def identities(platform: str, account_id: str, handle: str, url: str, mailbox: str = "") -> list[str]:
    """All that an account can be known by on its platform, as "kind:value", the strongest first."""
    pairs = (
        ("id", account_id),
        ("handle", handle_key(platform, handle, url)),
        ("url", fold_url(url)),
        ("mailbox", mailbox.casefold()),
    )
    return [f"{kind}:{value}" for kind, value in pairs if value]


def fold_handle(handle: str) -> str:
    """A handle for comparison: platforms do not tell letter case apart, nor a leading @, nor what cannot be seen."""
    seen = "".join(one for one in handle if unicodedata.category(one) != "Cf") if not handle.isascii() else handle
    return seen.strip().removeprefix("@").casefold()


def fold_url(url: str) -> str:
    """An address for comparison: without scheme, www., fragment and the slash at its end."""
    try:
        parts = urlsplit(url.strip())
    except ValueError:  # a bracket where no IPv6 address is
        return url.strip()
    if not parts.netloc:
        return url.strip()
    host = parts.netloc.casefold().rpartition("@")[2].removeprefix("www.").removesuffix(":443").removesuffix(":80")
    return f"{host}{unquote(parts.path).rstrip('/')}{'?' if parts.query else ''}{parts.query}"


def handle_key(platform: str, handle: str, url: str = "") -> str:
    """A handle as its platform tells it from others: on Mastodon with the instance that the profile's address names."""
    folded = fold_handle(handle)
    if platform == DOTLESS:
        return folded.replace(".", "") or folded
    if platform == FEDERATED and folded and "@" not in folded and (host := fold_url(url).partition("/")[0]):
        return f"{folded}@{host}"
    return folded + HOSTED[platform] if platform in HOSTED and folded and "." not in folded else folded


def registry_key(entry: OfficialAccount) -> str:
    """The identity under which the ledger remembers that an official account was seen."""
    return f"{entry.platform}:{known_by(entry.account_id, entry.handle, entry.url) or squeezed(entry.unread_handle)}"


def registry_name(entry: OfficialAccount) -> str:
    """What the registry calls an account: its handle, else its id, else its address, else what stands there."""
    return entry.handle or entry.account_id or entry.url or entry.unread_handle


def squeezed(text: str) -> str:
    """A text's letters and digits alone: "Maine D.O.T." is "mainedot"."""
    return "".join(filter(str.isalnum, unicodedata.normalize("NFKC", text).casefold()))


@dataclass(frozen=True)
class Registry:
    """The official accounts, found by (platform, account id) first and by (platform, handle's key) second; by its
    (platform, folded address) where a row says no more."""

    by_id: dict[tuple[str, str], int]
    by_handle: dict[tuple[str, str], int]
    by_url: dict[tuple[str, str], int]
    entries: tuple[OfficialAccount, ...]
    unread: dict[tuple[str, str], int]
    """(platform, squeezed words) of the rows that do not say for sure which account they mean."""

    def position(self, account: Account) -> int | None:
        """Which registry entry an account is, or None. An id that is known decides alone: handles change hands."""
        platform, account_id = account.platform, account.account_id
        if account_id and (platform, account_id) in self.by_id:
            return self.by_id[platform, account_id]
        position = self._by_handle(account)
        if position is None:
            return self.by_url.get((platform, fold_url(account.url)))
        registered = _sure_id(self.entries[position])
        return None if registered and account_id and registered != account_id else position

    def knows(self, account: Account) -> bool:
        """Whether id or handle stands in the registry, even where the handle has changed hands."""
        if (account.platform, account.account_id) in self.by_id or self._by_handle(account) is not None:
            return True
        return (account.platform, fold_url(account.url)) in self.by_url

    def may_mean(self, account: Account) -> OfficialAccount | None:
        """The registry row that does not say for sure which account it means, and may mean this one."""
        key = handle_key(account.platform, account.handle, account.url)
        position = self.unread.get((account.platform, squeezed(key))) if key else None
        return None if position is None else self.entries[position]

    def _by_handle(self, account: Account) -> int | None:
        if not account.handle:
            return None
        key = handle_key(account.platform, account.handle, account.url)
        found = self.by_handle.get((account.platform, key))
        return self.by_handle.get((account.platform, key.partition("@")[0])) if found is None else found


def registry(entries: tuple[OfficialAccount, ...]) -> Registry:
    """Index the registry of official accounts."""
    by_id = {(entry.platform, _sure_id(entry)): place for place, entry in enumerate(entries) if _sure_id(entry)}
    by_handle = {
        (entry.platform, handle_key(entry.platform, entry.handle, entry.url)): place
        for place, entry in enumerate(entries)
        if entry.handle
    }
    by_url = {
        (entry.platform, fold_url(entry.url)): place
        for place, entry in enumerate(entries)
        if entry.url and not entry.handle and not entry.account_id
    }
    unread = {
        (entry.platform, run): place
        for place, entry in enumerate(entries)
        for run in (*_runs(entry.unread_handle), *_anywhere(entry))
    }
    return Registry(by_id, by_handle, by_url, entries, unread)


def _sure_id(entry: OfficialAccount) -> str:
    """The entry's account id; none where a spreadsheet may have cut it and the handle says which account it is."""
    return "" if entry.handle and is_cut(entry.account_id) else entry.account_id


def is_unread(entry: OfficialAccount) -> bool:
    """Whether nothing in a registry row says for sure which account it is."""
    return bool(entry.unread_handle) and not known_by(entry.account_id, entry.handle, entry.url)


def _anywhere(entry: OfficialAccount) -> tuple[str, ...]:
    """The bare name of an entry on an instance: an account without one may be it."""
    bare, instance, _ = handle_key(entry.platform, entry.handle, entry.url).partition("@")
    return (squeezed(bare),) if instance else ()


def _runs(text: str) -> set[str]:
    """Every row of words of a text, squeezed: "Maine DOT news" may mean @mainedot, @dotnews, @maine_dot_news …"""
    words = [squeezed(word) for word in re.split(r"[\s/,;|&()\[\]]+", text)]
    words = [word for word in words if word]
    runs = {"".join(words[start:end]) for start in range(len(words)) for end in range(start + 1, len(words) + 1)}
    return {run for run in runs if len(run) >= SHORTEST_RUN}
