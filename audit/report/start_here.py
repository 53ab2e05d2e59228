"""The sheet "Start here": what was run and not judged, the news, how to read it, what it does not prove. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC

from audit.model.figures import Figure
from audit.model.finding import Finding, FindingStatus, Severity, suppressed, waits
from audit.model.night import Night, Pull, PullStatus, RuleNote
from audit.model.sheet import Column, Jump, Kind, Line, Look, SheetPart, Table
from audit.report.exceptions_sheet import exceptions_in_short
from audit.report.reader import (
    NO_FINDING,
    PLACES,
    PULL_TONES,
    SEVERITY_TONES,
    STATUS_TONES,
    SUPPRESSED,
    Reader,
    on_sheet,
    place,
)
from audit.report.receipts import receipts, told_first
from audit.report.table import Shown, count, make_table

WAITING_SHOWN = 5

_TONIGHT: Shown[tuple[str, Counter[str]]] = (Column("Tonight", 56), lambda news: news[0])
_SOURCES: tuple[Shown[Pull], ...] = (
    (Column("Source", 56), lambda pull: pull.source),
    (Column("Judged", 12, tones=PULL_TONES), lambda pull: str(pull.status)),
    (count("Read"), lambda pull: pull.read),
    (count("Kept"), lambda pull: pull.kept),
    (count("Rejected"), lambda pull: pull.rejected),
)
_MEASURED: tuple[Shown[Figure], ...] = (
    (Column("Measured", 56, wrap=True), lambda figure: f"{figure.source}: {figure.meaning}"),
    (Column("Held", 12), lambda figure: "yes" if figure.held else "no"),
    (count("Part"), lambda figure: figure.part),
    (count("Of"), lambda figure: figure.whole),
    (count("Percent"), lambda figure: round(100 * figure.share)),
)
_SHEETS: tuple[Shown[tuple[str, str]], ...] = (
    (Column("Sheet", 56), lambda sheet: Jump(sheet[0], sheet[0])),
    (Column("What for", 12), lambda sheet: sheet[1]),
)
_WORDS: tuple[Shown[tuple[str, str]], ...] = (
    (Column("Word and colour", 56, tones={**STATUS_TONES, **SEVERITY_TONES}), lambda word: word[0]),
    (Column("What it says", 12), lambda word: word[1]),
)


_ALL = tuple(FindingStatus)
_REHEARSAL = "A REHEARSAL: no night builds on it. Decide in a night's workbook, not in this one."


def start_here(reader: Reader, others: Iterable[tuple[str, str]]) -> tuple[SheetPart, ...]:
    """The first sheet; in an agency's copy without the organization's counts and sources.

    `others` are the workbook's other sheets: what each is called, and what it is for.
    """
    night, agency = reader.night, reader.agency(reader.agency_code)
    unread = [] if reader.agency_code else told_first(night)
    lines = [
        *(Line(f"LOOK AT THIS FIRST. {one}", Look.BANNER) for one in unread),
        Line(f"Identity audit: {agency or night.organization.name}", Look.TITLE),
        Line(f"{night.organization.name}, as of {night.as_of:%Y-%m-%d}. Run {night.run_id}, begun {_moment(night)}."),
        Line(f"Policy: {night.policy.label}. {night.policy.source}"),
        *_not_asked(night),
    ]
    if reader.agency_code:
        lines.append(Line(f"This copy holds only the rows of {agency}."))
    else:
        lines.append(Line(f"{night.people:,} employees in the directory; {len(night.registry):,} official accounts."))
        lines += [Line(f"Code of others took part: {one}.") for one in night.third_parties]
    if night.rehearsed:
        lines.append(Line(_REHEARSAL, Look.BANNER))
    return (
        *lines,
        Line(""),
        *_banner(night, whole=not reader.agency_code),
        *(() if reader.agency_code else map(Line, receipts(night))),
        *(map(Line, exceptions_in_short(reader.register)) if reader.register else ()),
        Line(""),
        Line("Tonight's news", Look.HEADING),
        _news(reader),
        Line(_changed(reader)),
        Line(""),
        Line("Waiting longest for a decision", Look.HEADING),
        _waiting(reader),
        Line(""),
        Line("By rule", Look.HEADING),
        _by_rule(reader),
        Line(""),
        Line("By agency: what stands tonight", Look.HEADING, new_page=True),
        _by_agency(reader),
        Line(""),
        *(() if reader.agency_code else _of_the_organization(night)),
        Line("How to decide", Look.HEADING, new_page=not reader.agency_code),
        *map(Line, _HOW_TO_DECIDE),
        Line(""),
        Line("How to read this workbook", Look.HEADING),
        *map(Line, _HOW_TO_READ),
        Line(""),
        make_table("TheSheets", _SHEETS, others),
        Line(""),
        make_table("WordsAndColours", _WORDS, _LEGEND),
        Line(""),
        *_limits(night),
    )


def _not_asked(night: Night) -> list[Line]:
    """Which rules the policy gives no basis."""
    rules = [note.rule_id for note in night.rules if note.not_asked]
    told = f"Not asked under this policy: {', '.join(rules)}. The sheet Rules says why of each."
    return [Line(told)] if rules else []


def _moment(night: Night) -> str:
    return f"{night.started_at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def _banner(night: Night, *, whole: bool) -> list[Line]:
    """What was not judged or not usable, where nobody can miss it; a reason may name people, and stays with the
    organization. All clear only where every source was judged, every figure held, and every row was read."""
    missing = [pull for pull in night.pulls if pull.status is not PullStatus.COMPLETE]
    amiss = [figure for figure in night.measured if not figure.held]
    if missing:
        return _not_judged(missing, amiss, whole=whole)
    if amiss:
        lines = [Line("EVERY SOURCE WAS READ, BUT NOT ALL OF IT COULD BE USED", Look.BANNER)]
        return lines + (_amiss(amiss) if whole else [Line("Ask who looks after the audit.", Look.BANNER)])
    rejected = sum(pull.rejected for pull in night.pulls)
    if rejected:
        rows = "one row" if rejected == 1 else f"{rejected:,} rows"
        stand = "stands" if rejected == 1 else "stand"
        return [Line(f"Every source was judged; {rows} could not be read and {stand} on the sheet Data quality.")]
    return [Line("Every source was read in full and judged.", Look.GOOD)]


def _not_judged(missing: Sequence[Pull], amiss: Sequence[Figure], *, whole: bool) -> list[Line]:
    lines = [Line("NOT EVERYTHING WAS JUDGED TONIGHT", Look.BANNER)]
    for pull in missing:
        why = pull.reason.removeprefix(f"{pull.source}: ")
        reason = f": {why}" if whole and why else ""
        lines.append(Line(f"{pull.source} ({pull.status}){reason}", Look.BANNER))
    kept = (
        "Findings that rest on these sources stand as they were, marked “not rechecked”; none was resolved or created."
    )
    names = {pull.source for pull in missing}
    rest = [figure for figure in amiss if figure.source not in names]
    return [*lines, Line(kept, Look.BANNER), *(_amiss(rest) if whole else ())]


def _amiss(figures: Sequence[Figure]) -> list[Line]:
    return [Line(f"{figure}. {figure.advice}", Look.BANNER) for figure in figures]


def _of_the_organization(night: Night) -> Iterator[SheetPart]:
    """What was read, and what of it was usable."""
    sources = make_table("SourcesInShort", _SOURCES, night.pulls, "no source was configured")
    yield from (Line("Sources", Look.HEADING), sources, Line(""))
    if night.holds:
        yield from (Line(f"{night.holds}."), Line(""))
    if night.measured:
        measured = make_table("WhatWasMeasured", _MEASURED, night.measured)
        yield from (Line("What was measured", Look.HEADING), measured, Line(""))


def _news(reader: Reader) -> Table:
    """How many findings of each sheet are new, wait, and so on: a row is what it says, and what it counts."""
    as_of = reader.night.as_of

    def in_state(status: FindingStatus) -> Counter[str]:
        return Counter(place(finding) for finding in reader.findings if finding.status is status)

    news = (
        ("New: seen for the first time", in_state(FindingStatus.NEW)),
        ("Reopened: came back, or has changed since it was decided", in_state(FindingStatus.REOPENED)),
        ("Resolved: no longer holds", in_state(FindingStatus.RESOLVED)),
        ("Not rechecked: not asked tonight, or not judged", in_state(FindingStatus.NOT_RECHECKED)),
        ("Open: known from an earlier night", in_state(FindingStatus.OPEN)),
        ("Waiting for a decision", Counter(place(finding) for finding in reader.findings if waits(finding, as_of))),
        (
            "Suppressed until a later day, grey on its sheet",
            Counter(place(finding) for finding in reader.findings if suppressed(finding, as_of)),
        ),
    )
    total: Shown[tuple[str, Counter[str]]] = (count("All"), lambda one: sum(one[1].values()))
    return make_table("TonightsNews", (_TONIGHT, *map(_on_sheet, PLACES), total), news)


def _on_sheet(where: str) -> Shown[tuple[str, Counter[str]]]:
    return count(where), lambda news: news[1][where]


def _changed(reader: Reader) -> str:
    if not reader.changes:
        return "Nothing has changed since the night before."
    return f"{len(reader.changes):,} changes since the night before stand on the sheet Changes, each with its cause."


def _waiting(reader: Reader) -> Table:
    """What nobody has decided about for the longest time; the people stand on the sheets themselves."""
    as_of = reader.night.as_of
    waiting = [finding for finding in reader.findings if waits(finding, as_of)]
    waiting.sort(key=lambda finding: finding.first_seen)  # of the same day the most urgent first, as they came
    first = waiting[:WAITING_SHOWN]
    rows = {
        finding.finding_id: row
        for name in {place(finding) for finding in first}
        for row, finding in enumerate(on_sheet(reader, name), 1)
    }
    columns: tuple[Shown[Finding], ...] = (
        (Column("Rule", 56, wrap=True), reader.rule),
        (Column("Severity", 12, tones=SEVERITY_TONES), lambda finding: str(finding.severity)),
        (Column("First seen", 12, Kind.DATE), lambda finding: finding.first_seen),
        (count("Days since"), lambda finding: (as_of - finding.first_seen).days),
        (Column("On sheet", 18), place),
        # "Finding ID" would make it a sheet on which people decide.
        (
            Column("About finding", 18),
            lambda finding: Jump(finding.finding_id, place(finding), rows[finding.finding_id]),
        ),
    )
    return make_table("WaitingLongest", columns, first, "nothing waits for a decision")


def _by_rule(reader: Reader) -> Table:
    counts = Counter((finding.rule_id, finding.status) for finding in reader.findings)

    def of_status(status: FindingStatus) -> Shown[RuleNote]:
        return count(status.capitalize()), lambda note: counts[note.rule_id, status]

    columns: tuple[Shown[RuleNote], ...] = (
        (Column("Rule", 56, wrap=True), lambda note: f"{note.rule_id} {note.title}"),
        (Column("Severity", 12, tones=SEVERITY_TONES), lambda note: note.severity),
        *map(of_status, FindingStatus),
    )
    shown = [note for note in reader.night.rules if not note.not_asked or any(counts[note.rule_id, s] for s in _ALL)]
    return make_table("CountsByRule", columns, shown)


def _by_agency(reader: Reader) -> Table:
    standing = [finding for finding in reader.findings if finding.status is not FindingStatus.RESOLVED]
    counts = Counter((finding.agency_code, finding.rule_id) for finding in standing)
    found = {finding.rule_id for finding in standing}
    rules = [note.rule_id for note in reader.night.rules if not note.not_asked or note.rule_id in found]

    def of_rule(rule_id: str) -> Shown[str]:
        return count(rule_id), lambda code: counts[code, rule_id] or None

    columns: tuple[Shown[str], ...] = (
        (Column("Agency", 56, wrap=True), lambda code: reader.agency(code) or "Tied to no agency"),
        *map(of_rule, rules),
        (count("All"), lambda code: sum(counts[code, rule_id] for rule_id in rules)),
    )
    codes = sorted({finding.agency_code for finding in standing}, key=lambda code: (not code, reader.agency(code)))
    return make_table("CountsByAgency", columns, codes)


_HOW_TO_READ = (
    "Each finding stands on one sheet only. What is new or reopened comes first, then the more severe; what is "
    "decided, suppressed (in grey) or resolved comes last.",
    "“Not rechecked” means that a source could not be judged tonight: the finding stands as it was.",
    "A row shows two lines of a text, and the cell holds all of it. Evidence, ids and what else is folded away open at "
    "the [+] above the headings, all at once with the 2 at their left end. A rule's id leads to the sheet Rules.",
    "A finding's id on this sheet leads to its row, as long as nobody has sorted the rows; then look for the id.",
)
_HOW_TO_DECIDE = (
    "Decide in the yellow columns, save, and put the file into the reviews folder: the next night brings your words "
    "back. Sort, filter, rename the file, add columns as you like; leave Finding ID as it is.",
    "Type your name and the day once, into the yellow cells above a table: they count for every row of that sheet in "
    "which you change something and that leaves them empty. A row that bears a name keeps it until you write another.",
    "A day is 2026-11-28, 11/28/2026 (the month first) or Nov 28, 2026. “Suppress until” needs its reason in Note.",
)
_LEGEND = (
    (FindingStatus.NEW, "seen for the first time"),
    (FindingStatus.REOPENED, "came back, or has changed since it was decided: look again"),
    (FindingStatus.OPEN, "known from an earlier night, and still so"),
    (FindingStatus.NOT_RECHECKED, "a source could not be judged, or was not asked: it stands as it was"),
    (FindingStatus.RESOLVED, "no longer holds"),
    (f"{FindingStatus.OPEN}{SUPPRESSED}", "left alone until the day that a reviewer has set; its whole row is grey"),
    (NO_FINDING, "an account of a register about which there is nothing to decide"),
    (Severity.HIGH, "look at these first"),
    (Severity.MEDIUM, "then at these"),
    (Severity.LOW, "and at these last"),
)
_PROVES_NOT = (
    "It does not prove who wrote anything, why an account was opened, or that anybody did wrong. A state address may "
    "have been typed by somebody else.",
    "“Official-looking” describes a name, not a deed: it needs review, and the answer may be that all is well.",
    "That an account is not listed does not mean that it was looked at: see Coverage.",
)
_NEVER_READ = (
    "What people post, like, follow or discuss is never requested, read or judged: only what a profile says about "
    "itself is read."
)


def _limits(night: Night) -> list[Line]:
    outside = [clause for clause in night.policy.clauses if not clause.in_scope]
    return [
        Line("What a finding does not prove", Look.HEADING),
        *map(Line, _PROVES_NOT),
        Line(""),
        Line("Rights that the policy does not touch", Look.HEADING),
        Line(night.policy.rights or "What was seen of the policy says nothing of rights. They stand all the same."),
        Line(""),
        Line("Out of scope", Look.HEADING),
        *(Line(f"Clause {clause.letter} is not judged: “{clause.text}” {clause.note}".rstrip()) for clause in outside),
        *(Line(f"Not judged: “{one.text}” {one.note}".rstrip()) for one in night.policy.out_of_scope),
        Line(_NEVER_READ),
    ]
