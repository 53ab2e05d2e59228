"""What an account is known by, and which accounts the registry says are the organization's own. Pure.

An account is known by its id, else its handle, else its address on the web, else the mailbox it is registered with:
`known_by` and `identities` say so, and nothing else does. What it is called where people read is `called`'s to say.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from urllib.parse import unquote, urlsplit

from audit.model.finding import Finding
from audit.model.seats import Seat
from connectors.contract import Declared
from connectors.platforms import FEDERATED, are_others, fold_domain, is_cut
from connectors.records import Account, OfficialAccount

DOTLESS, HOSTED = "facebook", {"bluesky": ".bsky.social"}
"""The platform that lets dots stand anywhere in a handle, and the one that gives short handles a host."""
ORGANIZATION_PAGE = re.compile(r"(?:[\w-]+\.)?linkedin\.com/(company|school|showcase)/[^/?]+", re.IGNORECASE)
"""Where an organization's page is on LinkedIn: its name may be somebody's own handle, too (linkedin.com/in/…)."""
SHORTEST_RUN = 4
"""Letters that a piece of an unreadable registry row must have to stand for a handle."""


def identity_of(account: Account | OfficialAccount) -> str:
    """What an account is known by besides a mailbox; empty where nothing but a mailbox says which account it is."""
    return known_by(account.account_id, account.handle, account.url)


def called(account: Account | OfficialAccount | Finding | Seat) -> str:
    """What an account is called where people read: its handle, else its id, else its address on the web, else ""."""
    return account.handle or account.account_id or account.url


def known_by(account_id: str, handle: str, url: str, mailbox: str = "") -> str:
    """The identity of an account on its platform; empty where nothing says which account it is."""
    return account_id or _of_page(url, fold_handle(handle)) or fold_url(url) or mailbox.casefold()


def identities(platform: str, account_id: str, handle: str, url: str, mailbox: str = "") -> list[str]:
    """All that an account can be known by on its platform, as "kind:value", the strongest first."""
    pairs = (
        ("id", account_id),
        ("handle", handle_key(platform, handle, url)),
        ("url", fold_url(url)),
        ("mailbox", mailbox.casefold()),
    )
    return [f"{kind}:{value}" for kind, value in pairs if value]


def noted_under(platform: str, account_id: str, handle: str, url: str, mailbox: str) -> list[str]:
    """The names under which an account is found again on another night: all of its own, or, where it has none, the
    mailbox alone: a mailbox may hold several accounts of one platform."""
    return identities(platform, account_id, handle, url) or identities(platform, "", "", "", mailbox)


def bare_id(employee_id: str) -> str:
    """An employee id without what spreadsheets add and take: leading zeros, ".0"."""
    return re.sub(r"^0+(?=.)|\.0+$", "", employee_id.strip().casefold())


def bare_digits(employee_id: str) -> str:
    """The digits of an employee id without leading zeros; empty where they are fewer than three, or a decimal point
    stands among them."""
    digits = re.sub(r"\D+", "", employee_id).lstrip("0")
    return digits if len(digits) >= DIGITS_TELL and not re.search(r"\d[.,]\d", employee_id) else ""


DIGITS_TELL = 3
"""Digits that an id must have for these alone to tell whose it is."""


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


def url_alone(entry: OfficialAccount) -> str:
    """The folded address on the web of an entry that says no more; empty for any other."""
    return "" if entry.handle or entry.account_id else fold_url(entry.url)


def handle_key(platform: str, handle: str, url: str = "") -> str:
    """A handle as its platform tells it from others: on Mastodon and its like with the instance that the profile's
    address names, on LinkedIn with the kind of page where it is an organization's. A domain name in it is compared in
    its ASCII form."""
    folded = _of_page(url, fold_handle(handle))
    if not folded.isascii() and platform in (*FEDERATED, *HOSTED):
        name, at, host = folded.rpartition("@")
        folded = f"{name}{at}{fold_domain(host)}" if at or "." in host else folded
    if platform == DOTLESS:
        return folded.replace(".", "") or folded
    if platform in FEDERATED and folded and "@" not in folded and (host := fold_url(url).partition("/")[0]):
        return f"{folded}@{host}"
    return folded + HOSTED[platform] if platform in HOSTED and folded and "." not in folded else folded


def organization_page(url: str) -> str:
    """The kind of page, where an address is one of an organization's on LinkedIn; else empty."""
    found = ORGANIZATION_PAGE.match(fold_url(url)) if "linkedin" in url.casefold() else None
    return found[1].lower() if found else ""


