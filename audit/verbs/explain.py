"""One finding from its evidence to its rule, in plain text; found by what the reader has at hand. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from audit.findings.grounds import pack_of
from audit.model.finding import Finding, LinkStep, Past
from audit.model.night import RuleNote
from audit.model.policy import Policy
from audit.people.addresses import MailSystem, state_mailbox
from audit.people.identity import called, fold_handle, fold_url
from audit.rules import RULES

LISTED = 50
"""Findings that are listed where several are meant."""


def find(past: Mapping[str, Past], given: str, system: MailSystem) -> list[Past]:
    """The findings that somebody means by an id or its beginning, by an account's handle, id or address on the web, or
    by a mail address; those that stand first. Whole names go before beginnings of ids."""
    asked = given.strip()
    if not asked or asked in past:
        return [past[asked]] if asked else []
    mailbox = state_mailbox(asked, system) or asked.casefold()
    handle, url = fold_handle(asked), _on_the_web(asked)

    def named(one: Finding) -> bool:
        addresses = {one.mailbox.casefold(), state_mailbox(one.link_value, system) or one.link_value.casefold()}
        addresses.add(one.matched_text.casefold() if "@" in one.matched_text else "")
        known = one.account_id == asked or (url != "" and _on_the_web(one.url) == url)
        return mailbox in addresses or known or (handle != "" and fold_handle(one.handle) == handle)

    found = [one for one in past.values() if named(one.finding)]
    found = found or [one for name, one in past.items() if name.casefold().startswith(asked.casefold())]
    return sorted(found, key=lambda one: (one.resolved_on is not None, one.finding.finding_id))


def _on_the_web(text: str) -> str:
    """An address on the web as people may give it, without its scheme and in any case; empty for anything else."""
    return fold_url(text if "://" in text else f"https://{text}").casefold() if "/" in text else ""


def list_several(found: Sequence[Past], given: str, policy: Policy) -> str:
    """The findings that somebody may mean, a line each: their ids, and what tells them apart."""
    titles = {rule.rule_id: rule.note(policy).title for rule in RULES}
    lines = [f"{len(found):,} findings are known by {given!r}. Explain one of them by its id:"]
    for one in (past.finding for past in found[:LISTED]):
        who = one.employee_name or "nobody named"
        account = f"{one.platform} {called(one) or one.mailbox or one.matched_text}"
        title = titles.get(one.rule_id, "a rule of a package that takes no part now")
        lines.append(f"  {one.finding_id}  {account}: {title} ({one.tier}, {one.status}; {who})")
    if len(found) > LISTED:
        lines.append(f"  … and {len(found) - LISTED:,} more: give more of the id.")
    return "\n".join(lines)


def explain(past: Past, events: Sequence[tuple[str, str, str]], policy: Policy) -> str:
    """Why a finding was made: what was seen, how it was tied to a person, what the rule says and does not say.

    `events` are (run id, status entered, reason), oldest first.
    """
    finding = past.finding
    rule = next((rule for rule in RULES if rule.rule_id == finding.rule_id), None)
    note, clause = rule.note(policy) if rule else absent_note(finding), policy.clause(finding.clause)
    judged_under = pack_of(past.facts)
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
        *([f"Judged under: {judged_under}"] if judged_under else []),
        *([f"Not asked any more under {policy.name}, because {note.not_asked}."] if note.not_asked else []),
        "",
        f"First seen {finding.first_seen.isoformat()}, last seen {finding.last_seen.isoformat()}.",
        *(f"  {run_id}: {kind} ({reason})" for run_id, kind, reason in events),
    ]
    return "\n".join(lines)


def absent_note(finding: Finding) -> RuleNote:
    """In the place of the words of a rule that another package brought, which takes no part now."""
    return RuleNote(
        finding.rule_id, finding.clause, finding.tier, finding.severity, "a rule of a package that takes no part now",
        "what it says stands in that package, and in the workbook of the night.", "what its package says.",
        "allow the package again ([extensions] in audit.toml), or decide by what was seen.",
    )  # fmt: skip


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
