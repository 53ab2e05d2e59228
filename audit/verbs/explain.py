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
    """Whom the finding names, by which step, on what value, and how many others it could have meant; of a name also
    what the profile claims, without which no name would have been looked up."""
    step = f"{finding.link_step}" + (f": {finding.link_value}" if finding.link_value else "")
    who = f"{finding.employee_name} ({finding.employee_id})" if finding.employee_id else "nobody"
    if finding.link_step is LinkStep.NAME_WITH_AGENCY:
        return f"{_by_name(finding, who)}; {step}\n{_prior(finding)}"
    if finding.rivals:
        return f"{who}; {step}; {finding.rivals + 1} people fit, so none is named"
    return f"{who}; {step}; no rivals"


def _by_name(finding: Finding, who: str) -> str:
    if finding.employee_id:
        return f"likely {who}; no rival in that agency, now or formerly, but a name is an inference, never proof"
    people = "1 person fits in part" if not finding.rivals else f"{finding.rivals + 1} people fit"
    return f"nobody; possible only: {people} in that agency, so none is named"


def _prior(finding: Finding) -> str:
    claim = f" (“{finding.matched_text}”)" if finding.matched_text else ""
    return (
        f"Before any name was compared: the profile itself claims this agency{claim}. That may be false or old, and"
        " a stranger may bear an employee's name; without it no name is looked up."
    )
