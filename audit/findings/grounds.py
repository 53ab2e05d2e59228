"""What a finding rests on, fact by fact: what has changed since another night, and whose doing that was. Pure.

The facts stand in five parts: what the account shows, what HR says, what the registry of official accounts says, what
the rule asks, and what audit.toml says that the account is for. The ledger keeps each fact as a short digest, or as a
word where it is one of a few (a standing, a strength), so that it holds no second copy of anybody's profile. What comes
and goes without meaning (times, hashes of raw items, counts of mails, the order of sources) is no fact.
"""

from __future__ import annotations

import inspect
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from string import Formatter
from typing import Any

from audit.cases.build import EMPLOYMENT, OTHERWISE, PENDING, UNLISTED
from audit.model.finding import CUT
from audit.model.policy import Policy
from audit.model.seats import SeatHolder
from audit.people.holders import passed, short_digest
from audit.people.identity import fold_handle
from audit.people.names import name_key
from audit.rules import Rule
from audit.rules.rule import Reads, address_is_the_registrys, as_asked
from connectors.contract import Purpose
from connectors.records import Evidence

Facts = Mapping[str, Mapping[str, str]]
"""Part → name of the fact → its digest or word, "" where there is nothing."""

ACCOUNT, DIRECTORY, REGISTRY, RULE, PROFILE = "account", "directory", "registry", "rule", "profile"
ASIDE = "aside"
"""Why a finding was resolved although nothing about it had changed; it is no fact, and nothing is compared with it."""
CONFIGURATION, PURPOSE = "configuration", "purpose"
"""What audit.toml says that the accounts of a source are for, as far as a rule asks it."""
HOLDERS = "holders"
"""Who holds the address or the employee id, as audit.people.holders keeps them; of no rule that is about an account
alone."""
OUTLET = "presents itself as an agency's"
READING = ("what the profile presents itself as", "matched words", "disclaimer", OUTLET)
"""Facts that are read out of a profile's words: with the same words, it is the reading that has changed."""
SHOWN = "shown by a source"
ELSEWHERE = "shown otherwise by a source"
"""That another row or source says otherwise: of findings that stand all the same, it sets no decision aside."""
NAMES = ("handle", "display name")
"""Facts that not every source shows: one that comes to be known, or is left out tonight, has not changed."""
TIED_BY = "address it is tied by"
"""Of whom an account is tied to by name, display name, handle and the directory say what changed."""
ADDRESSES = (TIED_BY, "registered address", "shown addresses")
OFFICIAL, SUPERVISOR = "registered as official", "supervisor"
"""Facts of the account, and one of the registry, that lead to a person: where one has changed, what HR says is about
somebody else, and has not changed by itself."""
SILENT = ("text", "policy", "pack")
"""Facts of the rule that change nothing about a finding by themselves."""


@dataclass(frozen=True, slots=True)
class Differences:
    """The names of the facts that differ, by part."""

    account: tuple[str, ...] = ()
    directory: tuple[str, ...] = ()
    registry: tuple[str, ...] = ()
    rule: tuple[str, ...] = ()
    configuration: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.account or self.directory or self.registry or self.rule or self.configuration)


def facts_of(rule: Rule, case: Mapping[str, Any], evidence: Iterable[Evidence], policy: Policy) -> str:
    """The facts that a rule finds in a case, as the ledger keeps them: JSON, equal text for equal facts.

    `case` is a row of audit.cases with "" for what is missing. What a rule rests on follows from what its sentence
    speaks of and quotes: a state mailbox that was registered is no matter of a profile's words, nor the other way.
    """
    speaks, case = _speaks_of(rule), as_asked(rule, case)
    parts = {
        ACCOUNT: _account(rule, speaks, case, {p.kind for p in evidence if p.kind.startswith(rule.shows)}),
        DIRECTORY: _directory(speaks, case),
        REGISTRY: _registry(rule, case),
        RULE: rule_facts(rule, policy),
        CONFIGURATION: _configuration(rule, case),
        PROFILE: {"words": str(case.get("profile_sha256", ""))[:12]},
        HOLDERS: {"all": "" if rule.of_account else str(case["holders"])},
    }
    return _kept(parts)


def gone(facts: str) -> str:
    """The facts of an account that no source shows any more."""
    parts = _parts(facts)
    if not parts:
        return ""
    account = {**parts.get(ACCOUNT, {}), SHOWN: "no"}
    return _kept({**parts, ACCOUNT: account})


def taken_back(facts: str) -> str:
    """The facts of a seat that no source shows as one any more, because audit.toml says otherwise."""
    parts = _parts(facts)
    return _kept({**parts, CONFIGURATION: {PURPOSE: str(Purpose.PUBLIC)}})


