"""The sheet "Coverage": what each source was asked and gave, how far sweeps have come, who was assessed where. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from audit.model.coverage import STALE_AFTER, WITHIN_DAYS, PlatformCoverage, SweepCount
from audit.model.figures import READ_AGAIN
from audit.model.night import Pull
from audit.model.sheet import Column, Kind, Line, Look, SheetPart
from audit.report.reader import PULL_TONES, Reader
from audit.report.table import Shown, count, make_table
from connectors.platforms import platforms


@dataclass(frozen=True, slots=True)
class _Swept:
    """A source that is asked key by key, and how far it has come."""

    source: str
    sweep: SweepCount


@dataclass(frozen=True, slots=True)
class _Counted:
    """How many accounts of a source are of one platform, or were dropped for one reason."""

    source: str
    what: str
    number: int


def _told(reader: Reader) -> list[Pull]:
    """How sources fared, each with how many of before may stand in rows of it that could not be read."""
    unread = {one.source: one.advice for one in reader.night.measured if one.key == READ_AGAIN}
    said = ((pull, filter(None, (pull.reason, unread.get(pull.source)))) for pull in reader.night.pulls)
    return [replace(pull, reason=" ".join(words)) for pull, words in said]


def _reason(pull: Pull) -> str:
    return " ".join(filter(None, [pull.reason, pull.approval and f"Approval: {pull.approval}."]))


_SOURCES: tuple[Shown[Pull], ...] = (
    (Column("Source", 24), lambda pull: pull.source),
    (Column("Connector", 20), lambda pull: pull.connector),
    (Column("Access", 14, wrap=True), lambda pull: str(pull.access)),
    (Column("Judged", 12, tones=PULL_TONES), lambda pull: str(pull.status)),
    (count("Read"), lambda pull: pull.read),
    (count("Kept"), lambda pull: pull.kept),
    (count("Dropped"), lambda pull: pull.dropped),
    (count("Rejected"), lambda pull: pull.rejected),
    (Column("Reason, or approval", 60, wrap=True), _reason),
    (count("Read before"), lambda pull: pull.read_before),
)
_SOURCES_IN_SHORT: tuple[Shown[Pull], ...] = (
    (Column("Source", 30), lambda pull: pull.source),
    (Column("Connector", 24), lambda pull: pull.connector),
    (Column("Access", 16), lambda pull: str(pull.access)),
    (Column("Judged", 14, tones=PULL_TONES), lambda pull: str(pull.status)),
)
_EMPLOYEES: tuple[Shown[PlatformCoverage], ...] = (
    (Column("Platform", 24, wrap=True), lambda one: _named(one.platform)),
    (Column("Looked at by", 20, wrap=True), lambda one: ", ".join(one.sources) or "nobody"),
    (count("Assessed"), lambda one: one.assessed),
    (count("Stale"), lambda one: one.stale),
    (count("Waiting"), lambda one: one.waiting),
    (count("Source failed"), lambda one: one.failed),
    (count("No permitted source"), lambda one: one.no_source),
    (count("No state address"), lambda one: one.no_address),
    (Column("What mail can show", 60, wrap=True), lambda one: one.mail),
)
_SWEEPS: tuple[Shown[_Swept], ...] = (
    (Column("Source", 24), lambda one: one.source),
    (Column("Platform", 20, wrap=True), lambda one: one.sweep.platforms),
    (Column("Asked for", 24, wrap=True), lambda one: one.sweep.keyed_on),
    (count("Keys"), lambda one: one.sweep.keys),
    (count("Asked"), lambda one: one.sweep.asked),
    (count("Answered"), lambda one: one.sweep.answered),
    (count("Not found"), lambda one: one.sweep.not_found),
    (count("Refused"), lambda one: one.sweep.refused),
    (count("Limited"), lambda one: one.sweep.limited),
    (count("Failed"), lambda one: one.sweep.failed),
    (count("Not asked tonight"), lambda one: one.sweep.left),
)

_REQUESTS: tuple[Shown[Pull], ...] = (
    (Column("Source", 24), lambda pull: pull.source),
    (count("Sent"), lambda pull: pull.requests.sent),
    (count("Of them again"), lambda pull: pull.requests.retried),
    (count("Too many, said the platform"), lambda pull: pull.requests.limited),
)
_KEPT: tuple[Shown[_Counted], ...] = (
    (Column("Source", 24), lambda one: one.source),
    (Column("Platform", 20), lambda one: one.what),
    (count("Kept"), lambda one: one.number),
)
_DROPPED: tuple[Shown[_Counted], ...] = (
    (Column("Source", 24), lambda one: one.source),
    (Column("Why it was dropped", 20, wrap=True), lambda one: one.what),
    (count("Dropped"), lambda one: one.number),
)


def _within(at: int, days: int) -> Shown[_Swept]:
    return count(f"Within {days} day{'' if days == 1 else 's'}"), lambda one: one.sweep.within[at]


_AGES: tuple[Shown[_Swept], ...] = (
    (Column("Source", 24), lambda one: one.source),
    (Column("Answered, in words", 44, wrap=True), lambda one: _share(one.sweep)),
    *(_within(at, days) for at, days in enumerate(WITHIN_DAYS)),
    (count("Never"), lambda one: one.sweep.never),
    (Column("Oldest answer", 14, Kind.DATE), lambda one: one.sweep.oldest.date() if one.sweep.oldest else None),
)


def coverage_sheet(reader: Reader) -> tuple[SheetPart, ...]:
    """What was asked tonight, and what came back."""
    pulls, coverage = reader.night.pulls, reader.night.coverage
    kept = [_Counted(pull.source, name, number) for pull in pulls for name, number in pull.kept_by_platform]
    dropped = [_Counted(pull.source, why, number) for pull in pulls for why, number in pull.dropped_by_reason]
    return (
        Line("Coverage: what was asked, and what came back", Look.TITLE),
        Line(
            "Kept: tied to the organization. Dropped: read and forgotten at once, for the reasons counted below. "
            "Rejected: could not be read, see Data quality. Read before: at the last healthy pull."
        ),
        make_table("Coverage", _SOURCES, _told(reader), "no source was configured"),
        Line(""),
        Line("Employees by platform: for how many was anybody looked at", Look.HEADING),
        Line(
            "Assessed: a mail log or list of all mailboxes was judged tonight, or a look-up answered within "
            f"{STALE_AFTER.days} days. That nothing was found means no more than that. No permitted source: "
            "nothing that may be read tells about employees there; a search for agency names does not. What mail can "
            "show: what the mail logs that are read tell at best. Where that is a hint, or the log may not show who "
            "sent a mail, that nothing was found says little (identity-audit sources --mail-coverage says why)."
        ),
        make_table("EmployeesByPlatform", _EMPLOYEES, _in_short(coverage), "not counted"),
        *_nobody(coverage),
        Line(""),
        *_swept(pulls),
        *_sent(pulls),
        Line("Kept accounts by source and platform", Look.HEADING),
        make_table("CoverageByPlatform", _KEPT, kept),
        Line(""),
        Line("Dropped by source and reason", Look.HEADING),
        make_table("DroppedByReason", _DROPPED, dropped, "nothing was dropped"),
    )


def agency_coverage_sheet(reader: Reader) -> tuple[SheetPart, ...]:
    """Which sources were judged, for one agency: without counts and reasons, which are the organization's."""
    return (
        Line("Coverage: which sources were judged tonight", Look.TITLE),
        Line("Counts and reasons concern the whole organization and stand in its own workbook."),
        make_table("Coverage", _SOURCES_IN_SHORT, reader.night.pulls, "no source was configured"),
    )


