"""The sheet "Rules": what is asked of every account, by which clause of the policy, and how well it does. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from audit.model.night import RuleNote
from audit.model.policy import FORBIDDING, JUDGED_BY_NONE, SUBJECTS, Policy
from audit.model.sheet import Column, Line, Look, SheetPart
from audit.report.reader import SEVERITY_TONES, Reader
from audit.report.table import Shown, make_table
from audit.report.trust_sheet import in_short, marked_rules


def rules_sheet(reader: Reader) -> tuple[SheetPart, ...]:
    """Each rule with its clause quoted, why it is asked, what it does not prove, what to do, how far to trust it."""
    policy = reader.night.policy
    return (
        Line("Rules: what is asked of every account, and by which clause", Look.TITLE),
        Line(f"{policy.label}. {policy.source}"),
        *([Line(f"It applies to {policy.applies_to}.")] if policy.applies_to else []),
        *([Line(f"Seen of it: {policy.seen}.")] if policy.seen else []),
        Line(_disclaimer(policy)),
        *map(Line, judged_by_none(policy)),
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
        (Column("Severity", 10, tones=SEVERITY_TONES), lambda note: "" if note.not_asked else note.severity),
        (Column("Asked", 26, wrap=True), asked_in_words),
        *(() if reader.agency_code else (trust,)),
        (Column("Clause", 8), lambda note: note.clause),
        (Column("The clause, word for word", 52, wrap=True), lambda note: _quoted(reader, note)),
        (Column("Why it is asked", 46, wrap=True), lambda note: note.rationale),
        (Column("What it does not prove", 46, wrap=True), lambda note: note.proves_not),
        (Column("What to do", 46, wrap=True), lambda note: note.to_do),
    )


def asked_in_words(note: RuleNote) -> str:
    """Whether a rule is asked under the policy, and why not where it is not."""
    return f"not asked under this policy, because {note.not_asked}" if note.not_asked else "yes"


def judged_by_none(policy: Policy) -> Iterator[str]:
    """What the policy forbids and no rule judges, a sentence each, with the reason."""
    for clause in policy.clauses if policy.switched else ():
        for switch, stance in clause.says.given.items() if clause.in_scope else ():
            if switch in JUDGED_BY_NONE and stance in FORBIDDING:
                yield (
                    f"Clause {clause.letter} says of {SUBJECTS[switch]}: {stance}. That is not judged:"
                    f" {JUDGED_BY_NONE[switch]}."
                )


def _disclaimer(policy: Policy) -> str:
    if not policy.disclaimer:
        return "The policy has no wording of its own for a disclaimer."
    such = any(clause.says.disclaimer_words == "such as" for clause in policy.clauses)
    how = "as an example; other words do as well" if such else "or words to that effect"
    return f"The disclaimer in the policy's words: “{policy.disclaimer}”, {how}."


def _quoted(reader: Reader, note: RuleNote) -> str:
    clause = reader.night.policy.clause(note.clause)
    if clause:
        return f"“{clause.text}”"
    return "no clause of the policy" if note.not_asked else "no clause of the policy: asked for the registry's own sake"
