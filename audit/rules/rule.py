"""What a rule is: a documented predicate over the cases frame. True: it holds. False: it does not. NA: cannot tell."""

from __future__ import annotations

import hashlib
import inspect
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import pandas as pd

from audit.model.finding import LinkStep, Severity, Tier
from audit.model.night import RuleNote
from audit.model.policy import Policy
from audit.people.directory import Standing
from audit.rules.basis import Basis, basis
from connectors.records import Evidence

Predicate = Callable[[pd.DataFrame], pd.Series]
"""Cases → one answer for each, by their index: True, False, or NA where nobody can tell."""

BY_ADDRESS = frozenset(
    {LinkStep.REGISTERED_ADDRESS, LinkStep.SHOWN_ADDRESS, LinkStep.ALIAS, LinkStep.OFFICIAL_REGISTRY}
)
"""The steps that a hearing would accept; what rests on another step, or on none, is a lead."""


class Reads(StrEnum):
    """What a rule rests on. The directory and the registry are read in full every night, or there is no night."""

    ACCOUNTS = "accounts"
    ADDRESS = "registered address"
    """The address an account is registered with: a source's word where one shows it, else the registry's."""
    REGISTRY = "registry"
    DIRECTORY = "directory"
    PURPOSE = "purpose"
    """What audit.toml says that the accounts of a source are for."""


ADDED = ("tie_words", "dates", "doubt", "shortfall")
"""Columns of a case that hold a sentence or nothing; a template names them without a space in front."""


OF_THE_PERSON = ("employee_id", "employee_name", "employee_standing")


IDENTIFYING = ["platform", "identity", "supervisor_id", "employee_id", "link_value", "registered_mailbox"]
"""Columns of a case that a finding's id and an account's name in the registry are made of."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule with its identity. `because` is a template over the columns of a case; `shows` names the kinds of
    evidence that belong to it, `quotes` the column that holds the matched words; with `needs_person` the finding
    becomes a lead unless an address ties it to one who is known to be employed, and was when the account was made.
    `reads` says what it rests on besides the directory, and so what it waits for; with `of_account` the finding is
    about the account alone, whoever answers for it. `switch` is what a policy has to forbid or ask for (a field of
    audit.model.policy.Says); `clause` the letter under which packs without switches do. With `of_seat` it is about a
    seat and its holder, who may have left, and `lead_where` names the column of a case that makes it a lead."""

    rule_id: str
    clause: str
    severity: Severity
    tier: Tier
    because: str
    shows: tuple[str, ...]
    quotes: str
    needs_person: bool
    reads: frozenset[Reads]
    of_account: bool
    switch: str
    of_seat: bool
    lead_where: str
    holds: Predicate

    def answers(self, cases: pd.DataFrame) -> pd.Series:
        """What the rule says of each case; of an account that a source shows for several people nobody can tell."""
        answers = self.holds(cases).astype("boolean")
        return answers.mask(cases["contested"].fillna(value=False).astype(bool)) if "contested" in cases else answers

    def note(self, policy: Policy) -> RuleNote:
        """The rule in the reader's words: its docstring, with the policy pack's severity and guidance."""
        title, rationale, proves_not, to_do = _sections(self.holds)
        under = self.basis(policy)
        return RuleNote(
            self.rule_id, under.clause, str(self.tier), str(self.severity_in(policy)), title, rationale, proves_not,
            policy.guidance.get(self.rule_id, to_do), under.not_asked,
        )  # fmt: skip

    def basis(self, policy: Policy) -> Basis:
        """The clause under which a policy lets the rule be asked, or why it is not asked."""
        return basis(policy, self.switch, self.clause)

    def severity_in(self, policy: Policy) -> Severity:
        """The severity that the policy pack gives the rule, or its own."""
        return Severity(policy.severities.get(self.rule_id, self.severity))


@dataclass(frozen=True, slots=True)
class Draft:
    """A rule that holds for a case tonight, before the ledger says whether it is new."""

    finding_id: str
    rule: Rule
    case: Mapping[str, Any]
    because: str
    tier: Tier
    evidence: tuple[Evidence, ...]
    sources: tuple[str, ...]
    fresh: bool
    spared: str = ""
    """The exception that covers it tonight, in words; it makes no finding then."""
    spared_before: str = ""
    """The exception that covered it and does no more, in words."""