def _in_short(coverage: Sequence[PlatformCoverage]) -> list[PlatformCoverage]:
    """The platforms that a source covers, most employees first; all others as if they were one."""
    covered = sorted((one for one in coverage if one.sources), key=lambda one: -one.assessed)
    others = [one for one in coverage if not one.sources]
    if others:
        name = f"{len(others)} other platforms" if covered else f"All {len(others)} platforms"
        covered.append(replace(others[0], platform=name, assessed=0, stale=0, waiting=0, failed=0, mail=""))
    return covered


def _nobody(coverage: Sequence[PlatformCoverage]) -> list[Line]:
    """The platforms of the table's last row by their names."""
    others = [_named(one.platform) for one in coverage if not one.sources]
    return [Line(f"Looked at by nobody: {', '.join(others)}.")] if others else []


def _named(platform: str) -> str:
    known = platforms().get(platform)
    return known.name if known else platform


def _swept(pulls: Sequence[Pull]) -> tuple[SheetPart, ...]:
    swept = [_Swept(pull.source, pull.sweep) for pull in pulls if pull.sweep]
    if not swept:
        return ()
    return (
        Line("Sources that are asked one key at a time", Look.HEADING),
        Line(
            "What does not fit one night is asked the next one, the stalest first. Not found is an answer; "
            "refused, limited and failed are none. Not asked tonight: no room, or asked not long ago (refresh_days)."
        ),
        make_table("Sweeps", _SWEEPS, swept),
        Line(""),
        Line("How old the answers of these sources are", Look.HEADING),
        make_table("SweepAges", _AGES, swept),
        Line(""),
    )


def _share(sweep: SweepCount) -> str:
    if not sweep.keys:
        return "nothing to ask for"
    shares = (
        f"{within / sweep.keys:.0%} within {days}" for days, within in zip(WITHIN_DAYS, sweep.within, strict=True)
    )
    return f"{', '.join(shares)} days"


def _sent(pulls: Sequence[Pull]) -> tuple[SheetPart, ...]:
    sent = [pull for pull in pulls if pull.requests.sent]
    if not sent:
        return ()
    return (Line("Requests sent tonight", Look.HEADING), make_table("Requests", _REQUESTS, sent), Line(""))
