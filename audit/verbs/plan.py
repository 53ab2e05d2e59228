"""What tonight would ask of each source, before anything is sent: requests, and the nights that they take."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from audit.cases.gate import search_for
from audit.config import Settings
from audit.ledger import IN_MEMORY, NAME, Ledger, open_or_begin
from audit.ledger.nights_beside import traces
from audit.model.settings import SourceSettings
from audit.night.collect import closed_door
from audit.night.inputs import read_inputs, read_registry
from audit.verbs.interfaces import price_in_words
from connectors.contract import KeyedOn, Nexus, Source, SourceDown
from connectors.http import night_capacity


@dataclass(frozen=True, slots=True)
class Plan:
    """What one source would be asked. `keys` is None for a list; `requests` the most that a whole sweep takes when
    nothing has to be sent twice, None where nobody can know before the first night; `a_night` what one night has room
    for; `note` why it would not be asked at all, or what each request discloses. `cost` is what a whole sweep costs at
    most in `currency`, estimated by the `price` that the platform named; None where it names none."""

    source: str
    connector: str
    access: str
    asked_for: str
    keys: int | None
    requests: int | None
    a_night: int
    nights: int | None
    note: str = ""
    cost: float | None = None
    currency: str = ""
    price: str = ""


def plan(settings: Settings, as_of: date, at: datetime) -> list[Plan]:
    """A plan for every source with a network, the directory included, as of a day and the moment `at` (aware UTC).
    Reads files and the ledger; sends nothing.

    Where the directory itself is behind a network, its addresses are counted as in the last run. Raises
    InputUnusable or SourceDown for agencies, registry or directory files that cannot be read.
    """
    ours, folder, output = settings.organization, settings.folder, settings.output.folder
    begun = (output / NAME).exists() or traces(output)
    with open_or_begin(output) if begun else Ledger(IN_MEMORY) as ledger:
        if any(one.connector.service for one in settings.people):
            organization, _ = read_registry(ours.unread, ours.agencies, ours.official_accounts, folder, ledger, at)
            people = ledger.sources.read_before(settings.directory.name) or 0
            addresses = tuple(f"{number}@{ours.mail_domains[0]}" for number in range(people))
        else:
            inputs = read_inputs(
                ours.unread, ours.agencies, ours.official_accounts, settings.people, folder, ledger, as_of, at
            )
            organization, addresses = inputs.organization, inputs.directory.addresses()
        gate = search_for(organization)
        return [
            _planned(source, folder, gate, addresses, ledger.sources.read_before(source.name), as_of, at)
            for source in (*settings.people, *settings.sources)
            if source.connector.service
        ]


def _planned(
    source: SourceSettings,
    folder: Path,
    gate: Nexus,
    addresses: tuple[str, ...],
    items: int | None,
    as_of: date,
    at: datetime,
) -> Plan:
    connector, sweep = source.connector, source.connector.sweep
    assert connector.service is not None
    shown = Source(source.name, folder, source.options, gate, at, addresses=addresses, network=source.network)
    asked_for, keys, requests, note = "a whole list", None, None, closed_door(source, as_of)
    a_night = 0
    try:
        a_night = night_capacity(shown, connector.service)
        if sweep is not None:
            wanted = sweep.keys(shown)
            asked_for, keys, requests = str(sweep.keyed_on), len(wanted), sweep.requests(shown, wanted)
            if sweep.keyed_on is KeyedOn.EMPLOYEES and sweep.discloses:
                note = note or f"each look-up tells {connector.service.name} {sweep.discloses}"
        elif connector.requests is not None:
            requests = connector.requests(shown)
        elif items is not None:
            requests = -(-items // connector.page)
    except SourceDown as error:
        note = str(error)
    nights = -(-requests // a_night) if requests is not None and a_night else None
    named = connector.price
    cost = round(named.each * keys, 2) if named is not None and keys is not None else None
    return Plan(
        source.name, connector.name, str(connector.access), asked_for, keys, requests, a_night, nights, note,
        cost, named.currency if named else "", price_in_words(named) if named else "",
    )  # fmt: skip


def as_lines(plans: list[Plan], most_minutes: float) -> str:
    """The plan as the operator reads it: a line for each source, and how long all of them may take together."""
    if not plans:
        return "No source has a network: nothing would be sent."
    lines = []
    for one in plans:
        keys = f" ({one.keys:,} keys)" if one.keys is not None else ""
        needs = "unknown before the first night" if one.requests is None else f"at most {one.requests:,} requests"
        nights = "" if one.nights is None else f", {one.nights:,} night{'' if one.nights == 1 else 's'}"
        lines.append(f"{one.source} ({one.connector}, {one.access}): asks for {one.asked_for}{keys}: {needs}{nights};")
        lines.append(f"  room for {one.a_night:,} requests a night. {one.note}".rstrip())
        if one.cost is not None:
            lines.append(
                f"  at most about {one.currency} {one.cost:,.2f} for all of them once, an estimate: {one.price}."
            )
    lines.append(
        f"All together: {most_minutes:,.0f} minutes a night ([night] most_minutes); then nothing more is sent."
    )
    return "\n".join(lines)
