"""The sheet "State-run platforms": the accounts for work on the State's own systems, and who holds them. Pure."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from audit.model.finding import Finding, Tier
from audit.model.seats import Seat, SeatHolder
from audit.model.sheet import Column, Line, Link, Look, SheetPart, Tone, Value
from audit.people.identity import identities
from audit.report.reader import NO_FINDING, QUIET_STATUSES, Reader, link_to, on_sheet
from audit.report.review_columns import (
    AGENCY,
    DECISION,
    EVIDENCE,
    FINDING_ID,
    FIRST_SEEN,
    HANDLE,
    IN_SHORT,
    LAST_SEEN,
    ONCE,
    PLATFORM,
    PROVES_NOT,
    ROW_LINES,
    RULE,
    STATUS,
    ReadBy,
    digest_of,
    folded_away,
    made_unlike,
    seen_by,
    with_further,
)
from audit.report.table import make_table

NO_SEAT = "no account for work was seen"
"""Stands in the table of seats when it has no row."""
NOTHING_TO_DO = "nothing"
_TO_DO: Mapping[SeatHolder, str] = {
    SeatHolder.NOT_YET: "Ask the agency whether the account is wanted before the first day of work.",
    SeatHolder.UNCLEAR: "Explain HR's status words in audit.toml, or correct the days in HR: see Data quality.",
    SeatHolder.NO_ADDRESS: "See in the system itself whose account it is.",
    SeatHolder.SEVERAL: "Ask who looks after the source: it shows one account for several people.",
}
_REGISTER = "It presents itself as an agency's: have it registered as an official account."
HOLDER_TONES: Mapping[str, Tone] = {SeatHolder.LEFT: Tone.ALARM, SeatHolder.UNKNOWN: Tone.WARNING}


@dataclass(frozen=True, slots=True)
class _Held:
    """A seat, a finding about one, or both; never neither: what has ended may stand without its seat."""

    finding: Finding | None
    seat: Seat | None

    @property
    def account(self) -> Finding | Seat:
        known = self.seat or self.finding
        assert known is not None
        return known


def _of_finding(shown: ReadBy[Finding], otherwise: Callable[[Reader, _Held], Value] = lambda *_: None) -> ReadBy[_Held]:
    """A column about findings, with what stands there where there is none."""
    column, cell = shown
    return column, lambda reader, held: cell(reader, held.finding) if held.finding else otherwise(reader, held)


def _of_seat(column: Column, cell: Callable[[Seat], Value]) -> ReadBy[_Held]:
    """A column about seats; empty where a finding's seat is there no more."""
    return column, lambda _, held: cell(held.seat) if held.seat else ""


def _to_do(_: Reader, held: _Held) -> str:
    """What is to be done about a seat that no finding is about."""
    assert held.seat is not None
    words = [_TO_DO.get(held.seat.holder, ""), _REGISTER if held.seat.outlet else ""]
    return " ".join(filter(None, words)) or NOTHING_TO_DO


_OTHERWISE: Mapping[str, Callable[[Reader, _Held], Value]] = {
    "Last seen": lambda _, held: held.seat.shown_on if held.seat else None,
    "What to do": _to_do,
}
"""What stands in a column of findings where a seat has none."""


def _lifted(shown: ReadBy[Finding]) -> ReadBy[_Held]:
    return _of_finding(shown, _OTHERWISE.get(shown[0].heading, lambda *_: None))


STATE_RUN: tuple[ReadBy[_Held], ...] = (
    _of_finding(STATUS, lambda *_: NO_FINDING),
    (Column("Holder", 18, wrap=True), lambda _, held: held.account.employee_name),
    (PLATFORM, lambda _, held: held.account.platform),
    (HANDLE, lambda _, held: _handle(held)),
    _lifted(RULE),
    *map(_lifted, DECISION),
    *map(_lifted, IN_SHORT),
    *folded_away(
        (
            _of_finding((Column("Tier", 9), lambda _, finding: str(finding.tier)), lambda *_: ""),
            _of_seat(Column("System", 18, wrap=True), lambda seat: "\n".join(seat.systems)),
            (Column("Address", 26, wrap=True), lambda _, held: _address(held)),
            (Column("Account ID", 18, wrap=True), lambda _, held: held.account.account_id),
            (Column("Employee ID", 12), lambda _, held: held.account.employee_id),
            _lifted(EVIDENCE),
            _lifted(PROVES_NOT),
        )
    ),
    _of_seat(Column("Owner's standing", 14, wrap=True, tones=HOLDER_TONES), lambda seat: str(seat.holder)),
    *folded_away(
        (
            (AGENCY[0], lambda reader, held: reader.agency(held.account.agency_code)),
            *map(_lifted, (FIRST_SEEN, LAST_SEEN, FINDING_ID)),
        )
    ),
)


def state_run_sheet(reader: Reader) -> tuple[SheetPart, ...]:
    """The seats, those with a finding first: one row a seat, with the finding about it or none."""
    mine = on_sheet(reader, "State-run platforms")
    paired = list(_paired(mine, reader))
    columns = made_unlike(seen_by(reader, with_further(STATE_RUN, reader, mine, _lifted)), paired, _name)
    tiers = Counter(finding.tier for finding in mine)
    counts = Counter(seat.holder for seat in reader.seats)
    told = "; ".join(f"{counts[holder]:,} {holder}" for holder in SeatHolder if counts[holder])
    return (
        Line(
            f"State-run platforms: {len(reader.seats):,} accounts; about them {tiers[Tier.FINDING]:,} findings and"
            f" {tiers[Tier.LEAD]:,} leads",
            Look.TITLE,
        ),
        Line(
            "Accounts for work on the State's own systems (purpose = “work”), so that whoever leaves loses access. A"
            " state address is right there: nobody is reproached."
        ),
        *([Line(f"Who holds them: {told}.")] if told else []),
        ONCE,
        make_table("StateRunPlatforms", columns, paired, NO_SEAT, QUIET_STATUSES, ROW_LINES, dense=True),
    )


def _name(held: _Held) -> str:
    """What tells a row from those that look like it."""
    return digest_of(held.finding) if held.finding else held.account.account_id or _address(held)


def _handle(held: _Held) -> Link:
    return link_to(held.account)


def _address(held: _Held) -> str:
    if held.seat:
        return held.seat.address
    return held.finding.mailbox if held.finding else ""


def _paired(findings: Sequence[Finding], reader: Reader) -> Iterator[_Held]:
    known: dict[tuple[str, str], list[Seat]] = defaultdict(list)
    for seat in reader.seats:
        known[_key(seat.platform, seat, seat.address)].append(seat)
    claimed: set[int] = set()
    for finding in findings:
        address = finding.mailbox or finding.matched_text
        found = known.get(_key(finding.platform, finding, address), [])
        free = [seat for seat in found if id(seat) not in claimed]
        free.sort(key=lambda seat: seat.address != address)
        claimed.update(map(id, free[:1]))
        yield _Held(finding, free[0] if free else None)
    rest = [seat for seat in reader.seats if id(seat) not in claimed]
    rest.sort(key=lambda seat: (reader.agency(seat.agency_code), seat.systems, seat.platform, seat.handle))
    yield from (_Held(None, seat) for seat in rest)


def _key(platform: str, account: Finding | Seat, address: str) -> tuple[str, str]:
    """Under what an account is found: its surest name on its platform."""
    return platform, (identities(platform, account.account_id, account.handle, account.url, address) or [""])[0]
