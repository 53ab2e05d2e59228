"""Which known finding a verdict goes on, where a mailbox or an employee id has passed to another person. Pure.

The id of a finding is made from platform, account, rule and person. Where the person is another one than the finding
was about, the verdict gets an id of its own: the old finding keeps its decision and its notes, and ends; the new one
waits for somebody.
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from audit.findings.causes import Known
from audit.findings.grounds import held_by
from audit.model.finding import CONFIRMED, NOT_THEIRS, UNDECIDED, Finding, FindingStatus, LinkStep, Past, undecided
from audit.model.night import Problem
from audit.people.holders import Before, Ruling, Rulings, Seen, holder_named, passed
from audit.people.identity import fold_handle, identities, known_by, noted_under
from audit.people.names import name_key
from audit.rules.rule import Draft, Verdicts, id_made_of
from connectors.platforms import are_others

MOST = 20
"""Under how many ids the findings about one account's further holders are looked for."""


def carried_on(verdicts: Verdicts, past: Mapping[str, Known]) -> Verdicts:
    """The verdicts under the ids of the findings that they go on. `past` has every finding ever made, by id."""
    ids = settled_ids(verdicts, past)
    holding = {ids[base]: replace(draft, finding_id=ids[base]) for base, draft in verdicts.holding.items()}
    further = {one for base in verdicts.unknown for one in _further(base) if one in past}
    further |= {
        one for one, (finding, _) in past.items() if verdicts.unknown and _made_now(finding) in verdicts.unknown
    }
    further |= {
        finding_id
        for finding_id, (finding, _) in past.items()
        if finding.link_step is LinkStep.OFFICIAL_REGISTRY
        and (finding.rule_id, finding.platform, finding.link_value) in verdicts.unknown_accounts
    }
    return replace(verdicts, holding=holding, unknown=(verdicts.unknown | further) - holding.keys())


def settled_ids(verdicts: Verdicts, past: Mapping[str, Known]) -> dict[str, str]:
    """The id that a rule makes of a case → the id of the finding that it goes on."""
    entries, accounts = _of_accounts(past), _by_account(past)
    named = Counter(map(_of_mailbox, filter(_is_named, verdicts.holding.values())))
    ids: dict[str, str] = {}
    taken = set(verdicts.holding)
    for base, draft in sorted(verdicts.holding.items()):
        if draft.rule.of_account:
            found = _of_account(base, draft, past, entries)
        else:
            found = _of_person(base, draft, past, accounts, alone=named[_of_mailbox(draft)] <= 1)
        ids[base] = found if found == base or found not in taken else base
        taken.add(ids[base])
    return ids


def decisions_left(verdicts: Verdicts, ids: Mapping[str, str], past: Mapping[str, Past]) -> Iterator[Problem]:
    """What was decided about an account of which nothing but the mailbox was known, and goes on with none of several
    accounts that are known now (or the other way round). `ids` is what `settled_ids` made."""
    new: dict[tuple[str, str, str, str], list[Draft]] = defaultdict(list)
    for base, finding_id in ids.items():
        if finding_id not in past and (draft := verdicts.holding.get(base)):
            new[_of_mailbox(draft)].append(draft)
    left = {one.finding.finding_id: one.finding for one in past.values() if one.finding.disposition not in UNDECIDED}
    for finding_id in sorted(left.keys() - set(ids.values()) - verdicts.unknown):
        one = left[finding_id]
        about = new.get((one.rule_id, one.platform, one.employee_id, one.mailbox), []) if one.mailbox else []
        if about and one.status is not FindingStatus.RESOLVED and not (_has_name(one) and any(map(_is_named, about))):
            yield Problem(
                ", ".join(one.sources),
                finding_id,
                f"it was decided (“{one.disposition}”) about one account of this mailbox, of which nothing but the"
                " mailbox was known then, or is known now. There are several, and nobody can tell which of them it was:"
                f" the decision goes on with none. Decide about what is new of it: {len(about)} on this person’s rows.",
            )


def noted(known: Iterable[Known]) -> Before:
    """What the findings of earlier nights tell of accounts: since when each was seen, and who held its address."""
    before: dict[tuple[str, str], list[Seen]] = defaultdict(list)
    for finding, facts in known:
        if finding.link_step is not LinkStep.OFFICIAL_REGISTRY:
            seen = Seen(finding.first_seen, finding.link_value, holders_of_finding(finding, facts))
            for name in noted_under(
                finding.platform, finding.account_id, finding.handle, finding.url, finding.link_value
            ):
                before[finding.platform, name].append(seen)
    return before


def rulings(past: Iterable[Past]) -> Rulings:
    """What people have decided about whose accounts are. A decision that changed evidence has set aside counts until
    there is a new one."""
    found: dict[tuple[str, str], list[Ruling]] = defaultdict(list)
    for one in past:
        finding, facts = one.finding, one.facts
        decided = finding if not undecided(finding.disposition) or one.earlier is None else one.earlier
        if finding.employee_id and decided.disposition in (CONFIRMED, NOT_THEIRS):
            ruling = Ruling(
                finding.account_id, finding.employee_id, decided.disposition == CONFIRMED, decided.decided_on,
                finding.link_value, holders_of_finding(finding, facts),
            )  # fmt: skip
            for name in identities(finding.platform, finding.account_id, finding.handle, finding.url):
                found[finding.platform, name].append(ruling)
    return found


