"""What is known of the interfaces that sources speak, and until when it is good. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from audit.config import Settings
from audit.extensions import ORIGINS
from audit.verbs.surroundings import Surrounding, every_source
from connectors.contract import Interface, Price

SOON = 180
"""Days before its end from which on an interface is told."""


def interface_in_words(known: Interface) -> str:
    """Version, where and when it was read, and until when that is good, in a line."""
    if known.read_on is None:
        return f"{known.version} ({known.source}): it is ours and does not run out"
    end = (
        f"ends on {known.ends_on}" if known.ends_on else f"no end is announced; to be read again by {known.good_until}"
    )
    return f"{known.version}, as read on {known.read_on} at {known.source}; {end}"


def interface_as_json(known: Interface) -> dict[str, str]:
    """The same for machines; "" for what there is none of."""
    days = {"read_on": known.read_on, "ends_on": known.ends_on, "good_until": known.good_until}
    told = {name: day.isoformat() if day else "" for name, day in days.items()}
    return {"version": known.version, "source": known.source, **told}


def price_in_words(price: Price) -> str:
    """What each answer costs, and where that stands."""
    each = f"{price.currency} {price.each:.3f} for each {price.charges_for}"
    return f"{each}, as read on {price.read_on} at {price.source}"


def interfaces(settings: Settings, as_of: date) -> Iterator[Surrounding]:
    """The interfaces of configured sources that end soon, have ended, or must be read again; one line where none does.

    An interface that its owner has ended is a PROBLEM; one of which only our knowledge is old is none.
    """
    known = [(source, source.connector.interface) for source in every_source(settings)]
    ends = sorted(
        ((end, source.name, source.connector.name, one) for source, one in known if (end := one.good_until)),
        key=lambda found: found[:2],
    )
    told = [found for found in ends if (found[0] - as_of).days <= SOON]
    for end, name, connector, one in told:
        maker = ORIGINS.get(("connector", connector), "identity-audit").partition(" ")[0]
        values = {"source": name, "version": one.version, "until": end.isoformat(), "announced": bool(one.ends_on)}
        yield Surrounding("interface", _verdict(one, end, as_of), f"{name}: {_said(one, end, as_of, maker)}", values)
    if ends and not told:
        end, name, _, one = ends[0]
        said = f"what is known of all interfaces is good until {end} (the first: {name}, {one.version})"
        yield Surrounding("interface", "ok", said, {"source": name, "version": one.version, "until": end.isoformat()})


def _verdict(one: Interface, end: date, as_of: date) -> str:
    return "PROBLEM" if one.ends_on and end < as_of else "note"


def _said(one: Interface, end: date, as_of: date, maker: str) -> str:
    left = (end - as_of).days
    if one.ends_on:
        when = f"ended on {end}" if left < 0 else f"ends on {end}, in {left:,} days"
        return f"its interface ({one.version}) {when}. Install a later {maker}; {one.source} says what follows."
    when = f"was good until {end}" if left < 0 else f"is good until {end}, for {left:,} days more"
    return (
        f"what is known of its interface ({one.version}) was read on {one.read_on} and {when}. Install a later"
        f" {maker}, or hold the source against {one.source}."
    )