def is_page_number(handle: str, url: str) -> bool:
    """Whether a handle is the number of an organization's page on LinkedIn, which has a name besides."""
    return handle.isdigit() and bool(organization_page(url))


def _of_page(url: str, folded: str) -> str:
    """ "company/x" for the handle x of an organization's page; any other handle as it is."""
    page = organization_page(url) if folded else ""
    return f"{page}/{folded}" if page else folded


def registry_key(entry: OfficialAccount) -> str:
    """The identity under which the ledger remembers that an official account was seen."""
    return f"{entry.platform}:{identity_of(entry) or squeezed(entry.unread_handle)}"


def registry_name(entry: OfficialAccount) -> str:
    """What the registry calls an account; where it says no name for sure, what stands there."""
    return called(entry) or entry.unread_handle


def squeezed(text: str) -> str:
    """A text's letters and digits alone: "Maine D.O.T." is "mainedot"."""
    return "".join(filter(str.isalnum, unicodedata.normalize("NFKC", text).casefold()))


def declared_as(entry: OfficialAccount) -> Declared:
    """How a platform is asked for an entry of the registry: on Mastodon and its like with its address's instance."""
    bare = entry.handle.strip().removeprefix("@")
    handle = handle_key(entry.platform, bare, entry.url) if entry.platform in FEDERATED and bare else bare
    return Declared(entry.platform, handle, _sure_id(entry))


def asked_by(account: Declared) -> tuple[str, str]:
    """(platform, what a declared account is asked for by): its id, else its folded handle."""
    return account.platform, account.account_id or fold_handle(account.handle)


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
    pending: dict[tuple[str, str], int] = field(default_factory=dict)
    """(platform, "kind:value") of the rows that are not official yet: in none of the others."""

    def position(self, account: Account) -> int | None:
        """Which registry entry an account is, or None. An id that is known decides alone: handles change hands."""
        platform, account_id = account.platform, account.account_id
        if account_id and (platform, account_id) in self.by_id:
            return self.by_id[platform, account_id]
        position = self._by_handle(account)
        if position is None:
            return self.by_url.get((platform, fold_url(account.url)))
        return None if are_others(_sure_id(self.entries[position]), account_id) else position

    def further_rows(self, place: int) -> list[int]:
        """The other entries that are the account of this one by id, handle or address, and by no other id."""
        entry = self.entries[place]
        found = {one for name in _row_names(entry) for one in self._rows.get(name, ())} - {place}
        ids = {one: _sure_id(self.entries[one]) for one in found}
        return sorted(one for one in found if not are_others(_sure_id(entry), ids[one]))

    @cached_property
    def _rows(self) -> Mapping[tuple[str, str, str], list[int]]:
        rows: dict[tuple[str, str, str], list[int]] = defaultdict(list)
        for place, entry in enumerate(self.entries):
            for name in _row_names(entry):
                rows[name].append(place)
        return rows

    def knows(self, account: Account) -> bool:
        """Whether id or handle stands in the registry, even where the handle has changed hands."""
        if (account.platform, account.account_id) in self.by_id or self._by_handle(account) is not None:
            return True
        return (account.platform, fold_url(account.url)) in self.by_url

    def awaited(self, names: Iterable[tuple[str, str]]) -> OfficialAccount | None:
        """The row that is not official yet and names an account that is known by one of these."""
        return next((self.entries[self.pending[name]] for name in names if name in self.pending), None)

    def may_mean(self, account: Account) -> OfficialAccount | None:
        """The registry row that does not say for sure which account it means, and may mean this one."""
        key = handle_key(account.platform, account.handle, account.url)
        for name in filter(None, (key, account.account_id)):
            for platform in (account.platform, ""):  # a row whose platform nobody knows may mean any
                position = self.unread.get((platform, squeezed(name)))
                if position is not None and not _another_page(self.entries[position], account):
                    return self.entries[position]
        return None

    def _by_handle(self, account: Account) -> int | None:
        if not account.handle:
            return None
        key = handle_key(account.platform, account.handle, account.url)
        found = self.by_handle.get((account.platform, key))
        if found is not None:
            return found
        if is_page_number(account.handle, account.url):
            found = self.by_id.get((account.platform, account.handle))
            if found is not None:
                return found
        if organization_page(account.url):  # a row that names no address may mean it
            found = self.by_handle.get((account.platform, fold_handle(account.handle)))
            return None if found is None or self.entries[found].url else found
        return self.by_handle.get((account.platform, key.partition("@")[0]))


