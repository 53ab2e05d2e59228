"""`verify`: is the ledger, and are the nights' files, what the program left? SECURITY.md says what that covers."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Any

from audit import report
from audit.findings.lifecycle import reported_tonight
from audit.ledger import Ledger, nights_beside
from audit.ledger.chain import PURGED, RESTORED, StoredEvent
from audit.ledger.nights_beside import ARCHIVE, RUN_JSON, WrittenNight, sha256
from audit.model.finding import DECIDED, Finding, Past
from audit.model.policy import Policy
from audit.night.anchor import RESTORE, AnchoredHead, anchored
from audit.night.reviews_folder import archived_copies
from audit.verbs import judged_again
from audit.verbs.judged_again import told_lines

SHOWN = 200
"""Sentences printed; further ones are counted."""
LISTED = 5
"""Files in nights' folders that no night wrote, which are named; further ones are counted."""
SHORTEST_HEAD = 16
"""Letters of a digest, kept outside, that are enough to know it by."""
MAY_CHANGE = (*DECIDED, "agency_code", "employee_id")
"""What changes of a finding after it was resolved: words may be typed about it, which are left to the events, and it
moves to another agency with its person, and gets the id that HR gives that person anew; the name stays. A mailbox may
get the domain that is the mail system's first by then."""


@dataclass(frozen=True, slots=True)
class Verified:
    """What is not as the program left it, and what could not be looked at: a sentence each."""

    altered: tuple[str, ...]
    unseen: tuple[str, ...]


def verify(ledger: Ledger, output: Path, policy: Policy, head: str = "", anchor: Path | None = None) -> Verified:
    """Hold the ledger against itself, the nights and copies beside it, and the heads that were kept outside.

    `head` is a digest that a night printed and somebody kept ("" for none), `anchor` the file of [anchor]; verdicts of
    nights that were judged under this `policy`, by this program, are made again. Raises OSError for files that are
    held.
    """
    damage = tuple(ledger.damage())
    if damage:  # what else differs would only be the damage once more
        return Verified(damage, ())
    unseen: list[str] = []
    altered = [*ledger.altered(), *_nights(ledger, output, policy, unseen), *_copies(ledger, output, unseen)]
    if head and not (len(head) >= SHORTEST_HEAD and ledger.chain.holds(head)):
        altered.append(f"the chain of events has never ended with {head}: it was made anew, or the digest is misspelt.")
    if anchor is not None:
        altered += _anchor(ledger, anchor, unseen)
    begun = ledger.chain.begun_since()
    if begun:
        unseen.append(
            f"what sources gave: no seal covers it before the next night, since {', '.join(begun)} was cut short."
        )
    return Verified(tuple(altered), tuple(unseen))


def verified_in_words(found: Verified, ledger: Ledger) -> str:
    """What the command prints: each difference on a line, or that there is none; then what was not looked at."""
    unseen = [f"not checked: {sentence}" for sentence in found.unseen]
    chain = ledger.chain.head()
    if found.altered:
        more = [f"… and {len(found.altered) - SHOWN:,} more."] if len(found.altered) > SHOWN else []
        lines = [*islice(found.altered, SHOWN), *more, *unseen]
    elif not chain.events:
        lines = ["no night has been judged yet, so there is nothing to verify."]
    else:
        whole = (
            f"the chain of events is whole ({chain.events:,} events, ending {chain.head}), and findings, decisions and"
            " nights’ files agree with it."
        )
        lines = [whole, *unseen]
    return "\n".join(f"{ledger.path}: {line}" for line in lines)


def _nights(ledger: Ledger, output: Path, policy: Policy, unseen: list[str]) -> Iterator[str]:
    """In what the nights' folders differ from what the ledger says of them."""
    folders = nights_beside.folders(output)
    written = {folder: nights_beside.written(folder) for folder in folders}
    nights = [night for night in written.values() if night]
    yield from filter(None, (ledger.unread_night(folder) for folder, night in written.items() if not night))
    yield from (
        f"the ledger does not belong to the nights beside it: {why}" for one in nights if (why := ledger.fits(one))
    )
    sound = []
    published = ledger.chain.published()
    for night in nights:
        faults = list(nights_beside.altered_files(night))
        said = published.get(night.run_id)
        if said and said["run_json"] != night.digest:
            faults.append(f"{night.folder.name}/{RUN_JSON} is not what the night wrote: somebody altered it.")
        sound += [] if faults else [night]
        yield from faults
    away = sorted({*ledger.nights()} - {folder.name for folder in folders})
    if away:
        unseen.append(f"nights whose folders are not here: {len(away):,}, from {away[0]} to {away[-1]}.")
    beside = [name for night in nights for name in nights_beside.files_beside(night)]
    if beside:
        more = f" and {len(beside) - LISTED:,} more" if len(beside) > LISTED else ""
        unseen.append(
            f"files that no night wrote, and that stand in nights’ folders: {', '.join(beside[:LISTED])}{more}."
            " Whoever put them there answers for what they say: send none of them to anybody."
        )
    if nights:
        yield from filter(None, [ledger.unexplained_events(nights[-1])])
        unseen += _vouched_for_by_nobody(nights[-1], ledger.since(nights[-1]))
    try:
        yield from _told_otherwise(ledger, sound)
        yield from judged_again.judged_otherwise(sound, policy, unseen)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        yield f"the findings cannot be held against the nights’ files ({type(error).__name__}: {error})."


