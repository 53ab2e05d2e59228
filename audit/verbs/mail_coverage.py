"""`sources --mail-coverage`: what each kind of mail log can see of each platform, how strongly, why no more. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from string import ascii_lowercase, ascii_uppercase

from connectors.mail.doors import DOORS, MailDoor, Sight, sight_of, why_unseen
from connectors.mail.signals import packaged, told_of
from connectors.platforms import Platform, platforms
from connectors.records import Strength

MARKS = {Strength.STRONG: "strong", Strength.WEAK: "weak", Strength.NONE: "-"}
INTRODUCTION = """\
What mail logs can show of each platform
  strong  a mail of it can prove that the mailbox has an account there
  weak    a hint at most: such mails can also reach people without an account, or the log has no subjects
  -       nothing
  ?       it depends on what the log has; the letters say on what, below the table
"""


@dataclass(frozen=True, slots=True)
class MailCoverage:
    """What mail logs can show of one platform: a sight for each door. `senders` are the addresses that were seen."""

    platform: Platform
    senders: tuple[tuple[str, str], ...]
    sights: tuple[tuple[MailDoor, Sight], ...]


def mail_coverage(connector: str = "") -> list[MailCoverage]:
    """Every platform with what each door, or that of one connector, sees of it, in the order of the catalogue; empty
    for a connector that reads no mail."""
    doors = [door for door in DOORS if not connector or connector in door.connectors]
    if not doors:
        return []
    return [
        MailCoverage(
            platform,
            tuple(
                (sender, line.envelope.value) for sender, line in packaged().senders.items() if line.platform == name
            ),
            tuple((door, sight_of(name, door)) for door in doors),
        )
        for name, platform in platforms().items()
    ]


def as_rows(covered: Sequence[MailCoverage]) -> list[dict[str, object]]:
    """For machines: one object a platform; `envelope` is "" where it is not known."""
    return [
        {
            "platform": one.platform.id,
            "name": one.platform.name,
            "medium": one.platform.medium,
            "social": one.platform.social,
            "sees": {
                door.name: {"strength": sight.strength.value, "sure": sight.sure, "why": sight.why}
                for door, sight in one.sights
            },
            "senders": [{"address": sender, "envelope": envelope} for sender, envelope in one.senders],
        }
        for one in covered
    ]


def as_text(covered: Sequence[MailCoverage]) -> str:
    """A line a platform, with letters for what limits a door; then these, who is not looked for and why, the sums."""
    doors = [door for door, _ in covered[0].sights]
    seen = [one for one in covered if one.platform.id in told_of()]
    reasons = list(dict.fromkeys(sight.why for one in seen for _, sight in one.sights if sight.why))
    letters = dict(zip(reasons, ascii_lowercase + ascii_uppercase, strict=False))
    width = max(len(one.platform.name) for one in seen) + 2
    told = [f"  {door.name}: {door.told} ({', '.join(door.connectors)}). {_told(door)}" for door in doors]
    heading = f"{'':{width}}{''.join(f'{door.name:15}' for door in doors)}".rstrip()
    lines = [_line(one, width, letters) for one in seen]
    notes = [f"  {letter}  {why}" for why, letter in letters.items()]
    return "\n".join([INTRODUCTION, *told, "", heading, *lines, "", *notes, "", *_unseen(covered), "", *_sums(covered)])


def _told(door: MailDoor) -> str:
    asked = f"It is asked for {len(packaged().asked())} whole addresses, one by one. " if door.by_address else ""
    return f"{asked}The sender it has is {door.holds}{'' if door.subjects else '; no subjects'}."


def _line(one: MailCoverage, width: int, letters: Mapping[str, str]) -> str:
    marks = (
        f"{MARKS[sight.strength]}{'' if sight.sure else '?'} {letters.get(sight.why, '')}" for _, sight in one.sights
    )
    return f"{one.platform.name:{width}}{''.join(f'{mark:15}' for mark in marks)}".rstrip()


def _unseen(covered: Sequence[MailCoverage]) -> Iterator[str]:
    """The platforms that no log is searched for, by the reason."""
    reasons: dict[str, list[str]] = {}
    for one in covered:
        if one.platform.id not in told_of():
            reasons.setdefault(why_unseen(one.platform.id), []).append(one.platform.name)
    for why, names in reasons.items():
        yield f"Not looked for, {why} ({len(names)}): {', '.join(names)}"


def _sums(covered: Sequence[MailCoverage]) -> Iterator[str]:
    for at, (door, _) in enumerate(covered[0].sights):
        sights = [one.sights[at][1] for one in covered]
        seen = [sight for sight in sights if sight.strength is not Strength.NONE]
        strong = [sight for sight in seen if sight.strength is Strength.STRONG]
        sure = sum(sight.sure for sight in strong)
        told = f"strong {len(strong)}, of them {sure} whatever the log has"
        yield f"{door.name}: {len(seen)} of {len(covered)} platforms; {told}"
