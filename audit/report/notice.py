"""The note to the employee whom a finding names: what was seen, what it does not show, how it is put right. Pure.

The policy's purpose is to educate, so the note accuses nobody, and none is written where there is nothing for that
person to put right, or where a person has decided against the finding. Its words are the policy pack's.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date

from audit.findings.grounds import standing_in
from audit.model.finding import CONFIRMED, Finding, LinkStep, Past, Tier, suppressed
from audit.model.night import Notice
from audit.model.policy import NoticeWords, Policy
from audit.people.directory import Standing
from connectors.platforms import platforms

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
"""A terminal would obey them."""


def refusal(past: Past, policy: Policy, as_of: date) -> str:
    """Why no note is written about a finding, as a sentence; empty where one may be."""
    finding, words = past.finding, policy.notice
    if words is None or finding.rule_id not in words.fix or finding.rule_id not in words.proves_not:
        reason = _no_words(finding, policy)
    elif past.resolved_on is not None:
        reason = f"is resolved since {past.resolved_on.isoformat()}: there is nothing left to put right."
    elif not finding.employee_id:
        reason = "names nobody: there is no one employee to whom a note could go."
    else:
        reason = _decided_otherwise(finding, as_of) or _not_current(past)
    return f"{finding.finding_id} {reason}" if reason else ""


def _no_words(finding: Finding, policy: Policy) -> str:
    if finding.link_step is LinkStep.OFFICIAL_REGISTRY:
        return (
            "is about an official account, not about an employee's own. Speak to its agency or supervisor: the sheet"
            " “Official accounts” names them."
        )
    if not finding.employee_id:
        return "names nobody: there is no one employee to whom a note could go."
    return f"is under rule {finding.rule_id}, for which the policy pack “{policy.name}” has no words under [notice]."


def _decided_otherwise(finding: Finding, as_of: date) -> str:
    if suppressed(finding, as_of):
        return f"is suppressed until {finding.suppress_until}: {finding.note or 'no reason is given'}"
    if finding.disposition not in ("", CONFIRMED):
        return f"was decided as “{finding.disposition}”, so no note is written about it."
    if finding.tier is Tier.LEAD and finding.disposition != CONFIRMED:
        return "is a lead and may well be wrong: somebody has to confirm it before anyone is written to."
    return ""


def _not_current(past: Past) -> str:
    standing = standing_in(past.facts)
    if standing == Standing.CURRENT:
        return ""
    if not past.facts:
        return "was made before it was noted whether its person is employed. Run a night, then try again."
    return "names somebody whom the directory does not list as employed."


def notice(finding: Finding, policy: Policy, organization: str, contact: str) -> Notice:
    """The note about a finding for which `refusal` has nothing to say. `contact` may be empty."""
    words, clause = policy.notice, policy.clause(finding.clause)
    assert words is not None
    values = {
        "name": finding.employee_name,
        "platform": platform_name(finding),
        "account": account_name(finding),
        "seen_on": _days(finding),
        "seen": finding.because,
        "tied_by": _tie(finding),
        "words": finding.matched_text,
        "letter": finding.clause,
        "clause": clause.text if clause else "",
        "policy": policy.name,
        "source": policy.source,
        "disclaimer": policy.disclaimer,
        "contact": contact or words.nobody,
        "rights": policy.rights,
        "organization": organization,
    }
    values = {name: _CONTROL.sub("\ufffd", text) for name, text in values.items()}
    parts = [text.format_map(values) for text in _parts(finding, words, has_clause=clause is not None)]
    return Notice(
        finding=finding,
        subject=words.subject.format_map(values),
        seen=words.seen.format_map(values),
        clause=values["clause"],
        fix=words.fix[finding.rule_id].format_map(values),
        text="\n\n".join(parts),
    )


def _parts(finding: Finding, words: NoticeWords, *, has_clause: bool) -> Iterable[str]:
    """The texts that the note is made of, in their order."""
    return (
        words.greeting,
        words.opening,
        words.seen,
        *([words.quoted] if finding.matched_text else []),
        words.proves_not[finding.rule_id],
        *([words.clause] if has_clause else []),
        words.fix[finding.rule_id],
        words.objection,
        words.rights,
        words.closing,
    )


def notices(past: Iterable[Past], policy: Policy, organization: str, contact: str, as_of: date) -> tuple[Notice, ...]:
    """The notes about the findings that a person has confirmed, and no others, by agency and name."""
    confirmed = (one for one in past if one.finding.disposition == CONFIRMED and not refusal(one, policy, as_of))
    made = (notice(one.finding, policy, organization, contact) for one in confirmed)
    return tuple(
        sorted(made, key=lambda one: (one.finding.agency_code, one.finding.employee_name, one.finding.finding_id))
    )


def _days(finding: Finding) -> str:
    first, last = finding.first_seen.isoformat(), finding.last_seen.isoformat()
    return f"on {first}" if first == last else f"first on {first} and last on {last}"


def _tie(finding: Finding) -> str:
    by_name = finding.link_step is LinkStep.NAME_WITH_AGENCY
    if finding.link_step is LinkStep.CONFIRMED:
        return "an earlier review of this account"
    return f"the {'name and agency' if by_name else 'address'} “{finding.link_value}”"


def platform_name(finding: Finding) -> str:
    """The platform as people write it."""
    known = platforms().get(finding.platform)
    return known.name if known else finding.platform


def account_name(finding: Finding) -> str:
    """What the account goes by, with its address on the web where that is known."""
    name = finding.handle or finding.account_id
    if name and finding.url:
        return f"the account “{name}” ({finding.url})"
    return f"the account “{name}”" if name else finding.url or "an account that is known by its e-mail address only"
