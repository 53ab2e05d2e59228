"""The only vocabulary that connectors and audit share: people, accounts, evidence. Frozen values, no behaviour."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum


class Status(StrEnum):
    """An employee's standing in the HR directory; UNKNOWN where HR's word is not one of ours."""

    ACTIVE = "active"
    LEAVE = "leave"
    TERMINATED = "terminated"
    UNKNOWN = "unknown"


class Strength(StrEnum):
    """How far one piece of evidence goes towards "the owner of this mailbox registered this account"."""

    STRONG = "strong"
    WEAK = "weak"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where a record came from, precisely enough to find it again.

    `where` is "file.csv:17" or "file.xlsx:Sheet1:17" (physical line or sheet row, from 1) or an endpoint's
    path; `sha256` is the hex digest of the raw item; `observed_at` is an aware UTC time or None.
    """

    source: str
    where: str
    observed_at: datetime | None
    sha256: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """One observed fact about an account, as the workbook prints it."""

    source: str
    kind: str
    detail: str
    observed_at: datetime | None
    sha256: str
    strength: Strength = Strength.STRONG


@dataclass(frozen=True, slots=True)
class Person:
    """One row of the HR directory. Empty text means that HR did not say."""

    employee_id: str
    given_name: str
    family_name: str
    preferred_name: str
    work_email: str
    other_emails: tuple[str, ...]
    agency_code: str
    agency: str
    title: str
    status: Status
    start_on: date | None
    end_on: date | None
    provenance: Provenance
    notes: tuple[str, ...] = ()
    """What was unreadable in the row and left empty, a sentence each."""
    unread: tuple[str, ...] = ()
    """Which of start_date and end_date were written and could not be read: such a day is unknown, not absent; and
    separation_reason, where it alone says that they have left."""
    status_word: str = ""
    """HR's own word for the status, where nobody has explained it."""
    status_open: bool = False
    """Whether the status is unknown on purpose: what the directory says (an account is switched off) proves neither."""


CLOSED = "closed account"
"""The kind of evidence that the system lets nobody into the account any more; kept of accounts for work alone."""
SIGN_IN = "registered address: sign-in"
"""The kind of evidence that a state account was used to sign in at a platform."""
FIRST_SIGN_IN = "first sign-in"
"""The kind of evidence that tells the first of several sign-ins: there was such an account on that day."""
MESSAGES_KEPT = 20
"""Hashes of message ids kept with a MailSignal: so far, two overlapping windows are counted exactly."""
SILENT_KINDS = ("invitation_nonmember", "marketing")
"""Kinds of mail that say nothing, whatever the strength of each: they reach people without an account."""


@dataclass(frozen=True, slots=True)
class MailSignal:
    """What a platform's mails of one kind to one mailbox amount to. Made by the mail connectors.

    `kind` is one of connectors.mail.signals.KINDS; `strength` what each of the mails proves by itself; `third_party`
    whether somebody else can bring such a mail about. `count` is the number of messages, `days` of the days (UTC) on
    which they came, 0 where the log has no dates; `first_at` and `last_at` are aware UTC. `messages` are hashes of
    message ids (32 hex digits of SHA-256), at most MESSAGES_KEPT of them.
    """

    kind: str
    strength: Strength
    third_party: bool
    count: int
    days: int
    first_at: datetime
    last_at: datetime
    messages: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class WordsRead:
    """What the rules read of a profile's own words, kept in the place of these words. Connectors leave it to audit.

    `digest` is the SHA-256 of the words as they were read; `name` and `handle` are without the agency's words. Empty
    text means that there is nothing to say; what is private in it stands as "…" (audit.profiles.private).
    """

    digest: str
    affiliation: str
    agency_code: str
    reason: str
    matched_text: str
    disclaimer: str
    disclaimer_text: str
    addresses: tuple[str, ...]
    names_ours: bool
    name: str
    handle: str
    biography: bool
    """Whether there was a biography to read."""


