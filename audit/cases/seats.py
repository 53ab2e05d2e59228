"""Seats: accounts for work on systems that the organization itself runs, who holds them, and their inventory. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, date
from typing import Any

import pandas as pd

from audit.cases.tie import People, Sighting
from audit.model.seats import Seat, SeatHolder
from audit.people.directory import Standing
from connectors.records import CLOSED, FIRST_SIGN_IN, SIGN_IN

_OF_STANDING = {
    Standing.CURRENT: SeatHolder.EMPLOYED,
    Standing.UNCLEAR: SeatHolder.UNCLEAR,
    Standing.NOT_YET: SeatHolder.NOT_YET,
    Standing.LEFT: SeatHolder.LEFT,
}
"""Of several who have the mailbox, the first of these counts: one who is employed may well hold the seat."""


def seat_columns(
    group: Sequence[Sighting], mailbox: str, registered_email: str, people: People, agencies: Collection[str]
) -> dict[str, Any]:
    """The columns of a case about the seat that it is: none for any other account.

    `mailbox` is the state mailbox it is registered with, "" for none: then `registered_email` is what the gate has left
    of another address. `agencies` are mailboxes that are an agency's.
    """
    mine = [sighting for sighting in group if sighting.work]
    if not mine:
        return dict.fromkeys(_COLUMNS, "") | {"seat": False, "seat_unknown": False}
    address = mailbox or registered_email.removeprefix("@")
    ids = people.directory.owners.get(mailbox, ()) if mailbox else ()
    holder = _holder(mine, mailbox, address, ids, people, agencies)
    named = ids[0] if len(ids) == 1 and holder is not SeatHolder.SEVERAL else ""
    standings = {people.standing(one) for one in ids}
    codes = {people.agency(one) for one in ids}
    return {
        "seat": True,
        "seat_systems": "\n".join(sorted({one.source for one in mine})),
        "seat_holder": str(holder),
        "seat_unknown": holder is SeatHolder.UNKNOWN,
        "seat_address": address,
        "seat_words": _words(holder, address, named and people.named(named), len(ids)),
        "holder_id": named,
        "holder_name": people.named(named),
        "holder_standing": next((str(one) for one in _OF_STANDING if one in standings), ""),
        "holder_agency": codes.pop() if len(codes) == 1 else "",
        "shown_on": max((day for one in mine if (day := _day(one))), default=""),
    }


_COLUMNS = (
    "seat_systems", "seat_holder", "seat_address", "seat_words", "holder_id", "holder_name", "holder_standing",
    "holder_agency", "shown_on",
)  # fmt: skip


def seats_of(cases: pd.DataFrame) -> tuple[Seat, ...]:
    """The inventory: every seat of tonight's cases, by system, platform and name."""
    seated = cases["seat"].fillna(value=False)
    rows = cases[seated].to_dict("records") if seated.any() else []
    return tuple(sorted(map(_seat, rows), key=lambda seat: (seat.systems, seat.platform, seat.handle, seat.account_id)))


def _seat(case: Mapping[Any, Any]) -> Seat:
    return Seat(
        systems=tuple(case["seat_systems"].split("\n")),
        platform=case["platform"],
        account_id=case["account_id"],
        handle=case["handle"],
        url=case["url"],
        address=case["seat_address"],
        agency_code=case["holder_agency"] or case["agency_code"],
        employee_id=case["holder_id"],
        employee_name=case["holder_name"],
        holder=SeatHolder(case["seat_holder"]),
        shown_on=date.fromisoformat(case["shown_on"]) if case["shown_on"] else None,
        outlet=case["affiliation"] == "outlet",
    )


def _holder(
    mine: Sequence[Sighting],
    mailbox: str,
    address: str,
    ids: Sequence[str],
    people: People,
    agencies: Collection[str],
) -> SeatHolder:
    if any(sighting.contested for sighting in mine):
        return SeatHolder.SEVERAL
    if all(any(piece.kind == CLOSED for piece in sighting.account.evidence) for sighting in mine):
        return SeatHolder.CLOSED
    if not mailbox:
        return SeatHolder.PRIVATE if address else SeatHolder.NO_ADDRESS
    if not ids:
        return SeatHolder.AGENCY if mailbox in agencies else SeatHolder.UNKNOWN
    standings = {people.standing(one) for one in ids}
    found = next(holder for standing, holder in _OF_STANDING.items() if standing in standings)
    return SeatHolder.BEFORE if found is SeatHolder.LEFT and _used_before(mine, ids, people) else found


def _used_before(mine: Sequence[Sighting], ids: Sequence[str], people: People) -> bool:
    """Whether nothing but sign-ins shows the seat, none of them surely of after the day on which its holder left."""
    pieces = [piece for sighting in mine for piece in sighting.account.evidence]
    if not pieces or any(piece.kind not in (SIGN_IN, FIRST_SIGN_IN) for piece in pieces):
        return False
    left = [people.directory.employees[one].until for one in ids]
    used = max((piece.observed_at.date() for piece in pieces if piece.observed_at), default=None)
    return used is None or any(until is None or used <= until for until in left)


def _words(holder: SeatHolder, address: str, name: str, holders: int) -> str:
    """What the seat's address says of who holds it, as a sentence; empty where there is nothing to look at."""
    if holder is SeatHolder.LEFT and holders > 1:
        return f"Its address is {address}, and all {holders} people who have that address have left, says HR."
    words = {
        SeatHolder.LEFT: f"Its address is {address}, whose holder, {name}, has left, says HR.",
        SeatHolder.UNKNOWN: (
            f"Its address is {address}, which is nobody's in tonight's directory: it may be a shared or service"
            " mailbox, a former employee's, or a typing error."
        ),
        SeatHolder.PRIVATE: (
            f"Its address is {address}, which is not the State's."
            if "@" in address
            else f"Its address lies at {address}, which is not the State's."
        ),
    }
    return words.get(holder, "")


def _day(sighting: Sighting) -> str:
    observed = sighting.account.provenance.observed_at
    return observed.astimezone(UTC).date().isoformat() if observed else ""
