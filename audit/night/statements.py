"""What tonight's sources say against each other's accounts, kept in the ledger until the same source says otherwise."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import partial

from audit.cases.elsewhere import contradicted, said_against
from audit.cases.other_address import AddressesShown
from audit.cases.tie import Sighting
from audit.ledger import Ledger
from audit.model.night import Problem
from audit.model.settings import SourceSettings
from audit.people.addresses import MailSystem
from audit.people.identity import called


def note_statements(
    shown: Mapping[str, AddressesShown], sources: Collection[str], ledger: Ledger, run_id: str, system: MailSystem
) -> None:
    """Keep what the sources that were read tonight (`shown`) say against accounts of the others among `sources`."""
    speaking = {name: words for name, words in shown.items() if words.speaks and len(sources) > 1}
    unread = frozenset(sources) - shown.keys()  # what they showed before stands
    for name, words in list(speaking.items()):
        rest = [other for source, other in shown.items() if source != name]
        if not unread - {name} and not any(words.speaks_of(other) for other in rest):
            del speaking[name]
    said = said_against(speaking, partial(ledger.sources.registered, sources), system) if speaking else {}
    with ledger.transaction():
        for name in shown:
            ledger.statements.replace(run_id, name, said.get(name, ()))


def with_statements(
    sightings: list[Sighting], sources: Collection[SourceSettings], ledger: Ledger, system: MailSystem
) -> tuple[list[Sighting], tuple[Problem, ...]]:
    """The sightings, each with what other sources say against it, and by source how many there are."""
    asked = {source.name for source in sources if source.connector.service}
    names = {source.name for source in sources}
    said = {
        account: tuple(one for one in statements if one.source in names)
        for account, statements in ledger.statements.all().items()
    }
    found = contradicted(sightings, said, asked, system)
    first: dict[str, Sighting] = {}
    counts: dict[str, int] = {}
    for one in found:
        first.setdefault(one.source, one)
        counts[one.source] = counts.get(one.source, 0) + 1
    told = (Problem(n, one.account.provenance.where, _told(counts[n], called(one.account))) for n, one in first.items())
    return sightings, tuple(told)


def _told(count: int, first: str) -> str:
    rows = "accounts are" if count > 1 else "account is"
    named = f" (the first here, {first})" if first else ""
    return (
        f"{count:,} {rows} shown here with a state address{named}, while another source shows the same with another"
        " address, or as gone or switched off, later or without saying when: these registrations are leads at most."
        " Look which of the exports is the newer one; a column that says when each row was seen decides it: columns ="
        " { observed_at = … }."
    )
