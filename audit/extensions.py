"""Code of others that audit.toml allows: their connectors, formats and rules beside those of this package.

`take_part` alone changes what there is (CONNECTORS, RULES, FURTHER), and takes back what a configuration before
had allowed: a process has one at a time.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import groupby
from typing import Any, NoReturn

import pandas as pd

from audit.model.settings import Extensions, ThirdParty
from audit.rules import RULES
from audit.rules.conformance import rule_faults
from audit.rules.rule import Rule
from connectors.catalog import CONNECTORS
from connectors.contract import OWN_TABLE, Access, Connector, Expect, KeyedOn, Raw, Record, Source, SourceDown
from connectors.extensions import Offer, Unloadable, brought_in_words, offers, plain_name
from connectors.files import formats, further_endings
from connectors.statement import connector_faults

WANTED: dict[str, Any] = {"connector": Connector, "format": formats.Format, "rule": Rule}
"""What a value of each kind is."""
ORIGINS: dict[tuple[str, str], str] = {}
"""(kind, name) of all that takes part → the package that brought it: "example-audit 1.0"."""
SHUT: dict[str, str] = {}
"""Connector that is allowed and could not be taken → why: a source that names it is not judged, and no more."""

FAILED: dict[str, str] = {}
"""Rule of a package → the kind of error with which it failed when it was asked last: the night tells it."""


def take_part(allow: Sequence[str]) -> Extensions:
    """Load what the allowed packages bring, in the place of what took part before.

    An entry of `allow` is the name of a distribution, or name==version. What cannot be taken is told in `problems`,
    a sentence each, and costs nothing else.
    """
    _take_back()
    if not allow:
        return Extensions()
    by_package = {name: tuple(found) for name, found in groupby(offers(), key=lambda one: one.distribution)}
    parties: list[ThirdParty] = []
    problems: list[str] = []
    for asked in dict.fromkeys(allow):
        name, _, pinned = (part.strip() for part in asked.partition("=="))
        brought = by_package.get(plain_name(name), ())
        if not brought:
            problems.append(
                f"{asked} is allowed, and no package of that name brings anything. Install it, or take it out."
            )
            continue
        if pinned and pinned != brought[0].version:
            problems.append(
                f"{asked} is allowed, and version {brought[0].version} is installed, which was not loaded. Look at what"
                " changed, then name that version."
            )
            SHUT.update({one.name: problems[-1] for one in brought if one.kind == "connector"})
            continue
        taken = [one for one in brought if _taken(one, problems)]
        brings = tuple(f"{one.kind} {one.name}" for one in taken)
        parties.append(ThirdParty(brought[0].distribution, brought[0].version, brings))
    return Extensions(tuple(allow), tuple(parties), tuple(problems))


def not_allowed(allow: Sequence[str]) -> Iterator[str]:
    """What is installed and not loaded, a sentence for each package, with what would load it."""
    names = {plain_name(one.partition("==")[0]) for one in allow}
    for name, found in groupby(offers(), key=lambda one: one.distribution):
        if name not in names:
            brought = tuple(found)
            yield (
                f"{brought[0].package} is installed and not loaded ({brought_in_words(brought)}). If it may run with"
                f' all rights of this program: [extensions] allow = ["{name}=={brought[0].version}"].'
            )


def offered_by(kind: str, name: str) -> str:
    """The packages that are installed and bring something of that name, "" for none. Imports nothing."""
    return ", ".join(one.distribution for one in offers() if (one.kind, one.name) == (kind, name))


def failed_rules() -> Iterator[str]:
    """The rules of packages that failed tonight, a sentence each."""
    for rule_id, fault in sorted(FAILED.items()):
        yield (
            f"the rule {rule_id} of {ORIGINS['rule', rule_id]} failed ({fault}): it was asked of nothing, and its"
            " findings stand as not rechecked. Tell whoever made it."
        )


def origin(kind: str, name: str) -> str:
    """ "third party: example-audit 1.0" for what a package brought; "" for what is ours."""
    package = ORIGINS.get((kind, name), "")
    return f"third party: {package}" if package else ""


def shut_connector(name: str, record: type[Record], options: Mapping[str, Any]) -> Connector[Any]:
    """In the place of a connector of SHUT: one that takes any options and says, when it is read, why it cannot be."""

    def fetch(source: Source) -> NoReturn:
        raise SourceDown(f"{source.name}: {SHUT[name]}")

    def parse(raw: Raw) -> None:
        del raw

    return Connector(
        name=name,
        record=record,
        access=Access.APPROVAL,
        summary="of a package that could not be loaded",
        fetch=fetch,
        parse=parse,
        interface=replace(OWN_TABLE, version="unknown"),
        expect=Expect(),
        options=dict.fromkeys(options, "unknown"),
    )


def _take_back() -> None:
    for kind, name in ORIGINS:
        if kind == "connector":
            del CONNECTORS[name]
        elif kind == "format":
            further_endings(formats.FURTHER.pop(name), wanted=False)
        else:
            RULES[:] = [one for one in RULES if one.rule_id != name]
    ORIGINS.clear()
    SHUT.clear()
    FAILED.clear()


def _taken(offer: Offer, problems: list[str]) -> bool:
    """Load one thing and put it beside ours; where it cannot be, say why."""
    reason = ""
    try:
        value = offer.load()
    except Unloadable as fault:
        reason = f"it could not be imported ({fault})"
    else:
        reason = "; ".join(_faults(offer, value))
    if reason:
        problems.append(f"{offer.package}: the {offer.kind} {offer.name} takes no part: {reason}.")
        if offer.kind == "connector" and offer.name not in CONNECTORS:
            SHUT[offer.name] = problems[-1]
        return False
    if offer.kind == "connector":
        CONNECTORS[offer.name] = value
    elif offer.kind == "format":
        formats.FURTHER[offer.name] = value
        further_endings(value, wanted=True)
    else:
        RULES.append(_guarded(value))
    ORIGINS[offer.kind, offer.name] = offer.package
    return True


def _faults(offer: Offer, value: Any) -> Iterator[str]:
    """Why what was loaded cannot take part."""
    if not isinstance(value, WANTED[offer.kind]):
        yield f"its entry point is no {WANTED[offer.kind].__name__}"
        return
    name = value.rule_id if isinstance(value, Rule) else value.name
    if name != offer.name:
        yield f"it calls itself {name!r}; both must be the same"
    if (offer.kind, name) in ORIGINS:
        yield f"{ORIGINS[offer.kind, name]} brings one of that name"
    elif isinstance(value, Rule):
        yield from rule_faults(value)
    elif isinstance(value, formats.Format):
        yield from formats.format_faults(value)
    else:
        yield from _of_a_connector(value)


def _of_a_connector(value: Connector[Any]) -> Iterator[str]:
    if value.name in CONNECTORS:
        yield "the name is one of ours, which nobody else may take"
    yield from connector_faults(value)
    employees = value.sweep is not None and value.sweep.keyed_on is KeyedOn.EMPLOYEES
    if employees and value.access is not Access.APPROVAL:
        yield "it asks for employees, which code of others may do with an approval alone (Access.APPROVAL)"


def _guarded(rule: Rule) -> Rule:
    """The rule, so that it sees a copy of the cases, and cannot tell of any where it fails: what it said stands."""

    @functools.wraps(rule.holds)
    def holds(cases: pd.DataFrame) -> pd.Series:
        try:
            answers = rule.holds(cases.copy())
            return answers.reindex(cases.index).astype("boolean")
        except Exception as fault:
            FAILED[rule.rule_id] = type(fault).__name__
            return pd.Series(pd.NA, cases.index, dtype="boolean")

    return replace(rule, holds=holds)
