"""What goes to another system: which findings, how each stands there, and which have to end there. Pure.

An export is a stream of the same references from night to night. What was said before is remembered (`Sent`), so that
what leaves an export (it became a lead, passed to another agency, was purged) is ended there instead of left behind.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from audit.model.finding import Finding, FindingStatus, Past, Tier, suppressed

SAID_FOR = timedelta(days=14)
"""How long an export repeats that something was closed or reopened: a file that was not imported loses nothing."""
_CORRECTED = "already corrected"
_DISMISSED = ("not this person", "official account", "protected activity: excluded")
_DUPLICATE = "duplicate"


class TicketState(StrEnum):
    """How a finding stands in another system."""

    OPEN = "open"
    SUPPRESSED = "suppressed"
    CLOSED = "closed"


class Ending(StrEnum):
    """Why something is closed, as other systems are told: that an activity is protected is nobody's business there."""

    NONE = ""
    RESOLVED = "it no longer holds"
    CORRECTED = "a reviewer has found it corrected"
    DUPLICATE = "a reviewer has found it a duplicate"
    DISMISSED = "a reviewer has dismissed it"
    WITHDRAWN = "it is no longer part of this export"


@dataclass(frozen=True, slots=True)
class Sent:
    """What an export has said of a finding: since when, when it last belonged to it, in which state, since when so."""

    first_on: date
    last_on: date
    state: TicketState
    since: date


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One reference of an export. `finding` is None where nothing but its end is left to say.

    `first` says that it goes out for the first time, `reopened` that it stands again after it stood otherwise.
    """

    finding_id: str
    finding: Finding | None
    state: TicketState
    ending: Ending = Ending.NONE
    first: bool = False
    reopened: bool = False


@dataclass(frozen=True, slots=True)
class ExportScope:
    """What an export is asked for: one agency's alone (else all), leads as well."""

    agency_code: str = ""
    leads: bool = False

    def takes(self, finding: Finding) -> bool:
        """Whether a finding belongs to it."""
        return (self.leads or finding.tier is Tier.FINDING) and self.agency_code in ("", finding.agency_code)


def how_it_stands(finding: Finding, as_of: date) -> tuple[TicketState, Ending]:
    """The state of a finding, and why it is closed where it is. A confirmed one is open until it no longer holds, and a
    disposition that is none of the list closes nothing."""
    if finding.status is FindingStatus.RESOLVED:
        return TicketState.CLOSED, Ending.RESOLVED
    if finding.disposition == _CORRECTED:
        return TicketState.CLOSED, Ending.CORRECTED
    if finding.disposition == _DUPLICATE:
        return TicketState.CLOSED, Ending.DUPLICATE
    if finding.disposition in _DISMISSED:
        return TicketState.CLOSED, Ending.DISMISSED
    return (TicketState.SUPPRESSED if suppressed(finding, as_of) else TicketState.OPEN), Ending.NONE


def chosen(
    past: Collection[Past], asked: ExportScope, record: Mapping[str, Sent] | None, as_of: date, kept_days: int
) -> tuple[tuple[Outgoing, ...], dict[str, Sent]]:
    """What an export says on a day, by finding id, and the record of all that it has said so far.

    `record` is that of the export before; None where there is none, though the other system may know something: what is
    closed goes out then, too. What is closed and was never said is not, and a closing is said for SAID_FOR days. What
    has left the export is forgotten after `kept_days`.
    """
    said: dict[str, Sent] = {}
    for one in past:
        finding = one.finding
        if asked.takes(finding):
            state, _ = how_it_stands(finding, as_of)
            before = (record or {}).get(finding.finding_id)
            if before is not None or state is not TicketState.CLOSED or record is None:
                said[finding.finding_id] = _said(before, state, as_of)
    belonging = {one.finding.finding_id: one.finding for one in past if one.finding.finding_id in said}
    for finding_id, before in (record or {}).items():
        if finding_id not in said and as_of - before.last_on <= timedelta(days=kept_days):
            said[finding_id] = _gone(before, as_of)
    return tuple(_outgoing(said, belonging, (record or {}).keys(), as_of)), said


def _said(before: Sent | None, state: TicketState, as_of: date) -> Sent:
    if before is None:
        return Sent(as_of, as_of, state, as_of)
    return Sent(before.first_on, as_of, state, before.since if before.state is state else as_of)


def _gone(before: Sent, as_of: date) -> Sent:
    """What was said of something that no longer belongs to the export: it ends, once."""
    since = before.since if before.state is TicketState.CLOSED else as_of
    return Sent(before.first_on, before.last_on, TicketState.CLOSED, since)


def _outgoing(
    said: Mapping[str, Sent], belonging: Mapping[str, Finding], known: Collection[str], as_of: date
) -> Iterator[Outgoing]:
    for finding_id, sent in sorted(said.items()):
        lately, finding = as_of - sent.since < SAID_FOR, belonging.get(finding_id)
        first = finding_id not in known
        if sent.state is not TicketState.CLOSED:
            yield Outgoing(finding_id, finding, sent.state, first=first, reopened=lately and sent.since > sent.first_on)
        elif lately:
            ending = how_it_stands(finding, as_of)[1] if finding else Ending.WITHDRAWN
            bare = ending in (Ending.DISMISSED, Ending.WITHDRAWN)  # nothing of it is held against anybody
            yield Outgoing(finding_id, None if bare else finding, sent.state, ending, first)
