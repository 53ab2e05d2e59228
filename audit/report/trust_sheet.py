"""What dispositions say of the rules: in a few words for the sheet "Rules", and in full on the sheet "Trust". Pure."""

from __future__ import annotations

from audit.model.finding import Tier
from audit.model.night import Trust
from audit.model.sheet import Column, Line, Look, SheetPart, Tone
from audit.report.reader import REVIEW_ONLY, Reader
from audit.report.table import Shown, count, make_table

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


def trust_sheet(reader: Reader) -> tuple[SheetPart, ...]:
    """The counts of every rule, by tier and source. For the organization alone: they are about all its agencies."""
    return (
        Line("Trust: what people's decisions say of each rule", Look.TITLE),
        *map(Line, _HOW_COUNTED),
        make_table("Trust", _columns(reader), reader.night.trust, "nobody has decided about anything yet"),
    )


def _columns(reader: Reader) -> tuple[Shown[Trust], ...]:
    return (
        (Column("Rule", 62, wrap=True), lambda one: _named(reader, one.rule_id)),
        (Column("Of its", 10), lambda one: _of(one.tier)),
        (Column("Source", 26, wrap=True), lambda one: one.source or "all sources"),
        (count("Right"), lambda one: one.right),
        (count("Wrong"), lambda one: one.wrong),
        (count("Left out"), lambda one: one.left_out),
        (Column("Share that was right", 22), lambda one: "" if one.precision is None else f"{one.precision:.0%}"),
        (
            Column("Plausible (95 %)", 18),
            lambda one: "" if one.precision is None else f"{one.low:.0%} to {one.high:.0%}",
        ),
        (Column("Bound", 10), lambda one: "" if one.source else f"{one.bound:.0%}"),
        (Column("Mark", 14, tones={REVIEW_ONLY: Tone.ALARM}), lambda one: REVIEW_ONLY if one.review_only else ""),
        (Column("Counted since", 16), lambda one: one.since.isoformat() if one.since else "the beginning"),
    )


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


def _named(reader: Reader, rule_id: str) -> str:
    note = reader.rules.get(rule_id)
    return f"{rule_id} {note.title}" if note else rule_id


def _of(tier: Tier) -> str:
    return "leads" if tier is Tier.LEAD else "findings"
