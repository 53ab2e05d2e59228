"""The doors through which platforms' mails are seen: what each can see of a platform, how strongly, why no more. Pure.

A log has the sender that the header names (From), or the envelope's (MAIL FROM), or one of both, nobody knows which.
The table of signals has, beside the addresses that were seen, what is known of their envelopes.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from connectors.mail.signals import Envelope, SignalLine, Signals, packaged, told_of, whole_table
from connectors.platforms import platforms
from connectors.records import SILENT_KINDS, Strength

ORDER = (Strength.NONE, Strength.WEAK, Strength.STRONG)


class SenderHeld(StrEnum):
    """Which sender a log has."""

    HEADER = "the header's"
    ENVELOPE = "the envelope's"
    EITHER = "one of both, it is not known which"


@dataclass(frozen=True, slots=True)
class MailDoor:
    """A kind of mail log, `told` in words. `by_address`: it is asked for whole addresses, one by one, and cannot be
    searched by domain. `subjects`: it has each mail's subject; `proof`: it can have the verdict of DMARC or SPF;
    `doubtful`: nothing shows that its sender is more than what the mail itself says."""

    name: str
    told: str
    connectors: tuple[str, ...]
    holds: SenderHeld
    subjects: bool = True
    by_address: bool = False
    proof: bool = False
    doubtful: bool = False


DOORS = (
    MailDoor(
        "Graph",
        "Exchange Online's message trace, asked through Graph",
        ("graph_trace",),
        SenderHeld.EITHER,
        by_address=True,
    ),
    MailDoor(
        "trace files", "Exchange's message traces as files", ("exchange_trace", "exchange_tracking"), SenderHeld.EITHER
    ),
    MailDoor("Google logs", "Google Workspace's logs", ("google_mail_log",), SenderHeld.HEADER, proof=True),
    MailDoor(
        "envelope logs",
        "logs of mail servers: Postfix, Sendmail, Exim, Barracuda",
        ("postfix_log", "sendmail_log", "exim_log", "barracuda_log"),
        SenderHeld.ENVELOPE,
        subjects=False,
    ),
    MailDoor(
        "gateways",
        "logs of Proofpoint, Mimecast, Cisco, and Defender's EmailEvents",
        ("proofpoint_log", "mimecast_log", "cisco_log", "graph_hunting"),
        SenderHeld.HEADER,
        proof=True,
    ),
    MailDoor(
        "Barracuda's cloud",
        "the message log of Barracuda Email Gateway Defense",
        ("barracuda_cloud",),
        SenderHeld.EITHER,
        doubtful=True,
    ),
)


@dataclass(frozen=True, slots=True)
class Sight:
    """What one door sees of one platform: how strong the evidence of its mails can be (NONE: never seen, or nothing).

    `sure` is False where that depends on what the log has. `why` says on what, and why there is no more, in a few words
    without a full stop; empty where nothing is missing.
    """

    strength: Strength
    sure: bool
    why: str = ""

    @property
    def rank(self) -> tuple[int, bool]:
        """For a comparison: the stronger, the surer."""
        return ORDER.index(self.strength), self.sure


def door_of(connector: str) -> MailDoor | None:
    """The door of a connector; None where it reads no mail."""
    return next((door for door in DOORS if connector in door.connectors), None)


def sight_of(platform: str, door: MailDoor) -> Sight:
    """What a door can see of a platform, by the packaged table."""
    if platform not in told_of():
        return Sight(Strength.NONE, True, why_unseen(platform))
    signals = packaged()
    homes = [line for line in signals.lines if line.platform == platform and not line.subject]
    hidden = [sender for line in homes for sender in line.senders if "*" in sender and door.by_address]
    sights = [_sight(sender, line.envelope, door, signals) for line in homes for sender in _writers(line, door)]
    if not sights and not door.by_address:
        told = "none of its addresses was seen, its domain alone is on the list"
        guessed = [
            _read(f"{line.mailbox or 'somebody'}@{one}", door, signals) for line in homes for one in line.domains
        ]
        best = max(guessed, key=lambda one: one.rank)
        return best if best.strength is Strength.NONE else replace(best, sure=False, why=told)
    best = max(sights, key=lambda one: one.rank, default=Sight(Strength.NONE, True, "no whole address of it was seen"))
    if not hidden:
        return best
    told = f"{', '.join(hidden)} changes with each mail, so nobody can ask for it"
    return replace(best, why=". ".join(filter(None, (best.why if sights else "", told))))


def why_unseen(platform: str) -> str:
    """Why no mail log is searched for a platform."""
    if not platforms()[platform].social:
        return "no social media in the policy's sense: left out on purpose"
    if any(line.platform == platform for line in whole_table().lines):
        return "what it writes also reaches people without an account there"
    return "none of its mails is on the list"


WORDS = {
    (Strength.STRONG, True): "A mail can prove an account.",
    (Strength.STRONG, False): "A mail can prove an account, if the log shows who really sent it.",
    (
        Strength.WEAK,
        True,
    ): "A hint at most: such mails also reach people without an account, or the log has no subjects.",
    (Strength.WEAK, False): "A hint at most, and only if the log shows who really sent it.",
    (Strength.NONE, True): "Nothing: such a log has no mails that can be told to be the platform's.",
}
"""What an analyst reads of a sight; its reasons are for whoever asks `sources --mail-coverage`."""


def sight_in_words(platform: str, doors: Collection[MailDoor]) -> str:
    """What the mail logs that are read can show of a platform, for an analyst; empty where none is read."""
    best = max((sight_of(platform, door) for door in doors), key=lambda one: one.rank, default=None)
    return WORDS[best.strength, best.sure] if best else ""


def _writers(line: SignalLine, door: MailDoor) -> Iterator[str]:
    """The addresses of a line that a door can find, a token in them made up."""
    yield from (one.replace("*", "x") for one in line.senders if not (door.by_address and "*" in one))


def _sight(sender: str, envelope: Envelope, door: MailDoor, signals: Signals) -> Sight:
    """What a door sees of one sender's mails."""
    sight = _read(sender, door, signals)
    if sight.strength is Strength.NONE or door.holds is SenderHeld.HEADER or envelope is Envelope.OWN:
        return sight
    if envelope is Envelope.CHANGES and not door.by_address:
        return sight
    if envelope is Envelope.RELAY and door.holds is SenderHeld.ENVELOPE:
        return Sight(Strength.NONE, True, "its envelopes are a mail service's, which names no platform")
    why = {
        Envelope.RELAY: "its envelopes are a mail service's",
        Envelope.CHANGES: "its envelopes have a token for each recipient",
    }.get(envelope, "what its envelopes have is not known")
    may = "is not" if envelope in (Envelope.RELAY, Envelope.CHANGES) else "may not be"
    found = "" if door.holds is SenderHeld.ENVELOPE else f", so it {may} found where the log has the envelope's sender"
    return replace(sight, sure=False, why="; ".join(filter(None, (why + found, sight.why))))


def _read(sender: str, door: MailDoor, signals: Signals) -> Sight:
    """The most that a mail proves once it is found."""
    lines = [line for line in signals.reachable(sender) if line.tells()]
    if not lines or (not door.subjects and (blind := signals.read(sender, "")) and blind.kind in SILENT_KINDS):
        return Sight(Strength.NONE, True, "such mails also reach people without an account")
    if not door.subjects or door.doubtful:
        return Sight(Strength.WEAK, True, "nothing in the log shows who really sent a mail" if door.doubtful else "")
    proving = [line for line in lines if line.strength is Strength.STRONG and not line.third_party]
    if any(line.subject for line in proving):
        return Sight(Strength.STRONG, True)
    if not proving:
        return Sight(Strength.WEAK, True, "what it writes can also reach people without an account")
    if door.proof:
        return Sight(Strength.STRONG, False, "only where the log says that DMARC or SPF passed")
    return Sight(Strength.WEAK, True, "its subjects prove nothing by themselves, and the log cannot prove the sender")
