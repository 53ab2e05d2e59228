"""Mails and sign-ins become registrations: what they are worth, whom they spare, and how nights add up. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date

from audit.cases.mail_evidence import FINDING, NOTHING, Bombing, bombed, proof_of
from audit.cases.tie import Sighting
from audit.model.night import Problem
from audit.model.thresholds import MailSettings
from audit.people.addresses import MailSystem, state_mailbox
from audit.people.directory import Directory
from audit.people.identity import identity_of
from connectors.platforms import SEATS, platforms
from connectors.records import (
    FIRST_SIGN_IN,
    MESSAGES_KEPT,
    SIGN_IN,
    Account,
    Evidence,
    MailSignal,
    OfficialAccount,
    Strength,
)

Place = tuple[str, str]
"""A platform and a state mailbox."""

BREACHED = "breach list"
"""The kind of evidence that an address stands in a platform's breached data."""


def weighed(
    sightings: Iterable[Sighting],
    directory: Directory,
    official: Sequence[OfficialAccount],
    as_of: date,
    settings: MailSettings,
) -> tuple[list[Sighting], list[Problem]]:
    """The sightings, those from mail with the strength and the words of their mails; worthless ones left out. Sign-ins
    are said in their own words, and are weak once they are as old as mails that count no more.

    Left out are mailboxes to which a platform only sent invitations and advertisements, and those of a supervisor,
    or of the account itself, on a platform where the registry has an official account of theirs. A burst of
    registrations is left out, too, and noted as a problem of its mailbox. What only a breach list says stands in the
    list's own words, where nothing else is known of that mailbox there and the mailbox is somebody's in the directory.
    Sign-ins of those whom such mails spare are left out as well: somebody has to sign in to an official account.
    Whoever holds a seat for work is spared on its platform as well; what is about another mailbox of theirs, or a
    platform that comes with the seat, is marked as `spared`. Other sightings pass unchanged.
    """
    system, sightings = directory.system, list(sightings)
    spared = _spared(directory, official, system)
    seats, beside = _seats(sightings, directory)
    spared |= seats
    kept: list[Sighting] = []
    notes: list[Problem] = []
    by_mailbox: dict[str, list[Sighting]] = defaultdict(list)
    breached: dict[tuple[str, str], Sighting] = {}
    for sighting in sightings:
        account = sighting.account
        if account.signals:
            by_mailbox[state_mailbox(account.registered_email, system)].append(sighting)
        elif not sighting.work and _pieces(account, SIGN_IN):
            place = (account.platform, state_mailbox(account.registered_email, system))
            if place not in spared:
                kept.append(replace(_signed_in(sighting, as_of, settings), spared=place in beside))
        elif _only_breached(account):
            breached[account.platform, state_mailbox(account.registered_email, system)] = sighting
        else:
            kept.append(sighting)
    for mailbox, received in by_mailbox.items():
        burst = bombed([sighting.account for sighting in received], settings)
        if burst is not None:
            notes.append(Problem(received[0].source, mailbox, burst.note()))
        for sighting in received:
            place = (sighting.account.platform, mailbox)
            if place not in spared:
                kept += _weighed(replace(sighting, spared=place in beside), burst, as_of, settings)
    known = {(one.account.platform, state_mailbox(one.account.registered_email, system)) for one in kept}
    kept += [
        _quoted(replace(one, spared=place in beside))
        for place, one in breached.items()
        if place not in known | spared and place[1] in directory.owners
    ]
    return kept, notes


def _only_breached(account: Account) -> bool:
    """Whether nothing but a breach list says that there is such an account at all."""
    return not identity_of(account) and any(piece.kind == BREACHED for piece in account.evidence)


def _quoted(sighting: Sighting) -> Sighting:
    """The sighting with the breach list's own words, in place of "is said to be registered"."""
    return replace(sighting, words=_sentences(sighting.account, BREACHED))


def _pieces(account: Account, kind: str) -> list[Evidence]:
    return [piece for piece in account.evidence if piece.kind == kind]


def _sentences(account: Account, kind: str) -> str:
    return " ".join(f"{piece.detail}." for piece in _pieces(account, kind))


def _signed_in(sighting: Sighting, as_of: date, settings: MailSettings) -> Sighting:
    """The sighting in the words of its sign-ins; weak where the last of them is long ago."""
    account, words = sighting.account, _sentences(sighting.account, SIGN_IN)
    last = max((one.observed_at.date() for one in _pieces(account, SIGN_IN) if one.observed_at), default=as_of)
    if as_of - last <= settings.stale_after:
        return replace(sighting, words=words)
    words += f" That was more than {_months(settings)} months ago, so the account may be gone."
    return replace(sighting, account=replace(account, registration=Strength.WEAK), words=words)


def _months(settings: MailSettings) -> int:
    return round(settings.stale_after.days / 30.4)


def _weighed(sighting: Sighting, burst: Bombing | None, as_of: date, settings: MailSettings) -> list[Sighting]:
    account = sighting.account
    name = platforms()[account.platform].name
    verdict = proof_of(account.signals, as_of, settings, platform=name, bombing=burst)
    if verdict.strength == NOTHING:
        return []
    strong = verdict.strength == FINDING and not verdict.stale
    words = verdict.because
    if verdict.stale:
        words += f" The last of them came more than {_months(settings)} months ago, so the account may be gone."
    registration = Strength.STRONG if strong else Strength.WEAK
    return [replace(sighting, account=replace(account, registration=registration), words=words)]