@dataclass(frozen=True, slots=True)
class Verdicts:
    """`holding` by finding id; `unknown` are the ids of which nothing can be said tonight.

    `unknown_accounts` are the (rule id, platform, name in the registry) of those among them that are about an account
    alone. `answers` is what the rules said, a boolean column a rule id, by the index of the cases; NA: cannot tell.
    """

    holding: Mapping[str, Draft]
    unknown: frozenset[str]
    unknown_accounts: frozenset[tuple[str, str, str]] = frozenset()
    answers: pd.DataFrame = field(default_factory=pd.DataFrame, compare=False)


def rule(
    rule_id: str,
    *,
    clause: str,
    severity: Severity,
    tier: Tier,
    because: str,
    shows: Sequence[str] = (),
    quotes: str = "matched_text",
    needs_person: bool = False,
    reads: Sequence[Reads] = (Reads.ACCOUNTS, Reads.DIRECTORY, Reads.REGISTRY),
    of_account: bool = False,
    switch: str = "official_accounts",
    of_seat: bool = False,
    lead_where: str = "",
) -> Callable[[Predicate], Rule]:
    """Declare a predicate as a rule. Its docstring is printed in the workbook: a title line, the rationale, then
    paragraphs that begin "Does not prove:" and "To do:". Raises ValueError where one of the four is missing."""

    def declare(holds: Predicate) -> Rule:
        if not all(_sections(holds)):
            raise ValueError(f"{rule_id}: the docstring needs a title, a rationale, «Does not prove:» and «To do:»")
        return Rule(
            rule_id, clause, severity, tier, because, tuple(shows), quotes, needs_person, frozenset(reads), of_account,
            switch, of_seat, lead_where, holds,
        )  # fmt: skip

    return declare


def judge(cases: pd.DataFrame, rules: Sequence[Rule]) -> Verdicts:
    """Ask every rule about every case, once. The order of the cases does not matter."""
    said = {one.rule_id: one.answers(cases) for one in rules}
    answers = pd.DataFrame(said, cases.index)
    unsure = answers.isna()
    held = answers.fillna(value=False).astype(bool)
    plain = _plain_cases(cases[held.any(axis=1)])
    doubtful = _plain_cases(cases.loc[unsure.any(axis=1), IDENTIFYING])
    holding: dict[str, Draft] = {}
    unknown: set[str] = set()
    accounts: set[tuple[str, str, str]] = set()
    for one in rules:
        for place in cases.index[held[one.rule_id]]:
            draft = _draft(one, plain[place])
            known = holding.get(draft.finding_id)
            holding[draft.finding_id] = draft if known is None else _joined(known, draft)
        for place in cases.index[unsure[one.rule_id]]:
            case = doubtful[place]
            unknown.add(finding_id(one, case))
            if one.of_account:
                accounts.add((one.rule_id, case["platform"], case["link_value"]))
    unsettled = frozenset(unknown - holding.keys())
    return Verdicts(holding, unsettled, frozenset(accounts), answers)


def _plain_cases(cases: pd.DataFrame) -> dict[Hashable, dict[str, Any]]:
    """Each case by its index, made once for all the rules that hold for it."""
    if cases.empty:
        return {}
    columns = {str(name): cases[name].tolist() for name in cases.columns}
    rows = (dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True))
    return {place: plain_case(case) for place, case in zip(cases.index, rows, strict=True)}


def as_asked(one: Rule, case: Mapping[str, Any]) -> Mapping[str, Any]:
    """The case with the person whom the rule is about: of a seat its holder, who may have left, and nobody else."""
    if not one.of_seat:
        return case
    held = {name: case[f"holder_{name.rpartition('_')[2]}"] for name in OF_THE_PERSON}
    return {**case, **held, "agency_code": case["holder_agency"] or case["agency_code"]}


def _draft(one: Rule, case: Mapping[str, Any]) -> Draft:
    case = as_asked(one, case)
    shown = tuple(piece for piece in case["evidence"] if not one.shows or piece.kind.startswith(one.shows))
    sources, fresh = rests_on(one, case)
    return Draft(
        finding_id=finding_id(one, case),
        rule=one,
        case=case,
        because=_because(one, case),
        tier=Tier.LEAD if _falls_short(one, case) else one.tier,
        evidence=shown or tuple(case["evidence"]),
        sources=sources,
        fresh=fresh,
    )


