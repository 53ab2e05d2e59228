"""Registry rows and accounts of which each is known by what the other does not show: the row by its handle, the account
by its number. Pure.

Nothing joins them. Where platform, address and name agree, whoever keeps the registry is asked, and nobody accused.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from audit.people.addresses import MailSystem, state_mailbox
from audit.people.directory import Directory
from audit.people.identity import fold_url, is_page_number, is_unread, squeezed
from audit.profiles import Affiliation
from connectors.platforms import NOISE, is_cut, platform_id
from connectors.records import Account, OfficialAccount

FILLING = NOISE | {"official", "verified", "the", "of", "and", "s"}
"""Words beside a name that are no part of it: "Maine DOT (official page)"."""


@dataclass(frozen=True)
class HalfNamed:
    """The registry's rows by (platform, who answers for them: a mailbox or an employee id)."""

    directory: Directory
    rows: Mapping[tuple[str, str], tuple[OfficialAccount, ...]]

    def row_of(self, account: Account) -> OfficialAccount | None:
        """The row whose account this may be, though neither shows what the other is known by; None where it shows
        another name, or nothing of it leads to the row's address or supervisor."""
        return next((row for row in self._answering(account) if _may_be(row, account, self.directory.system)), None)

    def row_of_any(self, sightings: Iterable[Account]) -> OfficialAccount | None:
        """The same for an account that was seen several times."""
        return next((row for one in sightings if (row := self.row_of(one))), None)

    def _answering(self, account: Account) -> Iterator[OfficialAccount]:
        for mailbox in _mailboxes(account, self.directory.system):
            for one in (mailbox, *self.directory.owners.get(mailbox, ())):
                yield from self.rows.get((account.platform, one), ())


def half_named(official: Iterable[OfficialAccount], directory: Directory) -> HalfNamed:
    """Those of the rows that say which account they mean."""
    found: dict[tuple[str, str], list[OfficialAccount]] = defaultdict(list)
    for row in official:
        own = state_mailbox(row.registered_email, directory.system)
        contacts = (state_mailbox(one, directory.system) if "@" in one else one for one in row.contacts)
        if not is_unread(row):
            for one in {own, row.supervisor_employee_id, *contacts} - {""}:
                found[row.platform, one].append(row)
    return HalfNamed(directory, {key: tuple(rows) for key, rows in found.items()})


def kinds_of_name(account: Account | OfficialAccount) -> frozenset[str]:
    """By what an account is known: "number", "handle", or, where there is neither, "url"."""
    numbered = is_page_number(account.handle, account.url)
    names = {"number": account.account_id or numbered, "handle": account.handle and not numbered}
    known = frozenset(kind for kind, value in names.items() if value)
    return known or frozenset(("url",) if fold_url(account.url) else ())


def _may_be(row: OfficialAccount, account: Account, system: MailSystem) -> bool:
    if kinds_of_name(row) & kinds_of_name(account) or is_cut(row.account_id):
        return False  # then they are known to be one, or two
    if account.display_name or "handle" in kinds_of_name(account):
        return _shows_the_name(row, account)
    # without any name of its own it may be the one that the registry says is registered with this address
    own = state_mailbox(row.registered_email, system)
    return not row.retired and bool(own) and own == state_mailbox(account.registered_email, system)


def _shows_the_name(row: OfficialAccount, account: Account) -> bool:
    """Whether the name shown is the row's handle, or its agency's name and nothing else."""
    shown = _telling(account.display_name or account.handle)
    if shown and shown == _telling(row.handle):
        return True
    said = account.said[-1] if account.said else None
    if said is None or said.affiliation != Affiliation.OUTLET:
        return False
    ours = said.agency_code in {row.agency_code, *row.further_agencies} - {""}
    return ours and _telling(said.name if account.display_name else said.handle) in ("", _telling(row.handle))


def _telling(name: str) -> str:
    """The letters of a name, without words that tell nothing."""
    words = re.findall(r"[^\W_]+", re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name))
    return squeezed("".join(word for word in words if word.casefold() not in FILLING and not platform_id(word)))


def _mailboxes(account: Account, system: MailSystem) -> Iterator[str]:
    """The state mailboxes that an account is registered with or shows, each once."""
    said = account.said[-1].addresses if account.said else ()
    written = (account.registered_email, *account.emails, *said)
    yield from dict.fromkeys(mailbox for text in written if (mailbox := state_mailbox(text, system)))
