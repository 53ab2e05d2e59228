"""Invented mails of every kind, for the writers of all mail logs (tests/mail_formats.py)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime


@dataclass(frozen=True)
class MadeMail:
    """One mail to one mailbox. `proven`: DMARC passed; `waits`: it has not arrived because it is deferred."""

    number: int
    sender: str
    envelope: str
    to: str
    subject: str
    at: datetime
    arrived: bool = True
    proven: bool = True
    waits: bool = False

    @property
    def message_id(self) -> str:
        return f"<{self.number}@mailer.example>"

    @property
    def spf(self) -> bool:
        """Whether SPF passed for the envelope: a forger's own does."""
        return self.proven or self.envelope != self.sender

    @property
    def iso(self) -> str:
        return f"{self.at:%Y-%m-%dT%H:%M:%SZ}"


AT = datetime(2026, 11, 2, 13, tzinfo=UTC)
X, BOUNCE, LOGIN = "verify@x.com", "bounce.x.com", "New login to X from Firefox"
LINKEDIN, CHANGED = "security-noreply@linkedin.com", "Your password was changed"
FACEBOOK = "security@facebookmail.com"
MAILS = [
    MadeMail(1, X, f"b-1@{BOUNCE}", "ada@maine.gov", LOGIN, AT),
    MadeMail(2, "info@x.com", f"b-2@{BOUNCE}", "Ada@maine.gov", "Your highlights", AT.replace(day=9)),
    MadeMail(3, LINKEDIN, "s-3@bounce.linkedin.com", "lee@maine.gov", CHANGED, AT),
    MadeMail(4, LINKEDIN, "s-4@mailer.example", "sam@maine.gov", CHANGED, AT),
    MadeMail(5, LINKEDIN, "x-5@evil.example", "kim@maine.gov", CHANGED, AT, proven=False),
    MadeMail(6, X, f"b-6@{BOUNCE}", "noor@maine.gov", LOGIN, AT, arrived=False),
    MadeMail(7, "pat@vendor.example", "pat@vendor.example", "ada@maine.gov", "RE: roads", AT),
    MadeMail(8, X, f"b-8@{BOUNCE}", "eve@maine.gov", "=?UTF-8?B?TmV3IGxvZ2luIHRvIFg=?=", AT),
    MadeMail(9, X, f"b-9@{BOUNCE}", "eve@maine.gov", 'New login to X from "Bangor"', AT.replace(day=5)),
    MadeMail(10, FACEBOOK, FACEBOOK, "ida@maine.gov", "Pat's login alert", AT),
    MadeMail(11, FACEBOOK, FACEBOOK, "ned@maine.gov", "Login alert: a=b", AT, arrived=False),
    MadeMail(12, X, f"b-12@{BOUNCE}", "rob@maine.gov", LOGIN, AT, arrived=False, waits=True),
    MadeMail(13, "info@x.com", f"b-13@{BOUNCE}", "zoe@maine.gov", "Caf\u00e9 for you", AT),
    MadeMail(14, X, X, "ben@maine.gov", LOGIN, AT, proven=False),
]
"""Platforms' mails arrived for ada, eve, lee, ida and zoe; sam's envelope is a mail service's, kim's mail is forged,
and ben's with its envelope; noor's and ned's failed, and rob's waits."""
