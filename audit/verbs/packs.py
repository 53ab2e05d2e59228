"""`identity-audit policies`: which policy packs there are and what each asks; one's own examined. Prints nothing."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from audit.config import load_policy
from audit.model.policy import Barred, Clause, Policy
from audit.model.settings import ConfigError
from audit.report.barred import faults_of
from audit.report.rules_sheet import judged_by_none
from audit.rules import RULES


def in_words(name: str, policy: Policy) -> Iterator[str]:
    """A pack in lines: what it is, what its clauses ask by which switch, and which rules that leaves."""
    yield f"{name}  {policy.name}"
    since = policy.effective.isoformat() if policy.effective else "not known"
    yield f"  version: {policy.version or 'not known'}; in force since: {since}"
    yield f"  source: {policy.source}"
    if policy.applies_to:
        yield f"  applies to: {policy.applies_to}"
    if policy.seen:
        yield f"  seen of it: {policy.seen}"
    if not policy.switched:
        yield "  no clause says by `says` what it asks: its letters are read as those of the pack maine"
    for clause in policy.clauses:
        yield f"  clause {clause.letter}: {_said(clause)}"
    yield f"  exceptions: {policy.exceptions}"
    bases = {rule.rule_id: rule.basis(policy) for rule in RULES}
    yield f"  asked: {', '.join(rule_id for rule_id, one in bases.items() if not one.not_asked)}"
    for rule_id, one in bases.items():
        if one.not_asked:
            yield f"  not asked: {rule_id}, because {one.not_asked}"
    for told in judged_by_none(policy):
        yield f"  {told}"


def as_row(name: str, policy: Policy) -> dict[str, Any]:
    """The same for machines."""
    bases = {rule.rule_id: rule.basis(policy) for rule in RULES}
    return {
        "pack": name,
        "name": policy.name,
        "version": policy.version,
        "effective": policy.effective and policy.effective.isoformat(),
        "source": policy.source,
        "applies_to": policy.applies_to,
        "seen": policy.seen,
        "clauses": {
            clause.letter: {"in_scope": clause.in_scope, "says": clause.says.given} for clause in policy.clauses
        },
        "exceptions": policy.exceptions,
        "asked": [rule_id for rule_id, one in bases.items() if not one.not_asked],
        "not_asked": {rule_id: one.not_asked for rule_id, one in bases.items() if one.not_asked},
    }


def checked(path: Path) -> str:
    """What a sound pack says, in lines; of a list of sentences (.csv, .txt) that none of them is barred.

    Raises ConfigError with every fault, a line each: file, key or line, what to do.
    """
    if path.suffix in (".csv", ".txt"):
        return _sentences_checked(path)
    if not path.name.endswith(".toml"):
        raise ConfigError(
            f"{path}: a policy pack is a file that ends in .toml, a list of sentences one in .csv (column text) or"
            " .txt. Give its path, or rename it."
        )
    policy = load_policy(path.name, path.parent, path)
    return "\n".join((*in_words(str(path), policy), f"{path}: no fault found."))


def _sentences_checked(path: Path) -> str:
    """The sentences of a list, held to what no pack may say to an employee, and to a column `label` (bad, good)."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: cannot be read as UTF-8 text ({error}).") from None
    rows = [{"text": line} for line in text.splitlines() if line.strip()]
    if path.suffix == ".csv":
        rows = [row for row in csv.DictReader(io.StringIO(text)) if row.get("text")]
    if not rows:
        raise ConfigError(f"{path}: holds no sentence. A .csv has them in its column text, a .txt one a line.")
    found = {number: faults_of(row["text"], Barred()) for number, row in enumerate(rows, start=1)}
    lines = [f"{path}, sentence {number}: {fault}" for number, faults in found.items() for fault in faults]
    lines += [
        f"{path}, sentence {number}: labelled {row['label']}, and {'no' if not found[number] else 'a'} fault was found:"
        f" “{row['text']}”"
        for number, row in enumerate(rows, start=1)
        if row.get("label") in ("bad", "good") and (row["label"] == "bad") != bool(found[number])
    ]
    caught = sum(bool(faults) for faults in found.values())
    last = f"{path}: {caught:,} of {len(rows):,} sentences may not stand as they stand."
    if caught:
        raise ConfigError("\n".join([*lines, last]))
    return "\n".join([*lines, last])


def _said(clause: Clause) -> str:
    if not clause.in_scope:
        return "out of scope"
    return ", ".join(f"{switch} = {stance}" for switch, stance in clause.says.given.items()) or "asks nothing"
