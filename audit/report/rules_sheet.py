"""The sheet "Rules": what is asked of every account, by which clause of the policy, and how well it does. Pure."""

from __future__ import annotations

from audit.model.sheet import Column, Line, Look, Sheet, Table
from audit.report.reader import SEVERITY_TONES, Reader
from audit.report.trust_sheet import in_short, marked_rules


def rules_sheet(reader: Reader) -> Sheet:
    """Each rule with its clause quoted, why it is asked, what it does not prove, what to do, how far to trust it.

    Trust is counted over the whole organization, so that an agency's copy holds the marks alone.
    """
    policy = reader.night.policy
    trust = () if reader.agency_code else (Column("What people's decisions say of it", 36, wrap=True),)
    columns = (
        Column("Rule", 8),
        Column("Title", 28, wrap=True),
        Column("Tier", 9),
        Column("Severity", 10, tones=SEVERITY_TONES),
        *trust,
        Column("Clause", 8),
        Column("The clause, word for word", 52, wrap=True),
        Column("Why it is asked", 46, wrap=True),
        Column("What it does not prove", 46, wrap=True),
        Column("What to do", 46, wrap=True),
    )
    rows = [
        (
            note.rule_id, note.title, note.tier, note.severity, *(in_short(reader, note.rule_id) for _ in trust),
            note.clause, _quoted(reader, note.clause), note.rationale, note.proves_not, note.to_do,
        )
        for note in reader.night.rules
    ]  # fmt: skip
    return Sheet(
        "Rules",
        (
            Line("Rules: what is asked of every account, and by which clause", Look.TITLE),
            Line(f"{policy.name}. {policy.source}"),
            Line(f"The disclaimer in the policy's words: “{policy.disclaimer}”, or words to that effect."),
            *marked_rules(reader),
            Table("Rules", columns, rows),
        ),
        keep=1,
    )


def _quoted(reader: Reader, letter: str) -> str:
    clause = reader.night.policy.clause(letter)
    return f"“{clause.text}”" if clause else "no clause of the policy: asked for the registry's own sake"
