"""Which of tonight's verdicts an authorised use spares, and which exception spares what. Pure.

An exception spares what its row says and no more: this person (or agency), this platform and account, this rule or
clause. What cannot be understood of it spares nobody.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from audit.model.exceptions import AuthorisedUse, ExceptionState, Register, Spared
from audit.model.night import Problem
from audit.model.policy import SUBJECTS, Policy
from audit.people.agency_codes import AgencyCodes
from audit.people.directory import Directory
from audit.people.identity import bare_id, fold_url, handle_key
from audit.rules import RULES, Draft, Rule, Verdicts
from audit.rules.basis import ALWAYS
from connectors.platforms import are_others
from connectors.records import Exemption

EVERYTHING = "whatever the policy gives a basis for"
_SPARES_NOBODY = "Until then the row spares nobody."


@dataclass(frozen=True, slots=True)
class Granted:
    """A row of the register that is understood: `rules` are those that it spares somebody from, `covers` says which."""

    row: Exemption
    rules: frozenset[str]
    covers: str
    name: str
    agency_code: str

    def state(self, as_of: date) -> ExceptionState:
        """Whether it is in force on a day."""
        row = self.row
        if row.withdrawn_on is not None and row.withdrawn_on <= as_of:
            return ExceptionState.WITHDRAWN
        if row.from_on is not None and as_of < row.from_on:
            return ExceptionState.NOT_YET
        return ExceptionState.STANDS if as_of <= row.until_on else ExceptionState.ENDED

    def __str__(self) -> str:
        """The exception in the words of a finding's history; by whom it was granted stands on its sheet."""
        return f"{self.row.provenance.where}: {self.row.reference}, until {self.row.until_on.isoformat()}"


def understood(
    rows: Sequence[Exemption], directory: Directory, codes: AgencyCodes, policy: Policy
) -> tuple[tuple[Granted, ...], tuple[Problem, ...]]:
    """The rows whose person, agency, rules and clauses are known, and a problem for each that spares nobody or that
    spares more than its paper may mean."""
    granted, problems = [], []
    alike: dict[str, list[str]] = defaultdict(list)
    for employee_id in directory.employees:
        alike[bare_id(employee_id)].append(employee_id)
    for written in rows:
        row = _as_in_hr(written, alike, directory, codes)
        rules, covers = _covered(row, policy)
        if fault := _fault(row, directory, codes, policy):
            problems.append(Problem(row.provenance.source, row.provenance.where, f"{fault} {_SPARES_NOBODY}"))
            continue
        if covers == EVERYTHING:
            told = (
                "the row names neither rule nor clause, so it spares whatever the policy gives a basis for on the"
                " accounts it is about. Name the rule, for example E-1, if its paper allows less."
            )
            problems.append(Problem(row.provenance.source, row.provenance.where, told))
        person = directory.employees.get(row.employee_id)
        agency = person.agency_code if person else row.agency_code  # whose copy of the workbook may show the row
        granted.append(Granted(row, rules, covers, person.name if person else "", agency))
    return tuple(granted), tuple(problems)


def _as_in_hr(row: Exemption, alike: Mapping[str, list[str]], directory: Directory, codes: AgencyCodes) -> Exemption:
    """The row with its employee id spelled as in HR, where zeros alone tell them apart, and its agency's code."""
    meant = alike.get(bare_id(row.employee_id), []) if row.employee_id not in directory.employees else []
    employee_id = meant[0] if len(meant) == 1 else row.employee_id
    return replace(row, employee_id=employee_id, agency_code=codes.code_of(row.agency_code) or row.agency_code)


def _fault(row: Exemption, directory: Directory, codes: AgencyCodes, policy: Policy) -> str:
    """Why a row spares nobody, as a sentence with what to do; empty where it may."""
    return _nobody(row, directory, codes) or _nothing(row, policy)


def _nobody(row: Exemption, directory: Directory, codes: AgencyCodes) -> str:
    person = directory.employees.get(row.employee_id)
    if row.employee_id and person is None:
        return f"employee_id {row.employee_id!r} is not in HR, or may be several people's. Write it as in HR."
    if row.employee_id in directory.contested:
        return f"HR gives employee_id {row.employee_id!r} to people of different names. Correct HR."
    if person and person.since and row.from_on and row.from_on < person.since:
        return (
            f"it was granted on {row.from_on.isoformat()}, before whoever has employee_id {row.employee_id!r} now began"
            f" ({person.since.isoformat()}), and may be somebody else's. Renew it, or correct the days."
        )
    if row.agency_code and row.agency_code not in codes.codes:
        return f"agency_code {row.agency_code!r} is not in the agencies file. Add it there, or correct the row."
    return ""


def _nothing(row: Exemption, policy: Policy) -> str:
    known = {rule.rule_id.casefold() for rule in RULES}
    for name in row.rules:
        if name.casefold() not in known:
            return f"there is no rule {name!r}. Name one of {', '.join(rule.rule_id for rule in RULES)}."
    letters = {_letter(clause.letter) for clause in policy.clauses}
    for name in row.clauses:
        if _letter(name) not in letters:
            told = "; ".join(clause.letter for clause in policy.clauses)
            return f"the policy has no clause {name!r}. Name one of: {told}."
    return ""


