"""`verify`: is the ledger, and are the nights' files, what the program left? SECURITY.md says what that covers."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import Any

from audit import report
from audit.findings.lifecycle import reported_tonight
from audit.ledger import Ledger, nights_beside
from audit.ledger.nights_beside import WrittenNight
from audit.model.finding import DECIDED, Finding
from audit.night.reviews_folder import ARCHIVE

SHOWN = 200
"""Sentences printed; further ones are counted."""
SHORTEST_HEAD = 16
"""Letters of a digest, kept outside, that are enough to know it by."""


def alterations(ledger: Ledger, output: Path, head: str = "") -> list[str]:
    """Everything that is not as the program left it: a sentence each, none where all is whole.

    `head` is a digest that a night printed and somebody kept outside ("" for none). Raises OSError for
    files that are held.
    """
    damage = list(ledger.damage())
    if damage:  # what else differs would only be the damage once more
        return damage
    found = list(ledger.altered())
    nights = [night for folder in nights_beside.folders(output) if (night := nights_beside.written(folder))]
    found += [
        f"the ledger does not belong to the nights beside it: {why}" for one in nights if (why := ledger.fits(one))
    ]
    found += filter(None, [ledger.unexplained_events(nights[-1])] if nights else [])
    altered = {night.folder: list(nights_beside.altered_files(night)) for night in nights}
    found += [sentence for sentences in altered.values() for sentence in sentences]
    try:
        found += _told_otherwise(ledger, [night for night in nights if not altered[night.folder]])
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        found.append(f"the findings cannot be held against the nights’ files ({type(error).__name__}: {error}).")
    found += _archive(output / ARCHIVE)
    if head and not (len(head) >= SHORTEST_HEAD and ledger.chain.holds(head)):
        found.append(f"the chain of events has never ended with {head}: it was made anew, or the digest is misspelt.")
    return found


def alterations_in_words(found: list[str], ledger: Ledger) -> str:
    """What the command prints: each difference on a line, or that there is none."""
    if not found:
        chain = ledger.chain.head()
        if not chain.events:
            return f"{ledger.path}: no night has been judged yet, so there is nothing to verify."
        return (
            f"{ledger.path}: the chain of events is whole ({chain.events:,} events, ending {chain.head}), and findings,"
            " decisions and nights’ files agree with it."
        )
    more = [f"… and {len(found) - SHOWN:,} more."] if len(found) > SHOWN else []
    return "\n".join(f"{ledger.path}: {sentence}" for sentence in [*islice(found, SHOWN), *more])


def _told_otherwise(ledger: Ledger, nights: list[WrittenNight]) -> Iterator[str]:
    """Findings that the ledger shows otherwise than the findings.jsonl of the night that told them last.

    `nights` are those whose files are as they were written, oldest first. Of a finding that was resolved on an earlier
    night the words of people are left to the events: they may have been typed since.
    """
    past = ledger.findings.past()
    by_folder = {night.folder.name: night for night in nights}
    newest = nights[-1] if nights and nights[-1].head else None
    since = ledger.since(newest) if newest is not None else ()
    if newest is not None and not all(run_id.endswith(".purge") for run_id in since):
        newest = None  # a run was cut short since, after its judgement: its night is not written yet
    if newest is not None:
        lines = _lines(newest)
        day = newest.folder.name
        for finding_id, line in lines.items():
            if finding_id in past:
                yield from _differing(past[finding_id].finding, line, day)
            elif not since:
                yield f"finding {finding_id} stands in the night of {day} and not in the ledger."
        for finding_id, one in past.items():
            if reported_tonight(one, date.fromisoformat(day)) and finding_id not in lines:
                yield f"finding {finding_id} stands in the ledger and not in the night of {day}."
    resolved: dict[str, list[Finding]] = {}
    for one in past.values():
        day = one.resolved_on.isoformat() if one.resolved_on else ""
        if day in by_folder and by_folder[day] is not newest:
            resolved.setdefault(day, []).append(one.finding)
    for day, findings in resolved.items():
        lines = _lines(by_folder[day])
        for finding in findings:
            if finding.finding_id in lines:
                yield from _differing(finding, lines[finding.finding_id], day, but=DECIDED)


def _lines(night: WrittenNight) -> dict[str, dict[str, Any]]:
    path = night.folder / "findings.jsonl"
    if "findings.jsonl" not in night.files or not path.exists():
        return {}
    rows = (json.loads(line) for line in path.read_text(encoding="utf-8").split("\n") if line)
    return {row["finding_id"]: row for row in rows}


def _differing(finding: Finding, line: dict[str, Any], day: str, but: tuple[str, ...] = ()) -> Iterator[str]:
    now = report.plain_finding(finding)
    for name in line.keys() & now.keys() - set(but):
        if json.loads(json.dumps(now[name])) != line[name]:
            was, is_now = (_shown(value) for value in (line[name], now[name]))
            yield f"finding {finding.finding_id}: {name} is {is_now} in the ledger; the night of {day} told {was}."


def _shown(value: object) -> str:
    return f"“{value}”" if isinstance(value, str) else "otherwise" if isinstance(value, list) else str(value)


def _archive(folder: Path) -> Iterator[str]:
    """Reviewers' copies that are not what was read: each bears its SHA-256 as its name."""
    for path in sorted(folder.glob("*.xlsx")):
        if sha256(path.read_bytes()).hexdigest() != path.stem:
            yield f"{folder.name}/{path.name} is not the copy that was read: somebody altered it."