def is_seat(facts: str) -> bool:
    """Whether a finding was last about a seat for work."""
    return _parts(facts).get(CONFIGURATION, {}).get(PURPOSE) == Purpose.WORK


def differences(before: str, after: str) -> Differences:
    """What differs between two nights' facts; nothing where one of them was never noted.

    Only facts that both know are compared, so that a ledger of an older version reports no changes of its own.
    """
    if before == after or not before or not after:
        return Differences()
    old, new = _parts(before), _parts(after)
    registry = _unequal(old, new, REGISTRY)
    if OFFICIAL in registry:  # judged as another kind of account; what else differs is beside the point
        return Differences(registry=tuple(registry))
    if configuration := _unequal(old, new, CONFIGURATION):
        return Differences(configuration=tuple(configuration))
    account = _unequal(old, new, ACCOUNT)
    rule = [name for name in _unequal(old, new, RULE) if name not in SILENT]
    words = old.get(PROFILE, {}).get("words")
    if words and words == new.get(PROFILE, {}).get("words") and any(name in READING for name in account):
        account = [name for name in account if name not in READING]
        rule.append("how profiles are read")
    follows = any(name in ADDRESSES for name in account) or SUPERVISOR in registry
    directory = [] if follows else _unequal(old, new, DIRECTORY)
    return Differences(tuple(account), tuple(directory), tuple(registry), tuple(rule))


def put_aside(facts: str, cause: str, words: str) -> str:
    """The facts of a finding that is resolved for a cause beside them: they stand as they were, and come back so."""
    parts = {**_parts(facts), ASIDE: {"cause": cause, "words": words}}
    return _kept(parts)


def aside(facts: str) -> tuple[str, str] | None:
    """The cause beside the facts for which a finding was resolved, and its words; None where there was none."""
    said = _parts(facts).get(ASIDE)
    return (said["cause"], said["words"]) if said else None


def pack_of(facts: str) -> str:
    """The policy with its version under which a finding was last judged; "" where it was never noted."""
    return _parts(facts).get(RULE, {}).get("pack", "")


def held_by(facts: str) -> str:
    """The holders that a finding was last about, as audit.people.holders keeps them; "" where none were noted."""
    return _parts(facts).get(HOLDERS, {}).get("all", "")


def held_on(facts: str, before: str) -> str:
    """Tonight's facts with the holders of the facts before, where tonight nobody is known or others are."""
    earlier, now = held_by(before), held_by(facts)
    if not earlier or (now and not passed(earlier, now)):
        return facts
    parts = {**_parts(facts), HOLDERS: {"all": earlier}}
    return _kept(parts)


def held_under(facts: str, holders: str) -> str:
    """Facts whose holders, the same people, are noted otherwise now; those of before holders were noted stay so."""
    parts = _parts(facts)
    return _kept({**parts, HOLDERS: {"all": holders}}) if held_by(facts) else facts


def respelled_addresses(facts: str, old: Mapping[str, str]) -> str:
    """Facts in which the mailboxes of `old` go by other names now (old → new): the account shows what it showed."""
    parts = _parts(facts)
    digests = {
        _shown_addresses(*pair): _shown_addresses(*(old.get(one, one) for one in pair))
        for mailbox in old
        for pair in ((mailbox, ""), ("", mailbox), (mailbox, mailbox))
    } | {short_digest(mailbox): short_digest(now) for mailbox, now in old.items()}
    for part in (ACCOUNT, REGISTRY):
        if part in parts:
            parts[part] = {name: digests.get(value, value) for name, value in parts[part].items()}
    return _kept(parts) if facts else ""


def passed_on(before: str, after: str) -> bool:
    """Whether what leads to a person is the same on both nights, and the person another one: an address or an id that
    was given again. Where the account shows another address, or the registry names another supervisor, nothing was."""
    old, new = _parts(before), _parts(after)
    otherwise = TIED_BY in _unequal(old, new, ACCOUNT) or SUPERVISOR in _unequal(old, new, REGISTRY)
    return not otherwise and passed(held_by(before), held_by(after))


def standing_in(facts: str) -> str:
    """HR's word on the person whom a finding names ("current", "left", "unclear"), "" where it was never noted."""
    return _parts(facts).get(DIRECTORY, {}).get("standing", "")


def rule_facts(rule: Rule, policy: Policy) -> dict[str, str]:
    """What the rule asks under a policy: its tier and severity in words, its text and clause as digests."""
    clause = policy.clause(rule.basis(policy).clause)
    text = f"{inspect.getdoc(rule.holds)}\n{rule.because}\n{clause.text if clause else ''}"
    return {
        "tier": str(rule.tier),
        "severity": str(rule.severity_in(policy)),
        "text": short_digest(text),
        "policy": short_digest(policy.name),
        "pack": policy.label,
    }