def _of_person(
    base: str, draft: Draft, past: Mapping[str, Known], accounts: Mapping[_Account, list[Finding]], *, alone: bool
) -> str:
    """The finding about this person: the one that stands, or stood last, where the directory knows of nobody. `alone`:
    whether no other account of the mailbox is known by a name of its own."""
    places = [base, *_further(base)]
    known = [one for one in places if one in past]
    now = str(draft.case["holders"])
    for one in sorted(known, key=lambda one: _standing(past[one][0]), reverse=True):
        if not passed(holders_of_finding(*past[one]), now):
            return one
    if not known and (half := _half_named(draft, past, accounts)):
        return half
    if not known and alone and (nameless := _by_mailbox(draft, past, accounts)):
        return nameless
    # Behind the last one: an id whose finding retention has removed is not given again.
    after = places.index(known[-1]) + 1 if known else 0
    return places[after] if after < len(places) else _other(base, now)


_Account = tuple[str, str, str, str]
"""Rule, platform, employee id, and a name of the account ("handle:ann")."""


def _by_account(past: Mapping[str, Known]) -> dict[_Account, list[Finding]]:
    found: dict[_Account, list[Finding]] = defaultdict(list)
    for finding, _ in past.values():
        names = identities(finding.platform, finding.account_id, finding.handle, finding.url)
        for name in (*names, *identities(finding.platform, "", "", "", finding.mailbox)):
            found[finding.rule_id, finding.platform, finding.employee_id, name].append(finding)
    return found


def _of_mailbox(draft: Draft) -> tuple[str, str, str, str]:
    case = draft.case
    return draft.rule.rule_id, str(case["platform"]), str(case["employee_id"]), str(case["registered_mailbox"])


def _is_named(draft: Draft) -> bool:
    """Whether its account is known by more than a mailbox."""
    return bool(identities(*(str(draft.case[name]) for name in ("platform", "account_id", "handle", "url"))))


def _made_now(finding: Finding) -> str:
    """The id that a finding would get by what its account is known by now: a number may have come since."""
    identity = known_by(finding.account_id, finding.handle, finding.url, finding.mailbox)
    return id_made_of(finding.platform, identity, finding.rule_id, finding.employee_id)


def _half_named(draft: Draft, past: Mapping[str, Known], accounts: Mapping[_Account, list[Finding]]) -> str:
    """The finding about the same account of the same person, from when the export showed no number of it, or showed one
    that it leaves away now; "" where there is none, or several. Two numbers are two accounts."""
    case = draft.case
    names = identities(case["platform"], case["account_id"], case["handle"], case["url"])
    found = {
        one.finding_id
        for name in names
        for one in accounts.get((draft.rule.rule_id, case["platform"], case["employee_id"], name), ())
        if not are_others(one.account_id, case["account_id"])
        and not passed(holders_of_finding(*past[one.finding_id]), str(case["holders"]))
    }
    return next(iter(found)) if len(found) == 1 else ""


def _by_mailbox(draft: Draft, past: Mapping[str, Known], accounts: Mapping[_Account, list[Finding]]) -> str:
    """The finding about the same person's account from when its source showed nothing of it but the mailbox, or, where
    that is all that it shows now, more; "" where there is none that stands, or several: a mailbox may hold several
    accounts."""
    rule_id, platform, employee_id, mailbox = _of_mailbox(draft)
    found = [
        one
        for one in accounts.get((rule_id, platform, employee_id, f"mailbox:{mailbox}"), ())
        if one.status is not FindingStatus.RESOLVED
        and not passed(holders_of_finding(*past[one.finding_id]), str(draft.case["holders"]))
    ]
    two_names = any(map(_has_name, found)) and _is_named(draft)
    return found[0].finding_id if len(found) == 1 and not two_names else ""


def _has_name(finding: Finding) -> bool:
    return bool(identities(finding.platform, finding.account_id, finding.handle, finding.url))


def _of_account(
    base: str, draft: Draft, past: Mapping[str, Known], entries: Mapping[tuple[str, str, str], list[Finding]]
) -> str:
    """The finding about this account: one from when the supervisor was part of its id is gone on with."""
    if base in past:
        return base
    case = draft.case
    found = [
        one
        for one in entries.get((draft.rule.rule_id, case["platform"], fold_handle(case["link_value"])), ())
        if not are_others(one.account_id, case["account_id"])
    ]
    return max(found, key=_standing).finding_id if found else base


def _of_accounts(past: Mapping[str, Known]) -> dict[tuple[str, str, str], list[Finding]]:
    found: dict[tuple[str, str, str], list[Finding]] = defaultdict(list)
    for finding, _ in past.values():
        if finding.link_step is LinkStep.OFFICIAL_REGISTRY:
            found[finding.rule_id, finding.platform, fold_handle(finding.link_value)].append(finding)
    return found


def _standing(finding: Finding) -> tuple[bool, str, str]:
    """What stands before what has ended, and the latest first, where the greatest is taken."""
    return finding.status is not FindingStatus.RESOLVED, finding.last_seen.isoformat(), finding.finding_id


def holders_of_finding(finding: Finding, facts: str) -> str:
    """Who held the address or the id when the finding was last about somebody, as audit.people.holders keeps it."""
    return held_by(facts) or holder_named(finding.employee_id, name_key(finding.employee_name))


def _further(base: str) -> list[str]:
    return [_other(base, str(number)) for number in range(2, MOST + 1)]


def _other(base: str, mark: str) -> str:
    rule_id = base.rpartition("-")[0]
    return f"{rule_id}-{hashlib.sha256(f'{base}{chr(31)}{mark}'.encode()).hexdigest()[:12]}"
