"""Rows of one source that show an account with a state address, and others that show it with another one, or say that
it is gone. Pure.

A row with a private address alone is forgotten at the gate, and so is one of an account that is gone; that there was
such a row, and when, is not: it says that the older registration may stand no more. Only a digest of the account's name
and a moment are kept of it, for the pull.
"""

from __future__ import annotations

from array import array
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from functools import cached_property
from math import inf
from typing import NamedTuple, Self

import numpy as np

from audit.people.addresses import MailSystem, parse_address, state_mailbox
from audit.people.identity import identities
from connectors.placeholders import is_nobodys
from connectors.platforms import is_cut
from connectors.records import Account

UNORDERED = (
    "But another row of its source shows this account with another address, and nothing says which of the two is newer,"
    " so it may not be registered with this one any more."
)
"""What is said of an account whose rows do not say their order."""
UNORDERED_END = (
    "But another row of its source says that this account, or its address, is gone or switched off, and nothing says"
    " which of the two is newer, so it may not be registered with this one any more."
)
"""The same where the other row speaks of an end."""


class AddressesShown:
    """When the rows of one source showed each account with a state address, and when with another one. Rows without an
    address, or with one that cannot be read, say nothing. A name takes 16 bytes: a large source has millions."""

    def __init__(self, system: MailSystem, *, asked: bool = False) -> None:
        self.system = system
        self.asked = asked
        """Whether the source shows accounts as they are when it is asked, and not as of an export's day."""
        self._ours = _Moments()
        """By what may name the account in another row, when it was shown with a state address (POSIX seconds); minus
        infinity where a row does not say when."""
        self._others = _Moments()
        """The same of other addresses; infinity where a row does not say when."""
        self._ends = _Moments()
        """The same of the ends of accounts, and of their registrations."""

    def see(self, account: Account) -> None:
        """Take one row into account, before anything of it is forgotten."""
        if account.against:
            self.hear_of_end(account)
        elif not account.registered_email:
            return
        elif mailbox := self._state_mailbox(account):
            self._ours.note(sought_in_others(account, mailbox), self._moment(account, -inf))
        elif (address := parse_address(account.registered_email)) and not is_nobodys(address.local):
            self._others.note(_shown(account), self._moment(account, inf))

    def hear_of_end(self, account: Account) -> None:
        """Take into account a row which says that an account, or its registration with the address there, is no more,
        or may be no more."""
        self._ends.note(_shown(account, self._state_mailbox(account)), self._moment(account, inf))

    @property
    def speaks(self) -> bool:
        """Whether any row shows an account with another address, or as ended."""
        return bool(self._others.names or self._ends.names)

    def speaks_of(self, other: Self) -> bool:
        """Whether such a row may be about an account that another source shows with a state address."""
        return other.shows_any_of(self._others, self._ends)

    def shows_any_of(self, *said: _Moments) -> bool:
        """Whether any of these names may be an account's that is shown here with a state address."""
        return any(self._ours.names_also_in(one) for one in said)

    def said_of(self, names: array[int]) -> Mapping[int, tuple[float, float]]:
        """By name, when the accounts with these names were last shown with another address, and when as ended; without
        those that were later shown with a state address."""
        sought = _Moments()
        sought.names = names
        both = {name for mine in (self._others, self._ends) for name in sought.names_also_in(mine)}
        ours, others, ends = (moments.latest(both) for moments in (self._ours, self._others, self._ends))
        found = {name: (others.get(name, -inf), ends.get(name, -inf)) for name in both}
        return {name: said for name, said in found.items() if max(said) >= ours.get(name, -inf)}

    def _state_mailbox(self, account: Account) -> str:
        written = (account.registered_email, *account.registered_others)
        return next(filter(None, (state_mailbox(text, self.system) for text in written)), "")

    def _moment(self, account: Account, unsaid: float) -> float:
        observed = account.provenance.observed_at
        return observed.timestamp() if (account.dated or self.asked) and observed else unsaid

    @cached_property
    def contradicted(self) -> Mapping[int, _Contradiction]:
        """By name, what is said of the accounts that are shown in both ways. Ask once all rows are seen."""
        both = {
            name: _Contradiction() for others in (self._others, self._ends) for name in self._ours.names_also_in(others)
        }
        for name, at in self._ours.of(both):
            both[name] = both[name].with_ours(at)
        for name, at in self._others.of(both):
            both[name] = both[name].with_other(at)
        for name, at in self._ends.of(both):
            both[name] = both[name].with_end(at)
        return both

    def against(self, account: Account) -> str:
        """What other rows say against the state address of this one standing today, as a sentence; empty where none
        does, or the row with the state address is newer. Ask once all rows are seen."""
        mailbox = state_mailbox(account.registered_email, self.system)
        if not mailbox:
            return ""
        found = [self.contradicted[name] for name in _sought(account, mailbox) if name in self.contradicted]
        if not found:
            return ""
        ours, other, end = (max(one[place] for one in found) for place in range(3))
        if ours > max(other, end):
            return ""
        undated = any(one.undated for one in found)
        if end > other:
            return (
                UNORDERED_END
                if undated or end in (ours, inf)
                else _newer(end, "says that this account, or its address, is gone or switched off")
            )
        return (
            UNORDERED if undated or other in (ours, inf) else _newer(other, "shows this account with another address")
        )


