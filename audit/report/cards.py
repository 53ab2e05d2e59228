"""Cards for paper and for a hearing: one finding a page, with all that stands behind it. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date

from audit.model.finding import CONFIRMED, Finding, FindingStatus, Tier, suppressed, waits
from audit.model.night import RuleNote
from audit.model.sheet import Card, Line, Look, Sheet, SheetPart
from audit.people.identity import called
from audit.report.reader import Reader, place

CARDS = "Cards"
MOST_CARDS = 100
"""Cards in one workbook; of any other finding `explain ID --card` writes one."""
EVIDENCE_ON_CARD = 20

_LEAD = "LEAD: NOT A FINDING. An inference is in it (a shared name, weak evidence), and it may well be wrong."


def printed_header(organization: str, as_of: date, run_id: str) -> str:
    """What stands on every printed page. A long name gives way to what follows it."""
    name = organization if len(organization) <= 120 else f"{organization[:119]}…"
    return f"Confidential, {name}, {as_of.isoformat()}, run {run_id}"


def cards_sheet(reader: Reader) -> tuple[SheetPart, ...]:
    """A card for each finding of the sheet Findings that is confirmed or waits, the confirmed first; nothing where
    there is none."""
    meant = carded(reader)
    if not meant:
        return (Line(CARDS, Look.TITLE), Line("No finding is confirmed, and none waits for a decision."))
    cards = meant[:MOST_CARDS]
    left = len(meant) - len(cards)
    more = f" {left:,} more have none here." if left else ""
    return (
        Line(f"{CARDS}: {len(cards):,} of {len(meant):,} findings that are confirmed or wait", Look.TITLE),
        Line("For paper: each begins a page, on Letter paper. Nothing that is typed here is read."),
        Line("Decide on the sheet Findings."),
        Line(f"The confirmed come first; leads have no card.{more} Whoever runs the audit writes"),
        Line("that of any other finding: identity-audit explain FINDING_ID --card."),
        *(card_of(reader, finding) for finding in cards),
    )


def carded(reader: Reader) -> list[Finding]:
    """The findings that have a card, the confirmed first, and then as on their sheet."""
    as_of = reader.night.as_of
    found = [
        one
        for one in reader.findings
        if place(one) == "Findings"
        and one.status is not FindingStatus.RESOLVED
        and not suppressed(one, as_of)
        and (one.disposition == CONFIRMED or waits(one, as_of))
    ]
    return sorted(found, key=lambda one: one.disposition != CONFIRMED)


def one_card(reader: Reader, finding: Finding, absent: RuleNote) -> tuple[Sheet, ...]:
    """The workbook of a single card; `absent` has the words of a rule that takes no part any more."""
    night = reader.night
    header = printed_header(night.organization.name, night.as_of, night.run_id)
    return (Sheet("Card", (card_of(reader, finding, absent),), header=header, upright=True),)


def card_of(reader: Reader, finding: Finding, absent: RuleNote | None = None) -> Card:
    """All that a hearing asks of a finding. Of others whom the account might have meant it tells how many they are.

    `absent` has the words of a rule that takes no part any more.
    """
    note = reader.rules.get(finding.rule_id) or absent
    what = note.title if note else finding.rule_id
    return Card(f"{finding.rule_id}: {what}", tuple(_said(reader, finding, note)), ("Signature", "Day"))


def _said(reader: Reader, finding: Finding, note: RuleNote | None) -> Iterator[tuple[str, str]]:
    clause = reader.night.policy.clause(finding.clause)
    if finding.tier is Tier.LEAD:
        yield "Lead", _LEAD
    until = f", suppressed until {finding.suppress_until}" if suppressed(finding, reader.night.as_of) else ""
    yield "Finding", f"{finding.finding_id} ({finding.severity}, {finding.status}{until})"
    yield "Employee", _whom(finding)
    yield "Agency", reader.agency(finding.agency_code) or "none"
    yield "Account", _account(finding)
    yield "Policy", reader.night.policy.label
    yield "Clause", f"{clause.letter}: “{clause.text}”" if clause else finding.clause or "no clause is named"
    yield "What was seen", finding.because
    if finding.matched_text:
        yield "Word for word", f"“{finding.matched_text}”"
    yield "Evidence", "\n".join(_evidence(finding)) or "none is kept any more"
    tie = f"{finding.link_step}: {finding.link_value}" if finding.link_value else str(finding.link_step)
    yield "How it was tied", tie
    yield "Who else", _others(finding)
    yield "What it does not prove", note.proves_not if note else "see the package that asked it"
    yield "Seen", f"first on {finding.first_seen.isoformat()}, last on {finding.last_seen.isoformat()}"
    if earlier := reader.night.earlier.get(finding.finding_id):
        yield "Decided before", earlier
    yield "Decision", finding.disposition or "none yet"
    yield "Reviewer", finding.reviewer
    yield "Decided on", finding.decided_on.isoformat() if finding.decided_on else ""
    yield "Note", finding.note


def _whom(finding: Finding) -> str:
    if not finding.employee_id:
        return f"Nobody is named. {finding.mailbox}".rstrip()
    mailbox = f", {finding.mailbox}" if finding.mailbox else ""
    return f"{finding.employee_name} ({finding.employee_id}{mailbox})"


def _account(finding: Finding) -> str:
    name = called(finding) or "known by its mailbox only"
    shown = f", shown as “{finding.display_name}”" if finding.display_name else ""
    more = [part for part in (finding.account_id, finding.url) if part and part != name]
    return "\n".join([f"{finding.platform}: {name}{shown}", *more])


def _evidence(finding: Finding) -> Iterator[str]:
    for number, piece in enumerate(finding.evidence[:EVIDENCE_ON_CARD], 1):
        day = f"{piece.observed_at.astimezone(UTC):%Y-%m-%d}" if piece.observed_at else "day unknown"
        digest = f"\nSHA-256 {piece.sha256}" if piece.sha256 else ""
        yield f"{number}. {piece.source}, {day}, {piece.kind}: {piece.detail}{digest}"
    if (further := len(finding.evidence) - EVIDENCE_ON_CARD) > 0:
        yield f"and {further:,} more, see findings.jsonl"


def _others(finding: Finding) -> str:
    if not finding.rivals:
        return "nobody else fits" if finding.employee_id else "nobody was considered, or nobody fits"
    fit = "1 further person fits" if finding.rivals == 1 else f"{finding.rivals:,} further people fit"
    return f"{fit} as well" + ("" if finding.employee_id else ", so nobody is named")