def _account(rule: Rule, speaks: frozenset[str], case: Mapping[str, Any], kinds: set[str]) -> dict[str, str]:
    facts = {
        SHOWN: "yes",
        "handle": short_digest(fold_handle(case["handle"])),
        # One that is cut is not known whole: what an older version noted of it is no other name.
        "display name": "" if CUT in case["display_name"] else short_digest(name_key(case["display_name"])),
    }
    if case["official"]:
        return facts | _of_official(speaks, case)
    facts |= {
        TIED_BY: short_digest(case["link_value"].casefold()) if "@" in case["link_value"] else "",
        ELSEWHERE: _yes(OTHERWISE in case["doubts"]),
    }
    if "registered_words" in speaks:
        facts |= {"registered address": _address(case), "registration strength": str(case["registration"])}
    if rule.of_seat:
        facts |= {"registered address": short_digest(str(case["seat_address"]).casefold())}
        facts |= {"closed on the system": _yes(case["seat_holder"] == SeatHolder.CLOSED)}
    if "shown_mailbox" in speaks:
        facts |= {"shown addresses": _shown_addresses(case["contact_mailbox"], case["mentioned_mailbox"])}
    if rule.shows:
        facts |= {"kinds of evidence": ", ".join(sorted(kinds))}
    if "matched_text" in speaks:
        words = short_digest(" ".join(case["matched_text"].casefold().split()))
        return facts | dict(zip(READING, (str(case["affiliation"]), words, str(case["disclaimer"])), strict=False))
    return facts | {OUTLET: _yes(case["affiliation"] == "outlet")}


def _shown_addresses(contact: str, mentioned: str) -> str:
    return short_digest(f"{contact} {mentioned}")


def _of_official(speaks: frozenset[str], case: Mapping[str, Any]) -> dict[str, str]:
    facts = {}
    if "registry_words" in speaks:
        facts = {"seen tonight": _yes(case["seen"]), "handle held by another account": _yes(case["changed_hands"])}
    if "registered_email" in speaks and not address_is_the_registrys(case):
        facts["registered address"] = _address(case)
    return facts


def _directory(speaks: frozenset[str], case: Mapping[str, Any]) -> dict[str, str]:
    employee = str(case["employee_id"])
    facts = {
        "person": short_digest(employee),
        "name": short_digest(name_key(case["employee_name"])),
        "agency": short_digest(case["agency_code"]) if employee and not case["official"] else "",
        "standing": str(case["supervisor_standing"] if case["official"] else case.get("employee_standing", "")),
        "employed when the account was made": "in doubt" if EMPLOYMENT in case["doubts"] else "",
    }
    if "registered_words" in speaks:
        facts |= {"owners of the mailbox": str(case["owners"]), "standing of the owner": str(case["owner_standing"])}
    return facts


def _configuration(rule: Rule, case: Mapping[str, Any]) -> dict[str, str]:
    if Reads.PURPOSE not in rule.reads:
        return {}
    return {PURPOSE: str(Purpose.WORK if case["seat" if rule.of_seat else "work"] else Purpose.PUBLIC)}


def _registry(rule: Rule, case: Mapping[str, Any]) -> dict[str, str]:
    facts = {OFFICIAL: _yes(case["official"])}
    if not case["official"]:
        facts |= {"row that is pending, or gone": _yes(any(kind in case["doubts"] for kind in (PENDING, UNLISTED)))}
    if rule.of_seat:
        facts |= {"mailbox of an official account": _yes(case["seat_holder"] == SeatHolder.AGENCY)}
    if case["official"]:
        facts |= {"retired": _yes(case["retired"]), SUPERVISOR: short_digest(case["supervisor_id"])}
        facts |= {"agency": short_digest(case["agency_code"])}
        if address_is_the_registrys(case):
            facts["registered address"] = _address(case)
    return facts


def _address(case: Mapping[str, Any]) -> str:
    return short_digest(str(case["registered_mailbox"] or case["registered_email"]).casefold())


@cache
def _speaks_of(rule: Rule) -> frozenset[str]:
    """The columns of a case that the rule's sentence is made from, and the one it quotes."""
    fields = {name for _, name, _, _ in Formatter().parse(rule.because) if name}
    return frozenset(fields | {rule.quotes})


def _parts(facts: str) -> dict[str, dict[str, str]]:
    parts: dict[str, dict[str, str]] = json.loads(facts) if facts else {}
    return parts


def _kept(parts: Facts) -> str:
    return json.dumps(parts, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _unequal(old: Facts, new: Facts, part: str) -> list[str]:
    one, other = old.get(part, {}), new.get(part, {})
    return [
        name
        for name in one
        if name in other and one[name] != other[name] and not (name in NAMES and not (one[name] and other[name]))
    ]


def _yes(value: object) -> str:
    return "" if value == "" else "yes" if value else "no"
