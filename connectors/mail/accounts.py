"""From what a mail scan found for one mailbox and platform to an account: the `parse` of every mail connector. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from hashlib import sha256

from connectors.contract import BadRow, Raw
from connectors.records import Account, Evidence, MailSignal, Strength

NO_LETTERS = re.compile(r"[\s<>,:]")
"""What no mailbox has outside quotation marks: a name or a scheme stands beside the address."""
KIND_WORDS = {"invitation_nonmember": "invitation", "password_reset": "password reset"}


def parse(raw: Raw) -> Account:
    """A mailbox and platform as an account that the mailbox is registered with, as far as its mails prove it. Pure."""
    mailbox, platform = raw.values["mailbox"], raw.values["platform"]
    bare = mailbox if mailbox.startswith('"') else NO_LETTERS.sub("@@", mailbox)
    if bare.count("@") != 1 or mailbox.startswith("@") or mailbox.endswith("@"):
        raise BadRow(f"{mailbox!r} is no mail address; correct it in the export")
    now = raw.observed_at or datetime.fromtimestamp(0, UTC)
    found = tuple(_signal(now, *one) for one in raw.values["signals"])
    return Account(
        platform=platform,
        registered_email=mailbox,
        registration=_strongest(found),
        provenance=raw.provenance,
        evidence=tuple(_evidence(one, raw) for one in found),
        signals=found,
    )


def messages(count: int) -> str:
    """A count of messages in words: "1 message", "2,041 messages"."""
    return f"{count:,} message{'' if count == 1 else 's'}"


def _signal(
    now: datetime,
    kind: str,
    strength: str,
    third_party: bool,
    count: int,
    days: int,
    first: datetime | None,
    last: datetime | None,
    hashes: Sequence[str],
) -> MailSignal:
    """One row of the scan; its times are UTC without saying so. `now` stands in where the log has no dates."""
    return MailSignal(
        kind=kind,
        strength=Strength(strength),
        third_party=third_party,
        count=count,
        days=days,
        first_at=first.replace(tzinfo=UTC) if first else now,
        last_at=last.replace(tzinfo=UTC) if last else now,
        messages=tuple(hashes),
    )


def _strongest(found: Sequence[MailSignal]) -> Strength:
    """What all the mails together prove at best. audit/cases judges; a connector only says what it saw."""
    if any(one.strength is Strength.STRONG and not one.third_party for one in found):
        return Strength.STRONG
    return Strength.WEAK if any(one.strength is not Strength.NONE for one in found) else Strength.NONE


def _evidence(one: MailSignal, raw: Raw) -> Evidence:
    first, last = one.first_at.date(), one.last_at.date()
    when = f"on {first}" if first == last else f"between {first} and {last}"
    detail = f"{messages(one.count)} {when}" if one.days else f"{messages(one.count)}; the log has no dates"
    kind = KIND_WORDS.get(one.kind, one.kind)
    digest = sha256("".join(one.messages).encode()).hexdigest()
    return Evidence(raw.source, f"mail: {kind}", detail, one.last_at, digest, one.strength)
