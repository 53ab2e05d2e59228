"""One finding from its evidence to its rule, in plain text. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from audit.model.finding import Finding, LinkStep, Past
from audit.model.policy import Policy
from audit.people.identity import called
from audit.rules import RULES


def explain(past: Past, events: Sequence[tuple[str, str, str]], policy: Policy) -> str:
    """Why a finding was made: what was seen, how it was tied to a person, what the rule says and does not say.

    `events` are (run id, status entered, reason), oldest first.
    """
    finding = past.finding
    rule = next(rule for rule in RULES if rule.rule_id == finding.rule_id)
    note, clause = rule.note(policy), policy.clause(finding.clause)
    account = called(finding) or "(known by its mailbox only)"
    lines = [
        f"{finding.finding_id}: {note.title} ({finding.tier}, {finding.severity}, {finding.status})",
        f"Account: {finding.platform} {account}",
        "",
        f"What was seen: {finding.because}",
        *([f"Matched words: “{finding.matched_text}”"] if finding.matched_text else []),
        "Evidence:",
        *(
            f"  - {piece.source}, {piece.kind}: {piece.detail}"
            f" ({f'{piece.observed_at:%Y-%m-%d}' if piece.observed_at else 'undated'}, sha256 {piece.sha256[:12]}…)"
            for piece in finding.evidence
        ),
        "",
        f"Tied to: {tie_in_words(finding)}",
        *([str(past.earlier)] if past.earlier else []),
        "",
        f"Rule {finding.rule_id}: {note.rationale}",
        f"Does not prove: {note.proves_not}",
        f"To do: {note.to_do}",
        *([f"Clause {clause.letter}: «{clause.text}»"] if clause else []),
        "",
        f"First seen {finding.first_seen.isoformat()}, last seen {finding.last_seen.isoformat()}.",
        *(f"  {run_id}: {kind} ({reason})" for run_id, kind, reason in events),
    ]
    return "\n".join(lines)


def tie_in_words(finding: Finding) -> str:
    """Whom the finding names, by which step, on what value, and how many others it could have meant."""
    step = f"{finding.link_step}" + (f": {finding.link_value}" if finding.link_value else "")
    who = f"{finding.employee_name} ({finding.employee_id})" if finding.employee_id else "nobody"
    if finding.rivals:
        return f"{who}; {step}; {finding.rivals + 1} people fit, so none is named"
    if finding.link_step is LinkStep.NAME_WITH_AGENCY:
        return f"{who}; {step}; no rival in that agency, but a name is an inference, never proof"
    return f"{who}; {step}; no rivals"