def _covered(row: Exemption, policy: Policy) -> tuple[frozenset[str], str]:
    """The rules that a row spares somebody from, and in words which. What is asked for the registry's own sake is
    spared only where the row names the rule."""
    if row.rules:
        named = {name.casefold() for name in row.rules}
        rules = [rule for rule in RULES if rule.rule_id.casefold() in named]
        return _under(rules, row, policy), f"rule {', '.join(row.rules)}"
    rules = [rule for rule in RULES if rule.switch != ALWAYS]
    if row.clauses:
        return _under(rules, row, policy), f"clause {'; '.join(row.clauses)}"
    switch = row.what.strip().casefold()
    if switch in SUBJECTS:
        return frozenset(rule.rule_id for rule in rules if rule.switch == switch), SUBJECTS[switch]
    return frozenset(rule.rule_id for rule in rules), EVERYTHING


def _under(rules: Sequence[Rule], row: Exemption, policy: Policy) -> frozenset[str]:
    letters = {_letter(name) for name in row.clauses}
    return frozenset(rule.rule_id for rule in rules if not letters or _letter(rule.basis(policy).clause) in letters)


def _letter(clause: str) -> str:
    return " ".join(clause.casefold().split()).removeprefix("clause ").strip()


def spare(
    verdicts: Verdicts,
    granted: Sequence[Granted],
    unusable: int,
    ids: Mapping[str, str],
    policy: Policy,
    as_of: date,
) -> tuple[Verdicts, Register]:
    """The verdicts, each with the exception that spares it or that has ended; and the register with what it spares.

    `ids` has the id of the finding that a verdict goes on, `unusable` counts the register's rows that spare nobody.
    """
    places = _by_holder(granted)
    states = [one.state(as_of) for one in granted]
    spares: dict[int, list[Spared]] = defaultdict(list)
    holding = dict(verdicts.holding)
    for base, draft in verdicts.holding.items():
        covering = [place for place in _places(places, draft) if _covers(granted[place], draft)]
        standing = [place for place in covering if states[place] is ExceptionState.STANDS]
        over = [place for place in covering if states[place] in (ExceptionState.ENDED, ExceptionState.WITHDRAWN)]
        if standing:
            last = max(standing, key=lambda place: granted[place].row.until_on)
            holding[base] = replace(draft, spared=str(granted[last]))
            for place in standing:
                spares[place].append(_spared(draft, ids.get(base, base), policy))
        elif over:
            last = max(over, key=lambda place: granted[place].row.until_on)
            holding[base] = replace(draft, spared_before=f"{granted[last]}, {states[last]}")
    uses = tuple(
        _use(one, state, as_of, tuple(spares[place]))
        for place, (one, state) in enumerate(zip(granted, states, strict=True))
    )
    return replace(verdicts, holding=holding), Register(uses, unusable)


def _by_holder(granted: Sequence[Granted]) -> dict[tuple[str, str], list[int]]:
    places: dict[tuple[str, str], list[int]] = defaultdict(list)
    for place, one in enumerate(granted):
        row = one.row
        places[("person", row.employee_id) if row.employee_id else ("agency", row.agency_code)].append(place)
    return places


def _places(places: Mapping[tuple[str, str], list[int]], draft: Draft) -> Iterator[int]:
    case = draft.case
    person = str(case["supervisor_id"] or case["employee_id"])
    if person:
        yield from places.get(("person", person), ())
    if person or draft.rule.switch == ALWAYS:  # whoever is nobody's employee is no agency's either
        yield from places.get(("agency", str(case["agency_code"])), ())


def _covers(granted: Granted, draft: Draft) -> bool:
    row, case = granted.row, draft.case
    if draft.rule.rule_id not in granted.rules or row.platform not in ("", case["platform"]):
        return False
    if row.agency_code and row.agency_code != case["agency_code"]:
        return False
    if not (row.account_id or row.handle or row.url):
        return True
    if row.account_id and case["account_id"]:
        return not are_others(row.account_id, case["account_id"])
    names = (handle_key(row.platform, one["handle"], one["url"]) for one in (_named(row), case))
    handle, shown = names
    if handle and shown:
        return handle == shown
    return bool(row.url and case["url"] and fold_url(row.url) == fold_url(case["url"]))


def _named(row: Exemption) -> dict[str, str]:
    return {"handle": row.handle, "url": row.url}


def _spared(draft: Draft, finding_id: str, policy: Policy) -> Spared:
    case, rule = draft.case, draft.rule
    account = case["handle"] or case["account_id"] or case["url"] or case["registered_mailbox"]
    return Spared(
        finding_id, rule.rule_id, draft.tier, rule.severity_in(policy), case["platform"], str(account),
        case["employee_id"], case["employee_name"], case["agency_code"],
    )  # fmt: skip


def _use(one: Granted, state: ExceptionState, as_of: date, spares: tuple[Spared, ...]) -> AuthorisedUse:
    row = one.row
    left = (row.until_on - as_of).days if state is ExceptionState.STANDS else None
    return AuthorisedUse(
        row.provenance.where, row.employee_id, one.name, one.agency_code, row.platform,
        row.handle or row.account_id or row.url, one.covers, row.what, row.granted_by, row.reference, row.from_on,
        row.until_on, state, left, spares,
    )  # fmt: skip