def _told_otherwise(ledger: Ledger, nights: list[WrittenNight]) -> Iterator[str]:
    """Findings that the ledger shows otherwise than the findings.jsonl of the night that told them last.

    `nights` are those whose files are as they were written, oldest first.
    """
    past = ledger.findings.past()
    newest = nights[-1] if nights and nights[-1].head else None
    since = ledger.since(newest) if newest is not None else ()
    if newest is not None and {one.content.get("kind") for one in since} <= {PURGED, RESTORED}:
        yield from _newest_otherwise(past, newest, max((one.content.get("before", "") for one in since), default=""))
    else:
        newest = None  # a run was cut short since, after its judgement: its night is not written yet
    by_day = {night.folder.name: night for night in nights if night is not newest}
    resolved: dict[str, list[Finding]] = {}
    for one in past.values():
        day = one.resolved_on.isoformat() if one.resolved_on else ""
        if day in by_day:
            resolved.setdefault(day, []).append(one.finding)
    for day, findings in resolved.items():
        lines = told_lines(by_day[day])
        for finding in findings:
            if finding.finding_id in lines:
                yield from _differing(finding, lines[finding.finding_id], day, but=MAY_CHANGE)


def _newest_otherwise(past: Mapping[str, Past], newest: WrittenNight, limit: str) -> Iterator[str]:
    """In what the ledger differs from the newest night; what was last seen before `limit`, a purge may have removed."""
    lines, day = told_lines(newest), newest.folder.name
    for finding_id, line in lines.items():
        if finding_id in past:
            yield from _differing(past[finding_id].finding, line, day)
        elif line["last_seen"] >= limit:
            yield f"finding {finding_id} stands in the night of {day} and not in the ledger."
    for finding_id, one in past.items():
        if reported_tonight(one, date.fromisoformat(day)) and finding_id not in lines:
            yield f"finding {finding_id} stands in the ledger and not in the night of {day}."


def _vouched_for_by_nobody(newest: WrittenNight, since: Sequence[StoredEvent]) -> Iterator[str]:
    """What the ledger alone says, since no night has been written behind it."""
    by_run: dict[str, list[StoredEvent]] = {}
    for one in since:
        by_run.setdefault(one.run_id, []).append(one)
    for run_id, events in by_run.items():
        kinds = {str(one.content.get("kind")): one.content for one in events}
        if PURGED in kinds:
            what = f"what was resolved or last seen before {kinds[PURGED].get('before')} was removed"
        elif RESTORED in kinds:
            what = (
                f"the ledger was put back, without the nights {', '.join(kinds[RESTORED].get('nights', ())) or 'none'}"
            )
        else:
            what = "a run that was cut short"
        yield f"{run_id}, after the night of {newest.folder.name}: {what}. No night vouches for that yet."


def _anchor(ledger: Ledger, path: Path, unseen: list[str]) -> Iterator[str]:
    """In what the chain differs from the heads that were kept in a file outside."""
    try:
        lines = list(anchored(path))
    except OSError as error:
        yield f"{path}, the file of [anchor], cannot be read ({error.strerror}): nothing outside vouches for anything."
        return
    except ValueError as fault:
        yield str(fault)
        return
    standing: list[AnchoredHead] = []
    for line in lines:
        if line.what == RESTORE:
            lost = [one for one in standing if one.chain.events >= line.chain.events]
            standing = standing[: len(standing) - len(lost)]
            if lost:
                unseen.append(f"heads of {path} behind the ledger that was put back at {line.at}: {len(lost):,}.")
        standing.append(line)
    for line in standing:
        if ledger.chain.digest_at(line.chain.events) != line.chain.head:
            yield (
                f"{path}: at {line.at} the chain had {line.chain.events:,} events, ending {line.chain.head}; the"
                " ledger’s had not: it was cut off, or made anew."
            )
    behind = ledger.chain.head().events - (standing[-1].chain.events if standing else 0)
    if behind:
        unseen.append(f"events behind the last line of {path}: {behind:,}. Nothing outside vouches for them yet.")


def _differing(finding: Finding, line: dict[str, Any], day: str, but: tuple[str, ...] = ()) -> Iterator[str]:
    now = report.plain_finding(finding)
    if but and "@" in finding.mailbox and finding.mailbox.partition("@")[0] == line["mailbox"].partition("@")[0]:
        but = (*but, "mailbox")
    for name in line.keys() & now.keys() - set(but):
        if json.loads(json.dumps(now[name])) != line[name]:
            was, is_now = (_shown(value) for value in (line[name], now[name]))
            yield f"finding {finding.finding_id}: {name} is {is_now} in the ledger; the night of {day} told {was}."


def _shown(value: object) -> str:
    return f"“{value}”" if isinstance(value, str) else "otherwise" if isinstance(value, list) else str(value)


def _copies(ledger: Ledger, output: Path, unseen: list[str]) -> Iterator[str]:
    """Reviewers' copies that are not what was read (each bears its SHA-256 as its name), and decisions of a run that
    no night vouches for whose copy is not there."""
    archived = archived_copies(output)
    for path in archived:
        if sha256(path) != path.stem:
            yield f"{ARCHIVE}/{path.name} is not the copy that was read: somebody altered it."
    there = {path.stem for path in archived}
    gone = ledger.reviews.digests() - there
    if gone:
        unseen.append(f"reviewers’ copies that were read and are not in “{ARCHIVE}”: {len(gone):,}.")
    nights = [night for each in nights_beside.folders(output) if (night := nights_beside.written(each))]
    for one in ledger.since(nights[-1]) if nights else ():
        digest = one.content.get("file_sha256", "")
        if digest and digest not in there:
            yield f"event {one.event_id}: a decision that no night has told rests on a copy that is not there."
