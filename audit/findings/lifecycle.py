"""From night to night: which findings are new, open, reopened, resolved, or could not be rechecked, and why. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

import pandas as pd

from audit.findings.causes import Compared, ForWork, cause_of, changes_in_words
from audit.findings.grounds import ELSEWHERE, SHOWN, Differences, aside, differences, held_on, put_aside
from audit.findings.passing import carried_on
from audit.model.finding import (
    DECIDED,
    SET_ASIDE,
    UNDECIDED,
    UPHELD,
    Cause,
    Change,
    Earlier,
    Finding,
    FindingStatus,
    LinkStep,
    Past,
    closed,
)
from audit.model.policy import Policy
from audit.rules import Draft, Verdicts


def carry(
    past: Mapping[str, Past],
    verdicts: Verdicts,
    complete: frozenset[str],
    policy: Policy,
    as_of: date,
    cases: pd.DataFrame | None = None,
    for_work: ForWork | None = None,
    unread_people: Collection[str] = (),
) -> tuple[tuple[Past, ...], tuple[Change, ...]]:
    """Hold tonight's verdicts against the findings of the nights before.

    A finding resolves only when every source it rests on is in `complete` and the rule plainly does not hold; what
    cannot be told tonight stands, marked as not rechecked, and creates, resolves and reopens nothing. What an exception
    covers makes no finding, and resolves the one that there is. A decided finding whose account has changed since waits
    again. `cases` (audit.cases) tell why a finding has gone, and `for_work` whether its sources still show seats;
    without them nobody can. `unread_people` are the ids of those whom HR may still have, where it could not be read:
    what is about them stands. The same verdicts on the same day give the same result however often they are carried.
    Returns all findings that concern tonight, by id, and what changed.
    """
    known_before = {finding_id: (one.finding, one.facts) for finding_id, one in past.items()}
    verdicts = carried_on(verdicts, known_before)
    night = Compared(list(known_before.values()), policy, cases, for_work)
    kept: list[Past] = []
    changes: list[Change] = []
    for finding_id in sorted(past.keys() | verdicts.holding.keys()):
        known, draft = past.get(finding_id), verdicts.holding.get(finding_id)
        after: Past | None = known
        change = None
        if draft is not None and draft.spared:
            if known is not None and known.resolved_on is None:
                after, change = _spared(known, draft.spared, as_of)
            elif known is not None and aside(known.facts):  # by another policy, perhaps, which is not what does it now
                after = replace(known, facts=put_aside(known.facts, Cause.EXCEPTION, draft.spared))
        elif draft is not None and draft.fresh:
            after, change = (
                _new(draft, night, policy, as_of) if known is None else _held(known, draft, night, policy, as_of)
            )
        elif known is not None and known.resolved_on is None:
            unsure = draft is not None or finding_id in verdicts.unknown or night.rule_is_absent(known.finding)
            unread = known.finding.employee_id in unread_people
            waits = unsure or unread or not complete.issuperset(known.finding.sources)
            if waits and night.asked(known.finding):
                after = replace(known, finding=replace(known.finding, status=FindingStatus.NOT_RECHECKED))
            else:
                after, change = _resolved(known, night, as_of)
        if after is not None:
            kept.append(after)
        if change is not None:
            changes.append(change)
    return tuple(kept), tuple(changes)


def reported_tonight(past: Past, as_of: date) -> bool:
    """Whether a finding belongs in tonight's report: it is open, or it was resolved on this very day."""
    return past.resolved_on is None or past.resolved_on == as_of


def _new(draft: Draft, night: Compared, policy: Policy, as_of: date) -> tuple[Past, Change]:
    """A finding that was never made before."""
    finding, why = finding_from(draft, policy, as_of), night.why_new(draft)
    covered = f"; an exception covered it ({draft.spared_before})" if draft.spared_before else ""
    change = Change(finding.finding_id, finding.status, f"{why.reason}{covered}", why.cause)
    return Past(finding, facts=why.facts), change


def _held(known: Past, draft: Draft, night: Compared, policy: Policy, as_of: date) -> tuple[Past, Change | None]:
    """A known finding that holds tonight: come back, changed under a decision, changed otherwise, or the same."""
    facts = held_on(night.facts(draft.rule, draft.case), known.facts)
    returned, decided = known.resolved_on is not None, closed(known.finding, as_of)
    decided_facts = (known.decided_facts or known.facts or facts) if decided else ""
    since = differences(decided_facts, facts)
    kept = {name: getattr(known.finding, name) for name in DECIDED}
    finding = replace(finding_from(draft, policy, as_of), first_seen=known.finding.first_seen, **kept)
    after = Past(finding, None, as_of if returned else known.reopened_on, facts, decided_facts, known.earlier)
    differing = differences(known.facts, facts)
    # What was upheld has ended with the finding: what comes back is a new occurrence.
    again = returned and finding.disposition in UPHELD and not (aside(known.facts) or differing.configuration)
    undone = again or (decided and any(name not in (SHOWN, ELSEWHERE) for name in since.account))
    if undone:
        after = _set_aside(after, "it had gone, and has come back" if again else changes_in_words(since), as_of)
    after = replace(after, finding=replace(after.finding, status=_status(after, as_of)))
    differing = since if undone and not again else differing
    return after, _change(known, after, differing, undone=undone)


