"""Why something changed: tonight's cases held against the facts of the nights before, finding by finding. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from audit.findings.grounds import (
    PURPOSE,
    Differences,
    differences,
    facts_of,
    gone,
    held_on,
    is_seat,
    passed_on,
    put_aside,
    taken_back,
)
from audit.model.finding import NOT_THEIRS, Cause, Finding, LinkStep
from audit.model.policy import Policy
from audit.people.identity import identities
from audit.rules import OF_OTHERS, RULES, Draft, Rule
from audit.rules.rule import plain_case, rests_on


@dataclass(frozen=True, slots=True)
class Why:
    """A cause (one of Cause, or several joined by "; "), and the same in full. `facts` are the finding's from now."""

    cause: str
    reason: str
    facts: str = ""


_LOST = "gone, or without a tie to the organization"
Known = tuple[Finding, str]
"""A finding of the nights before with its facts."""
ForWork = Callable[[str, str], bool]
"""Whether the accounts that a source shows on a platform are seats for work: (source, platform)."""


class Compared:
    """What tonight's cases and the nights before say of an account; looked up only where something changed."""

    def __init__(
        self, known: Sequence[Known], policy: Policy, cases: pd.DataFrame | None, for_work: ForWork | None = None
    ) -> None:
        self.known, self.policy, self.cases, self.for_work = known, policy, cases, for_work
        self.rules = {rule.rule_id: rule for rule in RULES}
        self._cases: dict[tuple[str, str], list[int]] | None = None
        self._siblings: dict[tuple[str, str], list[Known]] | None = None

    def facts(self, rule: Rule, case: Mapping[str, Any]) -> str:
        """The facts that a rule finds in one of tonight's cases."""
        return facts_of(rule, case, case["evidence"], self.policy)

    def asked(self, finding: Finding) -> bool:
        """Whether tonight's policy gives the finding's rule a basis; what is no rule any more needs none."""
        return not without_basis(finding, self.policy)

    def rule_is_absent(self, finding: Finding) -> bool:
        """Whether the rule is another package's, of which no code takes part tonight: nobody can tell what it says."""
        return finding.rule_id.startswith(OF_OTHERS) and finding.rule_id not in self.rules

    def why_new(self, draft: Draft) -> Why:
        """Why a finding is made: seen for the first time, and what changed where another finding knew its account."""
        facts = self.facts(draft.rule, draft.case)
        sibling = self._sibling(draft.case)
        if sibling is not None:
            finding, before = sibling
            now = self.facts(self.rules[finding.rule_id], draft.case)
            if _ruled_out(finding, draft.case):
                return Why(Cause.DECIDED, f"{Cause.FIRST}; {Cause.DECIDED} ({finding.disposition})", facts)
            if passed_on(before, now):
                return Why(Cause.PASSED, f"{Cause.FIRST}; {Cause.PASSED}", facts)
            differing = differences(before, now)
            if differing:
                return Why(cause_of(differing), f"{Cause.FIRST}; {changes_in_words(differing)}", facts)
        return Why(Cause.FIRST, Cause.FIRST, facts)

    def why_gone(self, finding: Finding, before: str) -> Why:
        """Why a finding that had the facts `before` no longer holds, as far as tonight's cases tell."""
        rule = self.rules.get(finding.rule_id)
        if rule is None:
            return Why(Cause.RULE, "the rule is no longer asked", before)
        if not_asked := rule.basis(self.policy).not_asked:
            words = f"under “{self.policy.label}” it is not asked, because {not_asked}"
            return Why(Cause.POLICY, f"{Cause.POLICY} ({words})", put_aside(before, Cause.POLICY, words))
        if self.cases is None:
            return Why(Cause.UNKNOWN, Cause.UNKNOWN, before)
        case = self._case(finding)
        of_registry = finding.link_step is LinkStep.OFFICIAL_REGISTRY
        if case is None or (of_registry and not case["official"]):
            return self._why_unseen(finding, before)
        fresh = rests_on(rule, case)[1]
        if not fresh or not before:
            return Why(Cause.UNKNOWN, Cause.UNKNOWN, held_on(self.facts(rule, case), before) if fresh else before)
        return self._why_otherwise(finding, case, before, self.facts(rule, case))

    def _why_unseen(self, finding: Finding, before: str) -> Why:
        if is_seat(before) and self._declared_otherwise(finding):
            return Why(Cause.CONFIGURATION, f"{Cause.CONFIGURATION} ({PURPOSE})", taken_back(before))
        # Beyond the gate nothing is kept of an account, so that going and losing its tie cannot be told apart.
        cause, words = Cause.ACCOUNT, _LOST
        if finding.link_step is LinkStep.OFFICIAL_REGISTRY:
            cause, words = Cause.REGISTRY, "it no longer lists the account"
        return Why(cause, f"{cause} ({words})", gone(before))

    def _why_otherwise(self, finding: Finding, case: Mapping[str, Any], before: str, facts: str) -> Why:
        if passed_on(before, facts):
            return Why(Cause.PASSED, Cause.PASSED, held_on(facts, before))
        facts = held_on(facts, before)
        if _ruled_out(finding, case):
            return Why(Cause.DECIDED, f"{Cause.DECIDED} ({finding.disposition})", facts)
        differing = differences(before, facts)
        if not differing and not case["official"] and _names(finding)[0] != _case_names(case)[0]:
            return Why(Cause.ACCOUNT, f"{Cause.ACCOUNT} (it is known by another name or number now)", facts)
        # The same account, people and registry, judged otherwise: only what is asked is left.
        return Why(cause_of(differing) or Cause.RULE, changes_in_words(differing) or Cause.RULE, facts)

    def _declared_otherwise(self, finding: Finding) -> bool:
        """Whether none of a seat's sources shows seats any more: what the gate let pass as one, it keeps no longer."""
        return self.for_work is not None and not any(self.for_work(one, finding.platform) for one in finding.sources)

    def _case(self, finding: Finding) -> dict[str, Any] | None:
        """Tonight's case of the finding's account: the one with its mailbox where it has several; None: no case."""
        assert self.cases is not None
        if self._cases is None:
            self._cases = defaultdict(list)
            columns = ("platform", "account_id", "handle", "url", "registered_mailbox", "official", "link_value")
            rows = zip(*(self.cases[name] for name in columns), strict=True)
            for place, row in enumerate(rows):
                case = plain_case(dict(zip(columns, row, strict=True)))
                for name in _case_names(case):
                    self._cases[case["platform"], name].append(place)
        for name in _names(finding):
            places = self._cases.get((finding.platform, name), ())
            found = [plain_case(self.cases.iloc[place].to_dict()) for place in places]
            found = [case for case in found if not _another(finding.account_id, case["account_id"])]
            found.sort(key=lambda case: case["registered_mailbox"] != finding.mailbox)
            if found:
                return found[0]
        return None

    def _sibling(self, case: Mapping[str, Any]) -> Known | None:
        """The latest finding, by any rule, of the same account."""
        if self._siblings is None:
            self._siblings = defaultdict(list)
            for one, facts in self.known:
                if facts and one.rule_id in self.rules:
                    self._siblings[one.platform, _names(one)[0]].append((one, facts))
        found = [one for name in _case_names(case) for one in self._siblings.get((case["platform"], name), ())]
        return max(found, key=lambda one: (one[0].last_seen, one[0].finding_id), default=None)


