"""What is known of a file that somebody hands in: what it is, and how audit.toml would read it. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from audit.night.headings import Proposal
from connectors.contract import folded

SAID = {
    "hr_csv": "people: an HR directory, or an export of one",
    "accounts_csv": "accounts",
    "official_csv": "a registry of official accounts",
    "agencies_csv": "agencies",
    "exceptions_csv": "a register of exceptions",
    "exchange_trace": "a message trace of Exchange",
    "exchange_tracking": "a message tracking log of Exchange",
    "google_mail_log": "a mail log of Google Workspace",
    "postfix_log": "a mail log of Postfix",
    "sendmail_log": "a mail log of Sendmail",
    "exim_log": "a mail log of Exim",
    "cisco_log": "a mail log of Cisco Secure Email",
    "barracuda_log": "a mail log of a Barracuda gateway",
    "signin_log": "a log of sign-ins",
    "saas_inventory": "an inventory of applications",
    "proofpoint_log": "a Smart Search of Proofpoint",
    "barracuda_cloud": "a message log of Barracuda Email Gateway Defense",
    "": "nothing that is known",
}
WORTH = {"employee_id": 8, "work_email": 8, "status": 6, "end_date": 3, "agency": 2, "agency_code": 2, "start_date": 1}
"""How much a directory is worth that has a column for a field; names and titles nearly every list of people has."""
NAMED = 4
"""Files that are named one by one."""


@dataclass(frozen=True)
class Export:
    """A file, the connector that reads it (empty: none), and the mapping that its headings propose."""

    path: Path
    connector: str
    why: str = ""
    """What is missing or unclear, as a sentence."""
    headings: tuple[str, ...] = ()
    proposal: Proposal = field(default_factory=Proposal)
    more: tuple[Path, ...] = ()
    """Further files of the same kind and the same headings."""

    options: dict[str, object] = field(default_factory=dict)
    """What its table of audit.toml needs beside path and columns."""
    gone: bool = False
    """Whether it lists official accounts that were removed."""

    @property
    def paths(self) -> tuple[Path, ...]:
        """All its files."""
        return (self.path, *self.more)

    @property
    def names(self) -> str:
        """The names of its files, in words."""
        names = [path.name for path in self.paths]
        shown = names if len(names) <= NAMED else [*names[: NAMED - 1], f"{len(names) - NAMED + 1} more"]
        return " and ".join([", ".join(shown[:-1]), shown[-1]] if len(shown) > 1 else shown)

    @property
    def said(self) -> str:
        """What the file is, in words."""
        return SAID[self.connector]

    @property
    def columns(self) -> dict[str, str]:
        """Field → heading, of the fields that are not headed by their own name."""
        found = self.proposal.columns.items()
        return {name: " ".join(heading.split()) for name, heading in found if folded(heading) != name}

    @property
    def worth(self) -> int:
        """How much of what the night needs of a directory has a column here."""
        return sum(points for name, points in WORTH.items() if name in self.proposal.columns)
