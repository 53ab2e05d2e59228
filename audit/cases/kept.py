"""What is kept of a profile: what the rules read of its words, and not the words."""

from __future__ import annotations

import hashlib
from dataclasses import replace

from audit.model.finding import CUT
from audit.model.organization import Organization
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


def in_place_of_words(account: Account, organization: Organization) -> Account:
    """The account with what its profile says in the place of its biography and links, and nothing private in its
    display name; as it is where it was read before."""
    handle, shown, bio, link = account.handle, account.display_name, account.bio, " ".join(dict.fromkeys(account.links))
    if not (handle or shown or bio or link) or (account.said and not (bio or link)):
        return account
    system = mail_system(organization)
    tied = any(state_mailbox(text, system) for text in (account.registered_email, *account.emails))
    digest = hashlib.sha256(chr(31).join((handle, shown, bio, link)).encode("utf-8", "surrogatepass")).hexdigest()
    shown, bio, link = (without_private_tags(text) for text in (shown, bio, link))
    readings = read_both(handle, shown, bio, link, organization)
    account = replace(account, display_name=shown)
    said = tuple(_said(one, account, digest) for one in (readings[1:] if tied else dict.fromkeys(readings)))
    name = _without_private(shown, *readings)
    return replace(account, display_name=name, bio="", links=(), said=said)


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
        own = [(start - at.start, end - at.start) for start, end in _own(reading, "bio")]
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