def without_basis(finding: Finding, policy: Policy) -> str:
    """Why a policy gives the rule of a finding no basis; empty where it does. What is no rule any more needs none."""
    return next((rule.basis(policy).not_asked for rule in RULES if rule.rule_id == finding.rule_id), "")


def _ruled_out(finding: Finding, case: Mapping[str, Any]) -> bool:
    """Whether a reviewer's word has taken the person of a finding by name off its account."""
    by_name = finding.link_step in (LinkStep.NAME_WITH_AGENCY, LinkStep.CONFIRMED)
    return by_name and finding.disposition == NOT_THEIRS and finding.employee_id not in ("", case["employee_id"])


def changes_in_words(differing: Differences) -> str:
    """What changed, part by part: "the account changed (display name); the directory changed (standing)"."""
    return "; ".join(f"{cause} ({', '.join(names)})" for cause, names in _by_cause(differing))


def cause_of(differing: Differences) -> str:
    """The causes alone; empty where nothing differs."""
    return "; ".join(cause for cause, _ in _by_cause(differing))


def _by_cause(differing: Differences) -> Iterable[tuple[Cause, tuple[str, ...]]]:
    pairs = (
        (Cause.ACCOUNT, differing.account),
        (Cause.DIRECTORY, differing.directory),
        (Cause.REGISTRY, differing.registry),
        (Cause.RULE, differing.rule),
        (Cause.CONFIGURATION, differing.configuration),
    )
    return ((cause, names) for cause, names in pairs if names)


NAMELESS = ["nothing:"]


def _names(finding: Finding) -> list[str]:
    """Under what a finding's account may be found, the surest first."""
    if finding.link_step is LinkStep.OFFICIAL_REGISTRY:
        return [f"registry:{finding.link_value}"]
    return identities(finding.platform, finding.account_id, finding.handle, finding.url, finding.mailbox) or NAMELESS


def _case_names(case: Mapping[str, Any]) -> list[str]:
    listed = [f"registry:{case['link_value']}"] if case["official"] else []
    shown = (case[name] for name in ("platform", "account_id", "handle", "url", "registered_mailbox"))
    return listed + (identities(*shown) or NAMELESS)


def _another(one: str, other: str) -> bool:
    return bool(one and other and one != other)