def _spared(directory: Directory, official: Sequence[OfficialAccount], system: MailSystem) -> frozenset[Place]:
    """(platform, mailbox) pairs that may get a platform's mails for the sake of an active official account."""
    active = [entry for entry in official if entry.live]
    supervised: dict[str, set[str]] = defaultdict(set)
    for entry in active:
        for one in (entry.supervisor_employee_id, *entry.contacts):
            supervised[one].add(entry.platform)
    pairs = {
        (platform, mailbox)
        for mailbox, owners in directory.owners.items()
        for owner in owners
        for platform in supervised.get(owner, ())
    }
    own = {
        (entry.platform, state_mailbox(address, system))
        for entry in active
        for address in (entry.registered_email, *(one for one in entry.contacts if "@" in one))
    }
    return frozenset(pairs | own)


def _seats(sightings: Sequence[Sighting], directory: Directory) -> tuple[frozenset[Place], frozenset[Place]]:
    """The (platform, mailbox) pairs of the seats for work, and those that come with them: the holder's other mailboxes,
    and other platforms that write to whoever has such a seat (SEATS)."""
    seats = {
        (one.account.platform, state_mailbox(one.account.registered_email, directory.system))
        for one in sightings
        if one.work and not one.account.signals
    } - {(one.account.platform, "") for one in sightings}
    if not seats:
        return frozenset(), frozenset()
    owners = directory.owners
    holders = {owners[mailbox][0] for _, mailbox in seats if len(owners.get(mailbox, ())) == 1}
    theirs: dict[str, set[str]] = defaultdict(set)
    for mailbox, ids in owners.items():
        for one in holders.intersection(ids):
            theirs[one].add(mailbox)
    beside = {
        (name, other)
        for platform, mailbox in seats
        for name in (platform, *SEATS.get(platform, ()))
        for other in (mailbox, *(theirs[owners[mailbox][0]] if len(owners.get(mailbox, ())) == 1 else ()))
    }
    return frozenset(seats), frozenset(beside - seats)


def added_up(before: Iterable[Account], tonight: Iterable[Account]) -> list[Account]:
    """What logs of all nights say: what was known, with tonight's added, by mailbox and platform.

    A log shows a window of days. That a mail or a sign-in has left the window does not mean that the account is gone,
    so nothing is taken away.
    """
    known = {(account.platform, account.registered_email): account for account in before}
    for account in tonight:
        key = (account.platform, account.registered_email)
        earlier = known.get(key)
        known[key] = account if earlier is None else _joined(earlier, account)
    return [known[key] for key in sorted(known)]


def _joined(earlier: Account, later: Account) -> Account:
    if _pieces(later, SIGN_IN):
        return _joined_sign_ins(earlier, later)
    signals = {_name(signal): signal for signal in earlier.signals}
    for signal in later.signals:
        seen = signals.get(_name(signal))
        signals[_name(signal)] = signal if seen is None else _summed(seen, signal)
    fresh = {piece.kind for piece in later.evidence}
    evidence = (*(piece for piece in earlier.evidence if piece.kind not in fresh), *later.evidence)
    return replace(later, signals=tuple(signals[name] for name in sorted(signals)), evidence=evidence)


def _joined_sign_ins(earlier: Account, later: Account) -> Account:
    """The sign-ins that prove most, of these the latest, with the first of all that are known: one that has left the
    window has been all the same."""
    both = (earlier, later)
    strong = [one for one in both if one.registration is Strength.STRONG]
    kept = max(strong or both, key=_last_seen)
    firsts = [piece for one in both for piece in _pieces(one, FIRST_SIGN_IN) if piece.observed_at]
    rest = [piece for piece in kept.evidence if piece.kind != FIRST_SIGN_IN]
    first = sorted(firsts, key=lambda piece: piece.observed_at.timestamp() if piece.observed_at else 0.0)[:1]
    return replace(kept, evidence=(*rest, *first))


def _last_seen(account: Account) -> float:
    observed = account.provenance.observed_at
    return observed.timestamp() if observed else 0.0


def _name(signal: MailSignal) -> tuple[str, str, bool]:
    return signal.kind, str(signal.strength), signal.third_party


def _all_in(known: MailSignal, more: MailSignal) -> bool:
    """Whether all messages are at hand, and all of them are among those of another window."""
    return 0 < known.count == len(known.messages) and set(known.messages) <= set(more.messages)


def _summed(one: MailSignal, other: MailSignal) -> MailSignal:
    """Two windows of one kind of mail. Overlapping ones are told apart by message while all hashes are at hand; after
    that the larger count stands, which may be too low and is never too high. Logs write the time of one message
    differently (to the second, where it arrived, in another zone): one whose messages are all in the other brings
    nothing, no second day either. Where one has no dates, the other's hold, and nobody knows whether they overlap."""
    for known, more in ((other, one), (one, other)):
        if _all_in(known, more) and (more.days or not known.days):
            return more
    messages = tuple(dict.fromkeys((*one.messages, *other.messages)))
    both = bool(one.days and other.days) and len(messages) == len(one.messages) + len(other.messages)
    apart = both and (one.last_at < other.first_at or other.last_at < one.first_at)
    dated = [signal for signal in (one, other) if signal.days] or [one]
    if apart:
        count, days = one.count + other.count, one.days + other.days
    elif one.count == len(one.messages) and other.count == len(other.messages):
        count, days = len(messages), max(one.days, other.days)
    else:
        count, days = max(one.count, other.count), max(one.days, other.days)
    return replace(
        one,
        count=count,
        days=days,
        first_at=min(signal.first_at for signal in dated),
        last_at=max(signal.last_at for signal in dated),
        messages=messages[:MESSAGES_KEPT],
    )