def registry(entries: tuple[OfficialAccount, ...]) -> Registry:
    """Index the registry of official accounts. Of two rows of one account the one that is not retired counts; of two
    that are not, the one that has its id, in whatever order they stand."""
    official = sorted(
        ((place, entry) for place, entry in enumerate(entries) if not entry.pending),
        key=lambda one: (not one[1].retired, bool(_sure_id(one[1]))),
    )
    by_id = {(entry.platform, _sure_id(entry)): place for place, entry in official if _sure_id(entry)}
    by_handle = {
        (entry.platform, handle_key(entry.platform, entry.handle, entry.url)): place
        for place, entry in official
        if entry.handle
    }
    by_url = {(entry.platform, url): place for place, entry in official if (url := url_alone(entry))}
    unread = {
        (entry.platform, run): place
        for place, entry in enumerate(entries)
        for run in (*_runs(entry.unread_handle), *(_anywhere(entry) if not entry.pending else ()))
    }
    pending = {
        (entry.platform, name): place
        for place, entry in enumerate(entries)
        if entry.pending
        for name in identities(entry.platform, entry.account_id, entry.handle, entry.url)
    }
    return Registry(by_id, by_handle, by_url, entries, unread, pending)


def _row_names(entry: OfficialAccount) -> list[tuple[str, str, str]]:
    """What a registry row may share with another one of its account."""
    handle = handle_key(entry.platform, entry.handle, entry.url) if entry.handle else ""
    names = {"id": _sure_id(entry), "handle": handle, "url": url_alone(entry)}
    return [(entry.platform, kind, name) for kind, name in names.items() if name]


def _sure_id(entry: OfficialAccount) -> str:
    """The entry's account id; none where a spreadsheet may have cut it and the handle says which account it is."""
    return "" if entry.handle and is_cut(entry.account_id) else entry.account_id


def is_unread(entry: OfficialAccount) -> bool:
    """Whether nothing in a registry row says for sure which account it is."""
    return bool(entry.unread_handle) and not identity_of(entry)


def _anywhere(entry: OfficialAccount) -> tuple[str, ...]:
    """The other names of an entry under which an account may be it: without the instance, or, for an organization's
    page, without the kind of page or as one of another kind."""
    key = handle_key(entry.platform, entry.handle, entry.url)
    bare, instance, _ = key.partition("@")
    if organization_page(entry.url):
        bare = fold_handle(entry.handle)
        return tuple(squeezed(f"{kind}/{bare}" if kind else bare) for kind in ("", "company", "school", "showcase"))
    return (squeezed(bare),) if instance else ()


def _another_page(entry: OfficialAccount, account: Account) -> bool:
    """Whether the entry is an organization's page and the account, by its address, a person's own."""
    return bool(organization_page(entry.url) and account.url and not organization_page(account.url))


def _runs(text: str) -> set[str]:
    """Every row of words of a text, squeezed: "Maine DOT news" may mean @mainedot, @dotnews, @maine_dot_news …"""
    words = [squeezed(word) for word in re.split(r"[\s/,;|&()\[\]]+", text)]
    words = [word for word in words if word]
    runs = {"".join(words[start:end]) for start in range(len(words)) for end in range(start + 1, len(words) + 1)}
    return {run for run in runs if len(run) >= SHORTEST_RUN}
