"""The note to an employee: what was seen, what it does not show, how it is put right. One a person. Pure.

The policy's purpose is to educate, so the note accuses nobody, and none is written where there is nothing for that
person to put right, or where a person has decided against the finding. Its words are the policy pack's.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from audit.findings.causes import without_basis
from audit.findings.grounds import aside, is_seat, standing_in
from audit.model.finding import CONFIRMED, Finding, LinkStep, Past, Tier, suppressed
from audit.model.night import Notice
from audit.model.policy import Policy
from audit.people.directory import Standing
from audit.people.identity import fold_handle
from audit.people.names import name_key
from connectors.platforms import platforms

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
"""A terminal would obey them."""
_SENTENCE = re.compile(r"(?<=[.!?])\s+")


def refusal(past: Past, policy: Policy, as_of: date) -> str:
    """Why no note is written about a finding, as a sentence; empty where one may be."""
    finding, words = past.finding, policy.notice
    if because := without_basis(finding, policy):
        reason = f"is not asked under “{policy.name}”, because {because}."
    elif words is None or finding.rule_id not in words.fix or finding.rule_id not in words.proves_not:
        reason = _no_words(past, policy)
    elif past.resolved_on is not None:
        cause, said = aside(past.facts) or ("", "")
        left = f"{cause} ({said})" if cause else "there is nothing left to put right"
        reason = f"is resolved since {past.resolved_on.isoformat()}: {left}."
    elif not finding.employee_id:
        reason = "names nobody: there is no one employee to whom a note could go."
    else:
        reason = _decided_otherwise(finding, as_of) or _not_current(past)
    return f"{finding.finding_id} {reason}" if reason else ""


def _no_words(past: Past, policy: Policy) -> str:
    finding = past.finding
    if finding.link_step is LinkStep.OFFICIAL_REGISTRY:
        return (
            "is about an official account, not about an employee's own. Speak to its agency or supervisor: the sheet"
            " “Official accounts” names them."
        )
    if is_seat(past.facts):
        return (
            "is about a seat on a state-run system, not about an employee's own account. Speak to whoever administers"
            " the system: the sheet “State-run platforms” has it."
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


def notice(findings: Sequence[Finding], policy: Policy, organization: str, contact: str) -> Notice:
    """The one note to a person about all these findings of theirs, for none of which `refusal` has anything to say.

    What was seen is said account by account, what is said of several of them once. `contact` may be empty.
    """
    words = policy.notice
    assert words is not None
    accounts = _by_account(findings)
    newest = max(findings, key=lambda one: one.last_seen)
    ours = {
        "name": newest.employee_name,
        "policy": policy.name,
        "source": policy.source,
        "disclaimer": policy.disclaimer,
        "contact": contact or words.nobody,
        "rights": policy.rights,
        "organization": organization,
    }
    whole = _values(ours, tuple(findings), policy)
    several = len(accounts) > 1
    seen: list[str] = []
    proves_not, fix = _Said(), _Said()
    for number, held in enumerate(accounts, 1):
        of_account = _values(ours, held, policy)
        seen.append(f"{number}. " * several + words.seen.format_map(of_account))
        if of_account["words"]:
            seen.append(words.quoted.format_map(of_account))
        for one in held:
            values = _values(ours, (one,), policy)
            proves_not.add(number, words.proves_not[one.rule_id].format_map(values))
            fix.add(number, words.fix[one.rule_id].format_map(values))
    text = (
        *(part.format_map(whole) for part in (words.greeting, words.opening)),
        *seen,
        *proves_not.lines(several=several),
        *([words.clause.format_map(whole)] if whole["clause"] else []),
        *fix.lines(several=several),
        *(part.format_map(whole) for part in (words.whose, words.objection, words.rights, words.closing)),
    )
    return Notice(
        findings=tuple(findings),
        name=newest.employee_name,
        subject=words.subject.format_map(whole),
        seen="\n".join(seen),
        clause="\n".join(_clauses(findings, policy).values()),
        fix="\n".join(fix.lines(several=several)),
        text="\n\n".join(text),
    )


class _Said:
    """Sentences in their order, each once, with the numbers of the accounts that it is about."""

    def __init__(self) -> None:
        self._accounts: dict[str, list[int]] = {}

    def add(self, account: int, text: str) -> None:
        numbers = self._accounts.setdefault(text, [])
        if account not in numbers:
            numbers.append(account)

    def lines(self, *, several: bool) -> tuple[str, ...]:
        """The sentences; where there are several accounts, behind the numbers of theirs."""
        return tuple(
            f"{' and '.join(map(str, numbers))}. {text}" if several else text
            for text, numbers in self._accounts.items()
        )


def _by_account(findings: Sequence[Finding]) -> tuple[tuple[Finding, ...], ...]:
    """The findings of each account together, in the order in which the accounts come."""
    held: dict[tuple[str, str], list[Finding]] = {}
    for one in findings:
        known_as = one.account_id or fold_handle(one.handle) or one.url or one.link_value
        held.setdefault((one.platform, known_as), []).append(one)
    return tuple(tuple(each) for each in held.values())


def _values(ours: Mapping[str, str], findings: tuple[Finding, ...], policy: Policy) -> dict[str, str]:
    """What the words of a note may name, for these findings; what is the same for several of them is said once."""
    clauses = _clauses(findings, policy)
    values = {
        **ours,
        "platform": _listed(platform_name(one) for one in findings),
        "account": _listed(account_name(one) for one in findings),
        "seen_on": _days(findings),
        "seen": " ".join(dict.fromkeys(part for one in findings for part in _SENTENCE.split(one.because) if part)),
        "tied_by": _listed(_tie(one) for one in findings),
        "words": "” and “".join(
            {one.matched_text.casefold(): one.matched_text for one in findings if one.matched_text}.values()
        ),
        "letter": _listed(clauses),
        "clause": "” and “".join(clauses.values()),
    }
    return {name: _CONTROL.sub("\ufffd", text) for name, text in values.items()}


def _clauses(findings: Iterable[Finding], policy: Policy) -> dict[str, str]:
    """The clauses that findings are about, each once: letter → its words."""
    found = (policy.clause(letter) for letter in sorted({one.clause for one in findings}))
    return {clause.letter: clause.text for clause in found if clause}


def _listed(texts: Iterable[str]) -> str:
    """Texts as a list in a sentence, each once: "one, another and a third"."""
    *before, last = dict.fromkeys(texts) or ("",)
    return f"{', '.join(before)} and {last}" if before else last


def notices(past: Iterable[Past], policy: Policy, organization: str, contact: str, as_of: date) -> tuple[Notice, ...]:
    """One note to each person of whom somebody has confirmed a finding, about all of those and no other; by agency
    and name."""
    confirmed = (one for one in past if one.finding.disposition == CONFIRMED and not refusal(one, policy, as_of))
    of_person: dict[tuple[str, str], list[Finding]] = {}
    for one in confirmed:
        of_person.setdefault(_person(one.finding), []).append(one.finding)
    made = (notice(sorted(held, key=_order), policy, organization, contact) for held in of_person.values())
    return tuple(sorted(made, key=lambda one: (one.findings[0].agency_code, one.name, one.findings[0].finding_id)))


def notice_with(
    chosen: Past, past: Iterable[Past], policy: Policy, organization: str, contact: str, as_of: date
) -> Notice:
    """The note of the person whom a finding names: where it is confirmed the one that `notices` has, else a draft about
    it alone."""
    for one in notices(past, policy, organization, contact, as_of):
        if chosen.finding in one.findings:
            return one
    return notice((chosen.finding,), policy, organization, contact)


def _person(finding: Finding) -> tuple[str, str]:
    """Who is written to. An employee id that has passed to another person stands for neither without the name."""
    return finding.employee_id, name_key(finding.employee_name)


def _order(finding: Finding) -> tuple[str, str, str, str]:
    return finding.platform, finding.account_id or fold_handle(finding.handle), finding.rule_id, finding.finding_id


def _days(findings: Iterable[Finding]) -> str:
    days = [day for one in findings for day in (one.first_seen, one.last_seen)]
    first, last = min(days).isoformat(), max(days).isoformat()
    return f"on {first}" if first == last else f"first on {first} and last on {last}"


def _tie(finding: Finding) -> str:
    """What ties the account to the person, never who else it might have been."""
    value = f"“{finding.link_value}”"
    return {
        LinkStep.REGISTERED_ADDRESS: f"the address {value}, with which it was registered",
        LinkStep.SHOWN_ADDRESS: f"the address {value}, which its profile shows",
        LinkStep.ALIAS: f"the address {value}, which is another address of your mailbox",
        LinkStep.CONFIRMED: "an earlier review of this account",
        LinkStep.NAME_WITH_AGENCY: f"the name {value}, and the agency that its profile names",
    }.get(finding.link_step, f"the address {value}")


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
