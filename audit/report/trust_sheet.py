"""What dispositions say of the rules: in a few words for the sheet "Rules", and in full on the sheet "Trust". Pure."""

from __future__ import annotations

from audit.model.finding import Tier
from audit.model.night import Trust
from audit.model.sheet import Column, Line, Look, Row, Sheet, Table, Tone
from audit.report.reader import REVIEW_ONLY, Reader, count

NAME = "Trust"
_HOW_COUNTED = (
    "Right: confirmed, already corrected. Wrong: not this person, official account (of U-1 it is right, of R rules it "
    "says nothing). Left out: duplicate, protected activity, words of one's own. What waits for more evidence is not "
    "counted. Each finding counts once, by its latest decision; resolved ones count, too.",
    "The interval says which shares are plausible with so few, or so many, decisions (95 %, Wilson's method). A rule "
    "is marked “review only” where the whole interval lies under its bound: its findings stand as they are, and ask to "
    "be checked one by one.",
    "When somebody has looked at a rule, they write the day into audit.toml, under [trust], as looked_at. Decisions "
    "before that day then count no more, and the mark goes.",
)


def trust_sheet(reader: Reader) -> Sheet:
    """The counts of every rule, by tier and source. For the organization alone: they are about all its agencies."""
    columns = (
        Column("Rule", 62, wrap=True),
        Column("Of its", 10),
        Column("Source", 26, wrap=True),
        count("Right"),
        count("Wrong"),
        count("Left out"),
        Column("Share that was right", 22),
        Column("Plausible (95 %)", 18),
        Column("Bound", 10),
        Column("Mark", 14, tones={REVIEW_ONLY: Tone.ALARM}),
        Column("Counted since", 16),
    )
    rows = tuple(_row(reader, one) for one in reader.night.trust)
    lines = (Line("Trust: what people's decisions say of each rule", Look.TITLE), *map(Line, _HOW_COUNTED))
    return Sheet(NAME, (*lines, Table("Trust", columns, rows, "nobody has decided about anything yet")), keep=1)


def in_short(reader: Reader, rule_id: str) -> str:
    """A line for each tier of a rule: "findings: 38 of 40 right (83% to 99%)", with the mark if it has one."""
    lines = []
    for one in reader.night.trust:
        if one.rule_id == rule_id and not one.source:
            decided = one.right + one.wrong
            right = f"{one.right} of {decided} right ({one.low:.0%} to {one.high:.0%})"
            mark = f", bound {one.bound:.0%}: {REVIEW_ONLY}" if one.review_only else ""
            lines.append(f"{_of(one.tier)}: {right if decided else 'all left out'}{mark}")
    return "\n".join(lines)


def marked_rules(reader: Reader) -> tuple[Line, ...]:
    """The marked rules in a line, without their counts; nothing where none is marked."""
    marked = sorted(f"{rule_id} ({_of(tier)})" for rule_id, tier in reader.review_only)
    said = f"Marked “{REVIEW_ONLY}”, since too many of their findings turned out wrong: {', '.join(marked)}."
    return (Line(f"{said} Check what they found one by one."),) if marked else ()


def _row(reader: Reader, one: Trust) -> Row:
    decided = one.precision is not None
    note = reader.rules.get(one.rule_id)
    return (
        f"{one.rule_id} {note.title}" if note else one.rule_id,
        _of(one.tier),
        one.source or "all sources",
        one.right,
        one.wrong,
        one.left_out,
        f"{one.precision:.0%}" if decided else "",
        f"{one.low:.0%} to {one.high:.0%}" if decided else "",
        "" if one.source else f"{one.bound:.0%}",
        REVIEW_ONLY if one.review_only else "",
        one.since.isoformat() if one.since else "the beginning",
    )


def _of(tier: Tier) -> str:
    return "leads" if tier is Tier.LEAD else "findings"
