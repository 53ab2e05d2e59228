"""What platforms' mails to a state mailbox prove: a finding, a lead, or nothing. Pure; for E-1 and E-2 (clause E).

A finding needs what a stranger cannot have caused: a mail that is only sent where an account exists and that nobody
else can bring about, or mails that are only sent where an account exists on separate days. Anybody can type somebody
else's address into a form, so a lone verification or password reset is a lead; an invitation or an advertisement is
nothing. Mails of which nobody knows when they came are leads at most: the mailbox may have been somebody else's, then.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from audit.model.thresholds import MailSettings
from connectors.records import SILENT_KINDS, Account, MailSignal, Strength

FINDING, LEAD, NOTHING = "finding", "lead", "nothing"
REGISTERING = ("verification", "welcome")
"""Kinds that typing an address into a platform's form brings about."""
WORDS = {
    "security": ("security notice", "security notices"),
    "welcome": ("welcome", "welcomes"),
    "notification": ("notification", "notifications"),
    "digest": ("digest", "digests"),
    "password_reset": ("password reset", "password resets"),
    "verification": ("verification", "verifications"),
    "recovery": ("alert for another account", "alerts for another account"),
    "invitation_nonmember": ("invitation", "invitations"),
    "marketing": ("advertisement", "advertisements"),
}
ASKED_FOR = "Such a mail is only sent where the address has an account, but somebody else may have asked for it."
UNDATED = (
    "Such mails are only sent where the address has an account, but it is not known when they came: whoever has the"
    " mailbox now may not have had it then."
)


@dataclass(frozen=True, slots=True)
class MailVerdict:
    """What the mails of one platform to one mailbox prove. `strength` is "finding", "lead" or "nothing".

    `because` is a plain sentence or two; `stale` says that the mails stopped long ago.
    """

    strength: str
    because: str
    stale: bool


@dataclass(frozen=True, slots=True)
class Bombing:
    """A burst of registrations to one mailbox: when (aware UTC), and at which platforms. Nobody's fault who owns it."""

    first_at: datetime
    last_at: datetime
    platforms: tuple[str, ...]

    def covers(self, signal: MailSignal) -> bool:
        """Whether all the mails of a signal belong to the burst."""
        return signal.days > 0 and self.first_at <= signal.first_at and signal.last_at <= self.last_at

    def note(self) -> str:
        """The burst in words, for the workbook."""
        return (
            f"On {self.first_at.date()} {len(self.platforms)} platforms ({', '.join(self.platforms)}) wrote to this "
            "mailbox about registrations within an hour: somebody has typed the address into many forms, and "
            "these mails are held against nobody."
        )


DEFAULT = MailSettings()


def proof_of(
    signals: Sequence[MailSignal],
    as_of: date,
    settings: MailSettings = DEFAULT,
    *,
    platform: str = "The platform",
    bombing: Bombing | None = None,
) -> MailVerdict:
    """What the signals of one account prove on the day `as_of`; `platform` is its printed name.

    Mails of a `bombing` are left out.
    """
    mine = [one for one in signals if bombing is None or not bombing.covers(one)]
    telling = [one for one in mine if one.kind not in SILENT_KINDS and one.strength is not Strength.NONE]
    strength, reason = _proof(telling)
    told = _told(mine, platform) if mine else f"{platform} wrote to this mailbox in a burst of registrations only."
    left_out = f" {bombing.note()}" if bombing is not None and len(mine) < len(signals) else ""
    return MailVerdict(strength, f"{told} {reason}{left_out}", _stale(telling, as_of, settings))


def bombed(accounts: Iterable[Account], settings: MailSettings = DEFAULT) -> Bombing | None:
    """The largest burst of registrations among the accounts of one mailbox, or None.

    It sees the first and the last registration mail of each platform. Mails between them are not told apart.
    """
    moments = sorted(
        (moment, account.platform)
        for account in accounts
        for one in account.signals
        if one.kind in REGISTERING and one.days
        for moment in {one.first_at, one.last_at}
    )
    largest: Bombing | None = None
    for at, (first, _) in enumerate(moments):
        inside = [(moment, name) for moment, name in moments[at:] if moment - first <= settings.burst_within]
        names = tuple(sorted({name for _, name in inside}))
        if len(names) >= max(settings.burst_platforms, len(largest.platforms) + 1 if largest else 0):
            largest = Bombing(first, inside[-1][0], names)
    return largest


def _proof(telling: Sequence[MailSignal]) -> tuple[str, str]:
    """The strength of the signals, and the reason as a sentence."""
    strong = [one for one in telling if one.strength is Strength.STRONG]
    sure = [one for one in strong if not one.third_party]
    if any(one.days for one in sure):
        return (
            FINDING,
            "Such mails are only sent where the address has an account, and nobody else can bring them about.",
        )
    if _separate_days(strong):
        return (
            FINDING,
            "Such mails are only sent where the address has an account, and they came on separate days.",
        )
    if strong:
        return LEAD, UNDATED if sure else ASKED_FOR
    if telling and all(one.kind == "recovery" for one in telling):
        return LEAD, "The alerts are about another account, which names this mailbox as its recovery address."
    if telling:
        return (
            LEAD,
            "Somebody else can have typed the address into a form: this alone does not show who has an account.",
        )
    return NOTHING, "Such mails also reach people without an account."


def _separate_days(strong: Sequence[MailSignal]) -> bool:
    dated = [one for one in strong if one.days]
    if not dated:
        return False
    return min(one.first_at for one in dated).date() != max(one.last_at for one in dated).date()


def _told(signals: Sequence[MailSignal], platform: str) -> str:
    """ "LinkedIn wrote to this mailbox 41 times between … and …: 2 security notices, 39 digests." """
    counts = {kind: sum(one.count for one in signals if one.kind == kind) for kind in WORDS}
    total = sum(counts.values())
    kinds = ", ".join(f"{count:,} {WORDS[kind][count != 1]}" for kind, count in counts.items() if count)
    times = "once" if total == 1 else f"{total:,} times"
    dated = [one for one in signals if one.days]
    if not dated:
        return f"{platform} wrote to this mailbox {times} (the log has no dates): {kinds}."
    first, last = min(one.first_at for one in dated).date(), max(one.last_at for one in dated).date()
    when = f"on {first}" if first == last else f"between {first} and {last}"
    return f"{platform} wrote to this mailbox {times} {when}: {kinds}."


def _stale(telling: Sequence[MailSignal], as_of: date, settings: MailSettings) -> bool:
    last = max((one.last_at.date() for one in telling if one.days), default=None)
    return last is not None and as_of - last > settings.stale_after
