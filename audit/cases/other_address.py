"""Rows of one source that show an account with a state address, and others that show it with another one. Pure.

A row with a private address alone is forgotten at the gate; that there was such a row, and when, is not: it says that
the older registration may stand no more. Only a digest of the account's name and a moment are kept of it, for the pull.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from math import inf

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


class AddressesShown:
    """When the rows of one source showed each account with a state address, and when with another one. Rows without an
    address, or with one that cannot be read, say nothing."""

    def __init__(self, system: MailSystem) -> None:
        self.system = system
        self._ours: dict[int, float] = {}
        """By what may name the account in another row, when it was last shown with a state address (POSIX seconds)."""
        self._undated: set[int] = set()
        """Of these, the ones of which a row does not say when."""
        self._others: dict[int, float] = {}
        """The same of other addresses; infinity where a row does not say when."""

    def see(self, account: Account) -> None:
        """Take one row into account, before anything of it is forgotten."""
        if not account.registered_email:
            return
        if any(state_mailbox(text, self.system) for text in (account.registered_email, *account.registered_others)):
            for name in _sought(account):
                self._ours[name] = max(self._ours.get(name, -inf), _moment(account, -inf))
                if not account.dated:
                    self._undated.add(name)
        elif (address := parse_address(account.registered_email)) and not is_nobodys(address.local):
            for name in _shown(account):
                self._others[name] = max(self._others.get(name, -inf), _moment(account, inf))

    @property
    def contradicted(self) -> bool:
        """Whether any account is shown in both ways."""
        return not self._ours.keys().isdisjoint(self._others)

    def against(self, account: Account) -> str:
        """What other rows say against the state address of this one standing today, as a sentence; empty where none
        does, or the row with the state address is newer. Ask once all rows are seen."""
        if not state_mailbox(account.registered_email, self.system):
            return ""
        names = [name for name in _sought(account) if name in self._others]
        if not names:
            return ""
        other = max(self._others[name] for name in names)
        ours = max(self._ours.get(name, -inf) for name in names)
        if ours > other:
            return ""
        if other in (ours, inf) or not self._undated.isdisjoint(names):
            return UNORDERED
        on = datetime.fromtimestamp(other, UTC).date().isoformat()
        return (
            f"But a newer row of its source, of {on}, shows this account with another address, so it may not be"
            " registered with this one any more."
        )


def _moment(account: Account, unsaid: float) -> float:
    observed = account.provenance.observed_at
    return observed.timestamp() if account.dated and observed else unsaid


def _names(account: Account) -> list[str]:
    """What the account is known by, the strongest first; an id that lost its last digits is none."""
    account_id = "" if is_cut(account.account_id) else account.account_id
    return identities(account.platform, account_id, account.handle, account.url)


def _beside(names: list[str]) -> str:
    """The handle that stands beside an id: an id that goes with two handles in one source is no identity."""
    return names[1] if len(names) > 1 and names[0].startswith("id:") and names[1].startswith("handle:") else ""


def _shown(account: Account) -> Iterator[int]:
    """Digests of the names of a row: its strongest, and those beside which it has a stronger one."""
    names = _names(account)
    if handle := _beside(names):
        yield hash((account.platform, names[0], handle))
    for place, name in enumerate(names):
        yield hash((account.platform, name, place == 0 and not handle))


def _sought(account: Account) -> Iterator[int]:
    """Digests by which another row may show the same account: by its strongest name, whatever that row knows besides,
    but for another handle; by a weaker one where that row knows no stronger."""
    names = _names(account)
    if handle := _beside(names):
        yield hash((account.platform, names[0], handle))
    for place, name in enumerate(names):
        yield hash((account.platform, name, True))
        if place == 0 and not handle:
            yield hash((account.platform, name, False))