def _status(after: Past, as_of: date) -> FindingStatus:
    if after.reopened_on == as_of:
        return FindingStatus.REOPENED
    return FindingStatus.NEW if after.finding.first_seen == as_of else FindingStatus.OPEN


def _set_aside(after: Past, changed: str, as_of: date) -> Past:
    """The finding without its decision, which stays readable beside it. Who waits for evidence goes on waiting."""
    finding = after.finding
    earlier = Earlier(finding.disposition, finding.reviewer, finding.decided_on, finding.suppress_until, changed)
    cleared: dict[str, Any] = {"suppress_until": None}
    if finding.disposition not in UNDECIDED:
        cleared |= {"disposition": "", "reviewer": "", "decided_on": None}
    finding = replace(finding, **cleared)
    return replace(after, finding=finding, reopened_on=as_of, decided_facts="", earlier=earlier)


def _change(known: Past, after: Past, differing: Differences, *, undone: bool) -> Change | None:
    finding_id, status, words = after.finding.finding_id, after.finding.status, changes_in_words(differing)
    # With the facts of the night on which it went, only what is asked can have brought it back.
    cause = cause_of(differing) or (Cause.RULE if known.facts else Cause.UNKNOWN)
    if undone and after.earlier is not None:
        values = {name: getattr(after.earlier, name) for name in SET_ASIDE}
        taken = {name: str(value) for name, value in values.items() if value}
        return Change(finding_id, status, str(after.earlier), cause, taken)
    if known.resolved_on is not None:
        if before := aside(known.facts):
            return _back(after.finding, *before, words)
        return Change(finding_id, status, f"seen again; {words or cause}", cause)
    if differing:
        return Change(finding_id, status, words, cause)
    if not known.facts and known.finding.because != after.finding.because:
        return Change(finding_id, status, "what was observed has changed", Cause.UNKNOWN)
    return None


def _back(finding: Finding, cause: str, said: str, words: str) -> Change:
    """A finding that comes back because what had put it aside is over: as it was, with what changed meanwhile."""
    now = Cause.ENDED if cause == Cause.EXCEPTION else Cause.POLICY
    reason = f"{now} ({said})"
    return Change(finding.finding_id, finding.status, f"{reason}; {words}" if words else reason, now)


def _spared(known: Past, exception: str, as_of: date) -> tuple[Past, Change]:
    """A finding that somebody's authorisation covers from now on; with its facts and decisions as they were."""
    finding = replace(known.finding, status=FindingStatus.RESOLVED)
    facts = put_aside(known.facts, Cause.EXCEPTION, exception)
    change = Change(finding.finding_id, finding.status, f"{Cause.EXCEPTION} ({exception})", Cause.EXCEPTION)
    return replace(known, finding=finding, resolved_on=as_of, facts=facts), change


def _resolved(known: Past, night: Compared, as_of: date) -> tuple[Past, Change]:
    """A finding that plainly no longer holds, and why, as far as tonight's cases tell."""
    why = night.why_gone(known.finding, known.facts)
    finding = replace(known.finding, status=FindingStatus.RESOLVED)
    after = replace(known, finding=finding, resolved_on=as_of, facts=why.facts)
    reason = why.reason if aside(why.facts) else f"no longer holds; {why.reason}"
    return after, Change(finding.finding_id, finding.status, reason, why.cause)


def finding_from(draft: Draft, policy: Policy, as_of: date) -> Finding:
    """A finding first seen on `as_of`, from a rule that holds."""
    case, rule = draft.case, draft.rule
    return Finding(
        finding_id=draft.finding_id,
        rule_id=rule.rule_id,
        clause=rule.basis(policy).clause,
        tier=draft.tier,
        severity=rule.severity_in(policy),
        status=FindingStatus.NEW,
        platform=case["platform"],
        handle=case["handle"],
        account_id=case["account_id"],
        url=case["url"],
        display_name=case["display_name"],
        mailbox=case["shown_mailbox"] if rule.quotes == "shown_mailbox" else case["registered_mailbox"],
        employee_id=case["employee_id"],
        employee_name=case["employee_name"],
        agency_code=case["agency_code"],
        because=draft.because,
        matched_text=case[rule.quotes],
        evidence=draft.evidence,
        link_step=LinkStep(case["link_step"]),
        link_value=case["link_value"],
        rivals=int(case["rivals"] or 0),
        sources=draft.sources,
        first_seen=as_of,
        last_seen=as_of,
    )