@dataclass(frozen=True, slots=True)
class Account:
    """One account on one platform, cut down to the fields the policy's question needs.

    `platform` is a canonical id of data/reference/platforms.csv. `emails` are shown on the profile;
    `registered_email` is what the account was registered with, `registration` how well that is proved. Of a seat for
    work under an address that is not the State's the gate leaves "@" and the domain there. A field that is
    left out is one that the source does not tell.
    """

    platform: str
    account_id: str = ""
    handle: str = ""
    url: str = ""
    display_name: str = ""
    bio: str = ""
    links: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()
    registered_email: str = ""
    registration: Strength = Strength.NONE
    created_at: datetime | None = None
    provenance: Provenance = field(kw_only=True)
    evidence: tuple[Evidence, ...] = ()
    notes: tuple[str, ...] = ()
    signals: tuple[MailSignal, ...] = ()
    """What a platform's mails to `registered_email` say; of mail connectors only."""
    registered_others: tuple[str, ...] = ()
    """What else an export has where the registered address stands; the gate decides which of them counts, and keeps
    none of the others."""
    unread: tuple[str, ...] = ()
    """Which of created_at and observed_at were written and could not be read: such a moment is unknown, not absent."""
    unread_handle: str = ""
    """What stands in a handle's place and is none, or several: it says which account this is to nobody."""
    dated: bool = False
    """Whether the source itself says when it saw this: else `observed_at` is the day that is judged."""
    against: str = ""
    """What the same source says against the account, or its registered address, standing today, as a sentence; audit
    fills in what other rows say."""
    said: tuple[WordsRead, ...] = ()
    """What the profile says, once it is read: bio and links are empty then. Of two, the second holds where an
    address ties the account to the organization; none where there are no words."""


@dataclass(frozen=True, slots=True)
class Agency:
    """An agency of the organization and the names it goes by."""

    agency_code: str
    name: str
    acronyms: tuple[str, ...] = ()
    parent_code: str = ""
    aliases: tuple[str, ...] = ()
    domains: tuple[str, ...] = ()
    handles: tuple[tuple[str, str], ...] = ()
    """(platform, handle) pairs."""


@dataclass(frozen=True, slots=True)
class OfficialAccount:
    """An entry of the organization's registry of official accounts."""

    platform: str
    handle: str
    account_id: str
    url: str
    agency_code: str
    supervisor_employee_id: str
    registered_email: str
    retired: bool
    reviewed_on: date | None
    provenance: Provenance
    notes: tuple[str, ...] = ()
    unread_handle: str = ""
    """What stands in the handle's place and is none for sure: an account that it may mean is held against nobody."""
    pending: bool = False
    """Not official yet: it shields no account and is asked nothing; an account that it names is told with a word."""
    contacts: tuple[str, ...] = ()
    """Several who may answer for it, by employee id or e-mail address, in the registry's order; or one, by address."""
    contact_names: tuple[tuple[str, str], ...] = ()
    """(contact, name) where a name stands beside the id or address: whether they are one person's, HR says."""
    further_agencies: tuple[str, ...] = ()
    """Agencies that it stands for beside that of `agency_code`."""

    @property
    def live(self) -> bool:
        """Whether it is official now: neither retired nor still pending."""
        return not self.retired and not self.pending


@dataclass(frozen=True, slots=True)
class Exemption:
    """A row of the register of exceptions: a use that somebody has authorised on a paper.

    It is for an employee, or for everybody of an agency; for both, where both are named. `platform` is "" for every
    one, and no account at all means every account there. `until_on` is its last day.
    """

    employee_id: str
    agency_code: str
    platform: str
    handle: str
    account_id: str
    url: str
    rules: tuple[str, ...]
    clauses: tuple[str, ...]
    what: str
    granted_by: str
    reference: str
    from_on: date | None
    until_on: date
    withdrawn_on: date | None
    provenance: Provenance
    notes: tuple[str, ...] = ()
