"""What is kept of a profile: what the rules read of its words, and not the words."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace

from audit.model.finding import CUT
from audit.model.organization import Organization
from audit.model.words import KnownWords
from audit.people.addresses import mail_system, state_mailbox
from audit.profiles.affiliation import Affiliation
from audit.profiles.disclaimers import Disclaimer
from audit.profiles.private import Range, without_private, without_private_tags
from audit.profiles.read import Reading, read_both
from connectors.records import Account, WordsRead

NOTHING_SAID = WordsRead(
    digest=hashlib.sha256(chr(31).join(("",) * 4).encode()).hexdigest(),
    affiliation=str(Affiliation.NONE),
    agency_code="",
    reason="It shows no mark of the organization.",
    matched_text="",
    disclaimer=str(Disclaimer.NONE),
    disclaimer_text="",
    addresses=(),
    names_ours=False,
    name="",
    handle="",
    biography=False,
)
"""What an account without a profile says."""


def _nothing_known(_: str) -> None:
    return None


def _not_noted(_: str, words: KnownWords) -> None:
    del words


@dataclass(frozen=True, slots=True)
class Memory:
    """What profiles said that were read before, and by what: words that are the same say the same.

    `by` stands for the program, its tables, the policy and the organization. By itself it knows and keeps nothing.
    """

    by: str = ""
    known: Callable[[str], KnownWords | None] = _nothing_known
    note: Callable[[str, KnownWords], None] = _not_noted

    def key(self, words: str, *, tied: bool) -> str:
        """What a profile's words (their digest) are known by; `tied` as in `read_profile`."""
        return hashlib.sha256(f"{self.by} {words} {tied}".encode()).hexdigest()


FORGETFUL = Memory()


def words_digest(account: Account) -> str:
    """What stands for a profile's own words: their SHA-256."""
    words = (account.handle, account.display_name, account.bio, " ".join(dict.fromkeys(account.links)))
    return hashlib.sha256(chr(31).join(words).encode("utf-8", "surrogatepass")).hexdigest()


def in_place_of_words(account: Account, organization: Organization, memory: Memory = FORGETFUL) -> Account:
    """The account with what its profile says in the place of its biography and links, and nothing private in its
    display name; as it is where it was read before."""
    handle, shown, bio, link = account.handle, account.display_name, account.bio, " ".join(dict.fromkeys(account.links))
    if not (handle or shown or bio or link) or (account.said and not (bio or link)):
        return account
    system = mail_system(organization)
    tied = any(state_mailbox(text, system) for text in (account.registered_email, *account.emails))
    key = memory.key(words_digest(account), tied=tied)
    words = memory.known(key)
    if words is None:
        words = _read(account, organization, tied=tied)
        memory.note(key, words)
    return replace(account, display_name=words.name, bio="", links=(), said=words.said)


def _read(account: Account, organization: Organization, *, tied: bool) -> KnownWords:
    """What a profile says; of one that is `tied`, only as such."""
    written = (account.display_name, account.bio, " ".join(dict.fromkeys(account.links)))
    shown, bio, link = (without_private_tags(text) for text in written)
    readings = read_both(account.handle, shown, bio, link, organization)
    digest, account = words_digest(account), replace(account, display_name=shown)
    said = tuple(_said(one, account, digest) for one in (readings[1:] if tied else dict.fromkeys(readings)))
    return KnownWords(said, _without_private(shown, *readings), marked=bool(readings[0].marks))


def shown_name(name: str, organization: Organization) -> str:
    """A display name, all that is left of a profile, with nothing private in it."""
    return _without_private(name, *read_both("", name, "", "", organization)) if name else ""


def _without_private(name: str, *readings: Reading) -> str:
    return without_private(name, [own for one in readings for own in _own(one, "display_name")])


def without_marks(text: str, field: str, reading: Reading) -> str:
    """A display name or handle without the agency's words: "Jane Doe, MaineDOT" is "Jane Doe"."""
    for start, end in sorted(_own(reading, field), reverse=True):
        text = text[:start] + " " + text[end:]
    return text.strip(" ,;|·•-–—@()[]/_." if field == "handle" else _AROUND_NAMES)


_AROUND_NAMES = f" ,;|·•-–—@()[]/{CUT}"


def _said(reading: Reading, account: Account, digest: str) -> WordsRead:
    disclaims, at = "", reading.disclaimer_span
    if at is not None:
        own = [(start - at.start, end - at.start) for start, end in _own(reading, at.field)]
        disclaims = without_private(at.text, own)
    return WordsRead(
        digest=digest,
        affiliation=str(reading.affiliation),
        agency_code=reading.agency_code,
        reason=reading.reason,
        matched_text=" … ".join(dict.fromkeys(reading.quotes)),
        disclaimer=str(reading.disclaimer),
        disclaimer_text=disclaims,
        addresses=reading.addresses,
        names_ours=reading.names_ours,
        name=without_private(without_marks(account.display_name, "display_name", reading)).strip(_AROUND_NAMES),
        handle=without_marks(account.handle, "handle", reading),
        biography=bool(account.bio),
    )


def _own(reading: Reading, field: str) -> list[Range]:
    """Where a field shows the organization's own names."""
    return [(mark.span.start, mark.span.end) for mark in reading.marks if mark.span.field == field]
