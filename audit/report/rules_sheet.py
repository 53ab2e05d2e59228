"""The sheet "Rules": what is asked of every account, by which clause of the policy, and how well it does. Pure."""

from __future__ import annotations

from audit.model.night import RuleNote
from audit.model.sheet import Column, Line, Look, SheetPart
from audit.report.reader import SEVERITY_TONES, Reader
from audit.report.table import Shown, make_table
from audit.report.trust_sheet import in_short, marked_rules


def rules_sheet(reader: Reader) -> tuple[SheetPart, ...]:
    """Each rule with its clause quoted, why it is asked, what it does not prove, what to do, how far to trust it."""
    policy = reader.night.policy
    return (
        Line("Rules: what is asked of every account, and by which clause", Look.TITLE),
        Line(f"{policy.name}. {policy.source}"),
        Line(f"The disclaimer in the policy's words: “{policy.disclaimer}”, or words to that effect."),
        *marked_rules(reader),
        make_table("Rules", _columns(reader), reader.night.rules),
    )


def _columns(reader: Reader) -> tuple[Shown[RuleNote], ...]:
    """Trust is counted over the whole organization, so that an agency's copy holds the marks alone."""
    trust: Shown[RuleNote] = (
        Column("What people's decisions say of it", 36, wrap=True),
        lambda note: in_short(reader, note.rule_id),
    )
    return (
        (Column("Rule", 8), lambda note: note.rule_id),
        (Column("Title", 28, wrap=True), lambda note: note.title),
        (Column("Tier", 9), lambda note: note.tier),
        (Column("Severity", 10, tones=SEVERITY_TONES), lambda note: note.severity),
        *(() if reader.agency_code else (trust,)),
        (Column("Clause", 8), lambda note: note.clause),
        (Column("The clause, word for word", 52, wrap=True), lambda note: _quoted(reader, note.clause)),
        (Column("Why it is asked", 46, wrap=True), lambda note: note.rationale),
        (Column("What it does not prove", 46, wrap=True), lambda note: note.proves_not),
        (Column("What to do", 46, wrap=True), lambda note: note.to_do),
    )


def _quoted(reader: Reader, letter: str) -> str:
    clause = reader.night.policy.clause(letter)
    return f"“{clause.text}”" if clause else "no clause of the policy: asked for the registry's own sake"
