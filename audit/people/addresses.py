"""E-mail addresses: which are the State's, and which two spellings are one mailbox. Pure; parsed by email-validator."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from email_validator import EmailNotValidError, validate_email

from audit.model.organization import Organization
from connectors.placeholders import is_nobodys
from connectors.platforms import fold_domain


@dataclass(frozen=True, slots=True)
class Address:
    """A parsed address, folded for comparison: the local part without its plus-tag, the domain in ASCII."""

    local: str
    domain: str
    tag: str = ""

    def __str__(self) -> str:
        """The mailbox it is delivered to."""
        return f"{self.local}@{self.domain}"


@lru_cache(maxsize=256)
def parse_address(text: str) -> Address | None:
    """Parse one address ("Jane <jane+x@maine.gov>" and "mailto:" forms too); None where it is not one.

    Letter case, compatibility forms of letters and the plus-tag do not tell two mailboxes apart; dots do.
    """
    candidate = text.strip()
    if candidate[:7].lower() == "mailto:":
        candidate = candidate[7:].partition("?")[0]
    if len(candidate) <= _LONGEST and (plain := _PLAIN.fullmatch(candidate)):
        written, domain = plain["local"], _mail_domain(plain["domain"])
    else:
        written, domain = _validated(candidate)
    local, _, tag = unicodedata.normalize("NFKC", written).casefold().partition("+")
    return Address(local, domain, tag) if local and "." in domain else None


_LONGEST = 254
_PLAIN = re.compile(r"(?P<local>(?=[^@]{1,64}@)[A-Za-z0-9_+-]+(?:\.[A-Za-z0-9_+-]+)*)@(?P<domain>[A-Za-z0-9.-]+)")
"""What every reader of addresses takes for one, if its domain is one: nearly all are written so."""


@lru_cache(maxsize=4096)
def _mail_domain(domain: str) -> str:
    """A domain in ASCII and small letters; empty for what is none. Few are everybody's."""
    return _validated(f"a@{domain}")[1]


def _validated(candidate: str) -> tuple[str, str]:
    """Local part, and domain in ASCII and small letters, of an address in any form; both empty for what is none."""
    try:
        parsed = validate_email(
            candidate,
            check_deliverability=False,
            globally_deliverable=False,
            allow_display_name=True,
            allow_quoted_local=True,
        )
    except (EmailNotValidError, ValueError):
        return "", ""
    return parsed.local_part, parsed.ascii_domain.lower()


@dataclass(frozen=True, slots=True)
class MailSystem:
    """The organization's domains, folded once: `names` are one system under several names, `all` every state domain."""

    primary: str
    names: frozenset[str]
    all: frozenset[str]


@lru_cache(maxsize=8)
def mail_system(organization: Organization) -> MailSystem:
    """The organization's mail domains, ready to compare addresses with."""
    names = tuple(fold_domain(domain) for domain in organization.mail_domains)
    return MailSystem(names[0], frozenset(names), frozenset(map(fold_domain, organization.domains)))


def is_state_domain(domain: str, system: MailSystem) -> bool:
    """Whether a folded domain is one of the organization's or a sub-domain of one ("notmaine.gov" is neither)."""
    labels = domain.split(".")
    return any(".".join(labels[start:]) in system.all for start in range(len(labels) - 1))


def state_mailbox(text: str, system: MailSystem) -> str:
    """The mailbox behind a state address, in one spelling ("jane.doe@maine.gov"); empty where it is not the State's, or
    where its name was typed to fill a cell, or is masked, so that it is nobody's.

    Every name of the mail system becomes the current one; a sub-domain or another state domain keeps its own name,
    because its Jane Doe may be somebody else.
    """
    lowered = text.lower()
    if text.isascii() and not any(domain in lowered for domain in system.all):
        return ""
    address = parse_address(text)
    if address is None or not is_state_domain(address.domain, system) or is_nobodys(address.local):
        return ""
    return f"{address.local}@{system.primary if address.domain in system.names else address.domain}"


def without_contacts(text: str, system: MailSystem | None = None) -> str:
    """A text that shows no way to reach a person, but state addresses where their `system` is given: of an address its
    first letter and domain stay, of a telephone number (as North America writes them) nothing."""

    def hidden(found: re.Match[str]) -> str:
        if not found["at"] or (system is not None and state_mailbox(found[0], system)):
            return found[0] if found["at"] else "…"
        return f"{found['first']}…{found['at']}"

    return _CONTACT.sub(hidden, text)


_CONTACT = re.compile(
    r"(?P<first>[\w.%+-])[\w.%+-]{0,320}(?P<at>@[\w-]+(?:\.[\w-]+)+)"
    r"|(?<![\w.-])\+?\(?(?:\d{1,2}[\s.-]?\(?)?\d{3}\)?[\s.-]{1,2}\d{3}[\s.-]\d{4}(?!\d)"
)


def state_part(text: str, system: MailSystem) -> str:
    """What looks like a state address in a text that may not be readable as one ("old: jane@maine.gov"); empty without.

    For texts from address columns: a state domain behind an @ there is a tie, or a problem to tell, and never nothing.
    """
    if not text.isascii():
        text = "".join(one for one in unicodedata.normalize("NFKC", text) if unicodedata.category(one) != "Cf")
    seen = text.lower()
    if "@" not in seen or not any(domain in seen for domain in system.all):
        return ""
    found = _state_pattern(system).search(seen)
    return found[0] if found else ""


@lru_cache(maxsize=8)
def _state_pattern(system: MailSystem) -> re.Pattern[str]:
    names = "|".join(map(re.escape, sorted(system.all)))
    letter = r"[^\s@<>;,:\"'|()\[\]]"
    local = rf"(?:(?<!{letter}){letter}++\s*+|(?<!\s)(?<!{letter})\s*+)"
    return re.compile(rf"{local}@\s*(?:[\w-]+\s*\.\s*)*(?:{names})(?![\w-]|\.\w)")