def _newer(at: float, says: str) -> str:
    on = datetime.fromtimestamp(at, UTC).date().isoformat()
    return f"But a newer row of its source, of {on}, {says}, so it may not be registered with this one any more."


class _Contradiction(NamedTuple):
    """When an account was last shown with a state address, with another one, and as gone (POSIX seconds), and whether a
    row with a state address does not say when."""

    ours: float = -inf
    other: float = -inf
    end: float = -inf
    undated: bool = False

    def with_ours(self, at: float) -> Self:
        return self._replace(ours=max(self.ours, at), undated=self.undated or at == -inf)

    def with_other(self, at: float) -> Self:
        return self._replace(other=max(self.other, at))

    def with_end(self, at: float) -> Self:
        return self._replace(end=max(self.end, at))


class _Moments:
    """Names of accounts, as digests, each with a moment (POSIX seconds); one as often as it is noted."""

    def __init__(self) -> None:
        self.names, self.moments = array("q"), array("d")

    def note(self, names: Iterable[int], at: float) -> None:
        for name in names:
            self.names.append(name)
            self.moments.append(at)

    def names_also_in(self, other: Self) -> list[int]:
        both: list[int] = np.intersect1d(np.asarray(self.names), np.asarray(other.names)).tolist()
        return both

    def latest(self, names: Collection[int]) -> Mapping[int, float]:
        """The last moment of each of these names that is noted."""
        found: dict[int, float] = {}
        for name, at in self.of(names) if names else ():
            found[name] = max(found.get(name, -inf), at)
        return found

    def of(self, names: Collection[int]) -> Iterator[tuple[int, float]]:
        return (pair for pair in zip(self.names, self.moments, strict=True) if pair[0] in names)


def _names(account: Account, mailbox: str = "") -> list[str]:
    """What the account is known by, the strongest first; an id that lost its last digits is none. The mailbox
    stands for an account of which nothing else is known."""
    account_id = "" if is_cut(account.account_id) else account.account_id
    found = identities(account.platform, account_id, account.handle, account.url)
    return found or identities(account.platform, "", "", "", mailbox)


def _beside(names: list[str]) -> str:
    """The handle that stands beside an id: an id that goes with two handles in one source is no identity."""
    return names[1] if len(names) > 1 and names[0].startswith("id:") and names[1].startswith("handle:") else ""


def _shown(account: Account, mailbox: str = "") -> Iterator[int]:
    """Digests of the names of a row: its strongest, and those beside which it has a stronger one."""
    names = _names(account, mailbox)
    if handle := _beside(names):
        yield hash((account.platform, names[0], handle))
    for place, name in enumerate(names):
        yield hash((account.platform, name, place == 0 and not handle))


def _sought(account: Account, mailbox: str) -> Iterator[int]:
    """Digests by which another row may show the same account: by its strongest name, whatever that row knows besides,
    but for another handle; by a weaker one where that row knows no stronger."""
    names = _names(account, mailbox)
    if handle := _beside(names):
        yield hash((account.platform, names[0], handle))
    for place, name in enumerate(names):
        yield hash((account.platform, name, True))
        if place == 0 and not handle:
            yield hash((account.platform, name, False))


def sought_in_others(account: Account, mailbox: str) -> Iterator[int]:
    """Digests by which another source may show the same account: by its id, whatever its handle is there, too."""
    names = _names(account, mailbox)
    yield from _sought(account, mailbox)
    if _beside(names):
        yield hash((account.platform, names[0], False))