def _because(one: Rule, case: Mapping[str, Any]) -> str:
    """What was seen, as a sentence; a name that nobody knows takes the space before it along."""
    said = one.because if case["employee_name"] else one.because.replace(" {employee_name}", "")
    return said.format_map({**case, **_spaced(case)}).strip()


def _spaced(case: Mapping[str, Any]) -> dict[str, str]:
    """The sentences that a template adds where there is something to add, each with the space before it."""
    return {name: f" {case[name]}" if case[name] else "" for name in ADDED}


def _falls_short(one: Rule, case: Mapping[str, Any]) -> bool:
    return bool((one.needs_person and not _certain(case)) or (one.lead_where and case[one.lead_where]))


def _certain(case: Mapping[str, Any]) -> bool:
    """Whether a hearing would accept the tie: an address of one person alone, proved to be the account's, and a person
    who is known to be employed now and was when the account was made."""
    return bool(
        case["link_step"] in BY_ADDRESS
        and case["employee_id"]
        and case["employee_standing"] == Standing.CURRENT
        and not case["doubt"]
        and not _weakly_tied(case)
    )


def rests_on(one: Rule, case: Mapping[str, Any]) -> tuple[tuple[str, ...], bool]:
    """The sources that a rule waits for in a case, and whether all of them could be judged tonight."""
    shown = Reads.ADDRESS in one.reads and not address_is_the_registrys(case)
    if Reads.ACCOUNTS in one.reads or shown:
        return case["sources"], bool(case["fresh"])
    return (), True


def address_is_the_registrys(case: Mapping[str, Any]) -> bool:
    """Whether no source showed an address tonight, so that the registry's own stands."""
    return not any(piece.kind.startswith("registered address") for piece in case["evidence"])


def _weakly_tied(case: Mapping[str, Any]) -> bool:
    """Whether the tie is a registration that was never verified."""
    return bool(case["link_value"] == case["registered_mailbox"] and case["registration"] == "weak")


def _joined(one: Draft, other: Draft) -> Draft:
    return Draft(
        one.finding_id, one.rule, one.case, one.because, one.tier,
        tuple(dict.fromkeys((*one.evidence, *other.evidence))),
        tuple(sorted({*one.sources, *other.sources})), one.fresh and other.fresh,
    )  # fmt: skip


def finding_id(one: Rule, case: Mapping[str, Any]) -> str:
    """The id of the finding that a rule makes of a case, in which "" stands for what is missing.

    Stable while platform, account, rule and person stay the same: volatile values are evidence, not identity. Where a
    mailbox or an employee id passes to another person, audit.findings.passing makes another id of it. Of a seat the
    mailbox stands for its holder, whom HR may forget.
    """
    person = "" if one.of_account else case["supervisor_id"] or case["employee_id"]
    if one.of_seat and not one.of_account:
        person = case["registered_mailbox"]
    return id_made_of(case["platform"], case["identity"], one.rule_id, person)


def id_made_of(platform: str, identity: str, rule_id: str, person: str) -> str:
    """The id of a finding by what it is about: its account's platform and what that is known by, rule and person."""
    parts = (platform, identity, rule_id, person)
    return f"{rule_id}-{hashlib.sha256(chr(31).join(parts).encode()).hexdigest()[:12]}"


def plain_case(case: Mapping[Any, Any]) -> dict[str, Any]:
    """A case with empty text for what is missing, as templates and outputs want it."""
    return {str(key): "" if value is None or value is pd.NA else value for key, value in case.items()}


def _sections(holds: Predicate) -> tuple[str, str, str, str]:
    paragraphs = [" ".join(part.split()) for part in inspect.cleandoc(holds.__doc__ or "").split("\n\n")]

    def after(label: str) -> str:
        return next((text.removeprefix(label).strip() for text in paragraphs if text.startswith(label)), "")

    proves_not, to_do = after("Does not prove:"), after("To do:")
    rationale = " ".join(text for text in paragraphs[1:] if not text.startswith(("Does not prove:", "To do:")))
    return paragraphs[0].removesuffix("."), rationale, proves_not, to_do
